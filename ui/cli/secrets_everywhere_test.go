package cli_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"livetape/ui/cli"
)

// placedSecret is a secret in one of the places where a feed can have one.
type placedSecret struct {
	place  string
	query  string // of the URL
	user   string // of the URL, with the @
	header string // "Name: value"
	secret string // as it must not be seen, once decoded
}

// secretPlaces are run through everything that livetape shows, writes or prints.
func secretPlaces() []placedSecret {
	var places []placedSecret
	for _, name := range []string{"token", "sig", "pwd", "api_key", "apiKey", "access_token", "X-Signature", "auth", "session", "jwt", "hmac", "code", "%74oken", "tok", "sess_id"} {
		secret := strings.ToLower(strings.Trim(name, "%")) + "/of+s3cret="
		places = append(places, placedSecret{place: "?" + name, query: name + "=" + url.QueryEscape(secret), secret: secret})
	}
	for _, name := range []string{"Authorization", "X-Api-Key", "Proxy-Authorization", "X-Auth", "X-Session-Name", "X-Passcode"} {
		secret := strings.ToLower(name) + "-s3cret/\"=<&"
		places = append(places, placedSecret{place: name, header: name + ": Bearer " + secret, secret: secret})
	}
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("desk:basic-s3cret-1"))
	return append(places,
		placedSecret{place: "a value without a name", query: "bare-s3cret-value", secret: "bare-s3cret-value"},
		placedSecret{place: "user and password", user: "desk:userinfo-s3cret@", secret: "userinfo-s3cret"},
		placedSecret{place: "Basic", header: "Authorization: " + basic, secret: "basic-s3cret-1"},
		placedSecret{place: "Cookie", header: "Cookie: sid=cookie-s3cret; n=1", secret: "cookie-s3cret"},
	)
}

// forms are the ways in which a server may write the secret.
func (p placedSecret) forms() []string {
	quoted, err := json.Marshal(p.secret)
	if err != nil {
		panic(err) // a string has a JSON form
	}
	escaped := url.QueryEscape(p.secret)
	encoded := base64.StdEncoding.EncodeToString([]byte(p.secret))
	return []string{encoded, strings.TrimRight(encoded, "="), base64.URLEncoding.EncodeToString([]byte(p.secret)), fmt.Sprintf("%x", p.secret),
		p.secret, escaped, strings.ToLower(escaped), url.PathEscape(p.secret), strings.Trim(string(quoted), `"`), strings.ReplaceAll(p.secret, "/", "&#x2F;")}
}

// parrot repeats everything that it was sent, in every form and wherever a server can. It ends its second answer, and
// refuses the third.
func (p placedSecret) parrot(t *testing.T) string {
	calls := make(chan int, 1)
	calls <- 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call := <-calls + 1
		calls <- call
		said := strings.Join(p.forms(), " ")
		if call%3 == 0 {
			http.Error(w, "you sent "+said, http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		quoted, err := json.Marshal(said)
		if err != nil {
			t.Error(err)
		}
		fmt.Fprintf(w, ": %s\nretry: 10\nevent: price\nid: %s\ndata: {\"symbol\":\"NVDA\",\"name\":%s,\"last\":\"1\"}\n\n", said, said, quoted)
		fmt.Fprintf(w, "event: news\ndata: {\"id\":\"1\",\"headline\":%s,\"source\":%s}\n\n", quoted, quoted)
		fmt.Fprintf(w, "event: price\ndata: {\"symbol\":%s}\n\nevent: %s\ndata: %s\n\nevent: error\ndata: %s\n\n", quoted, said, said, said)
	}))
	t.Cleanup(server.Close)
	return "http://" + p.user + strings.TrimPrefix(server.URL, "http://") + "/events?symbols=NVDA&" + p.query
}

// args are the URL of the parrot and the header.
func (p placedSecret) args(t *testing.T) []string {
	if p.header == "" {
		return []string{p.parrot(t)}
	}
	return []string{p.parrot(t), "-H", p.header}
}

// run runs a command to its end and returns what it printed.
func (p placedSecret) run(t *testing.T, args ...string) string {
	t.Helper()
	var said stderrBuffer
	cli.Run(t.Context(), args, strings.NewReader(""), &said, &said)
	return said.String()
}

// screen is all that watch writes to a terminal, with the panes that show what a server says.
func (p placedSecret) screen(t *testing.T) string {
	term := startScreen(t, 160, 40, append([]string{"watch"}, p.args(t)...)...)
	term.waitForText("NVDA")
	term.press("!")
	term.waitForText("403")
	term.press("f\r")
	term.waitForText("idle_timeout")
	term.press("q")
	term.waitForExit()
	return term.output()
}

// config is what config check says of a file in which the lines with the secret are wrong.
func (p placedSecret) config(t *testing.T) string {
	file := filepath.Join(t.TempDir(), "livetape.yaml")
	lines := "feeds:\n  desk:\n    url: http://" + p.user + "desk.example/?" + p.query + "\n      wrong: indentation\n"
	flow := "feeds: {desk: {url: \"http://" + p.user + "desk.example/?" + p.query + "\", preset: none-such}}\n"
	if p.header != "" {
		name, value, _ := strings.Cut(p.header, ": ")
		lines = "feeds:\n  desk:\n    url: http://desk.example/\n    headers:\n      " + name + ": '" + value + "'\n        wrong: indentation\n"
		flow = "feeds: {desk: {url: http://desk.example/, headers: {" + name + ": '" + value + "', 7: [x]}}}\n"
	}
	var said string
	for _, text := range []string{lines, flow} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		said += p.run(t, "config", "check", "--config", file)
	}
	return said
}

// record is what a recording holds, and what record says.
func (p placedSecret) record(t *testing.T) string {
	return p.inTime("NVDA", func(limit string) string {
		file := filepath.Join(t.TempDir(), "desk.tape")
		said := p.run(t, append([]string{"record", "--for", limit, "--record", file}, p.args(t)...)...)
		return said + contentOf(t, file)
	})
}

// inTime is what a run for a second says, and, where that does not hold a text, one for longer: a busy machine may need that.
func (p placedSecret) inTime(must string, run func(limit string) string) string {
	text := run("1s")
	if !strings.Contains(text, must) {
		text += run("20s")
	}
	return text
}

func TestASecretIsSeenNowhere(t *testing.T) {
	t.Parallel()
	shown := []struct {
		where string
		text  func(placedSecret, *testing.T) string
		must  string // what it holds when it worked
	}{
		{"the screen and its log", placedSecret.screen, "NVDA"},
		{"a recording", placedSecret.record, "NVDA"},
		{"config check", placedSecret.config, "livetape.yaml:"},
		{"check", func(p placedSecret, t *testing.T) string {
			return p.inTime("NVDA", func(limit string) string { return p.run(t, append([]string{"check", "--for", limit}, p.args(t)...)...) })
		}, "NVDA"},
		{"stream", func(p placedSecret, t *testing.T) string {
			return p.inTime("NVDA", func(limit string) string {
				return p.run(t, append([]string{"stream", "--for", limit, "-o", "json"}, p.args(t)...)...)
			})
		}, "NVDA"},
		{"errors", func(p placedSecret, t *testing.T) string {
			return p.run(t, append([]string{"stream", "--proxy", "http://" + p.user + "127.0.0.1:1/?" + p.query}, append(p.args(t), "--for", "1s")...)...) +
				p.run(t, append([]string{"watch", "--no-such-flag"}, p.args(t)...)...) +
				p.run(t, p.args(t)[0])
		}, "livetape"},
	}
	for _, p := range secretPlaces() {
		t.Run(p.place, func(t *testing.T) {
			t.Parallel()
			for _, s := range shown {
				t.Run(s.where, func(t *testing.T) {
					t.Parallel()
					text := s.text(p, t)
					if !strings.Contains(text, s.must) {
						t.Errorf("it does not hold %s:\n%s", s.must, text)
					}
					if i := slices.IndexFunc(p.forms(), func(form string) bool { return strings.Contains(text, form) }); i >= 0 {
						t.Errorf("it shows %s:\n%s", p.forms()[i], text)
					}
				})
			}
		})
	}
}
