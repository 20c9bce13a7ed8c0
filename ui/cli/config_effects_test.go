package cli_test

import (
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fakeService is a service of which a test sees every request, and which answers as it is told.
type fakeService struct {
	dir   string
	asked chan *http.Request
	sent  chan string // the bodies
}

func newFakeService(t *testing.T) *fakeService {
	return &fakeService{dir: t.TempDir(), asked: make(chan *http.Request, 100), sent: make(chan string, 100)}
}

// respondWith notes the request, and sends a stream that stays open.
func (d *fakeService) respondWith(wire string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the client has gone
		}
		d.asked <- r
		d.sent <- string(body)
		wire := strings.ReplaceAll(wire, `"price":1`, fmt.Sprintf(`"price":%d`, len(d.asked))) // what comes twice is dropped
		if strings.HasPrefix(wire, "{") {
			w.Header().Set("Content-Type", "application/x-ndjson")
		} else {
			w.Header().Set("Content-Type", "text/event-stream")
		}
		_, _ = io.WriteString(w, wire)
		_ = http.NewResponseController(w).Flush()
		if !strings.Contains(wire, "retry: 10\n") { // that one ends
			<-r.Context().Done()
		}
	}
}

// nextRequest is the next one that was made, and its body.
func (d *fakeService) nextRequest(t *testing.T) (*http.Request, string) {
	t.Helper()
	select {
	case r := <-d.asked:
		return r, <-d.sent
	default: // livetape has ended
		t.Fatal("there was no such request")
		return nil, ""
	}
}

// runStream runs livetape on a configuration until it has printed so many lines, and gives both its outputs.
func (d *fakeService) runStream(t *testing.T, config string, count int, variables ...string) (printed, told string, err error) {
	t.Helper()
	path := filepath.Join(d.dir, "desk.yaml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := livetapeIn(d.dir, []string{"stream", "--config", path, "desk", "--count", fmt.Sprint(count), "-t", "{{.Symbol}} {{.Name}} {{.Last}}"}, variables...)
	var out, complaints strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err = cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stuck := time.AfterFunc(5*time.Minute, func() { _ = cmd.Process.Kill() })
	defer stuck.Stop()
	err = cmd.Wait()
	return out.String(), complaints.String(), err
}

func TestARequestIsAsTheConfigurationSays(t *testing.T) {
	t.Parallel()
	d := newFakeService(t)
	server := httptest.NewServer(d.respondWith(`{"sym":"BTC_USD","px":"61632.60"}` + "\n"))
	defer server.Close()
	defer server.CloseClientConnections()
	printed, told, err := d.runStream(t, `
feeds:
  desk:
    url: `+server.URL+`/v1/{depth}?s={symbols}&k=${DESK_KEY}
    format: ndjson
    method: POST
    headers: {X-Api-Key: "{token}", X-Client: livetape}
    token: ${DESK_TOKEN}
    body: '{"subscribe": [{symbols}]}'
    symbols: [BTC/USD]
    watchlist: metals
    join: ";"
    symbol_format: "{1}-{symbol}"
    symbol_replace: [/, _]
    vars: {depth: best}
    choices: {depth: {best: level/1}}
    map: [{symbol: {path: sym, replace: [_, /]}, last: px}]
watchlists: {metals: [XAU/USD]}
symbols: {Bitcoin: {name: the first, aliases: [BTC/USD], decimals: 9}}
`, 1, "DESK_KEY=k3y", "DESK_TOKEN=t0ken")
	if err != nil || printed != "Bitcoin the first 61632.60\n" {
		t.Errorf("printed %q, %v\n%s", printed, err, told)
	}
	r, body := d.nextRequest(t)
	if r.Method != "POST" || r.URL.Path != "/v1/level/1" || r.URL.RawQuery != "s=BTC_USD-BTC_USD;XAU_USD-XAU_USD&k=k3y" {
		t.Errorf("asked %s %s", r.Method, r.URL)
	}
	if r.Header.Get("X-Api-Key") != "t0ken" || r.Header.Get("X-Client") != "livetape" || r.Header.Get("Authorization") != "" {
		t.Errorf("sent the headers %v", r.Header)
	}
	if want := `{"subscribe": [BTC_USD-BTC_USD;XAU_USD-XAU_USD]}`; body != want {
		t.Errorf("sent %s, want %s", body, want)
	}
	for _, secret := range []string{"k3y", "t0ken"} {
		if strings.Contains(told+printed, secret) {
			t.Errorf("%s is shown:\n%s", secret, told)
		}
	}
}

func TestAnAuthorityOfOnesOwnIsTrusted(t *testing.T) {
	t.Parallel()
	d := newFakeService(t)
	server := httptest.NewUnstartedServer(d.respondWith("data: {\"symbol\":\"A\",\"price\":1}\n\n"))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of the client that does not trust it
	server.StartTLS()
	defer server.Close()
	defer server.CloseClientConnections()
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(filepath.Join(d.dir, "ca.pem"), authority, 0o600); err != nil {
		t.Fatal(err)
	}
	config := "feeds:\n  desk: {url: '" + server.URL + "/'}\n"
	if _, told, err := d.runStream(t, config, 1); err == nil || !strings.Contains(told, "certificate") {
		t.Errorf("without tls_ca: %v\n%s", err, told)
	}
	config = strings.Replace(config, "/'}", "/', tls_ca: ca.pem}", 1)
	if printed, told, err := d.runStream(t, config, 1); err != nil || printed != "A  1\n" {
		t.Errorf("printed %q, %v\n%s", printed, err, told)
	}
}

func TestAProxyIsTheConfigurationsOrThatOfTheVariables(t *testing.T) {
	t.Parallel()
	d := newFakeService(t)
	proxy := httptest.NewServer(d.respondWith("data: {\"symbol\":\"A\",\"price\":1}\n\n"))
	defer proxy.Close()
	defer proxy.CloseClientConnections()
	for _, c := range []struct{ keys, variable, want string }{
		{"proxy: '" + proxy.URL + "'", "HTTP_PROXY=http://127.0.0.1:1", "feed.example"},
		{"proxy: 'http://desk:${PASSWORD}@" + strings.TrimPrefix(proxy.URL, "http://") + "'", "PASSWORD=s3cret", "feed.example"},
		{"", "HTTP_PROXY=" + proxy.URL, "feed.example"},
		{"", "http_proxy=" + proxy.URL, "feed.example"},
	} {
		printed, told, err := d.runStream(t, "feeds:\n  desk: {url: http://feed.example/events, "+c.keys+"}\n", 1, c.variable)
		if err != nil || printed != "A  1\n" || strings.Contains(told, "s3cret") {
			t.Errorf("%s, %s: printed %q, %v\n%s", c.keys, c.variable, printed, err, told)
			continue
		}
		if r, _ := d.nextRequest(t); r.URL.Host != c.want || strings.Contains(c.keys, "PASSWORD") != (r.Header.Get("Proxy-Authorization") != "") {
			t.Errorf("%s, %s: the proxy was asked for %s by %v", c.keys, c.variable, r.URL, r.Header)
		}
	}
}

func TestWaitsAndBoundsAreTheConfigurations(t *testing.T) {
	t.Parallel()
	const tick = "data: {\"symbol\":\"A\",\"price\":1}\n\n"
	manyRows := "data: {\"q\":" + rows(25_000, func(n int) string { return fmt.Sprintf(`{"s":"A","p":%d}`, n) }) + "}\n\n"
	for _, c := range []struct {
		name, keys, wire string
		count            int
		says             []string
	}{
		{"silence", "idle_timeout: 1s", tick, 2, []string{"nothing received for 1 s", "cannot replay"}},
		{"a wait", "retry_min: 300ms", "retry: 10\n" + tick, 2, []string{"the server ended the stream · retry in 0.3 s"}},
		{"no long wait", "retry_max: 1s", "retry: 10000\nretry: 10\n" + tick + "retry: 30000\n\n", 2, []string{"the server ended the stream · retry in 1.0 s"}},
		{"a large event", "max_event: 1KiB", "data: {\"symbol\":\"" + strings.Repeat("B", 2000) + "\"}\n\n" + tick, 1, []string{"event of over 1024 bytes skipped"}},
		{"the memory of a feed", "{memory: 1MiB, map: [{each: q, merge: $key, symbol: s, last: p}]}", manyRows, 25_000, []string{"more than 1 MiB would have to be kept of this feed"}},
		{"an id in a parameter", "resume: 'since={id}'", "retry: 10\nid: 7\n" + tick, 2, []string{"asked to resume after 7"}},
		{"an id in the payload", "{resume: 'since={id}', resume_id: n, map: [{last: price}]}", "retry: 10\ndata: {\"n\":7,\"price\":1}\n\n", 2, []string{"asked to resume after 7"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newFakeService(t)
			server := httptest.NewServer(d.respondWith(c.wire))
			defer server.Close()
			defer server.CloseClientConnections()
			keys := strings.TrimSuffix(strings.TrimPrefix(c.keys, "{"), "}")
			printed, told, err := d.runStream(t, "feeds:\n  desk: {url: '"+server.URL+"/e', "+keys+"}\n", c.count)
			if err != nil || strings.Count(printed, "\n") != c.count {
				t.Errorf("printed %q, %v\n%s", printed, err, told)
			}
			for _, words := range c.says {
				if !strings.Contains(told, words) {
					t.Errorf("%q is not told:\n%s", words, told)
				}
			}
			if d.nextRequest(t); strings.Contains(c.keys, "since") {
				if r, _ := d.nextRequest(t); r.URL.RawQuery != "since=7" || r.Header.Get("Last-Event-ID") != "" {
					t.Errorf("it resumes by %s and %v", r.URL, r.Header)
				}
			}
		})
	}
}

// rows is a JSON list, each row of which is made of its number.
func rows(count int, row func(n int) string) string {
	var b strings.Builder
	for n := range count {
		if n > 0 {
			b.WriteByte(',')
		}
		b.WriteString(row(n))
	}
	return "[" + b.String() + "]"
}
