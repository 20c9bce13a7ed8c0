package doctor_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"livetape/feed"
	"livetape/ui/cli/doctor"
)

// numberedServer sends events 1 to n; again responds to requests with a Last-Event-ID.
func numberedServer(n int, again func(w http.ResponseWriter, r *http.Request, id string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", sseType)
		if id := r.Header.Get("Last-Event-ID"); id != "" {
			again(w, r, id)
			flush(w)
		} else {
			write(w, r, step{0, from(1, n)})
		}
		<-r.Context().Done()
	}
}

func from(first, last int) string {
	var b strings.Builder
	for i := first; i <= last; i++ {
		fmt.Fprintf(&b, "id: e-%d\ndata: {\"symbol\":\"A\",\"price\":%d}\n\n", i, i)
	}
	return b.String()
}

func number(id string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(id, "e-"))
	if err != nil {
		panic(err)
	}
	return n
}

func TestTheOutcomesOfResumingAreToldApart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		events  int
		again   func(w http.ResponseWriter, r *http.Request, id string)
		outcome doctor.Outcome
		mark    doctor.Mark
		words   string
		resumes bool
	}{
		{"it sends what followed", 9, func(w http.ResponseWriter, r *http.Request, id string) {
			write(w, r, step{0, from(number(id)+1, 9)})
		}, doctor.Continued, doctor.Good, "asked to go on after e-4, the server sent the event that followed", true},
		{"it says so itself", 9, func(w http.ResponseWriter, r *http.Request, id string) {
			write(w, r, step{0, fmt.Sprintf("event: resume\ndata: {\"from\":%q,\"replayed\":5}\n\n", id)})
		}, doctor.Continued, doctor.Good, "replays 5 events", true},
		{"it repeats the event of the id", 9, func(w http.ResponseWriter, r *http.Request, id string) {
			write(w, r, step{0, from(number(id), 9)})
		}, doctor.Repeated, doctor.Good, "repeats that event", true},
		{"it starts over", 9, func(w http.ResponseWriter, r *http.Request, _ string) {
			write(w, r, step{0, from(1, 9)})
		}, doctor.Restarted, doctor.Warning, "starts from the beginning again", false},
		{"it starts over with other data", 9, func(w http.ResponseWriter, r *http.Request, _ string) {
			write(w, r, step{0, strings.ReplaceAll(from(1, 9), "price\":", "price\":7")})
		}, doctor.Restarted, doctor.Warning, "starts from the beginning again, with other data", false},
		{"it repeats the id with other data", 9, func(w http.ResponseWriter, r *http.Request, id string) {
			write(w, r, step{0, "id: " + id + "\ndata: {}\n\n"})
		}, doctor.Repeated, doctor.Warning, "not known: asked to go on after e-4, the server sends that id again, with other data", false},
		{"it goes on with what is new", 9, func(w http.ResponseWriter, r *http.Request, _ string) {
			write(w, r, step{0, from(30, 31)})
		}, doctor.Skipped, doctor.Bad, "goes on, but ≈25 missed (ids e-4 → e-30)", false},
		{"it leaves out two", 9, func(w http.ResponseWriter, r *http.Request, _ string) {
			write(w, r, step{0, from(7, 9)})
		}, doctor.Skipped, doctor.Bad, "goes on, but ≈2 missed (ids e-4 → e-7)", false},
		{"its ids begin anew", 9, func(w http.ResponseWriter, r *http.Request, _ string) {
			write(w, r, step{0, "id: e-0\ndata: 1\n\n"})
		}, doctor.Skipped, doctor.Bad, "no: asked to go on after e-4: ids start again: e-0 after e-4", false},
		{"it sends some known events first", 9, func(w http.ResponseWriter, r *http.Request, _ string) {
			write(w, r, step{0, from(2, 9)})
		}, doctor.Continued, doctor.Good, "yes: asked to go on after e-4, the server sent", true},
		{"it says where it begins", 9, func(w http.ResponseWriter, r *http.Request, id string) {
			w.Header().Set("Last-Event-ID", "e-8")
			write(w, r, step{0, from(9, 9)})
		}, doctor.Skipped, doctor.Bad, "the server does not have that id, and begins at e-8", false},
		{"it says nothing", 9, func(http.ResponseWriter, *http.Request, string) {}, doctor.Skipped, doctor.Bad, "5 events after e-4 did not come again", false},
		{"it resets", 9, func(w http.ResponseWriter, r *http.Request, id string) {
			write(w, r, step{0, fmt.Sprintf("event: reset\ndata: {\"from\":%q,\"missed\":null}\n\nevent: snapshot\nid: e-20\ndata: {}\n\n", id)})
		}, doctor.Snapshot, doctor.Warning, "snapshot", false},
		{"it sends a snapshot", 9, func(w http.ResponseWriter, r *http.Request, _ string) {
			write(w, r, step{0, "event: snapshot\nid: e-20\ndata: {\"prices\":[]}\n\n"})
		}, doctor.Snapshot, doctor.Warning, "snapshot", false},
		{"it refuses", 9, func(w http.ResponseWriter, _ *http.Request, _ string) {
			w.WriteHeader(http.StatusGone)
		}, doctor.Denied, doctor.Bad, "410", false},
		{"there is one id only, and nothing new", 1, func(http.ResponseWriter, *http.Request, string) {}, doctor.Unclear, doctor.Warning, "nothing came after it", false},
		{"there is one id only, and something new", 1, func(w http.ResponseWriter, r *http.Request, _ string) {
			write(w, r, step{0, from(2, 2)})
		}, doctor.Unclear, doctor.Warning, "not seen before", false},
		{"there is one id only, and it comes again", 1, func(w http.ResponseWriter, r *http.Request, _ string) {
			write(w, r, step{0, from(1, 1)})
		}, doctor.Repeated, doctor.Warning, "repeats it, or starts over", false},
		{"two ids", 2, func(w http.ResponseWriter, r *http.Request, id string) {
			write(w, r, step{0, from(number(id)+1, 2)})
		}, doctor.Continued, doctor.Good, "the event that followed", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := examineServer(t, numberedServer(c.events, c.again), feed.Config{}, doctor.Options{})
			if r.Stream.Resume.Outcome != c.outcome || r.Stream.Resume.Resumes != c.resumes {
				t.Errorf("the outcome is %+v, want %s", r.Stream.Resume, c.outcome)
			}
			requireFinding(t, r, "resume", c.mark, c.words)
		})
	}
}

func TestIDsAreJudgedByWhetherTheyChange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, wire string
		mark       doctor.Mark
		words      string
	}{
		{"none", ticks, doctor.Warning, "none"},
		{"ascending", from(8, 12), doctor.Good, "5 of 5 events have one, ascending; the last is e-12"},
		{"opaque", "id: b\ndata: 1\n\nid: a\ndata: 2\n\n", doctor.Good, "all different; the last is a"},
		{"always the same", "id: x\ndata: 1\n\nid: x\ndata: 2\n\n", doctor.Bad, "always the same: x"},
		{"some twice", "id: x\ndata: 1\n\nid: y\ndata: 2\n\nid: x\ndata: 2\n\n", doctor.Warning, "only 2 of them different"},
		{"of some events", "id: x\ndata: 1\n\ndata: 2\n\n", doctor.Good, "1 of 2 events"},
		{"without digits at the front", "id: 9\ndata: 1\n\nid: 10\ndata: 2\n\n", doctor.Good, "ascending; the last is 10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			requireFinding(t, examineServer(t, streamOf(sseType, step{0, c.wire}), feed.Config{}, doctor.Options{}), "ids", c.mark, c.words)
		})
	}
}

func TestASecondConnectionWithoutAnAnswerIsUnclear(t *testing.T) {
	t.Parallel()
	h := func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Last-Event-ID") == "" {
			streamOf(sseType, step{0, from(1, 9)})(w, r)
		}
		<-r.Context().Done()
	}
	r := examineServer(t, h, feed.Config{}, doctor.Options{})
	requireFinding(t, r, "resume", doctor.Warning, "not known", "no answer within 5.0 s")
}

func TestAnIDThatHTTPCannotCarryIsNotSentBack(t *testing.T) {
	t.Parallel()
	r := examineServer(t, streamOf(sseType, step{0, "id: a\x01b\ndata: 1\n\n"}), feed.Config{}, doctor.Options{})
	requireFinding(t, r, "resume", doctor.Bad, "control characters")
	if r.Stream.Resume.Outcome != doctor.BadID {
		t.Errorf("%+v", r.Stream.Resume)
	}
}

// TestResumingIsTriedAsThePresetSays uses a service with ids in its payloads, which are sent back
// in the query.
func TestResumingIsTriedAsThePresetSays(t *testing.T) {
	t.Parallel()
	post := func(n int) string {
		return fmt.Sprintf("data: {\"id\":\"m%d\",\"time\":171%d,\"event\":\"message\",\"topic\":\"desk\",\"message\":\"Chips rise\",\"title\":\"News %d\"}\n\n", n, n, n)
	}
	h := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", sseType)
		if r.Header.Get("Last-Event-ID") != "" {
			t.Error("it is asked by header")
		}
		n := 0
		if since := r.URL.Query().Get("since"); since != "" {
			n = number(strings.Replace(since, "m", "e-", 1))
		}
		for n++; n <= 7; n++ {
			write(w, r, step{0, post(n)})
		}
		<-r.Context().Done()
	}
	r := examineServer(t, h, feed.Config{URL: address + "?topic=x"}, doctor.Options{})
	if r.Reading == nil || r.Reading.Preset != "ntfy" {
		t.Fatalf("%s", reportText(t, r))
	}
	requireFinding(t, r, "ids", doctor.Good, "in the payloads", "m7")
	requireFinding(t, r, "resume", doctor.Good, "yes: asked by since= to go on after m2, the server sent the event that followed")
	if !r.Stream.Resume.Resumes {
		t.Errorf("%+v", r.Stream.Resume)
	}

	asked := 0
	r = examineServer(t, func(w http.ResponseWriter, r *http.Request) { asked++; h(w, r) }, feed.Config{Resume: feed.ResumeNever}, doctor.Options{})
	requireFinding(t, r, "resume", doctor.Warning, "not tried")
	if asked != 1 {
		t.Errorf("it was asked %d times", asked)
	}
}
