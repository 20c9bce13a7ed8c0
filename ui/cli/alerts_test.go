package cli_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/ui/cli"
)

// alertsConfig writes a configuration with a feed at url and alerts, and returns its path.
func alertsConfig(t *testing.T, dir, url, alerts string) string {
	t.Helper()
	file := filepath.Join(dir, "livetape.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, "feeds: {desk: {url: %q}}\nalerts:\n%s", url, alerts), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAStreamRunsAlertsWithoutAScreen(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the program is a shell script")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "page.sh"), []byte("#!/bin/sh\necho \"$1 $LIVETAPE_ALERT\" >> pages\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Last-Event-ID") != "" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "retry: 10\n\n"+mixed)
	}))
	config := alertsConfig(t, dir, url, `
  - {symbol: B, above: 1.5, exec: [./page.sh, now]}
  - {news: of ALL}
  - {symbol: A, below: 0}
  - {symbol: A, above: 0, exec: [./no-such-program]}
`)
	s := startStream(t, "--config", config, "--alerts", "-t", "{{.Symbol}}", "--events", "price", "--quiet", "desk")
	if lines, code := s.rest(); strings.Join(lines, " ") != "A B" || code != cli.ExitOK {
		t.Errorf("it prints %q with exit code %d", lines, code)
	}
	var alerts []string
	for line := range strings.Lines(s.stderr.String()) {
		if strings.HasPrefix(line, "livetape: alert") {
			alerts = append(alerts, line)
		}
	}
	want := []string{"livetape: alert: A is above 0: 1\n", "livetape: alert: B is above 1.5: 2\n", "livetape: alert: news: Of all\n"}
	if diff := cmp.Diff(want, alerts); diff != "" {
		t.Errorf("alerts (- want, + got):\n%s", diff)
	}
	if pages, err := os.ReadFile(filepath.Join(dir, "pages")); string(pages) != "now B is above 1.5: 2\n" {
		t.Errorf("the program wrote %q, %v", pages, err)
	}
}

func TestAlertsMustBeThereAndALocalConfigurationRunsNone(t *testing.T) {
	url := "http://127.0.0.1:1/events"
	t.Chdir(t.TempDir())
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{url, "--alerts"}, "--alerts finds none: add them to the configuration"},
		{[]string{"desk", "--alerts"}, "alerts: exec runs a program, and livetape.yaml in this directory may be somebody else's: if it is yours, say --config ./livetape.yaml"},
	} {
		alertsConfig(t, ".", url, "  - {news: halt, exec: [./page.sh]}\n")
		s := startStream(t, test.args...)
		if _, code := s.rest(); code == cli.ExitOK || !strings.Contains(s.stderr.String(), test.want) {
			t.Errorf("stream %q: exit code %d, and standard error says %s", test.args, code, s.stderr.String())
		}
	}
}
