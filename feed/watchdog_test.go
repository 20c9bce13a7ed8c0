package feed

import (
	"testing"
	"time"
)

func TestTheWatchdogJudgesOnlyTimeSpentWaiting(t *testing.T) {
	const idle = 90 * time.Second
	ago := func(d time.Duration) time.Time { return noon.Add(-d) }
	for _, c := range []struct {
		what  string
		g     glance
		want  verdict
		again time.Duration
	}{
		{"not waiting", glance{live: true}, patient, 45 * time.Second},
		{"fresh", glance{since: ago(0), live: true}, patient, 45 * time.Second},
		{"waiting a while", glance{since: ago(40 * time.Second), live: true}, patient, 5 * time.Second},
		{"half the idle time", glance{since: ago(45 * time.Second), live: true}, silent, 45 * time.Second},
		{"silent already", glance{since: ago(50 * time.Second), live: true, silent: true}, patient, 40 * time.Second},
		{"the whole idle time", glance{since: ago(idle), live: true, silent: true}, dead, 0},
		{"no answer yet", glance{since: ago(50 * time.Second)}, patient, 40 * time.Second},
		{"no answer at all", glance{since: ago(idle)}, dead, 0},
		{"woken late, an hour after", glance{since: ago(time.Hour), planned: ago(time.Hour - idle), live: true}, patient, wakeGrace},
		{"still nothing a second later", glance{since: ago(time.Hour), planned: ago(0), live: true, silent: true}, dead, 0},
	} {
		c.g.now = noon
		if c.g.planned.IsZero() {
			c.g.planned = noon
		}
		if got, again := (watchdog{idle}).judge(c.g); got != c.want || again != c.again {
			t.Errorf("%s: got %d, again in %s; want %d, %s", c.what, got, again, c.want, c.again)
		}
	}
}

func TestAClockSetBackBeginsTheWaitAnew(t *testing.T) {
	l := newLine()
	l.wait(noon)
	earlier := noon.Add(-time.Hour)
	if since, _ := l.since(earlier); !since.Equal(earlier) {
		t.Errorf("since %s, want %s", since, earlier)
	}
	if since, _ := l.since(noon); !since.Equal(earlier) {
		t.Errorf("later: since %s, want %s", since, earlier)
	}
}

func TestABytePastADeclaredSilenceIsNoticed(t *testing.T) {
	l := newLine()
	l.wait(noon)
	if since, declared := l.since(noon.Add(time.Minute)); !since.Equal(noon) || declared {
		t.Fatalf("since %s, declared %t", since, declared)
	}
	if !l.declareSilent(noon) {
		t.Fatal("a wait that lasts was not declared silent")
	}
	if !l.arrive(noon.Add(2*time.Minute), true) {
		t.Error("the reader does not learn that it was declared silent")
	}
	l.wait(noon.Add(3 * time.Minute))
	if l.declareSilent(noon) {
		t.Error("a wait that is over was declared silent")
	}
}
