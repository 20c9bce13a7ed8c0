package page_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"livetape/mockserver"
)

func TestSilenceIsNotCalledLive(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e", Heartbeat: time.Hour})
	tab := openPage(t, server)
	server.Step(1)
	tab.waitForNewestEvent(server)
	tab.advance("14 s")
	tab.waitForText("#last-event", "14 s ago")
	tab.waitForText("#state", "Live")
	tab.advance("2 s")
	tab.waitForText("#state", "Silent")
	tab.waitForText("#stale", "Not live")
	tab.waitForText("#cause", "it has nothing newer: the market is quiet")
	tab.waitForText("#last-event", "16 s ago")
	tab.waitUntil(`[...document.querySelectorAll('#rows .age')].some((age) => age.textContent === '16s')`)
	server.Step(1)
	tab.waitForText("#state", "Live")
	tab.expectServerPrices(server)
}

func TestAStreamIsNotLiveBeforeItsFirstEvent(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	server.inject("stall:1h")
	tab := openTab(t)
	tab.open(server.url())
	tab.waitForText("#state", "Connected, no event yet")
	tab.waitForText("#sign", "◐")
	tab.waitForText("#cause", "has sent no event since")
	tab.waitUntil(`document.documentElement.dataset.stream === 'connected' && document.documentElement.dataset.fresh !== 'yes'`)
	tab.waitUntil(`document.title === '◐ Connected, no event yet · livetape'`)
	tab.freezeClocks()
	tab.advance("20 s")
	tab.waitForText("#state", "Silent")
	server.inject("clear")
	tab.waitForText("#state", "Live")
	tab.expectServerPrices(server)
}

func TestAStalledStreamIsCalledStuck(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	server.inject("stall:1h")
	server.Step(100)
	tab.advance("20 s")
	tab.waitForText("#state", "Silent")
	tab.waitForText("#cause", "it has newer events: this stream is stuck")
	server.inject("clear")
	tab.waitForText("#state", "Live")
	tab.expectServerPrices(server)
}

func TestAServerThatDoesNotAnswerTheProbeIsNoticed(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	server.stop()
	server.wrap = func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/healthz") {
				http.Error(w, "no", http.StatusBadGateway)
				return
			}
			h.ServeHTTP(w, r)
		})
	}
	server.start()
	tab := openPage(t, server)
	tab.advance("20 s")
	tab.waitForText("#cause", "the server does not answer either")
}

func TestTheDelayOfEventsIsShown(t *testing.T) {
	t.Parallel()
	sent := time.Now().Add(-90 * time.Second)
	server := startServer(t, mockserver.Config{Epoch: "e", Now: func() time.Time { return sent }})
	tab := openPage(t, server)
	server.Step(20)
	tab.waitForNewestEvent(server)
	tab.waitForText("#delay", "1 min ")
	server.inject("skew=1h:1h")
	server.Step(20)
	tab.waitForNewestEvent(server)
	tab.waitForText("#delay", " ahead")
}
