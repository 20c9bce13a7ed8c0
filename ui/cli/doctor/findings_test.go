package doctor_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"livetape/feed"
	"livetape/ui/cli/doctor"
)

func TestBurstsWithoutTimesMayBeBuffered(t *testing.T) {
	t.Parallel()
	clump := strings.Repeat(ticks, 4)
	r := examineServer(t, streamOf(sseType, step{0, ticks}, step{time.Second, clump}, step{time.Second, clump}, step{time.Second, clump}), feed.Config{}, doctor.Options{})
	requireFinding(t, r, "buffering", doctor.Warning, "events come in bursts of about 8, with pauses of 1.0 s")
	if r.Stream.Buffered {
		t.Error("it is said to be buffered, which nobody knows")
	}
	steady := streamOf(sseType, step{0, ticks}, step{time.Second, ticks}, step{time.Second, ticks}, step{time.Second, ticks})
	requireFinding(t, examineServer(t, steady, feed.Config{}, doctor.Options{}), "buffering", doctor.Good, "no sign")
}

func TestMisspeltFieldsAreErrors(t *testing.T) {
	t.Parallel()
	for wire, want := range map[string]string{
		"DATA: x\n\n":             `with the field "DATA"`,
		" data: x\n\n":            `with the field " data"`,
		"id 5\n\n":                `with the field "id 5"`,
		"data : x\n\n":            `with the field "data "`,
		"\xEF\xBB\xBFdata: x\n\n": "a byte order mark",
		"data {\"a\": 1}\n\n":     "no client reads: data {",
	} {
		r := examineServer(t, streamOf(sseType, step{0, ticks + wire}), feed.Config{}, doctor.Options{})
		requireFinding(t, r, "framing", doctor.Bad, "1 line that no client reads", want)
	}
	requireFinding(t, examineServer(t, streamOf(sseType, step{0, ticks + "request_id: 5\n\n"}), feed.Config{}, doctor.Options{}), "framing", doctor.Good, "unknown field")
}

func TestFewIDsAreNotEnough(t *testing.T) {
	t.Parallel()
	r := examineServer(t, streamOf(sseType, step{0, "id: 1\n" + ticks + ticks}), feed.Config{}, doctor.Options{})
	requireFinding(t, r, "ids", doctor.Warning, "only 1 of 4 events have one; the last is 1")
	r = examineServer(t, streamOf(sseType, step{0, "id: 1\n" + ticks[:len(ticks)/2] + "event: ping\ndata: 1\n\nevent: ping\ndata: 1\n\n"}), feed.Config{}, doctor.Options{})
	if f := finding(r, "ids"); f.Mark != doctor.Good {
		t.Errorf("heartbeats need no ids, but %+v", f)
	}
}

func TestAnIncompleteFirstEventIsNoticed(t *testing.T) {
	t.Parallel()
	r := examineServer(t, streamOf(sseType, step{0, "data: {\"symbol\""}), feed.Config{}, doctor.Options{})
	requireFinding(t, r, "events", doctor.Warning, "0 events", "the first one is not complete yet")
}

func TestReasonsForReadingNothingAreReported(t *testing.T) {
	t.Parallel()
	r := examineServer(t, streamOf(sseType, step{0, "data: {\"symbol\":\"B\",\"price\":2\n\ndata: {\"ok\":true}\n\n"}), feed.Config{}, doctor.Options{})
	if r.Verdict != doctor.Unmapped {
		t.Fatalf("%s", reportText(t, r))
	}
	for _, want := range []string{"! ignored       once: no member looks like a price or a headline", "decode errors once: not JSON"} {
		if all := reportText(t, r); !strings.Contains(all, want) {
			t.Errorf("%q is not told:\n%s", want, all)
		}
	}
}

func TestARedirectLoopIsReportedOnce(t *testing.T) {
	t.Parallel()
	r := examineServer(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/events", http.StatusFound) }, feed.Config{}, doctor.Options{})
	f := finding(r, "redirect")
	requireLike(t, f, doctor.Warning, "302, to http://desk.example/events, 10 times")
	if !strings.Contains(f.Advice, "leads to no answer") || strings.Count(reportText(t, r), "302") != 1 {
		t.Errorf("%s", reportText(t, r))
	}
}

func TestAdviceDependsOnWhetherARetryMayHelp(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		http.StatusServiceUnavailable: "has a problem: try again later", http.StatusTooManyRequests: "try again later",
		http.StatusNoContent: "not to reconnect", http.StatusForbidden: "ask the feed's operator",
	} {
		r := examineServer(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }, feed.Config{}, doctor.Options{})
		f := finding(r, "status")
		if r.Verdict != doctor.Refused || !strings.Contains(f.Advice, want) || strings.Contains(f.Text, "by server") {
			t.Errorf("%d: %s, %+v", status, r.Verdict, f)
		}
	}
}

func TestWhereARowsPriceJumpsIsTold(t *testing.T) {
	t.Parallel()
	const wire = "data: {\"symbol\":\"QRS\",\"price\":41}\n\ndata: {\"symbol\":\"QRS\",\"price\":160}\n\ndata: {\"type\":\"ack\",\"n\":1}\n\n"
	r := examineServer(t, streamOf(sseType, step{0, wire}), feed.Config{}, doctor.Options{})
	requireFinding(t, r, "jumps", doctor.Warning, "QRS 41 → 160 in event 2")
	requireFinding(t, r, "reading", doctor.Good, "reads 2 of 3 events, 66 %")
}

func TestAMapThatReadsFewOfTheEventsIsNotCalledGood(t *testing.T) {
	t.Parallel()
	wire := "data: {\"symbol\":\"Q\",\"price\":41}\n\n" + strings.Repeat("data: {\"type\":\"order\",\"symbol\":\"Q\",\"price\":60}\n\n", 3)
	withServer(t, streamOf(sseType, step{0, wire}), func(t *testing.T, n *network) {
		r := n.examine(t.Context(), t, feed.Config{}, doctor.Options{})
		if text := reportText(t, r); !strings.Contains(text, "! reading       a map was found that reads 1 of 4 events, 25 %") || !strings.Contains(text, "understood in part, but 3 of 4 events not read") {
			t.Error(text)
		}
	})
}

func TestAVerdictSaysHowManyEventsAreNotRead(t *testing.T) {
	t.Parallel()
	const price, order, heartbeat = "data: {\"symbol\":\"Q\",\"price\":41}\n\n", "data: {\"type\":\"order\",\"symbol\":\"Q\",\"price\":60}\n\n", "data: ping\n\n"
	for wire, want := range map[string]string{
		price + order + price:     "connected and understood, but 1 of 3 events not read",
		price + heartbeat + price: "connected and understood",
	} {
		withServer(t, streamOf(sseType, step{0, wire}), func(t *testing.T, n *network) {
			if r := n.examine(t.Context(), t, feed.Config{}, doctor.Options{}); r.Summary != want {
				t.Errorf("%q: %q, want %q", wire, r.Summary, want)
			}
		})
	}
}
