package cli_test

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestAStreamThatComesFromElsewhereSaysSoBesideItsState(t *testing.T) {
	t.Parallel()
	elsewhere := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sseHandler("event: price\ndata: {\"symbol\":\"A\",\"last\":1.5}\n\n")(w, r)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	origin := strings.TrimSuffix(elsewhere, "/events")
	secure := httptest.NewTLSServer(http.RedirectHandler(elsewhere, http.StatusTemporaryRedirect))
	defer secure.Close()
	authority := filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	if err := os.WriteFile(authority, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{secure.URL + "/events", "--ca", authority}, {serve(t, http.RedirectHandler(elsewhere, http.StatusFound))}} {
		term := startScreen(t, 140, 30, append([]string{"watch"}, args...)...)
		term.waitForText("● LIVE", "redirected to "+origin)
		term.press("q")
		term.waitForExit()
		said, err := exec.Command(livetape, append([]string{"stream", "--count", "1"}, args...)...).CombinedOutput()
		if err != nil {
			t.Error(err)
		}
		if !strings.Contains(string(said), "live · redirected to "+origin) {
			t.Errorf("standard error says:\n%s", said)
		}
	}
}
