package page_test

import (
	"net/http"
	"strconv"
	"testing"

	"livetape/mockserver"
	"livetape/mockserver/fault"
)

func TestTheFaultMenuInjects(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	b.click("#faults-button")
	b.until(`document.querySelectorAll('#fault-list .fault').length === ` + strconv.Itoa(len(fault.List())))
	b.click(`[data-fault=restart]`)
	b.says("#fault-result", "The server does it: restart")
	b.says("#continuity", "reset after")
	b.write("#fault-text", "status=503:1h")
	b.click("#fault-form button")
	b.says("#fault-result", "The server does it: status=503:1h")
	b.says("#state", "Ended by the server")
	b.says(`[data-fault=status] .fault-work`, "on for 59 min")
	b.write("#fault-text", "dup:1h@2h")
	b.click("#fault-form button")
	b.says(`[data-fault=dup] .fault-work`, "again in ")
	b.click(`[data-fault=clear]`)
	b.says("#fault-result", "The server does it: clear")
	b.until(`[...document.querySelectorAll('.fault-work')].every((work) => work.textContent === '')`)
	b.click("#toggle")
	b.says("#state", "Live")
}

func TestAFaultThatCannotBeIsAnsweredInTheServersWords(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	b.click("#faults-button")
	b.write("#fault-text", "slow=1")
	b.click("#fault-form button")
	b.says("#fault-result", "Refused: fault \"slow=1\": slow=1 is not possible; its value is bytes a second")
}

func TestAPageOfAnotherMachineIsRefused(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	market.stop()
	market.wrap = remote
	market.start()
	b := visit(t, market)
	b.click("#faults-button")
	b.until(`document.querySelector('[data-fault=drop]')`)
	if shown := eval[bool](b, `!document.querySelector('#token-field').hidden`); shown {
		t.Error("a token is asked for that the server does not know")
	}
	b.click(`[data-fault=drop]`)
	b.says("#fault-result", "Refused: faults are for clients on this machine, unless the server has a token")
	b.says("#state", "Live")
}

func TestAPageOfAnotherMachineNeedsTheToken(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e", Token: "open sesame"})
	market.stop()
	market.wrap = remote
	market.start()
	b := visit(t, market)
	b.click("#faults-button")
	b.until(`!document.querySelector('#token-field').hidden`)
	b.click(`[data-fault=eof]`)
	b.says("#fault-result", "Refused: faults are for those who send the token")
	b.write("#token", "open sesame")
	b.click(`[data-fault=eof]`)
	b.says("#fault-result", "The server does it: eof")
	b.says("#continuity", "0 replayed, 0 missed")
}

// remote has every client come from another machine.
func remote(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = "192.0.2.7:4711"
		h.ServeHTTP(w, r)
	})
}
