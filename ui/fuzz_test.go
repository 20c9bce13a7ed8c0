package ui

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"livetape/feed"
	"livetape/feed/decode"
	"livetape/feed/market"
)

// fuzzScript turns bytes into what can happen to a screen.
type fuzzScript struct {
	bytes []byte
	stage *harness
}

func (s *fuzzScript) next() int {
	if len(s.bytes) == 0 {
		return 0
	}
	b := s.bytes[0]
	s.bytes = s.bytes[1:]
	return int(b)
}

func (s *fuzzScript) text() string {
	words := []string{"", "NVDA", "トヨタ", "🚀🚀🚀", "a very long text that does not fit anywhere at all, not even on a large screen", "\x1b[31mred\x1b[0m", "e\u0301\u0301\u0301", "\u202eabc", "x\ny"}
	return market.PlainText(words[s.next()%len(words)], 64)
}

func (s *fuzzScript) number() market.Decimal {
	texts := []string{"", "0", "1.5", "-0.00000001", "123456789012345678", "99.99", "1e-18", "100.00", strconv.Itoa(s.next())}
	return decimal(texts[s.next()%len(texts)])
}

// step lets one thing happen.
func (s *fuzzScript) step() {
	st := s.stage
	switch s.next() % 8 {
	case 0:
		st.resize(s.next()%140+1, s.next()%50+1)
	case 1, 2:
		s.press()
	case 3:
		st.receive(feed.Event{Feed: []string{"desk", "fx", "unheard of"}[s.next()%3], Status: &feed.Status{
			State: feed.State(s.next() % 10), Since: st.now, Attempt: s.next(), Cause: s.text(), Advice: s.text(), Planned: s.next()%2 == 0,
			RetryAt: st.now.Add(time.Duration(s.next()) * time.Second), LastByte: st.now,
		}})
	case 4:
		st.gap(feed.Gap{Kind: feed.GapKind(s.next() % 4), Lost: st.now, Length: time.Duration(s.next()) * 100 * time.Millisecond, From: s.text(), Replayed: s.next(), Missed: s.next() - 1, Planned: s.next()%2 == 0})
	case 5:
		st.waitFor(time.Duration(s.next()*s.next()) * 10 * time.Millisecond)
	case 6:
		q := market.Quote{Symbol: s.text() + "S", Name: s.text(), Last: s.number(), Bid: s.number(), Ask: s.number(), Volume: s.number(), Open: s.number(), High: s.number(), Low: s.number(), Time: st.now}
		st.receive(feed.Event{Feed: []string{deskFeed, deskFeed, "fx"}[s.next()%3], Message: &feed.Message{Type: "price", Updates: []market.Update{q}}})
	case 7:
		s.misc()
	}
}

// press presses any key that does something, types a letter, or uses the mouse.
func (s *fuzzScript) press() {
	st, n := s.stage, s.next()
	actions := st.m.allKeys.actions()
	switch {
	case n < 160:
		st.send(keyMsg(typedKeys(*actions[n%len(actions)].binding)[0]))
	case n < 200:
		st.keys(string(rune('a' + n%26)))
	default:
		buttons := []tea.MouseButton{tea.MouseButtonLeft, tea.MouseButtonLeft, tea.MouseButtonWheelUp, tea.MouseButtonWheelDown, tea.MouseButtonRight}
		st.send(tea.MouseMsg{X: s.next(), Y: s.next() % 60, Button: buttons[n%len(buttons)], Action: tea.MouseAction(n / 7 % 3)})
	}
}

func (s *fuzzScript) misc() {
	st := s.stage
	switch s.next() % 6 {
	case 4:
		st.message("reading", s.text(), market.Reading{Name: s.text() + "R", Value: s.number()})
	case 5:
		st.receive(feed.Event{Message: &feed.Message{Data: []byte(s.text()), Map: &decode.FoundMap{YAML: s.text(), Problem: s.text(), Guess: s.next()%2 == 0, Notes: []string{s.text()}}}})
	case 0:
		st.message("news", s.text(), market.Headline{ID: s.text(), Title: s.text() + "T", Source: s.text(), Summary: s.text(), Symbols: []string{s.text()}, Importance: market.Importance(s.next()%3 - 1)})
	case 1:
		st.message("status", s.text(), market.Halt{Symbol: s.text(), State: []market.Session{market.Halted, market.Open, "odd"}[s.next()%3], Reason: s.text()})
	case 2:
		st.receive(feed.Event{Message: &feed.Message{Type: "\x1b[2J\n", ID: "\u202e", Data: []byte("\x1b]0;x\x07" + s.text()), Err: errors.New("\x1b[31m"), Unmapped: s.text()}})
	case 3:
		st.send(faultDoneMsg{"drop", nil})
	}
}

func FuzzNoEventKeyOrSizeBreaksTheScreen(f *testing.F) {
	f.Add([]byte("\x00\x28\x08\x06\x01\x02\x03\x03\x01\x02\x01\x07\x07\x02"))
	f.Add([]byte("066666777744443333322222211111155550000"))
	f.Fuzz(func(t *testing.T, data []byte) {
		st := newHarness(demoConfig, func(c *Config) {
			c.Renderer = renderer(termenv.TrueColor, true)
			c.ASCII, c.ReducedMotion = len(data)%3 == 0, len(data)%5 == 0
			c.Lists = []List{{"tech", []string{"NVDA", "🚀"}}}
			c.Ask = func(string, string, bool) {}
			c.WriteFile = func(string, string, string) (string, error) { return "", nil }
			c.Rewind = []int{0, 4 << 10, 40 << 10}[len(data)%3] // some forget events, or all
			if len(data)%2 == 0 {
				c.Feeds = append(c.Feeds, Source{Name: "fx", CanAsk: true})
			}
		}).resize(80, 24)
		s := &fuzzScript{data, st}
		for len(s.bytes) > 0 {
			s.step()
			view := st.m.View()
			if fault := overflowOf(view, st.m.width, st.m.height); fault != "" {
				t.Fatal(fault)
			}
			if strings.Contains(styleSequence.ReplaceAllString(view, ""), "\x1b") {
				t.Fatalf("it has an escape sequence that is no style: %q", view)
			}
			if drawnAnew(st.m) != view {
				t.Fatalf("a part of it is not up to date:\n%s\nis to be\n%s", view, drawnAnew(st.m))
			}
		}
	})
}

func TestAModelWithoutAnythingDraws(t *testing.T) {
	t.Parallel()
	var m tea.Model = New(Config{Renderer: renderer(termenv.Ascii, true)})
	if m.View() != "" {
		t.Error("a screen before there is a terminal")
	}
	for _, msg := range []tea.Msg{tea.WindowSizeMsg{Width: 80, Height: 24}, keyMsg("r"), keyMsg("x"), keyMsg("enter"), keyMsg("F"), feedClosedMsg{noon()}, nil, 3} {
		m, _ = m.Update(msg)
	}
	if fault := overflowOf(m.View(), 80, 24); fault != "" {
		t.Error(fault)
	}
}
