package feed

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestTheIdleTimeoutCountsOnlyTimeSpentWaiting(t *testing.T) {
	const idle = 90 * time.Second
	ago := func(d time.Duration) time.Time { return noon.Add(-d) }
	for _, c := range []struct {
		what  string
		check idleCheck
		want  silenceLevel
		again time.Duration
	}{
		{"being read just now", idleCheck{live: true}, notSilent, lookAgain},
		{"not waiting yet", idleCheck{}, notSilent, 45 * time.Second},
		{"fresh", idleCheck{since: ago(0), live: true}, notSilent, lookAgain},
		{"waiting longer", idleCheck{since: ago(9 * time.Second), live: true}, notSilent, 9 * time.Second},
		{"unusually long", idleCheck{since: ago(9 * time.Second), live: true, usual: 8 * time.Second}, silent, 81 * time.Second},
		{"not yet unusually long", idleCheck{since: ago(9 * time.Second), live: true, usual: 12 * time.Second}, notSilent, 3 * time.Second},
		{"half the idle time, though that is usual", idleCheck{since: ago(45 * time.Second), live: true, usual: time.Minute}, silent, 45 * time.Second},
		{"waiting a while", idleCheck{since: ago(40 * time.Second), live: true}, notSilent, 5 * time.Second},
		{"half the idle time", idleCheck{since: ago(45 * time.Second), live: true}, silent, 45 * time.Second},
		{"silent already", idleCheck{since: ago(50 * time.Second), live: true, silent: true}, notSilent, 40 * time.Second},
		{"the whole idle time", idleCheck{since: ago(idle), live: true, silent: true}, timedOut, 0},
		{"no answer yet", idleCheck{since: ago(50 * time.Second)}, notSilent, 40 * time.Second},
		{"no answer at all", idleCheck{since: ago(idle)}, timedOut, 0},
		{"woken late, an hour after", idleCheck{since: ago(time.Hour), due: ago(time.Hour - idle), live: true}, notSilent, wakeGrace},
		{"still nothing a second later", idleCheck{since: ago(time.Hour), due: ago(0), live: true, silent: true}, timedOut, 0},
	} {
		c.check.now = noon
		if c.check.due.IsZero() {
			c.check.due = noon
		}
		if got, again := idleTimeout(idle).check(c.check); got != c.want || again != c.again {
			t.Errorf("%s: got %d, again in %s; want %d, %s", c.what, got, again, c.want, c.again)
		}
	}
}

func TestAClockSetBackBeginsTheWaitAnew(t *testing.T) {
	l := newLiveness()
	l.beginWait(noon)
	earlier := noon.Add(-time.Hour)
	if since, _ := l.waitingSince(earlier); !since.Equal(earlier) {
		t.Errorf("since %s, want %s", since, earlier)
	}
	if since, _ := l.waitingSince(noon); !since.Equal(earlier) {
		t.Errorf("later: since %s, want %s", since, earlier)
	}
}

func TestAClockSetBackInASilenceBeginsTheWaitAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, ends := pipes()
		ctx, cancel := context.WithCancel(t.Context())
		set := newSet(ctx, quietEnvironment())
		f, err := set.newSupervisor(Config{Name: "f", URL: "http://desk.example/", Client: web.client()})
		if err != nil {
			t.Fatal(err)
		}
		set.members["f"] = set.start(f)
		go set.closeAfter(ctx)
		l := &listener{t, set, cancel}
		defer l.end()
		<-ends
		l.until(Silent)
		f.liveness.waitBegan.Add(-int64(time.Hour)) // negated: as if the clock had been an hour ahead until now
		f.liveness.lastByteAt.Add(int64(time.Hour))
		began := time.Now()
		if l.status(Waiting); time.Since(began) > 135*time.Second {
			t.Errorf("dropped after %s", time.Since(began))
		}
		if gap := l.gap(); gap.Length < 0 {
			t.Errorf("a gap of %s", gap.Length)
		}
	})
}

func TestAClockSetBackDoesNotPutOffAQuiet(t *testing.T) {
	var r eventRhythm
	r.add(noon)
	earlier := noon.Add(-time.Hour)
	for _, now := range []time.Time{earlier, earlier.Add(time.Minute)} {
		if at := r.lastTime(now); !at.Equal(earlier) {
			t.Errorf("the last event came %s, want %s", at, earlier)
		}
	}
}

func TestABytePastADeclaredSilenceIsNoticed(t *testing.T) {
	l := newLiveness()
	l.beginWait(noon)
	if since, declared := l.waitingSince(noon.Add(time.Minute)); !since.Equal(noon) || declared {
		t.Fatalf("since %s, declared %t", since, declared)
	}
	if !l.declareSilent(noon) {
		t.Fatal("a wait that lasts was not declared silent")
	}
	if !l.endWait(noon.Add(2*time.Minute), true) {
		t.Error("the reader does not learn that it was declared silent")
	}
	l.beginWait(noon.Add(3 * time.Minute))
	if l.declareSilent(noon) {
		t.Error("a wait that is over was declared silent")
	}
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
