package tape

import (
	"context"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed"
)

// screen is a consumer of a player: what it has been shown since the last reset, and when.
type screen struct {
	t *testing.T
	*Player
	ids    []string
	times  []time.Duration // since the screen was made
	resets int
	closed bool
	began  time.Time
}

// watch plays a file of ten ticks, a second apart, inside a synctest bubble.
func watch(t *testing.T, name string, o PlayerOptions) *screen {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &screen{t: t, Player: Play(ctx, open(t, name), o), began: time.Now()}
	t.Cleanup(func() {
		cancel()
		for range s.Events() {
		}
	})
	return s
}

// settle takes what is there without letting time pass.
func (s *screen) settle() {
	for {
		synctest.Wait()
		select {
		case e, ok := <-s.Events():
			if !ok {
				s.closed = true
				return
			}
			s.take(e)
		default:
			return
		}
	}
}

func (s *screen) take(e feed.Event) {
	if IsReset(e) {
		s.resets++
		s.ids, s.times = nil, nil
		return
	}
	s.ids = append(s.ids, e.Message.ID)
	s.times = append(s.times, time.Since(s.began))
}

// let lets time pass and takes what comes meanwhile.
func (s *screen) let(d time.Duration) {
	end := time.After(d)
	for {
		s.settle()
		if s.closed {
			return
		}
		select {
		case e, ok := <-s.Events():
			if !ok {
				s.closed = true
				return
			}
			s.take(e)
		case <-end:
			s.settle()
			return
		}
	}
}

// shows checks the last message shown, how many there were, and the position.
func (s *screen) shows(n int, want Position) {
	s.t.Helper()
	s.settle()
	if len(s.ids) != n {
		s.t.Errorf("%d messages shown (%s), want %d", len(s.ids), strings.Join(s.ids, " "), n)
	}
	want.Events, want.Total, want.Clock = n, max(want.Total, 10*time.Second), at(want.Offset)
	if want.Speed == 0 {
		want.Speed = 1
	}
	if diff := cmp.Diff(want, s.Position()); diff != "" {
		s.t.Errorf("position (-want +got):\n%s", diff)
	}
}

func tenTicks(t *testing.T) string {
	return record(t, "x.tape", RecorderOptions{Feeds: desk}, ticks(10)...)
}

func TestATapePlaysAtItsOwnPace(t *testing.T) {
	name := tenTicks(t)
	synctest.Test(t, func(t *testing.T) {
		s := watch(t, name, PlayerOptions{})
		s.let(time.Hour)
		for i, when := range s.times {
			if want := time.Duration(i+1) * time.Second; when != want {
				t.Errorf("event %d came after %s, want %s", i, when, want)
			}
		}
		s.shows(10, Position{Offset: 10 * time.Second, Ended: true})
		if !s.closed || s.Err() != nil {
			t.Errorf("closed: %v, err: %v", s.closed, s.Err())
		}
	})
}

func TestThePositionMovesBetweenEvents(t *testing.T) {
	name := tenTicks(t)
	synctest.Test(t, func(t *testing.T) {
		s := watch(t, name, PlayerOptions{})
		s.let(2500 * time.Millisecond)
		s.shows(2, Position{Offset: 2500 * time.Millisecond})
	})
}

func TestTheTotalOfACompressedTapeIsKnownAtItsEnd(t *testing.T) {
	name := record(t, "x.tape.gz", RecorderOptions{Feeds: desk}, ticks(10)...)
	synctest.Test(t, func(t *testing.T) {
		s := watch(t, name, PlayerOptions{WaitAtEnd: true})
		for _, c := range []struct {
			let, total time.Duration
		}{{4 * time.Second, 0}, {time.Hour, 10 * time.Second}} {
			s.let(c.let)
			if got := s.Position().Total; got != c.total {
				t.Errorf("at %s the total is %s, want %s", s.Position().Offset, got, c.total)
			}
		}
		s.Seek(3 * time.Second)
		s.let(time.Second)
		if got := s.Position().Total; got != 10*time.Second {
			t.Errorf("once it was known, the total is %s", got)
		}
	})
}

func TestPauseStopsAndResumeGoesOnWhereItStopped(t *testing.T) {
	name := tenTicks(t)
	synctest.Test(t, func(t *testing.T) {
		s := watch(t, name, PlayerOptions{})
		s.let(2500 * time.Millisecond)
		s.Pause()
		s.let(time.Hour)
		s.shows(2, Position{Offset: 2500 * time.Millisecond, Paused: true})
		s.Pause()
		s.Resume()
		s.Resume()
		s.let(499 * time.Millisecond)
		s.shows(2, Position{Offset: 2999 * time.Millisecond})
		s.let(time.Millisecond)
		s.shows(3, Position{Offset: 3 * time.Second})
	})
}

func TestStepShowsOneEventAndStaysPaused(t *testing.T) {
	name := tenTicks(t)
	synctest.Test(t, func(t *testing.T) {
		s := watch(t, name, PlayerOptions{})
		s.let(1500 * time.Millisecond)
		s.Step()
		s.let(time.Hour)
		s.shows(2, Position{Offset: 2 * time.Second, Paused: true})
		s.Step()
		s.Step()
		s.let(time.Hour)
		s.shows(4, Position{Offset: 4 * time.Second, Paused: true})
		s.Resume()
		s.let(time.Second)
		s.shows(5, Position{Offset: 5 * time.Second})
	})
}

func TestAStepPassesOverPulses(t *testing.T) {
	events := ticks(3)
	pulse := feed.Event{Feed: "desk", At: at(1500 * time.Millisecond), Pulse: &feed.Pulse{}}
	name := record(t, "x.tape", RecorderOptions{Feeds: desk}, events[0], pulse, pulse, events[1], events[2])
	p := Play(t.Context(), open(t, name), PlayerOptions{Paused: true})
	p.Step()
	p.Step()
	same(t, []feed.Event{<-p.Events(), <-p.Events(), <-p.Events(), <-p.Events()}, []feed.Event{events[0], pulse, pulse, events[1]})
	p.SetSpeed(Unlimited)
	p.Resume()
	for range p.Events() {
	}
}

func TestSpeedChangesFromHereOn(t *testing.T) {
	name := tenTicks(t)
	synctest.Test(t, func(t *testing.T) {
		s := watch(t, name, PlayerOptions{Speed: 2})
		s.let(750 * time.Millisecond)
		s.shows(1, Position{Offset: 1500 * time.Millisecond, Speed: 2})
		s.SetSpeed(0.1)
		s.let(4999 * time.Millisecond)
		s.shows(1, Position{Offset: 1999900 * time.Microsecond, Speed: 0.1})
		s.let(time.Millisecond)
		s.shows(2, Position{Offset: 2 * time.Second, Speed: 0.1})
		s.SetSpeed(1000)
		s.let(3 * time.Millisecond)
		s.shows(5, Position{Offset: 5 * time.Second, Speed: 1000})
		s.SetSpeed(Unlimited)
		s.settle()
		s.shows(10, Position{Offset: 10 * time.Second, Speed: Unlimited, Ended: true})
	})
}

func TestSpeedsOutOfBoundsAreBroughtToTheBound(t *testing.T) {
	for _, c := range []struct{ ask, want float64 }{
		{0, MinSpeed}, {-3, MinSpeed}, {math.Inf(-1), MinSpeed}, {5000, MaxSpeed}, {math.Inf(1), Unlimited}, {math.NaN(), 1}, {Unlimited, Unlimited}, {3, 3},
	} {
		if got := clampSpeed(c.ask); got != c.want {
			t.Errorf("%g gives %g, want %g", c.ask, got, c.want)
		}
	}
}

// A user who stops the program for an hour (ctrl+z) finds the tape where it was.
func TestATapeWhoseConsumerWasAwayDoesNotRace(t *testing.T) {
	name := record(t, "x.tape", RecorderOptions{Feeds: desk}, ticks(2*maxQueued)...)
	synctest.Test(t, func(t *testing.T) {
		s := watch(t, name, PlayerOptions{Speed: 100})
		time.Sleep(time.Hour)     // of the bubble: nobody takes
		for range maxQueued + 2 { // what waited, what was about to, and the first to be late
			s.take(<-s.Events())
		}
		before := len(s.ids)
		s.let(100 * time.Millisecond)
		if n := len(s.ids) - before; n != 10 {
			t.Errorf("%d events in 100 ms at 100 events a second", n)
		}
	})
}

func TestControlsNeverBlockAndNothingIsLeftBehind(t *testing.T) {
	name := record(t, "x.tape", RecorderOptions{Feeds: desk}, ticks(3*maxQueued)...)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		p := Play(ctx, open(t, name), PlayerOptions{Speed: Unlimited})
		synctest.Wait() // the queue is full, nobody takes
		for range 100 {
			p.Pause()
			p.Step()
			p.SetSpeed(3)
			p.Seek(time.Second)
			p.Resume()
			p.Position()
		}
		cancel()
		synctest.Wait()
		for range p.Events() { // ends, since it is closed
		}
		p.Pause()
		p.Seek(0)
	})
}

func TestMaxSpeedLosesNothingWhateverTheConsumerDoes(t *testing.T) {
	want := ticks(20 * maxQueued)
	name := record(t, "x.tape", RecorderOptions{Feeds: desk}, want...)
	synctest.Test(t, func(t *testing.T) {
		p := Play(t.Context(), open(t, name), PlayerOptions{Speed: Unlimited})
		var got []feed.Event
		for e := range p.Events() {
			if got = append(got, e); len(got)%500 == 0 {
				time.Sleep(time.Minute) // of the bubble
			}
		}
		same(t, got, want)
	})
}

func TestTheEndSaysWhatWasNotWhole(t *testing.T) {
	half := write(t, "x.tape", ": livetape recording 1\n: start 2026-11-21T10:00:00Z\n: at 2026-11-21T10:00:01Z\ndata: 1\n\ndata: ha")
	p := Play(t.Context(), open(t, half), PlayerOptions{Speed: Unlimited})
	for range p.Events() {
	}
	if got := p.Position(); !strings.Contains(got.Note, "ends in the middle of an event") || got.Err != nil || got.Events != 1 {
		t.Errorf("position is %+v", got)
	}
	r := open(t, half)
	if err := r.file.Close(); err != nil { // so that it cannot start over
		t.Fatal(err)
	}
	p = Play(t.Context(), r, PlayerOptions{Speed: Unlimited, WaitAtEnd: true})
	<-p.Events()
	p.Seek(0)
	for range p.Events() {
	}
	if err := p.Err(); err == nil || !strings.Contains(err.Error(), "x.tape") {
		t.Errorf("error is %v", err)
	}
}

func TestSpeedsAndOffsetsAreReadFromText(t *testing.T) {
	for text, want := range map[string]float64{"1": 1, "10x": 10, "0.1x": 0.1, "1000": 1000, "max": Unlimited} {
		if got, err := ParseSpeed(text); err != nil || got != want {
			t.Errorf("%s gives %g, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "x", "0", "-1", "1001", "NaN", "inf", "0.09", "fast"} {
		if got, err := ParseSpeed(text); err == nil {
			t.Errorf("%q gives %g", text, got)
		}
	}
	for text, want := range map[string]time.Duration{
		"00:05:00": 5 * time.Minute, "5:00": 5 * time.Minute, "1:00:00.5": time.Hour + 500*time.Millisecond,
		"90s": 90 * time.Second, "1h5m": 65 * time.Minute, "90:00": 90 * time.Minute,
	} {
		if got, err := ParseOffset(text); err != nil || got != want {
			t.Errorf("%s gives %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "5", "-5s", "1:60", "1:2:3:4", "a:b", "1.5:00", "-1:00", "NaN:00", "1:-5"} {
		if got, err := ParseOffset(text); err == nil {
			t.Errorf("%q gives %s", text, got)
		}
	}
}
