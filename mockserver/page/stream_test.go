package page_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
)

// openPage opens a server's page, and waits until it is live. Its clocks are frozen, so that on a slow machine no stream
// turns silent, and no highlight ends before it is checked.
func openPage(t *testing.T, s *testServer) *tab {
	t.Helper()
	tab := openTab(t)
	tab.open(s.url())
	tab.freezeClocks()
	tab.waitForText("#state", "Live")
	tab.waitForNewestEvent(s)
	return tab
}

func TestAgesGrowByThemselves(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openTab(t)
	tab.open(server.url())
	tab.waitUntil(`parseInt(window.young = document.querySelector('#rows .age')?.textContent) >= 0`)
	tab.waitUntil(`[...document.querySelectorAll('#rows .age')].every((age) => parseInt(age.textContent) > parseInt(window.young))`)
	tab.waitUntil(`parseInt(document.getElementById('last-event').textContent) > parseInt(window.young)`)
}

// waitForNewestEvent waits until the page has drawn the newest event.
func (v *tab) waitForNewestEvent(s *testServer) {
	v.t.Helper()
	v.waitForText("#last-id", s.Newest())
}

// prices maps the table's symbols to last, bid, ask and volume, without commas.
func (v *tab) prices() map[string][4]string {
	v.t.Helper()
	return eval[map[string][4]string](v, `Object.fromEntries([...document.querySelectorAll('#rows tr')].map((row) => [
		row.querySelector('.symbol').textContent,
		['last', 'bid', 'ask', 'volume'].map((name) => row.querySelector('.' + name + ' .value').textContent.replaceAll(',', '')),
	]))`)
}

// expectServerPrices fails the test unless the page shows the server's prices digit for digit.
func (v *tab) expectServerPrices(s *testServer) {
	v.t.Helper()
	v.waitForNewestEvent(s)
	if diff := cmp.Diff(s.prices(), v.prices()); diff != "" {
		v.t.Errorf("the page differs from the server (-server +page):\n%s", tail(diff))
	}
}

func TestPricesMove(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	tab.expectServerPrices(server)
	before := tab.prices()
	server.Step(300)
	tab.expectServerPrices(server)
	if cmp.Equal(before, tab.prices()) {
		t.Error("no price moved")
	}
	tab.waitUntil(`document.querySelectorAll('#rows .last[data-highlighted]').length > 0`)
	if got := tab.text("#events"); got != "301" {
		t.Errorf("%s events, want the snapshot and 300", got)
	}
}

func TestAServerThatStopsAndStartsIsResumedWithoutLoss(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	server.Step(50)
	tab.waitForNewestEvent(server)
	tab.waitForAnnouncement("Live.")
	tab.recordAnnouncements()
	server.stop()
	tab.waitForText("#state", "Reconnecting")
	tab.waitForText("#cause", "3 tries failed")
	tab.waitUntil(`document.title === '↻ Reconnecting · livetape'`)
	tab.waitForText("#stale", "Not live")
	tab.waitForText("#continuity", "what was missed is not known yet")
	server.Step(40)
	server.start()
	tab.waitForText("#state", "Live")
	tab.waitForText("#continuity", "40 replayed, 0 missed")
	tab.waitForAnnouncement("40 replayed, 0 missed")
	if said := strings.Join(eval[[]string](tab, `window.announcements`), " "); strings.Count(said, "Reconnecting") != 1 {
		t.Errorf("every attempt is announced: %s", said)
	}
	tab.expectServerPrices(server)
	if got := tab.text("#events"); got != "92" {
		t.Errorf("%s events, want the snapshot, 90 and the resume", got)
	}
}

func TestThePageReconnectsToAServerThatRefused(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	server.inject("refuse:1h")
	tab.waitForText("#state", "Reconnecting")
	tab.waitForText("#cause", "tries failed")
	server.Step(25)
	server.inject("clear")
	tab.waitForText("#state", "Live")
	tab.waitForText("#continuity", "25 replayed, 0 missed")
	tab.expectServerPrices(server)
}

func TestACutInMidEventLosesNothing(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	for n := 1; n <= 5; n++ {
		server.inject("drop")
		server.Step(10)
		tab.waitUntil(`document.getElementById('continuity').textContent.startsWith('resumed')`)
		tab.expectServerPrices(server)
	}
}

func TestANewEpochShowsTheGap(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	server.Step(20)
	tab.waitForNewestEvent(server)
	server.inject("restart")
	tab.waitForText("#continuity", "reset after")
	tab.waitForText("#continuity", "how many events were missed is not known")
	tab.waitForText("#headlines .gap", "could not resume")
	server.Step(5)
	tab.expectServerPrices(server)
}

func TestEventsThatTheServerNoLongerHasAreCounted(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e", Ring: 10})
	tab := openPage(t, server)
	server.stop()
	tab.waitForText("#state", "Reconnecting")
	server.Step(100)
	server.start()
	tab.waitForText("#continuity", "100 events missed")
	tab.waitForText("#headlines .gap", "100 events missed")
	tab.expectServerPrices(server)
}

func TestStopStopsAndStartResumes(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	tab.click("#toggle")
	tab.waitForText("#state", "Stopped")
	tab.waitForText("#stale", "Not live")
	tab.waitForNoClients(server)
	server.Step(30)
	shown := tab.prices()
	if cmp.Equal(server.prices(), shown) {
		t.Error("a stopped page still gets prices")
	}
	tab.waitForText("#toggle", "Start again")
	tab.click("#toggle")
	tab.waitForText("#state", "Live")
	tab.waitForText("#continuity", "30 replayed, 0 missed")
	tab.expectServerPrices(server)
}

// waitForNoClients waits until the server has no stream left. It checks once a frame.
func (v *tab) waitForNoClients(s *testServer) {
	v.t.Helper()
	for deadline := time.Now().Add(waitLimit); s.Clients() > 0; {
		if time.Now().After(deadline) {
			v.t.Fatalf("%d streams are left", s.Clients())
		}
		eval[bool](v, `new Promise((resolve) => requestAnimationFrame(() => resolve(true)))`)
	}
}

func TestAFinalResponseEndsTheStream(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	server.inject("204:1h")
	tab.waitForText("#state", "Ended by the server")
	tab.waitForText("#cause", "nothing more")
	tab.waitForNoClients(server)
	server.inject("clear")
	server.Step(7)
	tab.click("#toggle")
	tab.waitForText("#continuity", "7 replayed, 0 missed")
	tab.expectServerPrices(server)
}

func TestThePageComesBackByItselfAfterARefusal(t *testing.T) {
	t.Parallel()
	for fault, cause := range map[string]string{
		"503": "503 Service Unavailable", "type": "another type", "status=404": "404 Not Found", "redirect=301-other": "no answer",
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			server := startServer(t, mockserver.Config{Epoch: "e"})
			tab := openPage(t, server)
			server.inject(fault + ":1h")
			tab.waitForText("#state", "Waiting")
			tab.waitForText("#cause", cause)
			tab.waitForText("#cause", "Next try in ")
			tab.waitForNoClients(server)
			server.inject("clear")
			server.Step(7)
			tab.advance("301 s") // the longest that a server may ask for
			tab.waitForText("#continuity", "7 replayed, 0 missed")
			tab.expectServerPrices(server)
		})
	}
}

func TestHaltsAndHeadlinesAreShown(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	for n := 0; !strings.Contains(string(server.Snapshot()), `"halted"`); n++ {
		if n == 200 {
			t.Fatal("the market never halted a symbol")
		}
		server.Step(100)
	}
	tab.waitForNewestEvent(server)
	if halted := tab.text(`#rows [data-state=halted] .state`); !strings.EqualFold(halted, "halted") {
		t.Errorf("the state of a halted symbol is %q", halted)
	}
	if shown := eval[int](tab, `document.querySelectorAll('#headlines li').length`); shown < 5 || shown > 100 {
		t.Errorf("%d headlines", shown)
	}
	tab.waitForText("#market", "Market open")
	tab.expectServerPrices(server)
}

func TestManySymbolsAreFilteredNotAllDrawn(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e", Symbols: 10000})
	tab := openPage(t, server)
	tab.waitForText("#counted", "first 500 of 10,000")
	server.Step(2000)
	tab.waitForNewestEvent(server)
	tab.waitUntil(`document.querySelectorAll('#rows tr').length === 500`)
	if summary := tab.summary(); strings.Count(summary, "\n") > 21 || !strings.HasPrefix(summary, "livetape") || !strings.Contains(summary, "● Live") {
		t.Errorf("a failure would print\n%s", summary)
	}
	for symbol, want := range server.prices() {
		tab.setValue("#filter", symbol)
		tab.waitUntil(fmt.Sprintf(`document.querySelector('#rows tr[data-symbol=%q]')`, symbol))
		if diff := cmp.Diff(want, tab.prices()[symbol]); diff != "" {
			t.Errorf("%s: %s", symbol, diff)
		}
		break
	}
}
