package cli_test

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net/http"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/feed/tape"
	"livetape/ui"
	"livetape/ui/cli/doctor"
	"livetape/ui/cli/fakenet"
	"livetape/ui/humanize"
)

// FuzzTimesFromOutsideBreakNothing feeds two times, up to ten thousand years before and after 1970, to every place that
// shows or computes one: each is an event's own time, and its arrival; the Date of a server, and that of its prices;
// the time of a status, and of its next attempt; the beginning of a recording, and its end.
func FuzzTimesFromOutsideBreakNothing(f *testing.F) {
	at := func(year int) int64 { return time.Date(year, 12, 31, 23, 59, 58, 0, time.UTC).Unix() }
	now := at(2026)
	for _, pair := range [][2]int64{
		{now, now}, {at(1600), now}, {now, at(1600)}, {at(1969), at(1969)}, {at(1969), now}, {-1, 1}, {0, 0}, {now, at(9999)}, {at(9999), now},
		{at(0), at(9999)}, {at(9999), at(0)}, {at(1), at(1)}, {at(-8000), at(11_900)}, {at(11_900), at(-8000)}, {now, now - math.MaxInt64/1_000_000_000}, {now, now + math.MaxInt64/1_000_000_000},
	} {
		f.Add(pair[0], pair[1])
	}
	const tenThousandYears = 10_000 * 365 * 24 * 3600
	f.Fuzz(func(t *testing.T, a, b int64) {
		t.Parallel()
		first, second := time.Unix(a%tenThousandYears, 0).UTC(), time.Unix(b%tenThousandYears, 999_999_999).UTC()
		requireOrderedBars(t, first, second)
		requireElapsedHasOpposite(t, first, second)
		showOnScreen(t, first, second)
		recordAndReplay(t, first, second)
		checkServer(t, first, second)
	})
}

// requireOrderedBars keeps prices of both times on a board.
func requireOrderedBars(t *testing.T, first, second time.Time) {
	t.Helper()
	board := market.NewBoard(market.Limits{})
	for _, times := range [][2]time.Time{{first, second}, {second, first}, {first, first}, {second, second}, {{}, first}} {
		board.Apply("desk", market.Quote{Symbol: "A", Last: decimal(t, "1.5"), Time: times[0]}, times[1])
	}
	board.StreamLost("desk", first)
	board.StreamBack("desk", second)
	row := board.Row("desk", "A")
	if age := row.PriceTimes().Age(second, 0); age < 0 {
		t.Errorf("a price of %+v is %s old at %s", row.PriceTimes(), age, second)
	}
	for _, bars := range []*market.Bars{&row.Seconds, &row.Minutes} {
		for i := 1; i < bars.Len(); i++ {
			if !bars.At(i).Start.After(bars.At(i - 1).Start) {
				t.Errorf("a bar of %s follows one of %s", bars.At(i).Start, bars.At(i-1).Start)
			}
		}
		n := 0
		for range bars.Axis(second, 50, market.Elapsed(first, second), board.Outages("desk")) {
			n++
		}
		if n == 0 || n > 50 {
			t.Errorf("an axis of %d intervals", n)
		}
	}
}

func decimal(t *testing.T, text string) market.Decimal {
	t.Helper()
	d, err := market.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// requireElapsedHasOpposite writes the time between both in every way, also as it overflows without market.Elapsed.
func requireElapsedHasOpposite(t *testing.T, first, second time.Time) {
	t.Helper()
	if there, back := market.Elapsed(first, second), market.Elapsed(second, first); there != -back {
		t.Errorf("%s to %s is %s, and back %s", first, second, there, back)
	}
	d := second.Sub(first)
	for name, text := range map[string]string{
		"age": humanize.Age(d), "coarse": humanize.Coarse(d), "duration": humanize.Duration(d), "tenths": humanize.Tenths(d),
		"countdown": humanize.Countdown(d), "delay": humanize.Delay(d), "measured": humanize.Measured(d),
	} {
		if text == "" || len(text) > 24 || d > 0 && text[0] == '-' || name == "countdown" && d > 24*time.Hour && text == "<0.1 s" {
			t.Errorf("%s of %s is %q", name, d, text)
		}
	}
}

// fixedDeck is a recording that stands at a time.
type fixedDeck struct{ at time.Time }

func (fixedDeck) Pause()             {}
func (fixedDeck) Resume()            {}
func (fixedDeck) Step()              {}
func (fixedDeck) SetSpeed(float64)   {}
func (fixedDeck) Seek(time.Duration) {}
func (d fixedDeck) Position() tape.Position {
	return tape.Position{Clock: d.at, Speed: 1, Offset: math.MaxInt64, Total: math.MaxInt64}
}

// showOnScreen draws events of both times on a screen whose clock stands at the second.
func showOnScreen(t *testing.T, first, second time.Time) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		events := make(chan feed.Event)
		screen := ui.New(ui.Config{
			Feeds: []ui.Source{{Name: "desk"}}, Events: events, Deck: fixedDeck{second},
			Renderer: lipgloss.NewRenderer(io.Discard),
		})
		defer screen.Close()
		program := tea.NewProgram(screen, append(ui.Options(), tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithoutSignalHandler(), tea.WithoutCatchPanics())...)
		ended := make(chan error, 1)
		go func() {
			_, err := program.Run()
			ended <- err
		}()
		program.Send(tea.WindowSizeMsg{Width: 120, Height: 40})
		for _, e := range eventsOf(t, first, second) {
			events <- e
			if e.Message == nil { // the same messages need not be drawn one by one
				time.Sleep(20 * time.Millisecond)
			}
		}
		time.Sleep(1500 * time.Millisecond)
		close(events)
		program.Quit()
		time.Sleep(2 * time.Hour) // until its last timers have ended
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// eventsOf has both times wherever an event can have one.
func eventsOf(t *testing.T, first, second time.Time) (all []feed.Event) {
	t.Helper()
	for _, times := range [][2]time.Time{{first, second}, {second, first}} {
		own, arrival := times[0], times[1]
		add := func(e feed.Event) {
			e.Feed, e.At = "desk", arrival
			all = append(all, e)
		}
		for state := feed.Connecting; state <= feed.Failed; state++ {
			add(feed.Event{Status: &feed.Status{State: state, Since: own, RetryAt: own, LastByte: own, Retry: math.MaxInt64}})
		}
		add(feed.Event{Status: &feed.Status{State: feed.Live, Since: own, LastByte: own, Connections: 1}})
		for range 6 {
			add(feed.Event{Message: &feed.Message{Type: "price", ID: "1", Data: []byte("{}"), Updates: []market.Update{
				market.Quote{Symbol: "A", Last: decimal(t, "1.5"), Time: own},
				market.Headline{ID: "1", Title: "news", Time: own},
				market.Halt{Symbol: "A", State: market.Halted, Time: own},
				market.Reading{Name: "humidity", Value: decimal(t, "40"), Time: own},
			}}})
		}
		add(feed.Event{Gap: &feed.Gap{Kind: feed.Unreplayed, Lost: own, Length: market.Elapsed(own, arrival)}})
		add(feed.Event{Pulse: &feed.Pulse{LastByte: own}})
	}
	return all
}

// recordAndReplay writes the events to a file, and plays what of them has a place in it.
func recordAndReplay(t *testing.T, first, second time.Time) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "times.tape")
	recorder, err := tape.Create(name, tape.RecorderOptions{Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range eventsOf(t, first, second) {
		_ = recorder.Write(e) // it refuses years that a recording cannot hold
	}
	if err := recorder.Close(); err != nil {
		t.Fatal(err)
	}
	reader, err := tape.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	player := tape.Play(t.Context(), reader, tape.PlayerOptions{Speed: tape.Unlimited})
	for range player.Events() {
		if p := player.Position(); p.Offset < 0 || p.Total < 0 {
			t.Errorf("the recording stands at %s of %s", p.Offset, p.Total)
		}
	}
	if err := player.Err(); err != nil {
		t.Error(err)
	}
}

// checkServer examines a server whose Date is the first time, and whose prices are of the second.
func checkServer(t *testing.T, first, second time.Time) {
	t.Helper()
	fakenet.Run(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Date", first.Format(http.TimeFormat))
		for n := range 3 {
			fmt.Fprintf(w, "event: price\nid: e-%d\ndata: {\"symbol\":\"A\",\"last\":\"1.5\",\"time\":%q}\n\n", n, second.Format(time.RFC3339Nano))
		}
		if err := http.NewResponseController(w).Flush(); err != nil {
			return
		}
		<-r.Context().Done()
	}, func(t *testing.T, n *fakenet.Network) {
		transport := &http.Transport{DialContext: n.Dial, DisableCompression: true}
		defer transport.CloseIdleConnections()
		report, err := doctor.Examine(t.Context(), feed.Config{
			Name: "desk", URL: "http://desk.example/events", Client: &http.Client{Transport: transport},
		}, doctor.Options{For: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		if err := report.Text(&text, lipgloss.NewRenderer(io.Discard)); err != nil {
			t.Error(err)
		}
		if bytes.Contains(text.Bytes(), []byte("by up to -")) || bytes.Contains(text.Bytes(), []byte("is -")) {
			t.Errorf("a length of time is negative:\n%s", text.Bytes())
		}
	})
}
