package cli_test

import (
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

func TestTheMockServerSaysWhereItsPageIs(t *testing.T) {
	t.Parallel()
	term := startTerminal(t, 100, 20, exec.Command(livetape, "mock", "--listen", "127.0.0.1:0"))
	line := regexp.MustCompile(`page +(http://127\.0\.0\.1:\d+/)\s`)
	url := line.FindStringSubmatch(term.waitFor("the page's address", line.MatchString))[1]
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || !strings.Contains(string(body), "<title>livetape") {
		t.Errorf("%v: %s", err, body)
	}
}
