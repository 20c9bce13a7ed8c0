package resume_test

import (
	"net/http"
	"strconv"
	"testing"

	"livetape/feed/resume"
)

// after is a judge that has seen these ids on its first connection, and has been reconnected.
func after(ids ...string) *resume.Judge {
	var j resume.Judge
	for _, id := range ids {
		j.See(id)
	}
	j.Reconnect()
	return &j
}

func TestTheFirstEventShowsWhatTheServerDid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what  string
		ids   []string // of the connection before, the last of which is sent
		first string
		again bool // the event itself was seen before
		used  bool // another one of its id was
		want  resume.Verdict
		lost  uint64
	}{
		{"ids that always ran on by one run on", []string{"129", "130", "131"}, "132", false, false, resume.Resumed, 0},
		{"such ids jump", []string{"129", "130", "131"}, "143", false, false, resume.Skipped, 11},
		{"the same over a power of ten", []string{"e-8", "e-9", "e-10"}, "e-100", false, false, resume.Skipped, 89},
		{"with leading zeros", []string{"0098", "0099", "0100"}, "0102", false, false, resume.Skipped, 1},
		{"beyond 64 bits", []string{"36893488147419103230", "36893488147419103231", "36893488147419103232"}, "36893488147419103235", false, false, resume.Skipped, 2},
		{"ids that never ran on by one", []string{"10", "20", "30"}, "40", false, false, resume.Unknown, 0},
		{"ids that jumped once", []string{"1", "2", "3", "5"}, "6", false, false, resume.Unknown, 0},
		{"too few to know", []string{"130", "131"}, "143", false, false, resume.Unknown, 0},
		{"one id, and it falls", []string{"500"}, "1", false, false, resume.NotResumed, 0},
		{"ids fall", []string{"10", "20", "30"}, "15", false, false, resume.NotResumed, 0},
		{"ids that fall anyway", []string{"10", "30", "20"}, "5", false, false, resume.Unknown, 0},
		{"the time in an id runs on and its counter begins anew", []string{"1718200000-41", "1718200000-42"}, "1718200001-1", false, false, resume.Unknown, 0},
		{"another time and a lower counter fall", []string{"1718200000-41", "1718200000-42"}, "1718100000-50", false, false, resume.NotResumed, 0},
		{"another epoch", []string{"a-7", "a-8", "a-9"}, "b-1", false, false, resume.Unknown, 0},
		{"ids without order", []string{"f3c9", "02ab", "77de"}, "4410", false, false, resume.Unknown, 0},
		{"an id without order is used again for another event", []string{"one", "two", "three"}, "one", false, true, resume.NotResumed, 0},
		{"a known event comes again", []string{"one", "two", "three"}, "two", true, false, resume.Resumed, 0},
		{"the event of the id itself comes again", []string{"one", "two", "three"}, "three", true, false, resume.Resumed, 0},
		{"everything comes again", []string{"one", "two", "three"}, "one", true, false, resume.NotResumed, 0},
		{"the only event comes again, as its id asks for", []string{"one"}, "one", true, false, resume.Resumed, 0},
		{"a constant id", []string{"x"}, "x", false, true, resume.Unknown, 0},
	} {
		got := after(c.ids...).ByEvent(c.ids[len(c.ids)-1], c.first, c.again, c.used)
		if got.Verdict != c.want || got.Missed != c.lost || (got.Reason != "") != (c.want == resume.NotResumed) {
			t.Errorf("%s: %+v, want verdict %d with %d missed", c.what, got, c.want, c.lost)
		}
	}
}

func TestAServerMaySayWhereTheStreamBegins(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sent, header string
		want         resume.Verdict
		says         bool
	}{
		{"a-9", "a-9", resume.Resumed, true},
		{"a-9", "earliest", resume.NotResumed, true},
		{"a-9", "", resume.Unknown, false},
		{"", "a-9", resume.Unknown, false},
	} {
		got, says := resume.ByHeader(c.sent, http.Header{"Last-Event-Id": {c.header}})
		if got.Verdict != c.want || says != c.says {
			t.Errorf("sent %q, told %q: %+v, %t", c.sent, c.header, got, says)
		}
	}
}

func TestIdsAreJudgedOverAllConnections(t *testing.T) {
	t.Parallel()
	j := after("1", "2", "5") // a jump proves that jumps are usual, for good
	for id := 6; id < 20; id++ {
		j.See(strconv.Itoa(id))
	}
	j.Reconnect()
	if got := j.ByEvent("19", "30", false, false); got.Verdict != resume.Unknown {
		t.Errorf("%+v", got)
	}
}

func TestAReconnectWithoutAnEventForgetsNothing(t *testing.T) {
	t.Parallel()
	j := after("one", "two", "three")
	j.Reconnect()
	if got := j.ByEvent("three", "one", true, false); got.Verdict != resume.NotResumed {
		t.Errorf("%+v", got)
	}
}

func FuzzAJudgeTakesAnyIDs(f *testing.F) {
	f.Add("1", "2", "3")
	f.Add("", "٣", "\xff9")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		j := after(a, b)
		if got := j.ByEvent(b, c, false, false); got.Verdict == resume.Skipped && got.Missed == 0 {
			t.Errorf("%q %q %q: %+v", a, b, c, got)
		}
	})
}
