package cli_test

import (
	"encoding/json"
	"strings"
	"syscall"
	"testing"
)

func TestTheServerLogsAsAsked(t *testing.T) {
	t.Parallel()
	server := startMockProcess(t, "--log-format", "json", "--fault", "skew:1h")
	server.end(syscall.SIGTERM)
	var said []string
	for line := range strings.Lines(server.stderr.String()) {
		var entry struct{ Msg string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		said = append(said, entry.Msg)
	}
	if got := strings.Join(said, ", "); got != "started, fault started, draining, ended" {
		t.Errorf("it logged %s", got)
	}

	quiet := startMockProcess(t, "--log-level", "warn", "--fault", "skew:1h")
	quiet.end(syscall.SIGTERM)
	if quiet.stderr.Len() > 0 {
		t.Errorf("it logged %s", quiet.stderr.String())
	}
}
