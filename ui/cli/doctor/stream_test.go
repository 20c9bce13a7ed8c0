package doctor_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"livetape/feed"
	"livetape/ui/cli/doctor"
	"livetape/ui/humanize"
)

// timed returns an event with a time in its payload.
func timed(at time.Time) string {
	return fmt.Sprintf("data: {\"symbol\":\"A\",\"price\":1,\"time\":%d}\n\n", at.UnixMilli())
}

func TestBytesThatAreNoFieldsAreShown(t *testing.T) {
	t.Parallel()
	r := examineServer(t, streamOf(sseType, step{0, "price=1.5 token=s3cr3t-token\nmore\n"}), feed.Config{Header: map[string]string{"Authorization": "Bearer s3cr3t-token"}}, doctor.Options{})
	requireFinding(t, r, "events", doctor.Bad, "34 B came, and no field of an event stream in them; they begin with: price=1.5 token=•••")
	r = examineServer(t, streamOf(sseType, step{0, "more\n: comment\n\n"}), feed.Config{}, doctor.Options{})
	requireFinding(t, r, "events", doctor.Warning, "0 events")
}

func TestABufferingProxyIsFoundByTheTimesOfEvents(t *testing.T) {
	t.Parallel()
	withServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", sseType)
		write(w, r, step{0, timed(time.Now())})
		for range 3 { // every 2 s, the events of these 2 s
			var clump strings.Builder
			for i := range 4 {
				clump.WriteString(timed(time.Now().Add(time.Duration(i) * 500 * time.Millisecond)))
			}
			write(w, r, step{2 * time.Second, clump.String()})
		}
	}, func(t *testing.T, n *network) {
		r := n.examine(t.Context(), t, feed.Config{}, doctor.Options{For: 10 * time.Second})
		requireFinding(t, r, "buffering", doctor.Warning, "4 came at once that happened over 1.5 s")
		if !r.Stream.Buffered {
			t.Error("the stream is not said to be buffered")
		}
	})
}

func TestABufferingProxyIsFoundByPausesWithinEvents(t *testing.T) {
	t.Parallel()
	h := streamOf(sseType, step{0, "data: {\"symbol\":\"A\",\"pri"}, step{2 * time.Second, "ce\":1}\n\ndata: {\"symbol\":\"A\","}, step{time.Second, "\"price\":2}\n\n"})
	requireFinding(t, examineServer(t, h, feed.Config{}, doctor.Options{}), "buffering", doctor.Warning, "paused within an event, 2 times")
}

func TestOneBurstIsNoBuffering(t *testing.T) {
	t.Parallel()
	withServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", sseType)
		write(w, r, step{0, timed(time.Now())})
		var clump strings.Builder
		for i := range 4 {
			clump.WriteString(timed(time.Now().Add(time.Duration(i+1) * 500 * time.Millisecond)))
		}
		write(w, r, step{2 * time.Second, clump.String()})
	}, func(t *testing.T, n *network) {
		requireFinding(t, n.examine(t.Context(), t, feed.Config{}, doctor.Options{}), "buffering", doctor.Good, "no sign")
	})
}

func TestABusyStreamWithShortPausesIsNotTakenForBuffering(t *testing.T) {
	t.Parallel()
	withServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", sseType)
		for range 4 {
			for range 12 {
				write(w, r, step{200 * time.Millisecond, timed(time.Now().Add(200 * time.Millisecond).Truncate(time.Second))})
			}
			write(w, r, step{500 * time.Millisecond, ""})
		}
	}, func(t *testing.T, n *network) {
		requireFinding(t, n.examine(t.Context(), t, feed.Config{}, doctor.Options{For: 12 * time.Second}), "buffering", doctor.Good, "no sign")
	})
}

func TestLastKnownPricesInEveryEventAreNotTakenForBuffering(t *testing.T) {
	t.Parallel()
	withServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", sseType)
		for range 8 {
			now := time.Now().Add(500 * time.Millisecond)
			var known []string
			for _, age := range []time.Duration{0, 400 * time.Millisecond, time.Second, 1400 * time.Millisecond} {
				known = append(known, fmt.Sprintf(`{"symbol":"S%d","price":1,"time":%d}`, age, now.Add(-age).UnixMilli()))
			}
			write(w, r, step{500 * time.Millisecond, "data: [" + strings.Join(known, ",") + "]\n\n"})
		}
	}, func(t *testing.T, n *network) {
		requireFinding(t, n.examine(t.Context(), t, feed.Config{}, doctor.Options{}), "buffering", doctor.Good, "no sign")
	})
}

func TestASnapshotOfOldPricesIsNotTakenForBuffering(t *testing.T) {
	t.Parallel()
	withServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", sseType)
		var old strings.Builder
		for i := range 5 {
			old.WriteString(timed(time.Now().Add(-time.Duration(i) * time.Hour)))
		}
		write(w, r, step{0, old.String()}, step{time.Second, timed(time.Now().Add(time.Second - 20*time.Millisecond))}, step{time.Second, old.String()})
	}, func(t *testing.T, n *network) {
		r := n.examine(t.Context(), t, feed.Config{}, doctor.Options{})
		requireFinding(t, r, "buffering", doctor.Good, "no sign")
	})
}

func TestLatencyIsMeasuredAfterTheOpening(t *testing.T) {
	t.Parallel()
	late := func(by time.Duration) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", sseType)
			write(w, r, step{0, timed(time.Now().Add(-time.Hour))})
			for range 3 {
				write(w, r, step{time.Second, timed(time.Now().Add(time.Second - by))})
			}
			<-r.Context().Done()
		}
	}
	requireFinding(t, examineServer(t, late(30*time.Millisecond), feed.Config{}, doctor.Options{}), "latency", doctor.Good, "30 ms in the median, 30 ms to 30 ms")
	requireFinding(t, examineServer(t, late(15*time.Minute), feed.Config{}, doctor.Options{}), "latency", doctor.Warning, "15 min in the median")
	requireFinding(t, examineServer(t, late(-3*time.Second-5*time.Millisecond), feed.Config{}, doctor.Options{}), "latency", doctor.Warning, "from the future, by up to 3.0 s")
}

func TestLatencyIsNotLearnedFromOneEventOrWholeSeconds(t *testing.T) {
	t.Parallel()
	serve := func(at func() time.Time, n int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", sseType)
			for range n {
				write(w, r, step{time.Second, timed(at())})
			}
			<-r.Context().Done()
		}
	}
	now := func() time.Time { return time.Now().Add(time.Second - 30*time.Millisecond) }
	whole := func() time.Time { return now().Truncate(time.Second) }
	requireFinding(t, examineServer(t, serve(now, 1), feed.Config{}, doctor.Options{}), "latency", doctor.Good, "not known from one event")
	requireFinding(t, examineServer(t, serve(whole, 4), feed.Config{}, doctor.Options{}), "latency", doctor.Good, "not known: the times are whole seconds")
}

func TestATimeIsRecognisedByItsValue(t *testing.T) {
	t.Parallel()
	withServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", sseType)
		for range 3 {
			at := time.Now().Add(time.Second - 30*time.Millisecond).UnixMilli()
			write(w, r, step{time.Second, fmt.Sprintf("data: {\"symbol\":\"A\",\"price\":1,\"zeit\":%d}\n\n", at)})
		}
	}, func(t *testing.T, n *network) {
		requireFinding(t, n.examine(t.Context(), t, feed.Config{}, doctor.Options{}), "latency", doctor.Good, "30 ms in the median")
	})
	requireFinding(t, examineServer(t, streamOf(sseType, step{0, ticks}), feed.Config{}, doctor.Options{}), "latency", doctor.Warning, "no time was recognised")
}

func TestHeartbeatsSuggestAnIdleTimeout(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, beat, kind string
		every            time.Duration
		idle             string
	}{
		{"comments", ":\n\n", "comments", 15 * time.Second, "40s"},
		{"a comment with one line end", ":\n", "comments", 40 * time.Second, "100s"},
		{"ping events", "event: ping\ndata: {\"time\":1}\n\n", "events", 5 * time.Second, "15s"},
		{"empty payloads", "data: {}\n\n", "events", 24 * time.Second, "1m"},
		{"payloads of a type", "data: {\"type\":\"heartbeat\"}\n\n", "events", 45 * time.Second, "115s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			steps := []step{{0, ticks}}
			for range 4 {
				steps = append(steps, step{c.every, c.beat})
			}
			r := examineServer(t, streamOf(sseType, steps...), feed.Config{}, doctor.Options{For: 4*c.every + time.Second})
			requireFinding(t, r, "heartbeat", doctor.Good, "every "+humanize.Measured(c.every), c.kind, "idle_timeout: "+c.idle)
			if r.Stream.IdleTimeout != c.idle || !strings.Contains(r.Reading.YAML, "idle_timeout: "+c.idle) {
				t.Errorf("the idle timeout is %q:\n%s", r.Stream.IdleTimeout, r.Reading.YAML)
			}
		})
	}
}

func TestALongSilenceWithoutHeartbeatsIsAWarning(t *testing.T) {
	t.Parallel()
	r := examineServer(t, streamOf(sseType, step{0, ticks}), feed.Config{}, doctor.Options{For: time.Minute})
	requireFinding(t, r, "heartbeat", doctor.Warning, "nothing came for 60.0 s")
}

func TestMalformedLinesAndEventsAreCounted(t *testing.T) {
	t.Parallel()
	wire := "\xEF\xBB\xBFdata: {\"symbol\":\"A\",\"price\":1}\n\n" + // a byte order mark is allowed here
		"data: {\"symbol\":\"B\xFF\",\"price\":1}\n\n" +
		"{\"symbol\":\"C\",\"price\":1}\n\n" +
		"retry: soon\n\n" +
		"id: a\x00b\ndata: {\"symbol\":\"A\",\"price\":2}\n\n" +
		"request_id: 0\ndata: {\"symbol\":\"A\",\"price\":3}\n\n" +
		"data: " + strings.Repeat("x", 3000) + "\n\n" +
		"data: not json\n\n" +
		"data: {\"symbol\":\"A\"}\n\n"
	r := examineServer(t, streamOf(sseType, step{0, wire}), feed.Config{MaxEvent: 2000}, doctor.Options{})
	f := r.Stream.Framing
	if f.InvalidUTF8 != 1 || f.Oversized != 1 || f.InvalidRetry != 1 || f.NulIDs != 1 || len(f.UnknownFields) != 2 {
		t.Errorf("the framing is %+v", f)
	}
	requireFinding(t, r, "text", doctor.Bad, "not UTF-8: 1 sequence")
	requireFinding(t, r, "size", doctor.Bad, "1 event of more than 2.0 kB skipped")
	requireFinding(t, r, "retry", doctor.Warning, "1 retry: line without a whole number")
	requireFinding(t, r, "framing", doctor.Bad, "1 line that no client reads")
	requireFinding(t, r, "decode errors", doctor.Bad, "once", "not JSON")
	if r.Verdict != doctor.Understood {
		t.Errorf("the verdict is %s:\n%s", r.Verdict, reportText(t, r))
	}
}

func TestLineEndsMayBeOfAnyKindAndComeInAnyPieces(t *testing.T) {
	t.Parallel()
	for _, wire := range []string{"data: 1\n\nevent: x\ndata: 2\n\n", "data: 1\r\n\r\nevent: x\r\ndata: 2\r\n\r\n", "data: 1\r\revent: x\rdata: 2\r\r"} {
		var steps []step
		for i := range wire {
			steps = append(steps, step{0, wire[i : i+1]})
		}
		r := examineServer(t, streamOf(sseType, steps...), feed.Config{}, doctor.Options{})
		f := r.Stream.Framing
		if r.Stream.Events != 2 || f.LF+f.CRLF+f.CR != 5 || f.LF*f.CRLF+f.LF*f.CR+f.CRLF*f.CR != 0 || f.Stalls != 0 {
			t.Errorf("%q: %d events, %+v", wire, r.Stream.Events, f)
		}
	}
}

func TestTheEndOfAStreamIsJudged(t *testing.T) {
	t.Parallel()
	ending := func(wire string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", sseType)
			write(w, r, step{0, wire})
		}
	}
	r := examineServer(t, ending(ticks), feed.Config{}, doctor.Options{})
	requireFinding(t, r, "events", doctor.Good, "the server ended the stream, which it may")
	r = examineServer(t, ending(ticks+"data: {\"sym"), feed.Config{}, doctor.Options{})
	requireFinding(t, r, "events", doctor.Bad, "within an event")
	if !r.Stream.Framing.CutOff {
		t.Error("the stream is not said to be cut off")
	}
	r = examineServer(t, ending(""), feed.Config{}, doctor.Options{})
	requireFinding(t, r, "events", doctor.Bad, "without sending anything")
	r = examineServer(t, func(w http.ResponseWriter, r *http.Request) {
		ending(ticks)(w, r)
		panic(http.ErrAbortHandler)
	}, feed.Config{}, doctor.Options{})
	requireFinding(t, r, "events", doctor.Bad, "the connection broke: stream cut")
}

func TestAStreamWithoutUpdatesIsUnmapped(t *testing.T) {
	t.Parallel()
	for name, wire := range map[string]string{"silence": "", "words": "data: {\"status\":\"checked out\"}\n\n", "heartbeats": ":\n\n:\n\n"} {
		r := examineServer(t, streamOf(sseType, step{0, wire}), feed.Config{}, doctor.Options{})
		if r.Verdict != doctor.Unmapped {
			t.Errorf("%s: the verdict is %s", name, r.Verdict)
		}
	}
}

func TestListeningEndsAfterEnoughEvents(t *testing.T) {
	t.Parallel()
	r := examineServer(t, streamOf(sseType, step{0, strings.Repeat(ticks, 50)}), feed.Config{}, doctor.Options{Events: 7, For: time.Hour})
	if r.Stream.Events != 7 || r.Stream.Ended != "enough" || r.Stream.Listened > doctor.Milliseconds(time.Second) {
		t.Errorf("%+v", r.Stream)
	}
}

func TestAnInterruptionEndsWithTheReportSoFar(t *testing.T) {
	t.Parallel()
	withServer(t, streamOf(sseType, step{0, "id: 1\n" + ticks}), func(t *testing.T, n *network) {
		ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
		defer stop()
		r := n.examine(ctx, t, feed.Config{}, doctor.Options{For: time.Hour})
		if r.Verdict != doctor.Understood || r.Stream.Ended != "interrupted" || r.Stream.Resume != nil {
			t.Errorf("%s", reportText(t, r))
		}
	})
}

func TestAFloodIsBoundedInMemory(t *testing.T) {
	t.Parallel()
	flood := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", sseType)
		for i := range 600 {
			fmt.Fprintf(w, "event: type%d\nid: %d\ndata: {\"symbol\":\"A\",\"price\":%d,\"pad\":%q}\n\n", i%30, i, i, strings.Repeat("x", 10_000))
		}
	}
	withServer(t, flood, func(t *testing.T, n *network) {
		r := n.examine(t.Context(), t, feed.Config{}, doctor.Options{})
		if s := r.Stream; s.Events != 600 || len(s.Types) != doctor.MaxEventTypes || s.OtherTypes != 600/30*(30-doctor.MaxEventTypes) || r.Reading.Examined > doctor.MaxKept {
			t.Errorf("%d events, %d types, %d others, %d examined", s.Events, len(s.Types), s.OtherTypes, r.Reading.Examined)
		}
	})
}

func TestSecretsAreNeverShown(t *testing.T) {
	t.Setenv("DESK_TOKEN", "s3cr3t-from-env")
	echo := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Via", r.Header.Get("Authorization"))
		w.Header().Set("Content-Type", sseType+"; token="+r.URL.Query().Get("key"))
		write(w, r, step{0, fmt.Sprintf("event: %s\nid: %s\ndata: {\"symbol\":%q,\"price\":1,\"auth\":%q}\n\n", r.URL.Query().Get("key"), r.URL.Query().Get("key"), r.URL.Query().Get("key"), r.Header.Get("Authorization"))})
	}
	c := feed.Config{URL: address + "?key=s3cr3t-in-url", Header: map[string]string{"Authorization": "Bearer ${DESK_TOKEN}", "X-Plain": "s3cr3t-in-header"}}
	r := examineServer(t, echo, c, doctor.Options{})
	var asJSON strings.Builder
	if err := r.JSON(&asJSON); err != nil {
		t.Fatal(err)
	}
	all := reportText(t, r) + asJSON.String()
	if strings.Contains(all, "s3cr3t") {
		t.Errorf("a secret is shown:\n%s", all)
	}
	for _, want := range []string{"Authorization: Bearer ${DESK_TOKEN}", "X-Plain: ${X_PLAIN}", "?key=${KEY}"} {
		if !strings.Contains(r.Reading.YAML, want) {
			t.Errorf("%q is not in the YAML:\n%s", want, r.Reading.YAML)
		}
	}
}

func TestAnUnsetVariableIsNamed(t *testing.T) {
	os.Unsetenv("LIVETAPE_NO_SUCH")
	_, err := doctor.Examine(t.Context(), feed.Config{Name: "desk", URL: address, Header: map[string]string{"X": "${LIVETAPE_NO_SUCH}"}}, doctor.Options{})
	if err == nil || !strings.Contains(err.Error(), "LIVETAPE_NO_SUCH") {
		t.Errorf("the error is %v", err)
	}
}

func TestTerminalSequencesAreRemoved(t *testing.T) {
	t.Parallel()
	wire := "event: a\x1b[31m\ndata: {\"symbol\":\"A\\u001b]0;x\\u0007\",\"price\":1,\"x\x1b[2J\":\"\u202e\"}\n\n"
	r := examineServer(t, streamOf(sseType, step{0, wire}), feed.Config{}, doctor.Options{})
	if all := reportText(t, r); strings.ContainsAny(all, "\x1b\x07\u202e") {
		t.Errorf("%q", all)
	}
}
