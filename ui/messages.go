package ui

import (
	"context"
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed"
)

const (
	gatherTime = time.Second / 100 // one message in so long at most
	maxBatch   = 8192              // events in one message
	toastTime  = 5 * time.Second
	clockStep  = 2 * time.Second  // a time so much older than the last was not late: the clock was set
	injectTime = 10 * time.Second // a fault that takes longer has failed
)

// feedBatchMsg is what the feeds brought since the last one, in order.
type feedBatchMsg struct {
	events []feed.Event
	now    time.Time
}

// feedClosedMsg says that no more events will come.
type feedClosedMsg struct{ now time.Time }

// wakeMsg comes when something on screen changes by time alone.
type wakeMsg struct {
	generation int
	now        time.Time
}

// clockMsg tells the time after something that brought none, such as a key.
type clockMsg struct{ now time.Time }

// toastGoneMsg ends the toast that it names.
type toastGoneMsg struct{ id int }

// noticeMsg is something that the user should hear of.
type noticeMsg struct{ text string }

// faultDoneMsg is the outcome of a fault that the user injected.
type faultDoneMsg struct {
	name string
	err  error
}

// wall is the time as events carry it: UTC, without a monotonic reading.
func wall() time.Time { return time.Now().UTC().Round(0) }

// timepiece tells the time that goes by on screen: that of the wall, or that of a recording.
type timepiece func() time.Time

// listen waits for one event, then gathers what follows, so that a hundred thousand events a second are
// a hundred messages. It does not gather for a whole frame of the renderer (see Options): an event
// waits for both, one after the other.
func listen(in <-chan feed.Event, tell timepiece) tea.Cmd {
	if in == nil {
		return nil
	}
	return func() tea.Msg {
		first, ok := <-in
		if !ok {
			return feedClosedMsg{tell()}
		}
		batch := gather(append(make([]feed.Event, 0, 128), first), in)
		return feedBatchMsg{batch, tell()}
	}
}

// gather adds what arrives in time; the next listen reports a close.
func gather(batch []feed.Event, in <-chan feed.Event) []feed.Event {
	over := time.NewTimer(gatherTime)
	defer over.Stop()
	for len(batch) < maxBatch {
		select {
		case ev, ok := <-in:
			if !ok {
				return batch
			}
			batch = append(batch, ev)
		case <-over.C:
			return batch
		}
	}
	return batch
}

func (tell timepiece) read() tea.Msg { return clockMsg{tell()} }

// wake asks for a wakeMsg after d.
func wake(generation int, d time.Duration, tell timepiece) tea.Cmd {
	return tea.Tick(d, func(time.Time) tea.Msg { return wakeMsg{generation, tell()} })
}

// setupMsg says that something else is watched.
type setupMsg struct{ setup Reload }

// learn waits for the next setup.
func learn(setups <-chan Reload) tea.Cmd {
	if setups == nil {
		return nil
	}
	return func() tea.Msg {
		setup, ok := <-setups
		if !ok {
			return nil
		}
		return setupMsg{setup}
	}
}

// hear waits for the next notice.
func hear(notices <-chan string) tea.Cmd {
	if notices == nil {
		return nil
	}
	return func() tea.Msg {
		text, ok := <-notices
		if !ok {
			return nil
		}
		return noticeMsg{text}
	}
}

func hideToast(id int) tea.Cmd {
	return tea.Tick(toastTime, func(time.Time) tea.Msg { return toastGoneMsg{id} })
}

// ask makes a call to the feeds, which do not block, out of Update.
func ask(call func(feed string), name string) tea.Cmd {
	return func() tea.Msg {
		call(name)
		return nil
	}
}

// inject lets a fault loose on the demo's server.
func inject(f FaultMenuItem) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), injectTime)
		defer cancel()
		if err := f.Inject(ctx); err != nil {
			return faultDoneMsg{f.Name, fmt.Errorf("inject %s: %w", f.Name, err)}
		}
		return faultDoneMsg{name: f.Name}
	}
}
