package access_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"livetape/mockserver/access"
)

const tokens = `
desk: 5b0f3c
class:
  token: 91ac77
  symbols: [NVDA]
  feeds: [desk]
`

func tokenFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "tokens")
	writeTokens(t, file, text)
	return file
}

func writeTokens(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, text string) *access.Readers {
	t.Helper()
	r, err := access.Open(tokenFile(t, text), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// who answers with the name of the reader.
func who(w http.ResponseWriter, r *http.Request) {
	reader, _ := access.Of(r)
	io.WriteString(w, reader.Name+" "+strings.Join(reader.Symbols, ",")+" "+strings.Join(reader.Feeds, ","))
}

// ask makes a request from an address; header holds names and values in turn.
func ask(r *access.Readers, from string, header ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodGet, "/events", nil)
	req.RemoteAddr = from + ":5000"
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	r.Guard(http.HandlerFunc(who)).ServeHTTP(w, req)
	return w
}

func TestEachTokenIsOfAReader(t *testing.T) {
	t.Parallel()
	r := open(t, tokens)
	for shown, want := range map[string]string{"Bearer 5b0f3c": "desk  ", "bearer  91ac77": "class NVDA desk"} {
		if w := ask(r, "192.0.2.1", "Authorization", shown); w.Code != http.StatusOK || w.Body.String() != want {
			t.Errorf("%s is answered %d %q, want %q", shown, w.Code, w.Body, want)
		}
	}
	if w := ask(open(t, "one-alone\n"), "192.0.2.1", "Authorization", "Bearer one-alone"); w.Code != http.StatusOK {
		t.Errorf("one token alone in a file is answered %d", w.Code)
	}
	if w := ask(access.One("s3cret"), "192.0.2.1", "Authorization", "Bearer s3cret"); w.Code != http.StatusOK {
		t.Errorf("the one token is answered %d", w.Code)
	}
}

func TestEveryRefusalIsTheSame(t *testing.T) {
	t.Parallel()
	r := open(t, tokens)
	first := ask(r, "192.0.2.1")
	if first.Code != http.StatusUnauthorized || first.Header().Get("WWW-Authenticate") != "Bearer" {
		t.Fatalf("%d %v", first.Code, first.Header())
	}
	for _, header := range [][]string{
		{"Authorization", "Bearer 5b0f3"}, {"Authorization", "Bearer 5b0f3c0"}, {"Authorization", "Basic 5b0f3c"},
		{"Authorization", "Bearer"}, {"Authorization", "Bearer desk"}, {"Cookie", "livetape_session=5b0f3c"}, {"Cookie", "livetape_session="},
	} {
		w := ask(r, "192.0.2.1", header...)
		if w.Code != first.Code || w.Body.String() != first.Body.String() || len(w.Header()) != len(first.Header()) {
			t.Errorf("%q is answered %d %s, and nothing at all %d %s", header, w.Code, w.Body, first.Code, first.Body)
		}
	}
}

func TestATokenInAURLIsNone(t *testing.T) {
	t.Parallel()
	req := httptest.NewRequest(http.MethodGet, "/events?token=s3cret&access_token=s3cret", nil)
	w := httptest.NewRecorder()
	access.One("s3cret").Guard(http.HandlerFunc(who)).ServeHTTP(w, req)
	if w.Code != http.StatusUnauthorized {
		t.Errorf("it is answered %d", w.Code)
	}
}

func TestWhoIsRefusedTooOftenHasToWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := access.One("s3cret")
		for i := range 10 {
			if w := ask(r, "192.0.2.1", "Authorization", "Bearer wrong"); w.Code != http.StatusUnauthorized {
				t.Fatalf("refusal %d is %d", i+1, w.Code)
			}
		}
		w := ask(r, "192.0.2.1", "Authorization", "Bearer s3cret")
		if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "6" {
			t.Errorf("then it is %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
		}
		if w := ask(r, "192.0.2.2", "Authorization", "Bearer s3cret"); w.Code != http.StatusOK {
			t.Errorf("another address is answered %d", w.Code)
		}
		<-time.After(7 * time.Second)
		if w := ask(r, "192.0.2.1", "Authorization", "Bearer s3cret"); w.Code != http.StatusOK {
			t.Errorf("after the wait it is answered %d", w.Code)
		}
	})
}

func TestBehindAProxyOfThisMachineTheClientsAreToldApart(t *testing.T) {
	t.Parallel()
	r := access.One("s3cret")
	for range 20 {
		ask(r, "127.0.0.1", "Authorization", "Bearer wrong", "X-Forwarded-For", "1.1.1.1, 192.0.2.1")
	}
	if w := ask(r, "127.0.0.1", "Authorization", "Bearer s3cret", "X-Forwarded-For", "192.0.2.9"); w.Code != http.StatusOK {
		t.Errorf("another client of the proxy is answered %d", w.Code)
	}
	// Whoever comes from elsewhere is not believed.
	for range 20 {
		ask(r, "192.0.2.7", "Authorization", "Bearer wrong", "X-Forwarded-For", "192.0.2.9")
	}
	if w := ask(r, "127.0.0.1", "Authorization", "Bearer s3cret", "X-Forwarded-For", "192.0.2.9"); w.Code != http.StatusOK {
		t.Errorf("somebody else spent this client's tries: %d", w.Code)
	}
}

func TestAPageGetsACookieForItsToken(t *testing.T) {
	t.Parallel()
	r := open(t, tokens)
	post := func(token string, header ...string) *http.Response {
		req := httptest.NewRequest(http.MethodPost, "https://relay.example/session", strings.NewReader(url.Values{"token": {token}}.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		r.HandleSession(w, req)
		return w.Result()
	}
	if resp := post("wrong"); resp.StatusCode != http.StatusUnauthorized || len(resp.Cookies()) != 0 {
		t.Errorf("a wrong token gets %s %v", resp.Status, resp.Cookies())
	}
	if resp := post("5b0f3c", "Origin", "https://evil.example"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("a page of another site gets %s", resp.Status)
	}
	resp := post("5b0f3c")
	if resp.StatusCode != http.StatusNoContent || len(resp.Cookies()) != 1 {
		t.Fatalf("the right token gets %s %v", resp.Status, resp.Cookies())
	}
	c := resp.Cookies()[0]
	if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteStrictMode || strings.Contains(c.Value, "5b0f3c") {
		t.Errorf("the cookie is %s", c)
	}
	if w := ask(r, "192.0.2.1", "Cookie", c.Name+"="+c.Value); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "desk") {
		t.Errorf("with the cookie it is answered %d %s", w.Code, w.Body)
	}
	if w := ask(r, "192.0.2.1", "Authorization", "Bearer "+c.Value); w.Code != http.StatusUnauthorized {
		t.Errorf("the cookie as a token is answered %d", w.Code)
	}
}

func TestTokensAreReadAgainAndStreamsOfThoseThatAreGoneEnd(t *testing.T) {
	t.Parallel()
	file := tokenFile(t, tokens)
	r, err := access.Open(file, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	began, ended := make(chan struct{}, 2), make(chan string, 2)
	server := httptest.NewServer(r.Guard(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		began <- struct{}{}
		<-req.Context().Done()
		reader, _ := access.Of(req)
		ended <- reader.Name
	})))
	defer server.Close()
	get := func(token string) {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
		req.Header.Set("Authorization", "Bearer "+token)
		if resp, err := server.Client().Do(req); err == nil {
			resp.Body.Close()
		}
	}
	go get("5b0f3c")
	<-began
	go r.Watch(t.Context())
	writeTokens(t, file, "class: : nonsense [")
	writeTokens(t, file, "desk: another-one\nclass: 91ac77\n")
	if name := <-ended; name != "desk" {
		t.Errorf("the stream of %s ended", name)
	}
	if w := ask(r, "192.0.2.1", "Authorization", "Bearer another-one"); w.Code != http.StatusOK {
		t.Errorf("the new token is answered %d", w.Code)
	}
	if w := ask(r, "192.0.2.1", "Authorization", "Bearer 91ac77"); w.Body.String() != "class  " {
		t.Errorf("what the token is good for now is %q", w.Body)
	}
}

func TestAMistakeInAFileOfTokensRepeatsNone(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"":                                 "no token",
		"desk:\n":                          "token desk: is empty",
		"- s3cret\n":                       "not a list of tokens",
		"desk: s3cret\ndesk: s3cret2\n":    "not a list of tokens",
		"desk: \"s3cret two\"\n":           "other characters",
		"desk: {token: s3cret, feed: a}":   "not a list of tokens",
		"desk: {token: s3cret, feeds: []}": "empty list",
	} {
		_, err := access.Open(tokenFile(t, text), slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: %v, want %s", text, err, says)
		}
	}
}

// TestAFileOfTokensThatIsGoneIsSaidOnce has a file be gone for an hour, come back as it was, and be gone again.
func TestAFileOfTokensThatIsGoneIsSaidOnce(t *testing.T) {
	t.Parallel()
	file := tokenFile(t, tokens)
	synctest.Test(t, func(t *testing.T) {
		var said strings.Builder
		r, err := access.Open(file, slog.New(slog.NewTextHandler(&said, nil)))
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go r.Watch(ctx)
		for n := 1; n <= 2; n++ {
			if err := os.Rename(file, file+".away"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
			synctest.Wait()
			if got := strings.Count(said.String(), "the tokens stay as they were"); got != n {
				t.Errorf("after the file was gone %d times, it is said %d times", n, got)
			}
			if err := os.Rename(file+".away", file); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
			synctest.Wait()
		}
	})
}
