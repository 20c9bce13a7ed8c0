package cli_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestTheUsualSpellingsOfAPriceAreGuessed(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "data: {\"ticker\": \"NVDA\", \"px\": 181.46, \"ts\": 1751372645}\n\n")
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	term := startScreen(t, 80, 24, "watch", server.URL)
	term.waitForText("● LIVE", "NVDA", "181.46")
	term.press("q")
	term.waitForExit()
}
