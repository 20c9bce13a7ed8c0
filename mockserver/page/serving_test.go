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

func TestBrowsersGetThePageAndTerminalsThePlainList(t *testing.T) {
	t.Parallel()
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	tests := []struct {
		accept string
		page   bool
	}{
		{browser, true},
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
		resp := get(mock.Handler(), "/", "Accept", test.accept)
		isPage := strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html")
		if isPage != test.page || resp.Header.Get("Vary") != "Accept" {
			t.Errorf("Accept %q: %v", test.accept, resp.Header)
		}
	}
}

func get(h http.Handler, target string, header ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, r)
	return recorder.Result()
}

func readBody(t *testing.T, resp *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestTheContentSecurityPolicyIsStrict(t *testing.T) {
	t.Parallel()
	resp := get(page.Handler(), "/")
	policy := resp.Header.Get("Content-Security-Policy")
	for _, rule := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"} {
		if !strings.Contains(policy, rule) {
			t.Errorf("the policy lacks %s: %s", rule, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || resp.Header.Get("X-Content-Type-Options") != "nosniff" || resp.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("%v", resp.Header)
	}
	body := readBody(t, resp)
	if found := regexp.MustCompile(`(?i)(src|href)="(/|[a-z]+:)[^"]*"|\sstyle=|\son\w+=`).FindString(body); found != "" {
		t.Errorf("the page has %s, which a proxy's prefix or the policy would break", found)
	}
}

func TestEveryFileThatThePageNamesIsServed(t *testing.T) {
	t.Parallel()
	h := page.Handler()
	queue, seen := []string{"/"}, map[string]bool{}
	for len(queue) > 0 {
		target := queue[0]
		queue = queue[1:]
		if seen[target] {
			continue
		}
		seen[target] = true
		resp := get(h, target)
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", target, resp.Status)
		}
		for _, match := range regexp.MustCompile(`(?:src|href)="(page/[^"]+)"|from '\./([^']+)'`).FindAllStringSubmatch(readBody(t, resp), -1) {
			if match[1] != "" {
				queue = append(queue, "/"+match[1])
			} else {
				queue = append(queue, "/page/"+match[2])
			}
		}
	}
	if len(seen) < 15 {
		t.Errorf("the page names only %v", seen)
	}
	again := get(h, "/page/page.js", "If-None-Match", get(h, "/page/page.js").Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("an unchanged file is sent again: %s", again.Status)
	}
	for _, target := range []string{"/page/", "/page/page.go", "/page/../page.go", "/page/none.js"} {
		if resp := get(h, target); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", target, resp.Status)
		}
	}
}

func TestThePageWorksBehindAPrefix(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	server.stop()
	server.wrap = func(h http.Handler) http.Handler { return http.StripPrefix("/desk/tape", h) }
	server.start()
	tab := openTab(t)
	tab.open(server.url() + "desk/tape/")
	tab.waitForText("#state", "Live")
	server.Step(10)
	tab.expectServerPrices(server)
	tab.click("#faults-button")
	tab.click("[data-fault=clear]")
	tab.waitForText("#fault-result", "The server does it: clear")
}
