package ui

import (
	"context"
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed"
)

const (
	maxBatch      = 8192 // events in one message
	toastDuration = 5 * time.Second
	clockSetBack  = 2 * time.Second  // a time this much before the last is a clock that was set, not a late message
	injectTimeout = 10 * time.Second // for the mock server to accept a fault
)

// feedBatchMsg is what the feeds delivered since the last one, in order.
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

// clockMsg tells the time after a message that does not carry it, such as a key.
type clockMsg struct{ now time.Time }

type toastGoneMsg struct{ id int }

type noticeMsg Notice

func newNoticeMsg(n Notice) tea.Msg { return noticeMsg(n) }

type diagnosticMsg struct{ text string }

func newDiagnosticMsg(text string) tea.Msg { return diagnosticMsg{text} }

type reloadMsg struct{ reload Reload }

func newReloadMsg(r Reload) tea.Msg { return reloadMsg{r} }

type faultDoneMsg struct {
	name string
	err  error
}

// clockFunc tells the time on screen: the present, or the time within a recording.
type clockFunc func() time.Time

// wallClock is the present as events carry it: UTC, without a monotonic reading.
func wallClock() time.Time { return time.Now().UTC().Round(0) }

func (now clockFunc) readMsg() tea.Msg { return clockMsg{now()} }

// listen waits for the next value of a channel and makes it a message; nil and closed channels give none.
func listen[T any](in <-chan T, newMsg func(T) tea.Msg) tea.Cmd {
	if in == nil {
		return nil
	}
	return func() tea.Msg {
		if v, ok := <-in; ok {
			return newMsg(v)
		}
		return nil
	}
}

// alarm wakes the screen up. To set it again ends the wait before, so that no timer fires for nothing.
type alarm struct{ replaced chan struct{} }

func (a *alarm) set(generation int, d time.Duration, now clockFunc) tea.Cmd {
	a.stop()
	replaced := make(chan struct{})
	a.replaced = replaced
	return func() tea.Msg {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return wakeMsg{generation, now()}
		case <-replaced:
			return nil
		}
	}
}

// stop ends the wait, if there is one.
func (a *alarm) stop() {
	if a.replaced != nil {
		close(a.replaced)
		a.replaced = nil
	}
}

// callFeed calls a method of Control outside of Update.
func callFeed(call func(feed string), name string) tea.Cmd {
	return func() tea.Msg {
		call(name)
		return nil
	}
}

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
