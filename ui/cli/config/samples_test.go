package config_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"livetape/feed"
	"livetape/feed/decode/preset/samples"
	"livetape/feed/market"
	"livetape/ui/cli/config"
)

// service answers the first request with a sample, to its end, and the next with one event more.
type service struct {
	sample      samples.Sample
	piece       int // bytes that go out at a time; 0: all
	connections atomic.Int32
	requests    chan *http.Request
	bodies      chan string
}

// finale is the event of the second connection: no feed makes anything of it.
const finale = `{"finale":true}`

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client has gone
	}
	first := s.connections.Add(1) == 1
	s.requests <- r
	s.bodies <- string(body)
	kind, wire := "text/event-stream", "data: "+finale+"\n\n"
	if s.sample.Format == "ndjson" {
		kind, wire = "application/octet-stream", finale+"\n"
	}
	if first {
		wire = s.sample.Wire
	} else {
		wire = strings.Repeat(wire, 20) // so many tell nothing of a resume that this is said
	}
	w.Header().Set("Content-Type", kind)
	if first && s.piece > 0 {
		for piece := range slices.Chunk([]byte(wire), s.piece) {
			_, _ = w.Write(piece)
			_ = http.NewResponseController(w).Flush()
		}
		return
	}
	_, _ = io.WriteString(w, wire)
	_ = http.NewResponseController(w).Flush()
	if !first {
		<-r.Context().Done()
	}
}

// everywhere is a client that finds every host at one server.
type everywhere struct{ server *url.URL }

func (e everywhere) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Host = r.URL.Host
	r.URL.Scheme, r.URL.Host = e.server.Scheme, e.server.Host
	return http.DefaultTransport.RoundTrip(r)
}

// visit is what a feed told of one connection.
type visit struct {
	updates []market.Update
	notices []string
	ids     []string
	gap     *feed.Gap
	cause   string
}

// listen reads what a set tells until a connection ends, or the finale comes.
func listen(t *testing.T, set *feed.Set) visit {
	t.Helper()
	var v visit
	for e := range set.Events() {
		switch {
		case e.Gap != nil:
			v.gap = e.Gap
		case e.Status != nil && e.Status.State >= feed.Waiting:
			v.cause = e.Status.Cause
			if !e.Status.Planned {
				t.Errorf("the end is not a planned one: %+v", e.Status)
			}
			return v
		case e.Message != nil && string(e.Message.Data) == finale:
			if v.gap != nil {
				return v
			}
		case e.Message != nil:
			m := e.Message
			if m.Err != nil || len(m.Updates) == 0 && m.Unmapped == "" && m.Notice == "" && !m.Heartbeat && m.Type == "message" && !strings.Contains(string(m.Data), "GoAway") {
				t.Errorf("%s: %+v", m.Data, m)
			}
			v.updates = append(v.updates, m.Updates...)
			if m.Notice != "" {
				v.notices = append(v.notices, m.Notice)
			}
			if m.ID != "" && !slices.Contains(v.ids, m.ID) {
				v.ids = append(v.ids, m.ID)
			}
		}
	}
	t.Fatal("the channel was closed")
	return v
}

func TestEverySampleOfARealServiceArrivesOverHTTPThroughAReconnect(t *testing.T) {
	all, err := samples.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"PYTH_API_KEY", "OANDA_TOKEN", "TRADESTATION_TOKEN", "IEX_TOKEN", "ABLY_KEY", "CENTRIFUGO_TOKEN", "TRADIER_TOKEN"} {
		t.Setenv(name, "t0ken")
	}
	for _, s := range all {
		for _, piece := range []int{0, 1, 61} {
			if piece != 1 || len(s.Wire) < 1500 {
				t.Run(fmt.Sprintf("%s/%d bytes at a time", s.Name, piece), func(t *testing.T) { arrives(t, s, piece) })
			}
		}
	}
}

func arrives(t *testing.T, s samples.Sample, piece int) {
	definition, err := s.Definition()
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Feed{Definition: definition}.Config(s.Name, config.Environment{})
	if err != nil {
		t.Fatal(err)
	}
	set, asked := serving(t, &service{sample: s, piece: piece, requests: make(chan *http.Request, 4), bodies: make(chan string, 4)}, c)

	first := listen(t, set)
	for _, wrong := range s.Diff(first.updates) {
		t.Error(wrong)
	}
	if !slices.Equal(first.ids, s.IDs) {
		t.Errorf("the ids are %q, want %q", first.ids, s.IDs)
	}
	if !slices.Equal(first.notices, s.Notices) {
		t.Errorf("the messages are %q, want %q", first.notices, s.Notices)
	}
	if first.cause != s.Cause {
		t.Errorf("the end is told as %q, want %q", first.cause, s.Cause)
	}
	requireRequest(t, c, asked, "")

	set.RetryNow(s.Name)
	second := listen(t, set)
	id := resumable(s, c)
	want := feed.Gap{Kind: feed.Unreplayed, Missed: feed.Unknown, Planned: true}
	switch {
	case id != "":
		want.Kind, want.From, want.Replayed = feed.Unconfirmed, id, feed.Unknown
	case len(first.updates) == 0:
		want.Reason = second.gap.Reason // a sample does not say whether all of it are heartbeats, after which no event came before
	}
	if diff := cmp.Diff(&want, second.gap, cmpopts.IgnoreFields(feed.Gap{}, "Lost", "Length")); diff != "" {
		t.Errorf("the gap (-want +got):\n%s", diff)
	}
	requireRequest(t, c, asked, id)
}

// serving starts the feed against its service.
func serving(t *testing.T, service *service, c feed.Config) (*feed.Set, *service) {
	t.Helper()
	server := httptest.NewServer(service)
	t.Cleanup(server.Close)
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	c.Client = &http.Client{Transport: everywhere{at}}
	ctx, cancel := context.WithCancel(t.Context())
	set, err := feed.Start(ctx, c)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		for range set.Events() {
		}
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	})
	return set, service
}

// resumable is the id that the feed resumes from; empty when it cannot.
func resumable(s samples.Sample, c feed.Config) string {
	switch {
	case s.Resume != "":
		return s.Resume
	case c.Resume == feed.ResumeNever || len(s.IDs) == 0:
		return ""
	}
	return s.IDs[len(s.IDs)-1]
}

// requireRequest wants the next request to be as configured, and to resume from id.
func requireRequest(t *testing.T, c feed.Config, asked *service, id string) {
	t.Helper()
	r, body := <-asked.requests, <-asked.bodies
	want, err := url.Parse(strings.ReplaceAll(strings.NewReplacer("${IEX_TOKEN}", "t0ken", "${ABLY_KEY}", "t0ken", "${CENTRIFUGO_TOKEN}", "t0ken").Replace(c.URL), "[]", "%5B%5D"))
	if err != nil {
		t.Fatal(err)
	}
	query, header := want.Query(), ""
	if name, byQuery := strings.CutSuffix(c.Resume, "={id}"); byQuery && id != "" {
		query.Set(name, id)
	} else {
		header = id
	}
	if r.Method != c.Method || body != c.Body || r.Host != want.Host || r.URL.Path != want.Path {
		t.Errorf("asked %s %s%s with %q", r.Method, r.Host, r.URL.Path, body)
	}
	if diff := cmp.Diff(query, r.URL.Query()); diff != "" || r.Header.Get("Last-Event-ID") != header {
		t.Errorf("asked to resume by %q and the query (-want +got):\n%s", r.Header.Get("Last-Event-ID"), diff)
	}
	if lines := strings.Contains(r.Header.Get("Accept"), "ndjson"); lines != (c.Format == feed.NDJSON) && c.Header["Accept"] == "" {
		t.Errorf("accepts %s", r.Header.Get("Accept"))
	}
	for name, value := range c.Header {
		if got := r.Header.Get(name); strings.Contains(value, "${") && !strings.HasSuffix(got, "t0ken") || got == "" {
			t.Errorf("the header %s is %q", name, got)
		}
	}
}
