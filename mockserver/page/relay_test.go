package page_test

import (
	"testing"

	"livetape/mockserver"
	"livetape/mockserver/access"
)

func TestThePageAsksForATokenOnceAndKeepsItFromScripts(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e", Readers: access.One("s3cret-of-the-desk")})
	tab := openTab(t)
	tab.open(server.url())
	tab.waitForText("#state", "Locked")
	tab.setValue("#session-token", "wrong")
	tab.click("#session button")
	tab.waitForText("#session-result", "does not know this token")
	tab.setValue("#session-token", "s3cret-of-the-desk")
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
