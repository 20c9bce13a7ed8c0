package mockserver_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
	"livetape/mockserver/fault"
	"livetape/mockserver/scenario"
)

func TestAStatusIsAnsweredAsLongAsItIsOn(t *testing.T) {
	t.Parallel()
	tests := []struct {
		fault, retryAfter string
		want              int
	}{
		{"503", "10", http.StatusServiceUnavailable},
		{"503:1500ms", "2", http.StatusServiceUnavailable},
		{"204", "", http.StatusNoContent},
		{"status", "", 500},
		{"status=429", "10", 429},
		{"status=503:2500ms", "3", 503},
		{"status=404", "", 404},
		{"status=599", "", 599},
		{"status=204", "", 204},
	}
	for _, test := range tests {
		t.Run(test.fault, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), inMemory())
				l := s.listen("/events")
				l.expect("snapshot")
				inject(t, s, test.fault)
				if _, err := l.toEnd(); err != io.EOF {
					t.Errorf("the stream ended with %v", err)
				}
				resp := s.do("GET", "/events")
				if resp.StatusCode != test.want || resp.Header.Get("Retry-After") != test.retryAfter {
					t.Errorf("%s, Retry-After %q", resp.Status, resp.Header.Get("Retry-After"))
				}
				body(t, resp)
				<-time.After(10 * time.Second)
				s.resume("e-0").expect("resume")
			})
		})
	}
}

func TestARedirectLeadsToTheSameStreamOrNowhere(t *testing.T) {
	t.Parallel()
	tests := []struct {
		fault, location string
		want            int
	}{
		{"redirect", "/moved/events?types=price", 302},
		{"redirect=301-same", "/moved/events?types=price", 301},
		{"redirect=other", "http://mock./moved/events?types=price", 302},
		{"redirect=308-other", "http://mock./moved/events?types=price", 308},
		{"redirect=307-loop", "/events?types=price", 307},
	}
	for _, test := range tests {
		s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
		s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		inject(t, s, test.fault)
		resp := s.do("GET", "/events?types=price", "Last-Event-ID", "e-0")
		if resp.StatusCode != test.want || resp.Header.Get("Location") != test.location {
			t.Errorf("%s: %s to %q", test.fault, resp.Status, resp.Header.Get("Location"))
		}
		resp.Body.Close()
		s.client.CheckRedirect = nil
		if !strings.Contains(test.fault, "loop") {
			s.listen("/events?types=price", "Last-Event-ID", "e-0").expect("resume")
			continue
		}
		if _, err := s.client.Get("http://mock/events"); err == nil || !strings.Contains(err.Error(), "stopped after 10 redirects") {
			t.Errorf("the loop ended with %v", err)
		}
	}
}

func TestAnotherOriginIsTheSameServerUnderAnotherName(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"127.0.0.1:8080": "localhost:8080", "localhost:80": "127.0.0.1:80", "[::1]:9": "localhost:9",
		"desk.example": "desk.example.", "desk.example.:1": "desk.example:1", "10.0.0.7:5": "10.0.0.7:5",
	} {
		s := serve(t, newMock(t, mockserver.Config{}), loopback(t))
		inject(t, s, "redirect=other")
		req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+host+"/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := s.client.Transport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("Location"); got != "http://"+want+"/moved/events" {
			t.Errorf("%s is redirected to %s", host, got)
		}
	}
}

func TestAPortalAnswersWithAPage(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{}), loopback(t))
	inject(t, s, "type")
	resp := s.do("GET", "/events")
	kind := resp.Header.Get("Content-Type")
	if text := body(t, resp); resp.StatusCode != 200 || kind != "text/html; charset=utf-8" || !strings.Contains(text, "Sign in") {
		t.Errorf("%s, %s: %s", resp.Status, kind, text)
	}
}

// post sends text to /faults from a client that calls the server host.
func post(t *testing.T, s *testServer, host, text string, header ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", fmt.Sprintf("http://%s/faults", host), strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := s.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

func TestFaultsAreInjectedByThoseWhoMay(t *testing.T) {
	t.Parallel()
	const ours = "127.0.0.1:8080"
	tests := []struct {
		name, token, host, text string
		header                  []string
		want                    int
		says                    string
	}{
		{name: "from this machine", host: ours, text: "status=418:1h", want: 204},
		{name: "by the name localhost", host: "localhost", text: "eof\nstatus=418:1h\n", want: 204},
		{name: "by a name that was bent to this machine", host: "evil.example", text: "status=418", want: 403, says: "other sites"},
		{name: "a page of another site", host: ours, text: "status=418", header: []string{"Origin", "https://evil.example"}, want: 403, says: "other sites"},
		{name: "a form of another site", host: ours, text: "status=418", header: []string{"Sec-Fetch-Site", "cross-site"}, want: 403, says: "other sites"},
		{name: "through a proxy on this machine", host: ours, text: "status=418", header: []string{"X-Forwarded-For", "192.0.2.7"}, want: 403, says: "on this machine"},
		{name: "through a proxy of another kind", host: ours, text: "status=418", header: []string{"Forwarded", "for=192.0.2.7"}, want: 403, says: "on this machine"},
		{name: "through a proxy that names itself alone", host: ours, text: "status=418", header: []string{"Via", "1.1 proxy"}, want: 403, says: "on this machine"},
		{name: "through a proxy that names its client otherwise", host: ours, text: "status=418", header: []string{"X-Real-IP", "192.0.2.7"}, want: 403, says: "on this machine"},
		{name: "through a proxy that names its own host", host: ours, text: "status=418", header: []string{"X-Forwarded-Host", "prices.example"}, want: 403, says: "on this machine"},
		{name: "our own page", host: ours, text: "status=418:1h", header: []string{"Sec-Fetch-Site", "same-origin", "Origin", "http://" + ours}, want: 204},
		{name: "without the token", token: "s3cret", host: ours, text: "status=418", want: 403, says: "Bearer"},
		{name: "with another token", token: "s3cret", host: ours, text: "status=418", header: []string{"Authorization", "Bearer s3cre"}, want: 403, says: "Bearer"},
		{name: "with the token from anywhere", token: "s3cret", host: "desk.example", text: "status=418:1h", header: []string{"Authorization", "Bearer s3cret"}, want: 204},
		{name: "nothing", host: ours, text: " \n", want: 400, says: "there is no fault in the body"},
		{name: "one good, two bad", host: ours, text: "status=418 fire stall:x", want: 400, says: `"fire"`},
		{name: "all that is bad is named", host: ours, text: "status=418 fire stall:x", want: 400, says: `"x" is not a duration`},
		{name: "too much", host: ours, text: strings.Repeat("eof ", 20000), want: 400, says: "too large"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t, newMock(t, mockserver.Config{Token: test.token}), loopback(t))
			resp := post(t, s, test.host, test.text, test.header...)
			if text := body(t, resp); resp.StatusCode != test.want || !strings.Contains(text, test.says) {
				t.Errorf("%s: %s", resp.Status, text)
			}
			resp.Body.Close()
			want := 200
			if test.want == 204 {
				want = 418
			}
			if resp := s.do("GET", "/events"); resp.StatusCode != want {
				t.Errorf("then the stream is answered with %s", resp.Status)
			}
		})
	}
}

func TestFaultsAreNotInjectedFromOtherMachines(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{}), inMemory())
	resp := post(t, s, "127.0.0.1", "eof")
	if text := body(t, resp); resp.StatusCode != 403 || !strings.Contains(text, "this machine") {
		t.Errorf("%s: %s", resp.Status, text)
	}
	resp.Body.Close()
}

func TestTheFaultsAreListed(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{}), loopback(t))
	text := body(t, s.do("GET", "/faults"))
	for _, f := range fault.List() {
		if !strings.Contains(text, "\n"+f.Name+" ") || !strings.Contains(text, f.Help) {
			t.Errorf("%s is not in:\n%s", f.Name, text)
		}
	}
}

func TestActiveFaultsAreListedWithWhatIsLeftOfTheirTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Rate: quiet}), inMemory())
		s.run()
		active := func() (text string, list []map[string]any) {
			text, _, _ = strings.Cut(body(t, s.do("GET", "/faults")), "\n\n")
			var answer struct{ Active []map[string]any }
			if err := json.Unmarshal([]byte(body(t, s.do("GET", "/faults", "Accept", "application/json"))), &answer); err != nil {
				t.Fatal(err)
			}
			return text, answer.Active
		}
		if text, list := active(); text != "No fault is active." || list == nil || len(list) > 0 {
			t.Errorf("at the start: %q, %v", text, list)
		}
		inject(t, s, "stall/one:20s")
		inject(t, s, "drop")
		inject(t, s, "eof@1m")
		inject(t, s, "dup:5s@10s")
		<-time.After(8 * time.Second)
		const before = "Active faults:\n  stall/one:20s, on for 12s\n  eof@1m0s, again in 52s\n  dup:5s@10s, again in 2s"
		if text, _ := active(); text != before {
			t.Errorf("after 8 s:\n%s", text)
		}
		<-time.After(3 * time.Second)
		want := []map[string]any{
			{"fault": "stall/one:20s", "name": "stall", "left_ms": 9000.0},
			{"fault": "dup:5s@10s", "name": "dup", "left_ms": 4000.0, "next_ms": 9000.0},
			{"fault": "eof@1m0s", "name": "eof", "next_ms": 49000.0},
		}
		if _, list := active(); !cmp.Equal(want, list) {
			t.Error(cmp.Diff(want, list))
		}
		inject(t, s, "clear")
		if text, _ := active(); text != "No fault is active." {
			t.Errorf("after the clearing: %q", text)
		}
	})
}

func TestABurstOfAScenarioIsActiveToo(t *testing.T) {
	t.Parallel()
	const story = "length: 1m\nsteps:\n  - {at: 1s, fault: [\"burst=100:10s\", \"skew=1h:20s\"]}\n"
	played, err := scenario.Parse("test.yaml", []byte(story))
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, newMock(t, mockserver.Config{Scenario: played, Rate: 10}), loopback(t))
	s.Step(10 + 200) // 2 s of the burst
	text := body(t, s.do("GET", "/faults"))
	if !strings.HasPrefix(text, "Active faults:\n  burst=100, on for 8s\n  skew=1h0m0s, on for 18s\n\n") {
		t.Error(text)
	}
}

func TestTheFaultsAreListedForMenus(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"", "secret"} {
		s := serve(t, newMock(t, mockserver.Config{Token: token}), loopback(t))
		resp := s.do("GET", "/faults", "Accept", "application/json")
		var list struct {
			Syntax string
			Token  bool
			Faults []struct{ Name, Help, For, Value string }
		}
		if err := json.Unmarshal([]byte(body(t, resp)), &list); err != nil {
			t.Fatal(err)
		}
		if list.Syntax != fault.Syntax || list.Token != (token != "") || len(list.Faults) != len(fault.List()) {
			t.Errorf("%+v", list)
		}
		if got := list.Faults[2]; got.Name != "stall" || got.Help == "" || got.For != "30s" || got.Value != "" {
			t.Errorf("%+v", got)
		}
	}
}
