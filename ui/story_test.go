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
		Feeds: []Source{{desk, "http://127.0.0.1:8080/events"}}, Events: events, Control: relay(asked), Renderer: newStage().m.config.Renderer,
	}), teatest.WithInitialTermSize(100, 20))
	reads := func(text string) {
		t.Helper()
		teatest.WaitFor(t, tm.Output(), func(out []byte) bool { return bytes.Contains(out, []byte(text)) }, teatest.WithDuration(5*time.Second), teatest.WithCheckInterval(5*time.Millisecond))
	}
	send := func(ev feed.Event) {
		ev.Feed, ev.At = desk, wallClock()
		events <- ev
	}

	reads("◐ CONNECTING")
	send(feed.Event{Status: &feed.Status{State: feed.Live}})
	send(feed.Event{Message: &feed.Message{Type: "price", Updates: []market.Update{stock("NVDA", "NVIDIA", "181.46", "", "", "", "180.00")}}})
	reads("181.46")
	send(feed.Event{Status: &feed.Status{State: feed.Waiting, Attempt: 1, Cause: "connection refused", RetryAt: wallClock().Add(time.Minute)}})
	reads("connection refused")
	tm.Send(keyMsg("r"))
	if got := <-asked; got != "retry "+desk {
		t.Errorf("r asked for %q", got)
	}
	send(feed.Event{Status: &feed.Status{State: feed.Live}})
	send(feed.Event{Gap: &feed.Gap{Kind: feed.Resumed, Length: 7 * time.Second, Replayed: 31}})
	reads("resumed after 7 s, 31 replayed, 0 missed")
	close(events)
	reads("■ CLOSED")
	tm.Send(keyMsg("q"))
	m := tm.FinalModel(t, teatest.WithFinalTimeout(5*time.Second)).(Model)
	if price, _ := m.board.Row(desk, "NVDA").Price(); price.String() != "181.46" {
		t.Errorf("the board ended with %v", price)
	}
}

// relay passes on what is asked of the feeds.
type relay chan<- string

func (r relay) RetryNow(feed string)   { r <- "retry " + feed }
func (r relay) Disconnect(feed string) { r <- "disconnect " + feed }
func (r relay) Connect(feed string)    { r <- "connect " + feed }

func TestControlZSuspendsAndAResumeDrawsTheScreenAnew(t *testing.T) {
	s := newStage().size(80, 24).morning()
	if cmd := s.keys("ctrl+z"); !answers[tea.SuspendMsg](cmd) {
		t.Error("ctrl+z does not suspend")
	}
	clear := tea.ClearScreen()
	found := false
	for _, msg := range run(s.tell(tea.ResumeMsg{})) {
		found = found || msg == clear
	}
	if !found {
		t.Error("the screen is not drawn anew after a resume")
	}
}

// run runs a command, and those of a batch, and returns the messages; commands that wait are left out.
func run(cmd tea.Cmd) []tea.Msg {
	if cmd == nil {
		return nil
	}
	got := make(chan tea.Msg, 1)
	go func() { got <- cmd() }()
	select {
	case msg := <-got:
		batch, ok := msg.(tea.BatchMsg)
		if !ok {
			return []tea.Msg{msg}
		}
		var all []tea.Msg
		for _, c := range batch {
			all = append(all, run(c)...)
		}
		return all
	case <-time.After(50 * time.Millisecond):
		return nil
	}
}

// answers reports whether a command brings a message of that type.
func answers[T tea.Msg](cmd tea.Cmd) bool {
	for _, msg := range run(cmd) {
		if _, ok := msg.(T); ok {
			return true
		}
	}
	return false
}
