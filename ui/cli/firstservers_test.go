package cli_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"livetape/ui/cli/golden"
)

func TestTheFirstServerThatSomeoneWritesWithNodeIsShown(t *testing.T) {
	t.Parallel()
	requireFirstStreams(t, startNode(t, "first.js"))
}

// Without Express this test is skipped; CI installs it.
func TestTheFirstServerThatSomeoneWritesWithExpressIsShown(t *testing.T) {
	t.Parallel()
	if exec.Command("node", "-e", "require('express')").Run() != nil {
		t.Skip("Express is not installed; this test needs it to serve a stream that livetape did not write")
	}
	requireFirstStreams(t, startNode(t, "express.js"))
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

// requireFirstStreams compares the screen of each stream with the golden one, which is the same for all servers.
func requireFirstStreams(t *testing.T, url string) {
	t.Helper()
	for _, stream := range []string{"random", "climate", "message", "text"} {
		t.Run(stream, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(livetape, "watch", url+stream)
			cmd.Env = []string{"TZ=UTC"}
			term := startTerminal(t, 100, 14, cmd) // with a state of its own
			path := filepath.Join("testdata", "first", stream+".txt")
			screen := term.waitForText("● LIVE", "/s ", " 3 events")
			golden.Require(t, path, withoutDigits(screen))
		})
	}
}

var (
	digit   = regexp.MustCompile(`\d`)
	halfDay = regexp.MustCompile(`[AP]M`)
	spark   = regexp.MustCompile(`[⠀-⣿┄]`)
)

// withoutDigits is a screen with 0 for every digit, and without what else depends on the time of day.
func withoutDigits(screen string) string {
	screen = halfDay.ReplaceAllString(digit.ReplaceAllString(screen, "0"), "AM")
	screen = spark.ReplaceAllString(screen, " ")
	return strings.TrimRight(screen, "\n ") + "\n"
}
