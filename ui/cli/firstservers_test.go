package cli_test

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// firstStreams are what the servers first.js and first.py send under a path, and what a screen must show of it.
var firstStreams = []struct {
	path, title string
	rows        []string
}{
	{"random", "Readings", []string{`value +[▲▼]? *-?\d\.\d+`}},
	{"climate", "Readings", []string{`temperature +[▲▼]? *2[567] `, `humidity +[▲▼]? *(60|5[6-9]) `}},
	{"message", "News", []string{`\d\d:\d\d:\d\d +Hello from the server`}},
	{"text", "News", []string{`\d\d:\d\d:\d\d +new server event \d+:\d\d:\d\d [AP]M`}},
}

func TestTheFirstServerThatSomeoneWritesWithNodeIsShown(t *testing.T) {
	t.Parallel()
	requireFirstStreams(t, startNode(t, "first.js"))
}

// Without Flask this test is skipped; CI installs it.
func TestTheFirstServerThatSomeoneWritesWithFlaskIsShown(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil || exec.Command(python, "-c", "import flask").Run() != nil {
		t.Skip("Flask is not installed; this test needs it to serve a stream that livetape did not write")
	}
	requireFirstStreams(t, startScript(t, python, "python", "first.py"))
}

func requireFirstStreams(t *testing.T, url string) {
	t.Helper()
	for _, c := range firstStreams {
		t.Run(c.path, func(t *testing.T) {
			t.Parallel()
			title := regexp.MustCompile(`(?m)^▸ ` + c.title + ` \d`)
			term := startTerminal(t, 100, 24, exec.Command(livetape, "watch", url+c.path))
			term.waitFor("the pane "+c.title+" with its rows", func(screen string) bool {
				found := strings.Contains(screen, "● LIVE") && title.MatchString(screen) && !strings.Contains(screen, "Prices")
				for _, row := range c.rows {
					found = found && regexp.MustCompile(row).MatchString(screen)
				}
				return found
			})
		})
	}
}
