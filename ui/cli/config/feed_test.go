package config_test

import (
	"context"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed"
	"livetape/ui/cli/config"
)

func parse(t *testing.T, dir, source string) *config.File {
	t.Helper()
	f, err := config.Parse(filepath.Join(dir, "livetape.yaml"), []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// variables is an environment.
func variables(pairs ...string) config.Environment {
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return config.Environment{Lookup: func(name string) (string, bool) { v, ok := values[name]; return v, ok }}
}

func TestAFeedIsWhatItsPresetAndItsOwnKeysSay(t *testing.T) {
	f := parse(t, "", `
feeds:
  desk:
    url: https://desk.example/events?s={symbols}
    symbols: [A]
    watchlist: tech
    headers: {x-client: livetape}
    idle_timeout: 20s
    max_event: 2MiB
  metals:
    preset: pyth
    symbols: [XAU/USD]
    headers: {authorization: "Bearer ${OTHER}"}
watchlists:
  tech: [NVDA, MSFT]
`)
	if diff := cmp.Diff([]string{"desk", "metals"}, f.Names()); diff != "" {
		t.Error(diff)
	}
	desk, err := f.Config("desk", variables())
	if err != nil {
		t.Fatal(err)
	}
	if desk.Name != "desk" || desk.URL != "https://desk.example/events?s=A,NVDA,MSFT" || desk.IdleTimeout != 20*time.Second || desk.MaxEvent != 2<<20 {
		t.Errorf("desk is %+v", desk)
	}
	if diff := cmp.Diff(map[string]string{"X-Client": "livetape"}, desk.Header); diff != "" {
		t.Error(diff)
	}
	metals, err := f.Config("metals", variables("OTHER", "s3cret"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"Authorization": "Bearer ${OTHER}"}, metals.Header); diff != "" {
		t.Errorf("the headers: want (-), got (+):\n%s", diff)
	}
	if !strings.HasPrefix(metals.URL, "https://pyth.dourolabs.app/hermes/v2/updates/price/stream?ids[]=765d2ba") || metals.IdleTimeout != 40*time.Second {
		t.Errorf("metals is %+v", metals)
	}
}

func TestHowAFeedIsReachedIsSaidToWhoeverReachesIt(t *testing.T) {
	dir := t.TempDir()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(filepath.Join(dir, "ca.pem"), authority, 0o600); err != nil {
		t.Fatal(err)
	}
	f := parse(t, dir, `
feeds:
  desk:
    url: https://desk.example/quotes
    format: ndjson
    method: POST
    body: '["{a}", "{symbols}", "${SESSION}"]'
    symbols: [A, B]
    vars: {a: x}
    resume: since={id}
    retry_min: 2s
    retry_max: 1m
    idle_timeout: never
    quiet_after: 5m
    tls_ca: ca.pem
    proxy: http://me:${PASS}@proxy.example:3128
`)
	got, err := f.Config("desk", variables("SESSION", "s", "PASS", "p"))
	if err != nil {
		t.Fatal(err)
	}
	got.Decoder = nil
	want := feed.Config{
		Name: "desk", URL: "https://desk.example/quotes", Format: feed.NDJSON, Method: "POST", Header: map[string]string{},
		Body: `["x", "A,B", "${SESSION}"]`, AsksSymbols: true, Resume: "since={id}", RetryMin: 2 * time.Second, RetryMax: time.Minute,
		IdleTimeout: -1, QuietAfter: 5 * time.Minute, MaxEvent: 1 << 20, Memory: 64 << 20, CAFiles: []string{filepath.Join(dir, "ca.pem")},
		Proxy: "http://me:${PASS}@proxy.example:3128",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
}

func TestATokenGoesWhereItIsAskedFor(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "token"), []byte("fr0m-a-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ feed, url, header, value string }{
		"by itself":       {"url: https://a.example/, token: '${T}'", "https://a.example/", "Authorization", "Bearer ${T}"},
		"over the preset": {"preset: pyth, symbols: [BTC/USD], token: '${T}'", "", "Authorization", "Bearer ${T}"},
		"in a header":     {"url: https://a.example/, token: '${T}', headers: {x-key: 'v1 {token}'}", "https://a.example/", "X-Key", "v1 ${T}"},
		"a variable":      {"url: https://a.example/, token: '${T}', headers: {x-key: '${token} {token}'}", "https://a.example/", "X-Key", "${token} ${T}"},
		"in the url":      {"url: 'https://a.example/?t={token}', token: '${T}'", "https://a.example/?t=${T}", "", ""},
		"of a file":       {"url: https://a.example/, token_file: token", "https://a.example/", "Authorization", "Bearer ${the token}"},
		"of a file, bare": {"url: https://a.example/, token_file: token, headers: {Authorization: '{token}'}", "https://a.example/", "Authorization", "${the token}"},
	} {
		t.Run(name, func(t *testing.T) {
			f := parse(t, dir, "feeds:\n  desk: {"+c.feed+"}\n")
			got, err := f.Config("desk", variables("T", "s3cret", "PYTH_API_KEY", "x", "token", "x"))
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]string{}
			if c.header != "" {
				want[c.header] = c.value
			}
			if diff := cmp.Diff(want, got.Header); diff != "" {
				t.Errorf("headers: want (-), got (+):\n%s", diff)
			}
			if c.url != "" && got.URL != c.url {
				t.Errorf("the url is %s", got.URL)
			}
		})
	}
}

func TestWhatIsMissingAroundAFileIsNamedAndNeverShown(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("empty", " \n")
	write("two", "s3cret\ns3cret\n")
	write("nested", "s3cret${OTHER}")
	write("long", strings.Repeat("s3cret", 5000))
	for _, c := range []struct{ feed, want string }{
		{"url: https://a.example/, token: '${UNSET}'", `livetape.yaml:2:42: environment variable UNSET is not set or empty
    2 |   desk: {url: https://a.example/, token: '${UNSET}'}
      |                                          ^`},
		{"url: 'https://${UNSET}.a.example/?k=${EMPTY}'", `livetape.yaml:2:15: environment variable EMPTY is not set or empty`},
		{"url: https://a.example/, headers: {X-Key: '${UNSET}'}", `livetape.yaml:2:52: environment variable UNSET is not set or empty`},
		{"url: https://a.example/, method: POST, body: '${UNSET}'", `environment variable UNSET is not set or empty`},
		{"url: https://a.example/, token: '${BROKEN}'", `livetape.yaml:2:42: environment variable BROKEN holds a line break or another control character`},
		{"preset: pyth", `livetape.yaml:2:9: environment variable PYTH_API_KEY is not set or empty`},
		{"url: https://a.example/, token_file: gone", `gone: no such file or directory`},
		{"url: https://a.example/, token_file: .", `is a directory`},
		{"url: https://a.example/, token_file: empty", `empty is empty`},
		{"url: https://a.example/, token_file: two", `two has more than one line`},
		{"url: https://a.example/, token_file: nested", `nested holds ${`},
		{"url: https://a.example/, token_file: long", `long is too long for a token`},
		{"url: https://a.example/, token_command: [no-such-program, s3cret]", `there is no program "no-such-program" to run`},
		{"url: https://a.example/, token_command: [./gone]", `there is no program "./gone" to run`},
		{"url: https://a.example/, tls: {cert: gone.pem, key: two}", `gone.pem: no such file or directory`},
		{"url: https://a.example/, tls: {cert: two, key: two}", `two: holds no certificate in PEM form`},
		{"url: https://a.example/, tls_ca: /dev/zero", `/dev/zero: is over 4 MiB, too large for a file of certificates`},
		{"url: https://a.example/, token_file: /dev/zero", `/dev/zero is too long for a token`},
		{"url: https://a.example/, tls_ca: gone.pem", `gone.pem: no such file or directory`},
		{"url: https://a.example/, tls_ca: two", `two: holds no certificate in PEM form`},
		{"url: https://a.example/, proxy: 'http://${UNSET}@proxy.example'", `environment variable UNSET is not set or empty`},
	} {
		f := parse(t, dir, "feeds:\n  desk: {"+c.feed+"}\n")
		_, err := f.Config("desk", variables("EMPTY", "", "OTHER", "s3cret", "BROKEN", "s3cret\r\nX: y"))
		if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), dir+"/", ""), c.want) {
			t.Errorf("%s: it says:\n%v\nwant:\n%s", c.feed, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: the secret is shown:\n%v", c.feed, err)
		}
	}
}

func TestAProgramPrintsTheToken(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	program := "#!/bin/sh\necho \"s3cret $1\" >&2\ncase $2 in ok) echo \"$1\";; fail) exit 3;; *) cat /dev/zero;; esac\n"
	if err := os.WriteFile(filepath.Join(dir, "mint"), []byte(program), 0o700); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprintf(w, "data: %s\n\n", r.Header.Get("Authorization"))
	}))
	defer server.Close()
	for args, want := range map[string]string{
		"'s3cret;id', ok":  "•••",
		"s3cret, fail":     "token_command: ./mint failed (exit status 3): run it by hand to see why",
		"s3cret, for-ever": "token_command: the output of ./mint is too long for a token",
	} {
		f := parse(t, dir, "feeds:\n  desk: {url: '"+server.URL+"', token_command: [./mint, "+args+"]}\n")
		c, err := f.Config("desk", variables())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		t.Cleanup(cancel)
		set, err := feed.Start(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		for ev := range set.Events() {
			got := ""
			switch {
			case ev.Message != nil:
				got = string(ev.Message.Data)
			case ev.Status != nil && ev.Status.State == feed.Failed:
				got = ev.Status.Cause
			}
			if got == "" {
				continue
			}
			if got != want {
				t.Errorf("%s: %q", args, got)
			}
			cancel()
		}
	}
}

func TestAFeedThatIsNotThereIsGuessed(t *testing.T) {
	for source, want := range map[string]string{
		"feeds:\n  desk: {url: https://a.example/}\n": `there is no feed "dsek" in livetape.yaml (did you mean "desk"?)`,
		"": `there is no feed "dsek": livetape.yaml names none`,
	} {
		_, err := parse(t, "", source).Config("dsek", variables())
		if err == nil || err.Error() != want {
			t.Errorf("it says %v", err)
		}
	}
}

func TestFeedsAreNamedInAnyScript(t *testing.T) {
	for name, good := range map[string]bool{
		"desk": true, "7": true, "Börse": true, "東証.2": true, "a_b-c": true, strings.Repeat("ö", 64): true,
		strings.Repeat("ö", 65): false, ".desk": false, "-desk": false, "_desk": false, "a b": false, "a/b": false,
	} {
		_, err := config.Parse("livetape.yaml", []byte(fmt.Sprintf("feeds:\n  %q: {url: https://a.example/}\n", name)))
		if (err == nil) != good {
			t.Errorf("%q: %v", name, err)
		}
	}
}
