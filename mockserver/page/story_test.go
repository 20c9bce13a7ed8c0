package page_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
)

// visit opens the page of a venue, and waits until it is live. Its clocks stand still, so that a slow machine makes no
// silence, and no changed digits go out before they are looked at.
func visit(t *testing.T, v *venue) *tab {
	t.Helper()
	b := openTab(t)
	b.open(v.url())
	b.freeze()
	b.says("#state", "Live")
	b.caughtUp(v)
	return b
}

func TestAgesGrowByThemselves(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := openTab(t)
	b.open(market.url())
	b.until(`parseInt(window.young = document.querySelector('#rows .age')?.textContent) >= 0`)
	b.until(`[...document.querySelectorAll('#rows .age')].every((age) => parseInt(age.textContent) > parseInt(window.young))`)
	b.until(`parseInt(document.getElementById('last-event').textContent) > parseInt(window.young)`)
}

// caughtUp waits until the page has seen the newest event, and has drawn it.
func (v *tab) caughtUp(s *venue) {
	v.t.Helper()
	v.says("#last-id", s.Newest())
}

// prices is what the table says: symbol to last, bid, ask and volume, without the commas of the last.
func (v *tab) prices() map[string][4]string {
	v.t.Helper()
	return eval[map[string][4]string](v, `Object.fromEntries([...document.querySelectorAll('#rows tr')].map((row) => [
		row.querySelector('.symbol').textContent,
		['last', 'bid', 'ask', 'volume'].map((name) => row.querySelector('.' + name + ' .value').textContent.replaceAll(',', '')),
	]))`)
}

// agrees fails the test unless the page shows what the server says, digit for digit.
func (v *tab) agrees(s *venue) {
	v.t.Helper()
	v.caughtUp(s)
	if diff := cmp.Diff(s.prices(), v.prices()); diff != "" {
		v.t.Errorf("the page differs from the market (-market +page):\n%s", ending(diff))
	}
}

func TestPricesMove(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	b.agrees(market)
	before := b.prices()
	market.Step(300)
	b.agrees(market)
	if cmp.Equal(before, b.prices()) {
		t.Error("no price moved")
	}
	b.until(`document.querySelectorAll('#rows .last[data-lit]').length > 0`)
	if got := b.text("#events"); got != "301" {
		t.Errorf("%s events, want the snapshot and 300", got)
	}
}

func TestAServerThatStopsAndStartsIsResumedWithoutLoss(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	market.Step(50)
	b.caughtUp(market)
	b.hears("Live.")
	b.keepsHearing()
	market.stop()
	b.says("#state", "Reconnecting")
	b.says("#cause", "3 tries failed")
	b.until(`document.title === '↻ Reconnecting · livetape'`)
	b.says("#stale", "Not live")
	b.says("#continuity", "what was missed is not known yet")
	market.Step(40)
	market.start()
	b.says("#state", "Live")
	b.says("#continuity", "40 replayed, 0 missed")
	b.hears("40 replayed, 0 missed")
	if said := strings.Join(eval[[]string](b, `window.heard`), " "); strings.Count(said, "Reconnecting") != 1 {
		t.Errorf("every try is told to those who listen: %s", said)
	}
	b.agrees(market)
	if got := b.text("#events"); got != "92" {
		t.Errorf("%s events, want the snapshot, 90 and the resume", got)
	}
}

func TestARefusingServerIsReconnectedTo(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	market.inject("refuse:1h")
	b.says("#state", "Reconnecting")
	b.says("#cause", "tries failed")
	market.Step(25)
	market.inject("clear")
	b.says("#state", "Live")
	b.says("#continuity", "25 replayed, 0 missed")
	b.agrees(market)
}

func TestACutInMidEventLosesNothing(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	for n := 1; n <= 5; n++ {
		market.inject("drop")
		market.Step(10)
		b.until(`document.getElementById('continuity').textContent.startsWith('resumed')`)
		b.agrees(market)
	}
}

func TestANewEpochShowsTheGap(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	market.Step(20)
	b.caughtUp(market)
	market.inject("restart")
	b.says("#continuity", "reset after")
	b.says("#continuity", "how many events were missed is not known")
	b.says("#headlines .gap", "could not resume")
	market.Step(5)
	b.agrees(market)
}

func TestEventsThatWereForgottenAreCounted(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e", Ring: 10})
	b := visit(t, market)
	market.stop()
	b.says("#state", "Reconnecting")
	market.Step(100)
	market.start()
	b.says("#continuity", "100 events missed")
	b.says("#headlines .gap", "100 events missed")
	b.agrees(market)
}

func TestStopStopsAndStartResumes(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	b.click("#toggle")
	b.says("#state", "Stopped")
	b.says("#stale", "Not live")
	b.nobodyListens(market)
	market.Step(30)
	stood := b.prices()
	if cmp.Equal(market.prices(), stood) {
		t.Error("a page that was stopped follows the market")
	}
	b.says("#toggle", "Start again")
	b.click("#toggle")
	b.says("#state", "Live")
	b.says("#continuity", "30 replayed, 0 missed")
	b.agrees(market)
}

// nobodyListens waits until the server has no stream left. A frame of the page is the pace of looking.
func (v *tab) nobodyListens(s *venue) {
	v.t.Helper()
	for deadline := time.Now().Add(patience); s.Clients() > 0; {
		if time.Now().After(deadline) {
			v.t.Fatalf("%d streams are left", s.Clients())
		}
		eval[bool](v, `new Promise((resolve) => requestAnimationFrame(() => resolve(true)))`)
	}
}

func TestAServerThatSaysStopEndsIt(t *testing.T) {
	for _, fault := range []string{"204", "503", "type", "status=404", "redirect=301-other"} {
		t.Run(fault, func(t *testing.T) {
			market := openVenue(t, mockserver.Config{Epoch: "e"})
			b := visit(t, market)
			market.inject(fault + ":1h")
			b.says("#state", "Ended by the server")
			b.says("#cause", "other than an event stream")
			b.nobodyListens(market)
			market.inject("clear")
			market.Step(7)
			b.click("#toggle")
			b.says("#continuity", "7 replayed, 0 missed")
			b.agrees(market)
		})
	}
}

func TestHaltsAndHeadlinesAreShown(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	for n := 0; eval[int](b, `document.querySelectorAll('#rows [data-state=halted]').length`) == 0; n++ {
		if n == 200 {
			t.Fatal("the market never halted a symbol")
		}
		market.Step(100)
		b.caughtUp(market)
	}
	if halted := b.text(`#rows [data-state=halted] .state`); !strings.EqualFold(halted, "halted") {
		t.Errorf("a symbol that is halted is said to be %q", halted)
	}
	if shown := eval[int](b, `document.querySelectorAll('#headlines li').length`); shown < 5 || shown > 100 {
		t.Errorf("%d headlines", shown)
	}
	b.says("#market", "Market open")
	b.agrees(market)
}

func TestManySymbolsAreFilteredNotAllDrawn(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e", Symbols: 10000})
	b := visit(t, market)
	b.says("#counted", "first 500 of 10,000")
	market.Step(2000)
	b.caughtUp(market)
	b.until(`document.querySelectorAll('#rows tr').length === 500`)
	if gist := b.gist(); strings.Count(gist, "\n") > 21 || !strings.HasPrefix(gist, "livetape") || !strings.Contains(gist, "● Live") {
		t.Errorf("a failure would print\n%s", gist)
	}
	for symbol, want := range market.prices() {
		b.write("#filter", symbol)
		b.until(fmt.Sprintf(`document.querySelector('#rows tr[data-symbol=%q]')`, symbol))
		if diff := cmp.Diff(want, b.prices()[symbol]); diff != "" {
			t.Errorf("%s: %s", symbol, diff)
		}
		break
	}
}
