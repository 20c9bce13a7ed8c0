package page_test

import (
	"crypto/rand"
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"livetape/mockserver"
	"livetape/mockserver/access"
)

func TestThePageAsksForATokenOnceAndKeepsItFromScripts(t *testing.T) {
	t.Parallel()
	token := rand.Text() // the browser has the cookie of every run before
	server := startServer(t, mockserver.Config{Epoch: "e", Readers: access.One(token)})
	tab := openTab(t)
	tab.open(server.url())
	tab.waitForText("#state", "Locked")
	tab.setValue("#session-token", "wrong")
	tab.click("#session button")
	tab.waitForText("#session-result", "does not know this token")
	tab.setValue("#session-token", token)
	tab.click("#session button")
	tab.waitForText("#state", "Live")
	if got := eval[string](tab, `document.cookie + location.href + document.getElementById('session-token').value`); got != server.url() && got != server.url()+"/" {
		t.Errorf("a script can read %s", got)
	}
	tab.open(server.url())
	tab.waitForText("#state", "Live")
}

func TestThePageShowsHowTheFeedsBehindARelayAre(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e", Symbols: 2})
	tab := openPage(t, server)
	tab.dispatch("snapshot", `{"feeds":[{"feed":"desk","state":"live"},{"feed":"hall","state":"failed","cause":"401 Unauthorized"}],
		"prices":[{"symbol":"NVDA","feed":"desk","last":"1181.46"},{"symbol":"NVDA","feed":"hall","last":"181.52","time":"2020-01-01T00:00:00Z"}]}`)
	tab.waitForText("#feeds", "desk")
	tab.waitForText("#feeds", "hall failed: 401 Unauthorized")
	tab.waitForText("#served", "relay")
	tab.waitUntil(`document.querySelectorAll('#rows tr').length === 2 && document.querySelectorAll('#rows tr[data-down]').length === 1`)
	tab.waitForText("#rows tr:not([data-down]) .last .value", "1,181.46")
	tab.waitUntil(`document.querySelector('#rows tr[data-down] .last').dataset.old === 'yes'`)
	tab.dispatch("feed", `{"feed":"desk","state":"waiting","cause":"reset"}`)
	tab.waitUntil(`document.querySelectorAll('#rows tr[data-down]').length === 2`)
	tab.dispatch("feed", `{"feed":"desk","state":"live","gap":{"kind":"reset","length":"7s","missed":12}}`)
	tab.waitForText("#headlines", "desk: reset after 7s; 12 missed")
}

func TestThePageSaysWhatIsNotLiveBehindARelay(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e", Symbols: 2})
	tab := openPage(t, server)
	tab.dispatch("snapshot", `{"feeds":[{"feed":"desk","state":"live"},{"feed":"hall","state":"live"}],
		"prices":[{"symbol":"NVDA","feed":"desk","last":"181.46"},{"symbol":"AAPL","feed":"hall","last":"232.15"}]}`)
	tab.waitForText("#cause", "Prices come as they are made")
	tab.dispatch("feed", `{"feed":"hall","state":"waiting","cause":"connection refused"}`)
	tab.waitForText("#cause", "Not live: hall.")
	tab.waitForText("#state", "Live")
	tab.dispatch("feed", `{"feed":"desk","state":"silent"}`)
	tab.waitForText("#state", "No feed is live")
	tab.waitUntil(`document.title.startsWith('◌ No feed is live')`)
	tab.dispatch("feed", `{"feed":"desk","state":"live"}`)
	tab.dispatch("feed", `{"feed":"event log","state":"quiet","cause":"the event log cannot be reached"}`) // from behind which all come
	tab.waitForText("#state", "No feed is live")
	tab.waitUntil(`document.querySelectorAll('#rows tr[data-down]').length === 2`)
	tab.dispatch("feed", `{"feed":"event log","state":"live"}`)
	tab.waitForText("#state", "Live")
	tab.waitUntil(`document.querySelectorAll('#rows tr[data-down]').length === 1`)
}

// TestAPhoneShowsPricesOrNews has both in tabs, and the page is no longer than its prices.
func TestAPhoneShowsPricesOrNews(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	server.Step(500)
	tab.waitForNewestEvent(server)
	tab.do(chromedp.EmulateViewport(390, 844))
	shown := `['.prices', '.news'].map((part) => document.querySelector(part).checkVisibility())`
	if got := eval[[]bool](tab, shown); !slices.Equal(got, []bool{true, false}) {
		t.Errorf("prices and news are shown: %v", got)
	}
	if height := eval[int](tab, `document.documentElement.scrollHeight`); height > 3000 {
		t.Errorf("the page is %d px long", height)
	}
	tab.click("#tab-news")
	if got := eval[[]bool](tab, shown); !slices.Equal(got, []bool{false, true}) {
		t.Errorf("after a press on News, prices and news are shown: %v", got)
	}
	tab.do(chromedp.EmulateViewport(1280, 800))
	if got := eval[[]bool](tab, shown); !slices.Equal(got, []bool{true, true}) {
		t.Errorf("on a wide screen, prices and news are shown: %v", got)
	}
}

func TestAFilterKeepsTheColumnsWhereTheyWere(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	columns := `[...document.querySelectorAll('thead .number')].map((head) => Math.round(head.getBoundingClientRect().right))`
	before := eval[[]int](tab, columns)
	tab.click("#filter")
	tab.press("JPM")
	tab.waitUntil(`document.querySelectorAll('#rows tr').length === 1`)
	after := eval[[]int](tab, columns)
	for i := range before {
		if d := after[i] - before[i]; d > 1 || d < -1 {
			t.Errorf("column %d moved by %d px", i, d)
		}
	}
}

// TestThePointsOfAColumnStandOneBelowTheOther shows numbers of no, of few and of many decimals.
func TestThePointsOfAColumnStandOneBelowTheOther(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	tab.dispatch("snapshot", `{"prices":[
		{"symbol":"A","last":"181.46","bid":"181","ask":"1181.5","volume":"12345","prev_close":"180.00"},
		{"symbol":"B","last":"97123.4","bid":"0.00001234","ask":"5.25","volume":"5.125","prev_close":"95000"},
		{"symbol":"C","last":"0.00001234","bid":"1.08540","ask":"1.08541","volume":"1000000","prev_close":"0.00001200"}]}`)
	tab.waitUntil(`document.querySelectorAll('#rows tr').length === 3`)
	for _, width := range []int64{390, 1280, 1920} {
		tab.do(chromedp.EmulateViewport(width, 800))
		columns := []string{".last", ".bid", ".ask", ".volume", ".change"}
		if width == 390 {
			columns = columns[:1] // the others are in lines of text
		}
		for _, column := range columns {
			if at := eval[[]int](tab, pointsOf(column)); len(at) != 3 || slices.Max(at)-slices.Min(at) > 1 {
				t.Errorf("at %d the points of %s are at %v", width, column, at)
			}
		}
	}
	tab.do(chromedp.EmulateViewport(1280, 800))
	if got := tab.text("#rows tr:nth-child(2) .change .value"); got != "+2,123.4" {
		t.Errorf("the change is %s", got)
	}
	tab.dispatch("price", `{"symbol":"A","last":"181.4567890123"}`)
	tab.waitForText("#rows tr .last .value", "181.4567890123")
	if at := eval[[]int](tab, pointsOf(".last")); slices.Max(at)-slices.Min(at) > 1 {
		t.Errorf("with more decimals, the points are at %v", at)
	}
}

// pointsOf is an expression for where the points of a column are, or the ends of its numbers that have none.
func pointsOf(column string) string {
	return fmt.Sprintf(`[...document.querySelectorAll('#rows %s .value')].map((value) => {
		const texts = document.createTreeWalker(value, NodeFilter.SHOW_TEXT);
		let last = null;
		for (let text; (text = texts.nextNode());) {
			if (text.data === '') continue;
			const at = text.data.indexOf('.');
			const range = document.createRange();
			range.setStart(text, at < 0 ? 0 : at);
			range.setEnd(text, at < 0 ? text.length : at + 1);
			const box = range.getBoundingClientRect();
			if (at >= 0) return Math.round(box.left);
			last = box.right;
		}
		return Math.round(last);
	})`, column)
}
