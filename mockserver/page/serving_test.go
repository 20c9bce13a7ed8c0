package page_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"livetape/mockserver"
	"livetape/mockserver/page"
)

func TestABrowserGetsThePageAndATerminalThePlainList(t *testing.T) {
	const browsers = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	tests := []struct {
		accept string
		page   bool
	}{
		{browsers, true},
		{"text/html", true},
		{"application/json, TEXT/HTML ;q=0.5", true},
		{"", false},
		{"*/*", false},
		{"text/*", false},
		{"text/plain", false},
		{"text/html;q=0, */*", false},
		{"text/html;q=0.000", false},
		{";;;,text/htmlx", false},
	}
	mock, err := mockserver.New(mockserver.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		answer := ask(mock.Handler(), "/", "Accept", test.accept)
		isPage := strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html")
		if isPage != test.page || answer.Header.Get("Vary") != "Accept" {
			t.Errorf("Accept %q: %v", test.accept, answer.Header)
		}
	}
}

func ask(h http.Handler, target string, header ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, r)
	return recorder.Result()
}

func content(t *testing.T, answer *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestThePageIsStrictAboutWhatItLoads(t *testing.T) {
	answer := ask(page.Handler(), "/")
	policy := answer.Header.Get("Content-Security-Policy")
	for _, rule := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"} {
		if !strings.Contains(policy, rule) {
			t.Errorf("the policy lacks %s: %s", rule, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || answer.Header.Get("X-Content-Type-Options") != "nosniff" || answer.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("%v", answer.Header)
	}
	body := content(t, answer)
	if found := regexp.MustCompile(`(?i)(src|href)="(/|[a-z]+:)[^"]*"|\sstyle=|\son\w+=`).FindString(body); found != "" {
		t.Errorf("the page has %s, which a proxy's prefix, or the policy, would break", found)
	}
}

func TestEverythingThatThePageNamesIsServed(t *testing.T) {
	h := page.Handler()
	queue, seen := []string{"/"}, map[string]bool{}
	for len(queue) > 0 {
		target := queue[0]
		queue = queue[1:]
		if seen[target] {
			continue
		}
		seen[target] = true
		answer := ask(h, target)
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", target, answer.Status)
		}
		for _, match := range regexp.MustCompile(`(?:src|href)="(page/[^"]+)"|from '\./([^']+)'`).FindAllStringSubmatch(content(t, answer), -1) {
			if match[1] != "" {
				queue = append(queue, "/"+match[1])
			} else {
				queue = append(queue, "/page/"+match[2])
			}
		}
	}
	if len(seen) < 15 {
		t.Errorf("only %v was named", seen)
	}
	again := ask(h, "/page/page.js", "If-None-Match", ask(h, "/page/page.js").Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("what has not changed is sent again: %s", again.Status)
	}
	for _, target := range []string{"/page/", "/page/page.go", "/page/../page.go", "/page/none.js"} {
		if answer := ask(h, target); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", target, answer.Status)
		}
	}
}

func TestThePageWorksBehindAPrefix(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	market.stop()
	market.wrap = func(h http.Handler) http.Handler { return http.StripPrefix("/desk/tape", h) }
	market.start()
	b := openTab(t)
	b.open(market.url() + "desk/tape/")
	b.says("#state", "Live")
	market.Step(10)
	b.agrees(market)
	b.click("#faults-button")
	b.click("[data-fault=clear]")
	b.says("#fault-result", "The server does it: clear")
}
