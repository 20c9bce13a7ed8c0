package ui

import (
	"testing"
	"testing/synctest"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed"
)

// waitForWake lets time go to the wake-up that the model has asked for; it reports whether there is one.
func (s *harness) waitForWake() bool {
	if s.m.wake.IsZero() {
		return false
	}
	s.now = s.m.wake
	s.send(wakeMsg{s.m.generation, s.now})
	return true
}

func TestNothingOnScreenChangesBetweenTwoWakeUps(t *testing.T) {
	t.Parallel()
	for name, play := range scenes() {
		t.Run(name, func(t *testing.T) {
			s := newHarness(demoConfig).resize(120, 40)
			play(s)
			for range 15 {
				if s.m.wake.IsZero() {
					return
				}
				before, left := s.m.draw(), s.m.wake.Sub(s.m.present().now)
				for part := time.Duration(2); part < 5; part += 2 {
					if s.m.advanceClock(s.m.present().now.Add(left*part/5)).draw() != before {
						t.Fatalf("the screen changes %v after %v, and wakes up only after %v", left*part/5, s.m.present().now, left)
					}
				}
				s.waitForWake()
			}
		})
	}
}

func TestAQuietScreenIsDrawnOnceASecondAtMost(t *testing.T) {
	t.Parallel()
	for _, scene := range []string{"live", "lull", "silent", "closed", "log", "unknown"} {
		s := newHarness(demoConfig).resize(120, 40)
		scenes()[scene](s)
		s.waitFor(20 * time.Second)
		frames, start, last := 0, s.now, s.m.View()
		for s.waitForWake() && s.now.Before(start.Add(time.Minute)) {
			if view := s.m.View(); view != last {
				frames, last = frames+1, view
			}
		}
		if frames > 61 {
			t.Errorf("%s: %d screens in a minute", scene, frames)
		}
	}
}

func TestAnOldScreenIsDrawnOnceAMinute(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig).resize(120, 40)
	scenes()["closed"](s)
	s.waitFor(10 * time.Minute)
	wakes, start := 0, s.now
	for s.waitForWake() && s.now.Before(start.Add(10*time.Minute)) {
		wakes++
	}
	if wakes > 40 {
		t.Errorf("%d wake-ups in ten minutes", wakes)
	}
}

func TestTheCountdownCountsInTenths(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 20)
	s.status(feed.Status{State: feed.Waiting, Attempt: 1, Cause: "connection refused", RetryAt: s.now.Add(12 * time.Second)})
	var read []string
	for s.waitForWake() {
		read = append(read, s.m.feeds[0].badge(s.now)[0].text)
	}
	want := []string{"↻ RETRY in 11 s", "↻ RETRY in 10 s", "↻ RETRY in 9.9 s"}
	for i, w := range want {
		if read[i] != w {
			t.Errorf("read %q, want %q", read[i], w)
		}
	}
	if n := len(read); n != 102 || read[n-2] != "↻ RETRY in 0.1 s" || read[n-1] != "↻ RETRY now" {
		t.Errorf("%d readings, the last %q", n, read[n-2:])
	}
}

func TestAWakeUpOfAnEarlierPlanIsIgnored(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 20).openMarket()
	before := s.m
	if cmd := s.send(wakeMsg{s.m.generation - 1, s.now.Add(time.Hour)}); cmd != nil || s.m.now != before.now {
		t.Error("a stale wake-up moved the screen")
	}
}

func TestAToastGoesButNotTheOneAfterIt(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 20).openMarket()
	s.keys("r", "r")
	s.send(toastGoneMsg{s.m.toast.id - 1})
	if s.m.toast.text == "" {
		t.Error("the first toast's end took the second")
	}
	s.send(toastGoneMsg{s.m.toast.id})
	if s.m.toast.text != "" {
		t.Error("the toast stays")
	}
}

func TestManyEventsComeInFewMessages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		events := make(chan feed.Event)
		go func() {
			defer close(events)
			for range 100 {
				events <- feed.Event{Feed: deskFeed}
				time.Sleep(time.Millisecond)
			}
		}()
		var sizes []int
		pace := &framePace{}
		for {
			msg := listenEvents(events, pace, wallClock)()
			batch, ok := msg.(feedBatchMsg)
			if !ok {
				break
			}
			sizes = append(sizes, len(batch.events))
			if !batch.now.Equal(time.Now()) {
				t.Errorf("the batch is of %v, not %v", batch.now, time.Now())
			}
		}
		sum := 0
		for _, n := range sizes {
			sum += n
		}
		if sum != 100 || len(sizes) > 10 {
			t.Errorf("batches of %v", sizes)
		}
	})
}

func TestFewEventsMakeFewMessagesAndNoneWaitsLong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		gap      time.Duration
		interval time.Duration // between two messages
	}{
		{"one a second", time.Second, time.Second},
		{"40 a second", time.Second / 40, slowInterval},
		{"1,000 a second", time.Second / 1000, fastInterval},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				events := make(chan feed.Event, 1024)
				go func() {
					defer close(events)
					for range 5 * time.Second / c.gap {
						events <- feed.Event{Feed: deskFeed, At: time.Now()}
						time.Sleep(c.gap)
					}
				}()
				messages, began, pace := 0, time.Now(), &framePace{nap: longestNap}
				for {
					batch, ok := listenEvents(events, pace, wallClock)().(feedBatchMsg)
					if !ok {
						break
					}
					messages++
					if waited := time.Since(batch.events[0].At); messages > 3 && waited > max(c.interval, burstTime)+c.gap || c.gap == time.Second && waited > burstTime {
						t.Errorf("an event waited %v", waited)
					}
				}
				if most := int(time.Since(began)/c.interval) + 5; messages > most {
					t.Errorf("%d messages, want at most %d", messages, most)
				}
			})
		})
	}
}

func TestAFullBatchDoesNotWaitForItsFrame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		events := make(chan feed.Event, maxBatch+1)
		for range maxBatch + 1 {
			events <- feed.Event{}
		}
		start, pace := time.Now(), &framePace{}
		if batch := listenEvents(events, pace, wallClock)().(feedBatchMsg); len(batch.events) != maxBatch || time.Since(start) > 0 {
			t.Errorf("%d events after %v", len(batch.events), time.Since(start))
		}
	})
}

func TestTheModelListensAgainAfterEveryBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		events := make(chan feed.Event, 1)
		s := newHarness(func(c *Config) { c.Events = events }).resize(80, 20)
		cmd := s.send(feedBatchMsg{nil, s.now})
		events <- feed.Event{Feed: deskFeed}
		if !bringsAny[feedBatchMsg](cmd) {
			t.Error("nobody listens")
		}
	})
}

// bringsAny runs a command and reports whether a message of that type is among those that it brings at all.
func bringsAny[T tea.Msg](cmd tea.Cmd) bool {
	if cmd == nil {
		return false
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			if bringsAny[T](c) {
				return true
			}
		}
	case T:
		return true
	}
	return false
}
