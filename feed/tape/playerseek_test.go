package tape

import (
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestSeekForwardShowsWhatLiesBetweenAtOnce(t *testing.T) {
	name := tenTicks(t)
	synctest.Test(t, func(t *testing.T) {
		s := watch(t, name, PlayerOptions{})
		s.let(1500 * time.Millisecond)
		s.Seek(4 * time.Second)
		s.settle() // what is at 4 s is due at once, since the tape runs
		s.shows(4, Position{Offset: 4 * time.Second})
		if s.times[2] != 1500*time.Millisecond || s.resets != 0 {
			t.Errorf("times are %v, resets %d", s.times, s.resets)
		}
		s.let(time.Second)
		s.shows(5, Position{Offset: 5 * time.Second})
	})
}

func TestSeekBackResetsAndShowsEverythingBeforeAgain(t *testing.T) {
	name := tenTicks(t)
	synctest.Test(t, func(t *testing.T) {
		s := watch(t, name, PlayerOptions{})
		s.let(5500 * time.Millisecond)
		s.Pause()
		s.Seek(3 * time.Second)
		s.settle()
		s.shows(2, Position{Offset: 3 * time.Second, Paused: true})
		if s.resets != 1 || strings.Join(s.ids, " ") != "e-1 e-2" {
			t.Errorf("%d resets, then %v", s.resets, s.ids)
		}
		s.Seek(0)
		s.settle()
		s.shows(0, Position{Paused: true})
		s.Resume()
		s.let(time.Second)
		s.shows(1, Position{Offset: time.Second})
	})
}

func TestSeekWithinTheSilenceBeforeTheNextEventNeedsNoReset(t *testing.T) {
	name := tenTicks(t)
	synctest.Test(t, func(t *testing.T) {
		s := watch(t, name, PlayerOptions{})
		s.let(5900 * time.Millisecond)
		s.Seek(5100 * time.Millisecond)
		s.settle()
		s.shows(5, Position{Offset: 5100 * time.Millisecond})
		s.let(900 * time.Millisecond)
		s.shows(6, Position{Offset: 6 * time.Second})
		if s.resets != 0 {
			t.Errorf("%d resets", s.resets)
		}
	})
}

func TestTheLatestOfManyControlsCounts(t *testing.T) {
	name := tenTicks(t)
	synctest.Test(t, func(t *testing.T) {
		s := watch(t, name, PlayerOptions{Paused: true})
		for i := range 50 {
			s.Seek(time.Duration(i%10) * time.Second)
		}
		s.Seek(7500 * time.Millisecond)
		s.let(time.Hour)
		s.shows(7, Position{Offset: 7500 * time.Millisecond, Paused: true})
		s.Seek(time.Hour)
		s.settle()
		s.shows(10, Position{Offset: 10 * time.Second, Paused: true, Ended: true})
	})
}

func TestAPlayerThatWaitsAtTheEndCanStartOver(t *testing.T) {
	name := tenTicks(t)
	synctest.Test(t, func(t *testing.T) {
		s := watch(t, name, PlayerOptions{WaitAtEnd: true, Speed: Unlimited})
		s.settle()
		s.shows(10, Position{Offset: 10 * time.Second, Speed: Unlimited, Ended: true})
		s.Step()
		s.Seek(time.Hour)
		s.let(time.Hour)
		if s.closed {
			t.Fatal("the channel was closed")
		}
		s.shows(10, Position{Offset: 10 * time.Second, Speed: Unlimited, Ended: true, Paused: true})
		s.Seek(2500 * time.Millisecond)
		s.settle()
		s.shows(2, Position{Offset: 2500 * time.Millisecond, Speed: Unlimited, Paused: true})
		s.Step()
		s.settle()
		s.shows(3, Position{Offset: 3 * time.Second, Speed: Unlimited, Paused: true})
	})
}

func TestAPlayerCanBeginInTheMiddle(t *testing.T) {
	name := tenTicks(t)
	synctest.Test(t, func(t *testing.T) {
		s := watch(t, name, PlayerOptions{From: 6500 * time.Millisecond})
		s.settle()
		s.shows(6, Position{Offset: 6500 * time.Millisecond})
		s.let(500 * time.Millisecond)
		s.shows(7, Position{Offset: 7 * time.Second})
	})
}

// Whatever was done before: after a seek, exactly the events before it are on the screen, in order.
func TestAfterAnyUseOfTheControlsASeekIsExact(t *testing.T) {
	all := ticks(3 * maxQueued)
	name := record(t, "x.tape", RecorderOptions{Feeds: desk}, all...)
	for seed := range uint64(30) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			s := watch(t, name, PlayerOptions{WaitAtEnd: true})
			for range 200 {
				useSomething(s, random)
			}
			s.Pause()
			n := random.IntN(len(all))
			s.Seek(time.Duration(n)*time.Second + time.Second/2)
			s.settle()
			if len(s.ids) != n {
				t.Fatalf("seed %d: %d events are shown, want %d", seed, len(s.ids), n)
			}
			for i, id := range s.ids {
				if id != all[i].Message.ID {
					t.Fatalf("seed %d: event %d is %s", seed, i, id)
				}
			}
		})
	}
}

func useSomething(s *screen, random *rand.Rand) {
	switch random.IntN(8) {
	case 0:
		s.Pause()
	case 1:
		s.Resume()
	case 2:
		s.Step()
	case 3:
		s.SetSpeed([]float64{0.1, 1, 50, 1000, Unlimited}[random.IntN(5)])
	case 4:
		s.Seek(time.Duration(random.IntN(4*maxQueued)) * time.Second)
	case 5:
		s.let(time.Duration(random.IntN(3000)) * time.Millisecond)
	default:
		for range random.IntN(5) { // a little, without waiting for more
			select {
			case e := <-s.Events():
				s.take(e)
			default:
			}
		}
	}
}
