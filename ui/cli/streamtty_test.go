package cli_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// hostile is a stream whose every text tries to steer a terminal.
const hostile = "retry: 10\n\n" +
	"id: 1\x1b]0;owned\x07\u202e\nevent: price\ndata: {\"symbol\":\"A\\u001b[2J\",\"last\":\"1\",\"name\":\"\\u009b31m\\u202e\"}\n\n" +
	"id: 2\nevent: news\ndata: {\"headline\":\"\\u001b[31mred\\u0007\\nsecond line\",\"symbols\":[\"A\\u001b[2J\"],\"source\":\"\\u2066x\"}\n\n" +
	"id: 3\x1b[2J\nevent: \x1b[2Jboo\ndata: \x1b[2J\u202e boo\n\n" +
	"id: 4\nevent: status\ndata: {\"symbol\":\"A\",\"state\":\"halted\",\"reason\":\"\\u001bc\\r\\n\\u200b\"}\n\n"

func TestNothingOfAFeedSteersATerminal(t *testing.T) {
	t.Parallel()
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, hostile)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	for _, format := range [][]string{
		{"--output", "json"}, {"--output", "csv"}, {"--output", "table"},
		{"--template", "{{.EventID}} {{.Symbol}} {{.Name}} {{.Headline}} {{.Symbols}} {{.Source}} {{.Reason}}"},
	} {
		s := startStream(t, append(format, url, "--count", "3", "--name", "desk")...)
		lines, code := s.rest()
		if header := slices.Contains([]string{"csv", "table"}, format[1]); code != 0 || len(lines) != 3 && !(header && len(lines) == 4) {
			t.Errorf("%v: %d lines and exit code %d", format, len(lines), code)
		}
		for _, line := range append(lines, strings.Split(strings.TrimSpace(s.stderr.String()), "\n")...) {
			if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsGraphic(r) }) {
				t.Errorf("%v: %q holds characters without a shape", format, line)
			}
		}
	}
}

func TestOnATerminalStreamPrintsATable(t *testing.T) {
	t.Parallel()
	server := startServer(t, "127.0.0.1:0")
	term := startScreen(t, 120, 40, "stream", server.url(), "--events", "price", "--count", "30")
	term.waitForText("TIME          SYMBOL", "livetape: "+server.addr+": live")
	if code := term.waitForExit(); code != 0 {
		t.Errorf("exit code %d; the screen shows:\n%s", code, term.text())
	}
	if !strings.Contains(term.text(), "  NVDA  ") {
		t.Errorf("no line of NVDA:\n%s", term.text())
	}
	if raw := term.output(); strings.Contains(raw, "\x1b") {
		t.Errorf("escape sequences were written:\n%q", raw)
	}
}
