package doctor

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"livetape/feed"
)

func TestClumpsWithoutTimesAreNotCalledClean(t *testing.T) {
	clump := strings.Repeat(ticks, 4)
	r := examineServer(t, streamOf(sseType, step{0, ticks}, step{time.Second, clump}, step{time.Second, clump}, step{time.Second, clump}), feed.Config{}, Options{})
	r.finding("buffering").require(t, Warning, "events come in bursts of about 8, with pauses of 1.0 s")
	if r.Stream.Buffered {
		t.Error("it is said to be buffered, which nobody knows")
	}
	steady := streamOf(sseType, step{0, ticks}, step{time.Second, ticks}, step{time.Second, ticks}, step{time.Second, ticks})
	examineServer(t, steady, feed.Config{}, Options{}).finding("buffering").require(t, Good, "no sign")
}

func TestFieldsThatAreNearlyRightAreFaults(t *testing.T) {
	for wire, want := range map[string]string{
		"DATA: x\n\n":             `with the field "DATA"`,
		" data: x\n\n":            `with the field " data"`,
		"id 5\n\n":                `with the field "id 5"`,
		"data : x\n\n":            `with the field "data "`,
		"\xEF\xBB\xBFdata: x\n\n": "a byte order mark",
		"data {\"a\": 1}\n\n":     "no client reads: data {",
	} {
		r := examineServer(t, streamOf(sseType, step{0, ticks + wire}), feed.Config{}, Options{})
		r.finding("framing").require(t, Bad, "1 line that no client reads", want)
	}
	examineServer(t, streamOf(sseType, step{0, ticks + "request_id: 5\n\n"}), feed.Config{}, Options{}).finding("framing").require(t, Good, "unknown field")
}

func TestFewIDsAreNotEnough(t *testing.T) {
	r := examineServer(t, streamOf(sseType, step{0, "id: 1\n" + ticks + ticks}), feed.Config{}, Options{})
	r.finding("ids").require(t, Warning, "only 1 of 4 events have one; the last is 1")
	r = examineServer(t, streamOf(sseType, step{0, "id: 1\n" + ticks[:len(ticks)/2] + "event: ping\ndata: 1\n\nevent: ping\ndata: 1\n\n"}), feed.Config{}, Options{})
	if f := r.finding("ids"); f.Mark != Good {
		t.Errorf("heartbeats need no ids, but %+v", f)
	}
}

func TestAnEventOnItsWayIsSeen(t *testing.T) {
	r := examineServer(t, streamOf(sseType, step{0, "data: {\"symbol\""}), feed.Config{}, Options{})
	r.finding("events").require(t, Warning, "0 events", "the first one is not complete yet")
}

func TestWhyNothingIsReadIsSaid(t *testing.T) {
	r := examineServer(t, streamOf(sseType, step{0, "data: {\"symbol\":\"B\",\"price\":2\n\ndata: {\"cpu\":1,\"mem\":2}\n\n"}), feed.Config{}, Options{})
	if r.Verdict != Unmapped {
		t.Fatalf("%s", reportText(t, r))
	}
	for _, want := range []string{"! ignored       once: no member looks like a price or a headline", "! ignored       once: not JSON"} {
		if all := reportText(t, r); !strings.Contains(all, want) {
			t.Errorf("%q is not told:\n%s", want, all)
		}
	}
}

func TestARedirectLoopIsToldOnce(t *testing.T) {
	r := examineServer(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/events", http.StatusFound) }, feed.Config{}, Options{})
	f := r.finding("redirect")
	f.require(t, Warning, "302, to http://desk.example/events, 10 times")
	if !strings.Contains(f.Advice, "leads to no answer") || strings.Count(reportText(t, r), "302") != 1 {
		t.Errorf("%s", reportText(t, r))
	}
}

func TestWhatMayBeAnotherAnswerLaterIsSaidToBe(t *testing.T) {
	for status, want := range map[int]string{
		http.StatusServiceUnavailable: "has a problem: try again later", http.StatusTooManyRequests: "try again later",
		http.StatusNoContent: "not to reconnect", http.StatusForbidden: "ask the feed's operator",
	} {
		r := examineServer(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }, feed.Config{}, Options{})
		f := r.finding("status")
		if r.Verdict != Refused || !strings.Contains(f.Advice, want) || strings.Contains(f.Text, "by server") {
			t.Errorf("%d: %s, %+v", status, r.Verdict, f)
		}
	}
}
