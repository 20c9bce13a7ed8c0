package cli_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
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

// TestARelayIsReadyWhenItHasItsLogAndASnapshot has neither NATS nor the feed be there when the relays start.
func TestARelayIsReadyWhenItHasItsLogAndASnapshot(t *testing.T) {
	t.Parallel()
	addrs := freeAddrs(t, 2)
	mock, log := "http://"+addrs[0]+"/events", "nats://"+addrs[1]+"/READY"
	relays := map[string]*mockProcess{
		"alone":            startRelay(t, mock, "--name", "desk"),
		"with a log":       startRelay(t, mock, "--name", "desk", "--log", log),
		"that only serves": startRelay(t, "--serve-only", "--log", log),
	}
	requireAll := func(when string, status int) {
		t.Helper()
		for which, relay := range relays {
			if got, again := relay.ask("/readyz"); got != status || (again == "") != (status == http.StatusOK) {
				t.Errorf("a relay %s %s: /readyz is %d, Retry-After %q", which, when, got, again)
			}
		}
	}
	requireAll("without log and feed", http.StatusServiceUnavailable)
	if status, again := relays["that only serves"].ask("/events"); status != http.StatusServiceUnavailable || again == "" {
		t.Errorf("without its log, /events is %d, Retry-After %q", status, again)
	}
	nats := startNATS(t, addrs[1])
	waitUntil(t, "the log is followed", func() bool { return relays["that only serves"].metric("livetape_log_followed") == "1" })
	requireAll("without a feed", http.StatusServiceUnavailable)
	startPart(t, addrs[0], func() *exec.Cmd { return exec.Command(livetape, "mock", "--listen", addrs[0], "--symbols", "5") })
	for which, relay := range relays {
		waitUntil(t, "a relay "+which+" is ready", func() bool { status, _ := relay.ask("/readyz"); return status == http.StatusOK })
	}
	nats.kill()
	waitUntil(t, "NATS is away", func() bool { return relays["that only serves"].metric("livetape_log_followed") == "0" })
	requireAll("that has lost its log", http.StatusOK)
}

// TestATerminatedRelayEndsItsStreamsAndHandsOver has the one that publishes end: the other takes over without waiting for its
// lease to run out, in the same epoch.
func TestATerminatedRelayEndsItsStreamsAndHandsOver(t *testing.T) {
	t.Parallel()
	mock := startMockProcess(t, "--rate", "1000")
	addr := freeAddrs(t, 1)[0]
	startNATS(t, addr)
	start := func() *mockProcess {
		return startRelay(t, mock.url+"/events", "--name", "desk", "--log", "nats://"+addr+"/TERM")
	}
	first := start()
	waitUntil(t, "it publishes", func() bool { return first.metric("livetape_log_lease") == "1" })
	second := start()
	waitUntil(t, "the other is ready", func() bool { status, _ := second.ask("/readyz"); return status == http.StatusOK })
	epoch := second.epoch()
	first.requireWholeEnds()
	waitUntil(t, "the other publishes", func() bool { return second.metric("livetape_log_lease") == "1" })
	if now := second.epoch(); now != epoch {
		t.Errorf("the epoch is %s, and was %s", now, epoch)
	}
	second.requireWholeEnds()
}

// epoch is that of a server's log.
func (p *mockProcess) epoch() string {
	p.t.Helper()
	resp, err := http.Get(p.url + "/healthz")
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	var health struct{ Epoch string }
	if err := json.NewDecoder(resp.Body).Decode(&health); err != nil {
		p.t.Fatal(err)
	}
	return health.Epoch
}

// ask is the status of an answer, and after how many seconds to come again.
func (p *mockProcess) ask(path string) (status int, retryAfter string) {
	p.t.Helper()
	resp, err := http.Get(p.url + path)
	if err != nil {
		p.t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode, resp.Header.Get("Retry-After")
}

// metric is the value of a metric without labels.
func (p *mockProcess) metric(name string) string {
	p.t.Helper()
	resp, err := http.Get(p.url + "/metrics")
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if value, found := strings.CutPrefix(lines.Text(), name+" "); found {
			return value
		}
	}
	return ""
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
