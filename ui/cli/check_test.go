package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	yaml "github.com/goccy/go-yaml"

	"livetape/feed/decode/preset"
	"livetape/ui/cli"
)

// runCheck runs livetape check on a server and gives its exit code and what it wrote.
func runCheck(t *testing.T, h http.HandlerFunc, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	var out, complaints bytes.Buffer
	code = cli.Run(t.Context(), append([]string{"check", server.URL + "/events", "--count", "2"}, args...), strings.NewReader(""), &out, &complaints)
	return code, out.String(), complaints.String()
}

// sseHandler answers with a whole event stream.
func sseHandler(wire string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, wire)
	}
}

const twoTicks = "data: {\"sym\":\"NVDA\",\"px\":\"181.46\"}\n\ndata: {\"sym\":\"AMD\",\"px\":\"99.10\"}\n\n"

func TestCheckSaysInItsExitCodeHowItWent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		args   []string
		code   int
		says   string
	}{
		{"understood", sseHandler(twoTicks), nil, cli.ExitOK, "✓ connected and understood"},
		{"unmapped", sseHandler("data: {\"status\":\"checked out\"}\n\n"), nil, cli.ExitUnmapped, "! connected, but nothing that came is a price"},
		{"no stream", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") }, nil, cli.ExitNotAStream, "✗ this is no event stream"},
		{"refused", http.NotFound, nil, cli.ExitRefused, "✗ the server gives no stream: 404"},
		{"lines", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, "{\"sym\":\"NVDA\",\"px\":\"181.46\"}\n{\"sym\":\"AMD\",\"px\":\"99.10\"}\n")
		}, []string{"--format", "ndjson"}, cli.ExitOK, "format: ndjson"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, complaints := runCheck(t, c.answer, c.args...)
			if code != c.code || !strings.Contains(out, c.says) || complaints != "" {
				t.Errorf("exit code %d, want %d\n%s%s", code, c.code, out, complaints)
			}
		})
	}
}

func TestCheckOfNobodyIsRefused(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if code := cli.Run(t.Context(), []string{"check", "http://127.0.0.1:1"}, nil, &out, &out); code != cli.ExitRefused || !strings.Contains(out.String(), "connection refused") {
		t.Errorf("exit code %d\n%s", code, &out)
	}
}

func TestCheckReportsAsJSON(t *testing.T) {
	t.Parallel()
	code, out, _ := runCheck(t, sseHandler(twoTicks), "-o", "json", "--name", "desk")
	var report struct {
		Verdict string
		Reading struct {
			Symbols []struct{ Symbol, Last string }
		}
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	if code != cli.ExitOK || report.Verdict != "understood" || len(report.Reading.Symbols) != 2 || report.Reading.Symbols[1].Last != "99.10" {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

func TestCheckWritesWhatItFoundToANewFileOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "desk.yaml")
	code, _, complaints := runCheck(t, sseHandler(twoTicks), "--write", path, "--name", "desk")
	written, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Feeds map[string]preset.Definition `yaml:"feeds"`
	}
	err = yaml.UnmarshalWithOptions(written, &config, yaml.Strict())
	d := config.Feeds["desk"]
	if code != cli.ExitOK || err != nil || len(d.Map) != 1 || !strings.Contains(complaints, "written to") {
		t.Errorf("exit code %d, %v\n%s%s", code, err, written, complaints)
	}
	if err := d.Validate(); err != nil {
		t.Error(err)
	}
	asked := false
	code, _, complaints = runCheck(t, func(http.ResponseWriter, *http.Request) { asked = true }, "--write", path)
	if code != cli.ExitUsage || asked || !strings.Contains(complaints, "not overwritten") {
		t.Errorf("exit code %d, asked %v\n%s", code, asked, complaints)
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, written) {
		t.Error("the file was changed")
	}
}

func TestCheckEndsWithTheReportSoFarWhenItIsInterrupted(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sseHandler(twoTicks)(w, r)
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		stop()
		<-r.Context().Done()
	}))
	defer server.Close()
	var out bytes.Buffer
	cli.Run(ctx, []string{"check", server.URL, "--for", "1h"}, nil, &out, &out)
	if !strings.Contains(out.String(), "livetape check http://127.0.0.1") || !strings.Contains(out.String(), "connection\n") {
		t.Errorf("there is no report:\n%s", &out)
	}
}

func TestCheckTriesTheSettingsOfAConfiguredFeed(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(sseHandler(twoTicks))
	defer server.Close()
	path := filepath.Join(t.TempDir(), "livetape.yaml")
	text := "feeds:\n  mapped: {url: " + server.URL + ", map: [{symbol: sym, bid: px}]}\n  bare: {url: " + server.URL + "}\n  wrong: {url: " + server.URL + ", map: [{symbol: a, bid: b}]}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		feed string
		code int
		says string
	}{
		{"mapped", cli.ExitOK, "the feed's own settings read 2 of 2 events"},
		{"bare", cli.ExitOK, "a map was found that reads 2 of 2 events"},
		{"wrong", cli.ExitUnmapped, "the feed's own settings read none of 2 events"},
	} {
		var out bytes.Buffer
		code := cli.Run(t.Context(), []string{"check", c.feed, "--config", path, "--count", "2"}, nil, &out, &out)
		if code != c.code || !strings.Contains(out.String(), c.says) {
			t.Errorf("%s: exit code %d\n%s", c.feed, code, &out)
		}
	}
}

func TestCheckTimesTLSWithTheAuthorityOfAConfiguration(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(sseHandler(twoTicks))
	defer server.Close()
	dir := t.TempDir()
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(filepath.Join(dir, "authority.pem"), authority, 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "livetape.yaml")
	text := "feeds:\n  known: {url: " + server.URL + ", tls_ca: authority.pem}\n  stranger: {url: " + server.URL + "}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct {
		code int
		says *regexp.Regexp
	}{
		"known":    {cli.ExitOK, regexp.MustCompile(`✓ timing +TCP [\d.]+ ms · TLS 1\.3 [\d.]+ ms · answer after [\d.]+ ms`)},
		"stranger": {cli.ExitRefused, regexp.MustCompile(`✗ answer +TLS certificate is signed by an unknown authority`)},
	} {
		var out bytes.Buffer
		code := cli.Run(t.Context(), []string{"check", name, "--config", path, "--count", "2"}, nil, &out, &out)
		if code != want.code || !want.says.MatchString(out.String()) {
			t.Errorf("%s: exit code %d\n%s", name, code, &out)
		}
	}
}

func TestCheckPrintsWhatItFindsAsItFindsItAndCountsOnATerminal(t *testing.T) {
	t.Parallel()
	more := make(chan struct{})
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "data: {\"sym\":\"NVDA\",\"px\":\"181.46\"}\n\n")
		http.NewResponseController(w).Flush()
		select {
		case <-more:
			io.WriteString(w, "data: {\"sym\":\"AMD\",\"px\":\"99.10\"}\n\n")
		case <-r.Context().Done():
		}
	}))
	term := startScreen(t, 100, 50, "check", url, "--count", "2", "--for", "1m")
	counting := regexp.MustCompile(`(?m)^ *\d+ s  listening · 1 event\s*$`)
	early := term.waitFor("the answer's line and a counter", func(screen string) bool {
		return strings.Contains(screen, "✓ status") && counting.MatchString(screen)
	})
	if strings.Contains(early, "payloads") {
		t.Errorf("it has judged the payloads before they came:\n%s", early)
	}
	close(more)
	if code := term.waitForExit(); code != cli.ExitOK {
		t.Errorf("exit code %d", code)
	}
	if end := term.waitForText("payloads", "connected and understood"); counting.MatchString(end) {
		t.Errorf("the counter stays:\n%s", end)
	}
}
