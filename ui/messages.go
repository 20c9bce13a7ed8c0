package ui

import (
	"context"
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed"
)

const (
	gatherInterval = time.Second / 100 // one message in so long at most
	maxBatch       = 8192              // events in one message
	toastDuration  = 5 * time.Second
	clockSetBack   = 2 * time.Second  // a time so much older than the last was not late: the clock was set
	injectTimeout  = 10 * time.Second // a fault that takes longer has failed
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

// wallClock is the time as events carry it: UTC, without a monotonic reading.
func wallClock() time.Time { return time.Now().UTC().Round(0) }

// clockFunc tells the time that goes by on screen: that of the wall, or that of a recording.
type clockFunc func() time.Time

// listenEvents waits for one event, then gathers what follows, so that a hundred thousand events a second are
// a hundred messages. It does not gather for a whole frame of the renderer (see Options): an event
// waits for both, one after the other.
func listenEvents(in <-chan feed.Event, tell clockFunc) tea.Cmd {
	if in == nil {
		return nil
	}
	return func() tea.Msg {
		first, ok := <-in
		if !ok {
			return feedClosedMsg{tell()}
		}
		batch := gatherEvents(append(make([]feed.Event, 0, 128), first), in)
		return feedBatchMsg{batch, tell()}
	}
}

// gatherEvents adds what arrives in time; the next listen reports a close.
func gatherEvents(batch []feed.Event, in <-chan feed.Event) []feed.Event {
	over := time.NewTimer(gatherInterval)
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

func (tell clockFunc) readMsg() tea.Msg { return clockMsg{tell()} }

// wakeAfter asks for a wakeMsg after d.
func wakeAfter(generation int, d time.Duration, tell clockFunc) tea.Cmd {
	return tea.Tick(d, func(time.Time) tea.Msg { return wakeMsg{generation, tell()} })
}

// reloadMsg says that something else is watched.
type reloadMsg struct{ reload Reload }

// listenReloads waits for the next setup.
func listenReloads(setups <-chan Reload) tea.Cmd {
	if setups == nil {
		return nil
	}
	return func() tea.Msg {
		setup, ok := <-setups
		if !ok {
			return nil
		}
		return reloadMsg{setup}
	}
}

// listenNotices waits for the next notice.
func listenNotices(notices <-chan string) tea.Cmd {
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
	return tea.Tick(toastDuration, func(time.Time) tea.Msg { return toastGoneMsg{id} })
}

// callFeed makes a call to the feeds, which do not block, out of Update.
func callFeed(call func(feed string), name string) tea.Cmd {
	return func() tea.Msg {
		call(name)
		return nil
	}
}

// injectFault lets a fault loose on the demo's server.
func injectFault(f FaultMenuItem) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), injectTimeout)
		defer cancel()
		if err := f.Inject(ctx); err != nil {
			return faultDoneMsg{f.Name, fmt.Errorf("inject %s: %w", f.Name, err)}
		}
		return faultDoneMsg{name: f.Name}
	}
}
