package page_test

import (
	"net/http"
	"strconv"
	"testing"

	"livetape/mockserver"
	"livetape/mockserver/fault"
)

func TestTheFaultMenuInjects(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	tab.click("#faults-button")
	tab.waitUntil(`document.querySelectorAll('#fault-list .fault').length === ` + strconv.Itoa(len(fault.List())))
	tab.click(`[data-fault=restart]`)
	tab.waitForText("#fault-result", "The server does it: restart")
	tab.waitForText("#continuity", "reset after")
	tab.setValue("#fault-text", "status=503:1h")
	tab.click("#fault-form button")
	tab.waitForText("#fault-result", "The server does it: status=503:1h")
	tab.waitForText("#state", "Waiting")
	tab.waitForText(`[data-fault=status] .fault-active`, "on for 59 min")
	tab.setValue("#fault-text", "dup:1h@2h")
	tab.click("#fault-form button")
	tab.waitForText(`[data-fault=dup] .fault-active`, "again in ")
	tab.click(`[data-fault=clear]`)
	tab.waitForText("#fault-result", "The server does it: clear")
	tab.waitUntil(`[...document.querySelectorAll('.fault-active')].every((work) => work.textContent === '')`)
	tab.click("#toggle")
	tab.waitForText("#state", "Live")
}

func TestAnInvalidFaultShowsTheServersError(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	tab.click("#faults-button")
	tab.setValue("#fault-text", "slow=1")
	tab.click("#fault-form button")
	tab.waitForText("#fault-result", "Refused: fault \"slow=1\": slow=1 is not possible; its value is bytes a second")
}

func TestFaultsFromAnotherMachineAreRefused(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	server.stop()
	server.wrap = remote
	server.start()
	tab := openPage(t, server)
	tab.click("#faults-button")
	tab.waitUntil(`document.querySelector('[data-fault=drop]')`)
	if shown := eval[bool](tab, `!document.querySelector('#token-field').hidden`); shown {
		t.Error("the page asks for a token, and the server has none")
	}
	tab.click(`[data-fault=drop]`)
	tab.waitForText("#fault-result", "Refused: only clients on this machine may inject faults, unless the server has a token")
	tab.waitForText("#state", "Live")
}

func TestFaultsFromAnotherMachineNeedTheToken(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e", Token: "open sesame"})
	server.stop()
	server.wrap = remote
	server.start()
	tab := openPage(t, server)
	tab.click("#faults-button")
	tab.waitUntil(`!document.querySelector('#token-field').hidden`)
	tab.click(`[data-fault=eof]`)
	tab.waitForText("#fault-result", "Refused: injecting faults needs the token")
	tab.setValue("#token", "open sesame")
	tab.click(`[data-fault=eof]`)
	tab.waitForText("#fault-result", "The server does it: eof")
	tab.waitForText("#continuity", "0 replayed, 0 missed")
}

// remote makes every client appear to come from another machine.
func remote(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = "192.0.2.7:4711"
		h.ServeHTTP(w, r)
	})
}
