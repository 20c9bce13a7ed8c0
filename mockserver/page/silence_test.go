package page_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"livetape/mockserver"
)

func TestSilenceIsNotCalledLive(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e", Heartbeat: time.Hour})
	b := visit(t, market)
	market.Step(1)
	b.caughtUp(market)
	b.pass("14 s")
	b.says("#last-event", "14 s ago")
	b.says("#state", "Live")
	b.pass("2 s")
	b.says("#state", "Silent")
	b.says("#stale", "Not live")
	b.says("#cause", "it has nothing newer: the market is quiet")
	b.says("#last-event", "16 s ago")
	b.until(`[...document.querySelectorAll('#rows .age')].some((age) => age.textContent === '16s')`)
	market.Step(1)
	b.says("#state", "Live")
	b.agrees(market)
}

func TestAStreamIsNotLiveBeforeItsFirstEvent(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	market.inject("stall:1h")
	b := openTab(t)
	b.open(market.url())
	b.says("#state", "Connected, no event yet")
	b.says("#sign", "◐")
	b.says("#cause", "has sent no event since")
	b.until(`document.documentElement.dataset.stream === 'connected' && document.documentElement.dataset.fresh !== 'yes'`)
	b.until(`document.title === '◐ Connected, no event yet · livetape'`)
	b.freeze()
	b.pass("20 s")
	b.says("#state", "Silent")
	market.inject("clear")
	b.says("#state", "Live")
	b.agrees(market)
}

func TestAStalledStreamIsTold(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	market.inject("stall:1h")
	market.Step(100)
	b.pass("20 s")
	b.says("#state", "Silent")
	b.says("#cause", "it has newer events: this stream is stuck")
	market.inject("clear")
	b.says("#state", "Live")
	b.agrees(market)
}

func TestASilentServerThatAnswersNothingIsTold(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	market.stop()
	market.wrap = func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/healthz") {
				http.Error(w, "no", http.StatusBadGateway)
				return
			}
			h.ServeHTTP(w, r)
		})
	}
	market.start()
	b := visit(t, market)
	b.pass("20 s")
	b.says("#cause", "the server does not answer either")
}

func TestEventsThatComeLateAreSaidToBeLate(t *testing.T) {
	sent := time.Now().Add(-90 * time.Second)
	market := openVenue(t, mockserver.Config{Epoch: "e", Now: func() time.Time { return sent }})
	b := visit(t, market)
	market.Step(20)
	b.caughtUp(market)
	b.says("#delay", "1 min ")
	market.inject("skew=1h:1h")
	market.Step(20)
	b.caughtUp(market)
	b.says("#delay", " ahead")
}
