package doctor_test

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
	"livetape/ui/cli/doctor"
	"livetape/ui/cli/fakenet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// network takes 2 ms for a DNS lookup, and 5 ms to connect.
type network struct {
	*fakenet.Network
	roots *tls.Config
}

// withServer runs a test in fake time, with a server.
func withServer(t *testing.T, h http.HandlerFunc, test func(*testing.T, *network)) {
	t.Helper()
	fakenet.Run(t, h, func(t *testing.T, n *fakenet.Network) {
		t.Helper()
		test(t, &network{Network: n})
	})
}

func (n *network) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	trace := httptrace.ContextClientTrace(ctx)
	if trace == nil { // a subscription has none
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

// examine examines the network's server.
func (n *network) examine(ctx context.Context, t *testing.T, c feed.Config, o doctor.Options) *doctor.Report {
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
	report, err := doctor.Examine(ctx, c, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// examineServer returns the report about a server.
func examineServer(t *testing.T, h http.HandlerFunc, c feed.Config, o doctor.Options) (report *doctor.Report) {
	t.Helper()
	withServer(t, h, func(t *testing.T, n *network) { report = n.examine(t.Context(), t, c, o) })
	return report
}

// reportText returns a report as text without colours.
func reportText(t *testing.T, r *doctor.Report) string {
	t.Helper()
	var b strings.Builder
	if err := r.Text(&b, lipgloss.NewRenderer(io.Discard)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// step is a part of a body, and the pause before it.
type step struct {
	after time.Duration
	write string
}

// streamOf responds with a body in steps, then waits until the client disconnects.
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

// finding returns a report's first finding about a subject.
func finding(r *doctor.Report, about string) doctor.Finding {
	for _, s := range r.Sections {
		for _, f := range s.Findings {
			if f.About == about {
				return f
			}
		}
	}
	return doctor.Finding{}
}

func requireFinding(t *testing.T, r *doctor.Report, about string, mark doctor.Mark, words ...string) {
	t.Helper()
	requireLike(t, finding(r, about), mark, words...)
}

func requireLike(t *testing.T, f doctor.Finding, mark doctor.Mark, words ...string) {
	t.Helper()
	if f.Mark != mark {
		t.Errorf("the mark is %q, want %q: %+v", f.Mark, mark, f)
	}
	for _, w := range words {
		if !strings.Contains(f.Text, w) {
			t.Errorf("%q is not in %q", w, f.Text)
		}
	}
	if mark != doctor.Good && f.Advice == "" {
		t.Errorf("there is no advice: %+v", f)
	}
}
