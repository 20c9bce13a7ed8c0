package ui

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"livetape/feed"
	"livetape/feed/market"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC   // screens show local times
	debug.SetGCPercent(400) // tens of thousands of screens are drawn, and none is kept: a third of the time was the collector's
	os.Exit(m.Run())
}

// noon is when the tests' screens begin.
func noon() time.Time { return time.Date(2026, 3, 12, 12, 3, 17, 250e6, time.UTC) }

func renderer(p termenv.Profile, dark bool) *lipgloss.Renderer {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(p)
	r.SetHasDarkBackground(dark)
	return r
}

// harness plays events to a model as the feed would.
type harness struct {
	batch *[]feed.Event // that inOneBatch gathers
	m     Model
	now   time.Time
	id    int
}

const deskFeed = "desk"

func newHarness(options ...func(*Config)) *harness {
	c := Config{
		Feeds: []Source{{
			Name: deskFeed, URL: "http://127.0.0.1:8080/events",
			Symbols: []string{"NVDA", "AAPL", "MSFT", "BRK.A", "BTC-USD", "PEPE", "EURUSD", "7203.T", "ASML", "GME"}, // as openMarket has them
		}},
		Control:  &fakeControl{},
		Rewind:   1 << 20,
		Renderer: renderer(termenv.Ascii, true),
	}
	for _, option := range options {
		option(&c)
	}
	s := &harness{m: New(c), now: noon()}
	s.send(clockMsg{s.now})
	return s
}

// fakeControl notes what was asked of the feeds.
type fakeControl struct{ asked []string }

func (s *fakeControl) RetryNow(feed string)   { s.asked = append(s.asked, "retry "+feed) }
func (s *fakeControl) Disconnect(feed string) { s.asked = append(s.asked, "disconnect "+feed) }
func (s *fakeControl) Connect(feed string)    { s.asked = append(s.asked, "connect "+feed) }

// send gives the model a message and returns the command it answers with.
func (s *harness) send(msg tea.Msg) tea.Cmd {
	next, cmd := s.m.Update(msg)
	s.m = next.(Model)
	return cmd
}

func (s *harness) resize(width, height int) *harness {
	s.send(tea.WindowSizeMsg{Width: width, Height: height})
	return s
}

// receive plays them in one batch.
func (s *harness) receive(all ...feed.Event) *harness {
	for i := range all {
		if all[i].Feed == "" {
			all[i].Feed = deskFeed
		}
		if all[i].At.IsZero() {
			all[i].At = s.now
		}
	}
	if s.batch != nil {
		*s.batch = append(*s.batch, all...)
		return s
	}
	s.send(feedBatchMsg{all, s.now})
	return s
}

// inOneBatch gathers the events that play brings at one time, and plays them as the program receives them: it draws once.
func (s *harness) inOneBatch(play func()) *harness {
	var batch []feed.Event
	s.batch = &batch
	play()
	s.batch = nil
	return s.receive(batch...)
}

func (s *harness) status(st feed.Status) *harness {
	if st.Since.IsZero() {
		st.Since = s.now
	}
	return s.receive(feed.Event{Status: &st})
}

func (s *harness) goLive() *harness { return s.status(feed.Status{State: feed.Live, Connections: 1}) }

func (s *harness) gap(g feed.Gap) *harness { return s.receive(feed.Event{Gap: &g}) }

// message plays one event of the stream.
func (s *harness) message(typ, data string, updates ...market.Update) *harness {
	s.id++
	return s.receive(feed.Event{Message: &feed.Message{Type: typ, Data: []byte(data), ID: "e1-" + strconv.Itoa(s.id), Updates: updates}})
}

func (s *harness) quote(q market.Quote) *harness {
	data := fmt.Sprintf(`{"symbol":%q,"last":%q}`, q.Symbol, q.Last)
	return s.message("price", data, q)
}

// waitFor lets time go by, as the model's own timers would tell it.
func (s *harness) waitFor(d time.Duration) *harness {
	s.now = s.now.Add(d)
	s.send(wakeMsg{s.m.generation, s.now})
	return s
}

func (s *harness) keys(names ...string) tea.Cmd {
	var cmd tea.Cmd
	for _, name := range names {
		cmd = s.send(keyMsg(name))
	}
	return cmd
}

func keyMsg(name string) tea.KeyMsg {
	special := map[string]tea.KeyType{
		"up": tea.KeyUp, "down": tea.KeyDown, "tab": tea.KeyTab, "enter": tea.KeyEnter, "esc": tea.KeyEsc,
		"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "ctrl+u": tea.KeyCtrlU, "ctrl+d": tea.KeyCtrlD,
		"left": tea.KeyLeft, "right": tea.KeyRight, "shift+tab": tea.KeyShiftTab, "ctrl+l": tea.KeyCtrlL,
		"ctrl+c": tea.KeyCtrlC, "ctrl+z": tea.KeyCtrlZ, "home": tea.KeyHome, "end": tea.KeyEnd,
		"backspace": tea.KeyBackspace, "ctrl+w": tea.KeyCtrlW, "delete": tea.KeyDelete,
	}
	if k, ok := special[name]; ok {
		return tea.KeyMsg{Type: k}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)}
}

// decimal is a decimal of a test.
func decimal(s string) market.Decimal {
	if s == "" {
		return market.Decimal{}
	}
	d, err := market.ParseDecimal(s)
	if err != nil {
		panic(err)
	}
	return d
}

// fullQuote is a quote with everything that a feed may say.
func fullQuote(symbol, name, last, bid, ask, volume, previous string) market.Quote {
	return market.Quote{
		Symbol: symbol, Name: name, Currency: "USD", Last: decimal(last), Bid: decimal(bid), Ask: decimal(ask), Volume: decimal(volume),
		PrevClose: decimal(previous), Open: decimal(previous), Low: decimal(bid), High: decimal(ask), Size: decimal("100"),
	}
}

// openMarket is a market at work: some stocks, some headlines.
func (s *harness) openMarket() *harness {
	s.goLive()
	return s.inOneBatch(s.sendMarket)
}

func (s *harness) sendMarket() {
	s.message("snapshot", "{…}",
		fullQuote("NVDA", "NVIDIA Corporation", "181.46", "181.45", "181.47", "48211900", "180.23"),
		fullQuote("AAPL", "Apple Inc.", "232.10", "232.09", "232.12", "31004221", "233.87"),
		fullQuote("MSFT", "Microsoft Corporation", "415.02", "415.00", "415.05", "18733012", "410.11"),
		fullQuote("BRK.A", "Berkshire Hathaway", "745210.00", "745100.00", "745400.00", "1204", "741990.50"),
		fullQuote("BTC-USD", "Bitcoin", "97123.12345678", "97123.01", "97124.50", "", "96001.5"),
		fullQuote("PEPE", "Pepe", "0.00001234", "0.00001233", "0.00001235", "912837465000", "0.00001301"),
		market.Quote{Symbol: "EURUSD", Name: "Euro / US dollar", Bid: decimal("1.08421"), Ask: decimal("1.08425")},
		fullQuote("7203.T", "トヨタ自動車", "2514.5", "2514.0", "2515.0", "20991100", "2514.5"),
		fullQuote("ASML", "ASML Holding N.V.", "689.20", "689.10", "689.40", "1733900", "701.05"),
		fullQuote("GME", "GameStop Corp. 🚀", "24.10", "24.08", "24.15", "9120000", "24.02"),
	)
	for i := range 16 {
		s.quote(fullQuote(fmt.Sprintf("SYM%02d", i), fmt.Sprintf("Company number %d", i), fmt.Sprintf("%d.%02d", 10+i*7, i*3), "", "", "1000", fmt.Sprintf("%d.50", 10+i*7)))
	}
	s.message("news", "{…}", market.Headline{ID: "1", Title: "Nvidia unveils its next accelerator and raises the outlook for the year", Source: "Wire", Symbols: []string{"NVDA"}, Importance: market.High, Time: s.now.Add(-90 * time.Second)})
	s.message("news", "{…}", market.Headline{ID: "2", Title: "Euro little changed before the central bank's meeting", Source: "Desk", Symbols: []string{"EURUSD"}, Time: s.now.Add(-40 * time.Second)})
	s.message("news", "{…}", market.Headline{ID: "3", Title: "トヨタ、新型電池の量産を開始", Source: "日経", Symbols: []string{"7203.T"}, Time: s.now.Add(-20 * time.Second)})
	s.message("news", "{…}", market.Headline{ID: "2", Title: "Euro steady before the central bank's meeting on Thursday", Source: "Desk", Symbols: []string{"EURUSD"}, Time: s.now.Add(-40 * time.Second)})
}

// trade lets every second of some seconds bring some quotes, and ends right after the last.
func (s *harness) trade(seconds int) *harness {
	for i := range seconds {
		s.waitFor(time.Second)
		s.inOneBatch(func() {
			for j := range 5 {
				cents := fmt.Sprintf("%02d", (i*37+j*11)%100)
				s.quote(market.Quote{Symbol: "NVDA", Last: decimal("181." + cents), Time: s.now.Add(-12 * time.Millisecond)})
				s.quote(market.Quote{Symbol: "AAPL", Last: decimal("232." + cents), Bid: decimal("232.0" + cents[:1]), Time: s.now.Add(-12 * time.Millisecond)})
			}
			s.quote(market.Quote{Symbol: "EURUSD", Bid: decimal(fmt.Sprintf("1.0842%d", i%10)), Time: s.now.Add(-12 * time.Millisecond)})
		})
	}
	return s
}
