package doctor_test

import (
	"crypto/tls"
	"net/http"
	"strings"
	"testing"
	"time"

	"livetape/feed"
	"livetape/ui/cli/doctor"
	"livetape/ui/cli/golden"
)

// goodServer does everything well.
func goodServer(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", sseType)
	w.Header().Set("Via", "1.1 edge.example")
	events := []string{
		"id: 7f-1\nevent: snapshot\ndata: {\"prices\":[{\"symbol\":\"NVDA\",\"last\":\"181.46\",\"time\":\"1999-12-31T23:00:00Z\"}]}\n\n",
		"id: 7f-2\nevent: price\ndata: {\"symbol\":\"NVDA\",\"last\":\"181.50\",\"time\":\"2000-01-01T00:00:01Z\"}\n\n",
		"id: 7f-3\nevent: price\ndata: {\"symbol\":\"AMD\",\"bid\":\"99.1\",\"ask\":\"99.3\",\"time\":\"2000-01-01T00:00:02.005Z\"}\n\n",
		"id: 7f-4\nevent: news\ndata: {\"id\":\"n1\",\"headline\":\"Chips rise\",\"time\":\"2000-01-01T00:00:03Z\"}\n\n",
	}
	if r.Header.Get("Last-Event-ID") == "7f-2" {
		write(w, r, step{0, "event: resume\ndata: {\"from\":\"7f-2\",\"replayed\":2}\n\n" + events[2] + events[3]})
		<-r.Context().Done()
		return
	}
	write(w, r, step{0, "retry: 2000\n\n"})
	for _, ev := range events {
		write(w, r, step{0, ev}, step{time.Second, ":\n\n"})
	}
	<-r.Context().Done()
}

// badServer does many things badly.
func badServer(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/events" {
		http.Redirect(w, r, "/v2/events?token=hidden", http.StatusMovedPermanently)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream; charset=iso-8859-1")
	w.Header().Set("Date", "Sat, 01 Jan 2000 00:05:00 GMT")
	write(w, r,
		step{0, "id: x\ndata: {\"cpu\":0.5,\"mem\":0.7,\"note\":\"caf\xE9\"}\n\nretry: never\n"},
		step{time.Second, "id: x\ndata: {\"cpu\":0.6,"},
		step{time.Second, "\"mem\":0.7}\n\n{\"cpu\":1}\n\n"},
		step{time.Second, "data: {\"cpu\":"})
}

func TestTextReports(t *testing.T) {
	t.Parallel()
	golden.Require(t, "testdata/good.txt", reportText(t, examineServer(t, goodServer, feed.Config{URL: address + "?key=hidden"}, doctor.Options{})))
	golden.Require(t, "testdata/bad.txt", reportText(t, examineServer(t, badServer, feed.Config{}, doctor.Options{})))
	golden.Require(t, "testdata/inferred.txt", reportText(t, examineServer(t, streamOf(sseType, step{0, shapes[1].wire}, step{15 * time.Second, ":\n\n"}, step{15 * time.Second, ":\n\n"}),
		feed.Config{Header: map[string]string{"Authorization": "Bearer hidden-token"}}, doctor.Options{For: 31 * time.Second})))
	golden.Require(t, "testdata/lines.txt", reportText(t, examineServer(t, streamOf("application/x-ndjson", step{0, "{\"s\":\"A\",\"p\":\"1.50\"}\n"}, step{time.Second, "\n"}, step{time.Second, "\n{\"s\":\"A\",\"p\":\"1.60\"}\n"}),
		feed.Config{}, doctor.Options{})))
	golden.Require(t, "testdata/refused.txt", reportText(t, examineServer(t, func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, `{"message":"token expired"}`, http.StatusUnauthorized)
	}, feed.Config{Header: map[string]string{"Authorization": "Bearer hidden-token"}}, doctor.Options{})))
}

func TestJSONReports(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.HandlerFunc{
		"good.json": goodServer, "bad.json": badServer,
		"page.json": func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<!doctype html><p>Hello")) },
	} {
		var b strings.Builder
		if err := examineServer(t, h, feed.Config{URL: address + "?key=hidden"}, doctor.Options{}).JSON(&b); err != nil {
			t.Fatal(err)
		}
		golden.Require(t, "testdata/"+name, b.String())
	}
}

func TestAReportOverTLSHasItsTimings(t *testing.T) {
	t.Parallel()
	withServer(t, goodServer, func(t *testing.T, n *network) {
		cert, roots := certificate(t, "desk.example")
		n.TLS, n.roots = &tls.Config{Certificates: []tls.Certificate{cert}}, &tls.Config{RootCAs: roots}
		r := n.examine(t.Context(), t, feed.Config{URL: "https://desk.example/events"}, doctor.Options{})
		if c := r.Connection; c.DNS != doctor.Milliseconds(2*time.Millisecond) || c.TCP != doctor.Milliseconds(5*time.Millisecond) || c.Answer != doctor.Milliseconds(7*time.Millisecond) {
			t.Errorf("%+v", c)
		}
	})
}
