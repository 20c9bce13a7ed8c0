package cli_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"livetape/ui/cli"
)

// startRelay runs `livetape relay` on a free port until the test ends.
func startRelay(t testing.TB, args ...string) *mockProcess {
	t.Helper()
	return startServing(t, append([]string{"relay", "--listen", "127.0.0.1:0"}, args...)...)
}

// askFor injects a fault into a mock server.
func (p *mockProcess) askFor(fault string) {
	p.t.Helper()
	resp, err := http.Post(p.url+"/faults", "text/plain", strings.NewReader(fault))
	if err != nil {
		p.t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		p.t.Fatalf("%s: %s", fault, resp.Status)
	}
}

func TestAScreenBehindARelaySaysHowTheFeedBehindItIs(t *testing.T) {
	t.Parallel()
	mock := startMockProcess(t, "--symbols", "5")
	relay := startRelay(t, mock.url+"/events", "--name", "desk")
	screen := startScreen(t, 120, 30, "watch", relay.url+"/events", "--name", "relay")
	screen.waitForText("● relay", "● desk", "NVDA")
	mock.askFor("status=401:2s")
	screen.waitForText("● relay", "↻ desk", "401", "not live: desk")
	screen.waitForText("● relay", "● desk", "gap ")
	mock.end(syscall.SIGKILL)
	screen.waitForText("● relay", "↻ desk", "refused")
	relay.end(syscall.SIGKILL)
	screen.waitForText("↻ relay", "↻ desk")
}

func TestAStreamBehindARelayNamesTheFeedBehindIt(t *testing.T) {
	t.Parallel()
	mock := startMockProcess(t, "--symbols", "5")
	relay := startRelay(t, mock.url+"/events", "--name", "desk")
	s := startStream(t, relay.url+"/events", "--name", "relay", "--template", "{{.Feed}} {{.Kind}}", "--count", "50")
	for range 50 {
		if line := s.next(); !strings.HasPrefix(line, "desk ") {
			t.Errorf("a line of %s", line)
		}
	}
	if said := s.stderr.String(); !strings.Contains(said, "livetape: desk: live") {
		t.Errorf("it does not say how desk is: %s", said)
	}
}

func TestARelaySaysAtOnceWhatIsWrongWithItsCommandLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"relay", "http://127.0.0.1:1/events", "--listen", "8080"}, "--listen 8080 is not of the form"},
		{[]string{"relay", "http://127.0.0.1:1/events", "--listen", "0.0.0.0:0"}, "there is no token (--token-file) and no TLS"},
		{[]string{"relay", "http://127.0.0.1:1/events", "--listen", ":0", "--tls"}, "there is no token (--token-file)"},
		{[]string{"relay", "http://127.0.0.1:1/events", "--listen", ":0", "--token", "${LIVETAPE_TEST_TOKEN}"}, "there is no TLS"},
		{[]string{"relay", "http://127.0.0.1:1/events", "--token", "s3cret"}, "must not be on the command line"},
		{[]string{"relay", "http://127.0.0.1:1/events", "--token-file", "/nonexistent/tokens"}, "--token-file"},
		{[]string{"relay", "nowhere", "--config", "/nonexistent/livetape.yaml"}, "livetape.yaml"},
		{[]string{"relay", "http://127.0.0.1:1/events", "--max-clients", "-1"}, "max clients"},
	} {
		var said bytes.Buffer
		code := cli.Run(t.Context(), c.args, nil, io.Discard, &said)
		if code == 0 || !strings.Contains(said.String(), c.says) {
			t.Errorf("%q: exit code %d, %s", c.args, code, &said)
		}
	}
}

func TestOnlyThoseWithATokenReadARelay(t *testing.T) {
	t.Parallel()
	mock := startMockProcess(t, "--symbols", "5")
	relay := startRelay(t, mock.url+"/events", "--name", "desk", "--token", "${LIVETAPE_TEST_TOKEN}")
	screen := startScreen(t, 120, 30, "watch", relay.url+"/events", "--name", "relay", "-H", "Authorization: Bearer ${LIVETAPE_TEST_TOKEN}")
	screen.waitForText("● relay", "● desk", "NVDA")
	stranger := startScreen(t, 120, 30, "watch", relay.url+"/events", "--name", "relay")
	stranger.waitForText("FAILED", "401")
	relay.end(syscall.SIGTERM)
	if said := relay.banner + relay.stderr.String(); strings.Contains(said, "s3cret") {
		t.Errorf("the relay says its token: %s", said)
	}
}
