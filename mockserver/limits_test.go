package mockserver_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"livetape/mockserver"
)

func TestAFullServerTellsClientsToComeAgain(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{MaxClients: 2}), loopback(t))
	first, second := s.listen("/events"), s.listen("/events")
	first.expect("snapshot")
	second.expect("snapshot")
	resp := s.do(http.MethodGet, "/events")
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") != "5" {
		t.Errorf("the third got %s, Retry-After %q", resp.Status, resp.Header.Get("Retry-After"))
	}
	if s.do(http.MethodGet, "/healthz").StatusCode != http.StatusOK {
		t.Error("a full server is not well")
	}
	inject(t, s, "eof")
	for _, l := range []*streamReader{first, second} {
		if _, err := l.toEnd(); err != io.EOF {
			t.Error(err)
		}
	}
	s.listen("/events").expect("snapshot")
}

func TestAQueryIsBounded(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{}), loopback(t))
	symbols := strings.Repeat("LONGEST%2FUSD,", 1000)
	s.listen("/events?symbols=" + symbols).expect("snapshot")
	for _, target := range []string{"/events", "/healthz"} {
		resp := s.do(http.MethodGet, target+"?pad="+strings.Repeat("x", 32<<10))
		if text := body(t, resp); resp.StatusCode != http.StatusRequestURITooLong || !strings.Contains(text, "at most 32768") {
			t.Errorf("%s: %s %s", target, resp.Status, text)
		}
	}
}

func TestALongIDIsNoneThatCanBeResumedFrom(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	s.Step(3)
	long := "e-3" + strings.Repeat("0", 60<<10)
	for name, l := range map[string]*streamReader{"header": s.resume(long), "query": s.listen("/events?lastEventId=" + long[:30<<10])} {
		if e := l.expect("reset"); e.Data != fmt.Sprintf(`{"from":%q,"missed":null}`, long[:128]) {
			t.Errorf("%s: %s", name, e.Data)
		}
	}
}

// TestABodyThatDoesNotComeIsGivenUp has a client that promises faults and sends none.
func TestABodyThatDoesNotComeIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Token: "k"}), inMemory())
		conn, err := s.net.dial(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		began := time.Now()
		fmt.Fprint(conn, "POST /faults HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer k\r\nContent-Length: 9\r\n\r\n")
		answer, err := io.ReadAll(conn)
		if took := time.Since(began); err != nil && !errors.Is(err, io.ErrClosedPipe) || took < 4*time.Second || took > 6*time.Second {
			t.Errorf("after %s: %v", took, err)
		}
		if !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") {
			t.Errorf("it was answered %.80q", answer)
		}
	})
}
