package doctor

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"
	"go.uber.org/goleak"

	"livetape/feed"
	"livetape/ui/cli/fakenet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// network is a way on which looking a name up takes 2 ms, and connecting 5 ms.
type network struct {
	*fakenet.Network
	roots *tls.Config
}

// inBubble runs a test with a server that exists in fake time only.
func withServer(t *testing.T, h http.HandlerFunc, test func(*testing.T, *network)) {
	t.Helper()
	fakenet.Run(t, h, func(t *testing.T, n *fakenet.Network) {
		t.Helper()
		test(t, &network{Network: n})
	})
}

func (n *network) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	trace := httptrace.ContextClientTrace(ctx)
	if trace == nil { // of a subscription
		trace = &httptrace.ClientTrace{
			DNSStart: func(httptrace.DNSStartInfo) {}, DNSDone: func(httptrace.DNSDoneInfo) {},
			ConnectStart: func(_, _ string) {}, ConnectDone: func(_, _ string, _ error) {},
		}
	}
	trace.DNSStart(httptrace.DNSStartInfo{Host: addr})
	time.Sleep(2 * time.Millisecond)
	trace.DNSDone(httptrace.DNSDoneInfo{})
	trace.ConnectStart(network, addr)
	time.Sleep(5 * time.Millisecond)
	trace.ConnectDone(network, addr, n.DialErr)
	return n.Dial(ctx, network, addr)
}

const address = "http://desk.example/events"

// examine runs the doctor on the network's server.
func (n *network) examine(ctx context.Context, t *testing.T, c feed.Config, o Options) *Report {
	t.Helper()
	transport := &http.Transport{DialContext: n.dial, TLSClientConfig: n.roots, DisableCompression: true}
	defer transport.CloseIdleConnections()
	c.Client = &http.Client{Transport: transport}
	if c.Name == "" {
		c.Name = "desk"
	}
	if c.URL == "" {
		c.URL = address
	}
	report, err := Examine(ctx, c, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// examined is what the doctor says of a server that answers every request in the same way.
func examineServer(t *testing.T, h http.HandlerFunc, c feed.Config, o Options) (report *Report) {
	t.Helper()
	withServer(t, h, func(t *testing.T, n *network) { report = n.examine(t.Context(), t, c, o) })
	return report
}

// printed is a report as people read it, without colours.
func reportText(t *testing.T, r *Report) string {
	t.Helper()
	var b strings.Builder
	if err := r.Text(&b, lipgloss.NewRenderer(io.Discard)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// step is a part of a body, and how long the server waits before it writes it.
type step struct {
	after time.Duration
	write string
}

// streams answers with a body in steps, and stays when they are done until the client hangs up.
func streamOf(contentType string, steps ...step) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		write(w, r, steps...)
		<-r.Context().Done()
	}
}

func write(w http.ResponseWriter, r *http.Request, steps ...step) {
	flush(w)
	for _, s := range steps {
		select {
		case <-time.After(s.after):
		case <-r.Context().Done():
			return
		}
		if _, err := io.WriteString(w, s.write); err != nil {
			return
		}
		flush(w)
	}
}

func flush(w http.ResponseWriter) {
	if err := http.NewResponseController(w).Flush(); err != nil {
		panic(fmt.Sprint("flush: ", err)) // the server recovers; the test misses its events
	}
}

const sseType = "text/event-stream"

// finding is what a report says about something; the first time, if it does so more than once.
func (r *Report) finding(about string) Finding {
	for _, s := range r.Sections {
		for _, f := range s.Findings {
			if f.About == about {
				return f
			}
		}
	}
	return Finding{}
}

func (f Finding) require(t *testing.T, mark Mark, words ...string) {
	t.Helper()
	if f.Mark != mark {
		t.Errorf("the mark is %q, want %q: %+v", f.Mark, mark, f)
	}
	for _, w := range words {
		if !strings.Contains(f.Text, w) {
			t.Errorf("%q is not in %q", w, f.Text)
		}
	}
	if mark != Good && f.Advice == "" {
		t.Errorf("there is no advice: %+v", f)
	}
}
