package ui

import (
	"bytes"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/exp/teatest"

	"livetape/feed"
	"livetape/feed/market"
)

func TestAStreamIsLostAndFoundOnARunningScreen(t *testing.T) {
	events, asked := make(chan feed.Event), make(chan string, 1)
	tm := teatest.NewTestModel(t, New(Config{
		Feeds: []Source{{Name: deskFeed, URL: "http://127.0.0.1:8080/events"}}, Events: events, Control: chanControl(asked), Renderer: newHarness().m.config.Renderer,
	}), teatest.WithInitialTermSize(100, 20))
	reads := func(text string) {
		t.Helper()
		teatest.WaitFor(t, tm.Output(), func(out []byte) bool { return bytes.Contains(out, []byte(text)) }, teatest.WithDuration(5*time.Second), teatest.WithCheckInterval(5*time.Millisecond))
	}
	send := func(ev feed.Event) {
		ev.Feed, ev.At = deskFeed, wallClock()
		events <- ev
	}

	reads("◐ CONNECTING")
	send(feed.Event{Status: &feed.Status{State: feed.Live}})
	send(feed.Event{Message: &feed.Message{Type: "price", Updates: []market.Update{fullQuote("NVDA", "NVIDIA", "181.46", "", "", "", "180.00")}}})
	reads("181.46")
	send(feed.Event{Status: &feed.Status{State: feed.Waiting, Attempt: 1, Cause: "connection refused", RetryAt: wallClock().Add(time.Minute)}})
	reads("connection refused")
	tm.Send(keyMsg("r"))
	if got := <-asked; got != "retry "+deskFeed {
		t.Errorf("r asked for %q", got)
	}
	send(feed.Event{Status: &feed.Status{State: feed.Live}})
	send(feed.Event{Gap: &feed.Gap{Kind: feed.Resumed, Length: 7 * time.Second, Replayed: 31}})
	reads("resumed after 7 s, 31 replayed, 0 missed")
	close(events)
	reads("■ CLOSED")
	tm.Send(keyMsg("q"))
	m := tm.FinalModel(t, teatest.WithFinalTimeout(5*time.Second)).(Model)
	if price, _ := m.board.Row(deskFeed, "NVDA").Price(); price.String() != "181.46" {
		t.Errorf("the board ended with %v", price)
	}
}

// chanControl passes on what is asked of the feeds.
type chanControl chan<- string

func (r chanControl) RetryNow(feed string)   { r <- "retry " + feed }
func (r chanControl) Disconnect(feed string) { r <- "disconnect " + feed }
func (r chanControl) Connect(feed string)    { r <- "connect " + feed }

func TestControlZSuspendsAndAResumeDrawsTheScreenAnew(t *testing.T) {
	s := newHarness().resize(80, 24).openMarket()
	if cmd := s.keys("ctrl+z"); !answersWith[tea.SuspendMsg](cmd) {
		t.Error("ctrl+z does not suspend")
	}
	clear := tea.ClearScreen()
	found := false
	for _, msg := range runCmd(s.send(tea.ResumeMsg{})) {
		found = found || msg == clear
	}
	if !found {
		t.Error("the screen is not drawn anew after a resume")
	}
}

// runCmd runs a command, and those of a batch, and returns the messages; commands that wait are left out.
func runCmd(cmd tea.Cmd) []tea.Msg {
	if cmd == nil {
		return nil
	}
	got := make(chan tea.Msg, 1)
	go func() { got <- cmd() }()
	for range 250 { // of the times that this process gets to run, which a busy machine makes longer
		select {
		case msg := <-got:
			batch, ok := msg.(tea.BatchMsg)
			if !ok {
				return []tea.Msg{msg}
			}
			var all []tea.Msg
			for _, c := range batch {
				all = append(all, runCmd(c)...)
			}
			return all
		case <-time.After(time.Millisecond):
		}
	}
	return nil // it waits for a time of the screen, which is seconds long
}

// answersWith reports whether a command brings a message of that type.
func answersWith[T tea.Msg](cmd tea.Cmd) bool {
	for _, msg := range runCmd(cmd) {
		if _, ok := msg.(T); ok {
			return true
		}
	}
	return false
}
