package mockserver_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"livetape/mockserver"
)

func TestFaultsHitEmulatedStreamsToo(t *testing.T) {
	t.Parallel()
	record := regexp.MustCompile(`^(id: [^\n]*\n)?data: [^\n]*\n\n`)
	tests := []struct {
		fault string
		check func(t *testing.T, s *testServer, l *streamReader)
	}{
		{"drop", func(t *testing.T, s *testServer, l *streamReader) {
			b, err := io.ReadAll(l.lines)
			if err == nil || record.Match(b) || len(b) == 0 {
				t.Errorf("it ended with %v after %q", err, b)
			}
		}},
		{"eof", func(t *testing.T, s *testServer, l *streamReader) {
			if got := l.whole(); got != "" {
				t.Errorf("before the end came %q", got)
			}
		}},
		{"retry=7777", func(t *testing.T, s *testServer, l *streamReader) {
			if got := l.wire(13); got != "retry: 7777\n\n" {
				t.Errorf("got %q", got)
			}
		}},
		{"huge=1", func(t *testing.T, s *testServer, l *streamReader) {
			if n := len(l.next().Data); n < 1<<20-5 || n > 1<<20+50 {
				t.Errorf("the event has %d bytes", n)
			}
		}},
		{"noid", func(t *testing.T, s *testServer, l *streamReader) {
			s.Step(50)
			if e := l.next(); e.hasID || e.Data == "" {
				t.Errorf("got %+v", e)
			}
		}},
		{"dup", func(t *testing.T, s *testServer, l *streamReader) {
			s.Step(50)
			for range 3 {
				if a, b := l.next(), l.next(); a != b {
					t.Errorf("%+v is followed by %+v", a, b)
				}
			}
		}},
		{"garbage", func(t *testing.T, s *testServer, l *streamReader) {
			s.Step(50)
			bad := 0
			for range 20 {
				if e := l.next(); !e.hasID {
					bad++
				}
			}
			if bad != 11 && bad != 10 {
				t.Errorf("%d of 20 events are bad", bad)
			}
		}},
		{"split", func(t *testing.T, s *testServer, l *streamReader) {
			s.Step(20)
			if e := l.next(); !json.Valid([]byte(e.Data)) || !e.hasID {
				t.Errorf("in pieces came %+v", e)
			}
		}},
		{"restart", func(t *testing.T, s *testServer, l *streamReader) {
			if got := l.whole(); got != "" {
				t.Errorf("before the end came %q", got)
			}
		}},
	}
	for _, test := range tests {
		t.Run(test.fault, func(t *testing.T) {
			s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
			l := s.listen(mercureHub)
			l.wire(2)
			inject(t, s, test.fault)
			test.check(t, s, l)
		})
	}
}

func TestFaultyAnswersAreTheSameForEveryFormat(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	inject(t, s, "503")
	if resp := s.do(http.MethodGet, mercureHub); resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" {
		t.Errorf("got %s", resp.Status)
	}
	inject(t, s, "clear")
	inject(t, s, "redirect=307-same")
	resp := s.do(http.MethodGet, mercureHub)
	if got := resp.Request.URL.Path; got != "/moved/as/mercure/.well-known/mercure" || resp.StatusCode != 200 {
		t.Errorf("led to %s, %s", got, resp.Status)
	}
	inject(t, s, "clear")
	inject(t, s, "gzip")
	compressed := s.do(http.MethodGet, mercureHub, "Accept-Encoding", "identity")
	head := make([]byte, 2)
	if _, err := io.ReadFull(compressed.Body, head); err != nil || !bytes.Equal(head, []byte{0x1f, 0x8b}) {
		t.Errorf("compressed, it begins with %x, %v", head, err)
	}
}

func TestAnEmulatedStreamCanStallAndLackHeartbeats(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := emulatedServer(t)
		inject(t, s, "heartbeat:8s")
		began := time.Now()
		l := s.listen(strings.Replace(oandaEUR, "EUR_USD", "XAU_USD", 1), withBearer...)
		for _, want := range []time.Duration{10 * time.Second, 15 * time.Second} {
			if _, err := l.lines.ReadString('\n'); err != nil || time.Since(began) != want {
				t.Errorf("a heartbeat after %s, %v", time.Since(began), err)
			}
		}
		inject(t, s, "stall:12s")
		if _, err := l.lines.ReadString('\n'); err != nil || time.Since(began) != 27*time.Second {
			t.Errorf("the stall was over after %s, %v", time.Since(began), err)
		}
	})
}

func TestASlowClientOfAServiceIsDisconnectedInItsFormat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Queue: 10}), inMemory())
		slow := s.listen(pythBTC, withBearer...)
		synctest.Wait()
		for range 300 {
			s.Step(1)
			synctest.Wait()
		}
		if got := slow.whole(); !strings.HasSuffix(got, "\n\nevent:error\ndata:Slow consumer: disconnected\n\n") {
			t.Errorf("it ended with %q", got[max(0, len(got)-200):])
		}
	})
}

func TestAShutdownIsToldInTheFormatOfTheService(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		target string
		header []string
		want   string
	}{
		{stellarTrades + "&cursor=now", eventStream, hello + byebye},
		{mercureHub, nil, ":\n"},
		{strings.Replace(oandaEUR, "EUR_USD", "XAU_USD", 1), withBearer, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := serve(t, newMock(t, mockserver.Config{Rate: quiet}), inMemory())
			stop := s.run()
			l := s.listen(test.target, test.header...)
			synctest.Wait()
			go stop()
			if got := l.whole(); got != test.want {
				t.Errorf("all that %s gave is %q", test.target, got)
			}
		})
	}
}

func TestABodyThatDoesNotComeIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := emulatedServer(t)
		conn, err := s.net.dial(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		began := time.Now()
		fmt.Fprint(conn, "POST /as/dexpaprika/sse/prices HTTP/1.1\r\nHost: mock\r\nContent-Length: 100\r\n\r\n[")
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || resp.StatusCode != http.StatusBadRequest || time.Since(began) > 10*time.Second {
			t.Errorf("after %s, the answer is %+v, %v", time.Since(began), resp, err)
		}
	})
}
