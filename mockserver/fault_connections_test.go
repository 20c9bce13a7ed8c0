package mockserver_test

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"livetape/mockserver"
	"livetape/mockserver/fault"
)

func TestASlowStreamHasItsBytesASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Queue: 10}), inMemory())
		l := s.listen("/events")
		l.expect("snapshot")
		inject(t, s, "slow=50:1h")
		s.Step(100)
		for n := 1; n <= 3; n++ {
			began := time.Now()
			e := l.next()
			pieces := time.Duration(len(l.rest)+4) / 5
			took := time.Since(began)
			if least := (pieces - 2) * 100 * time.Millisecond; e.ID != fmt.Sprintf("e-%d", n) || took < least || took > least+300*time.Millisecond {
				t.Errorf("%s of %d bytes took %s", e.ID, len(l.rest), took)
			}
		}
		inject(t, s, "clear")
		began := time.Now()
		l.until("e-100")
		if took := time.Since(began); took > 200*time.Millisecond {
			t.Errorf("after the clearing, the rest took %s", took)
		}
	})
}

// TestWhatIsLeftOfASplitEventComesAtOnceWhenThatIsOver clears the fault in the middle of an event that has a million
// bytes to go.
func TestWhatIsLeftOfASplitEventComesAtOnceWhenThatIsOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), inMemory())
		l := s.listen("/events")
		l.expect("snapshot")
		inject(t, s, "split:1h")
		inject(t, s, "huge=1")
		if _, err := io.ReadFull(l.lines, make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
		inject(t, s, "clear")
		if n := l.pieces(1<<20 - 105); n > 1000 {
			t.Errorf("the rest came in %d pieces", n)
		}
	})
}

// pieces reads so many bytes of a stream, and counts in how many pieces they come.
func (l *streamReader) pieces(size int) (n int) {
	l.t.Helper()
	piece := make([]byte, 32<<10)
	for size > 0 {
		got, err := l.lines.Read(piece)
		if size -= got; err != nil {
			l.t.Fatal(err)
		}
		n++
	}
	return n
}

// TestASlowStreamEndsWhenAFaultEndsIt has a snapshot that would take a quarter of an hour.
func TestASlowStreamEndsWhenAFaultEndsIt(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"drop", "eof", "restart", "503"} {
		t.Run(fault, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), inMemory())
				inject(t, s, "slow=10:1h")
				l, began := s.listen("/events"), time.Now()
				time.AfterFunc(5*time.Second, func() { inject(t, s, fault) })
				if _, err := l.toEnd(); err == nil {
					t.Error("the stream goes on")
				}
				if took := time.Since(began); took < 5*time.Second || took > 20*time.Second {
					t.Errorf("it ended after %s", took)
				}
			})
		})
	}
}

func TestASplitStreamComesByteByByte(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), inMemory())
		resp := s.do("GET", "/events?types=news")
		l := &streamReader{t: t, lines: bufio.NewReader(resp.Body)}
		l.expect("snapshot")
		inject(t, s, "split:1h")
		s.Step(200)
		text, last := "", ""
		for range 300 {
			var buf [100]byte
			n, err := resp.Body.Read(buf[:])
			if err != nil || n != 1 {
				t.Fatalf("%d bytes came together: %v", n, err)
			}
			text += string(buf[:n])
		}
		inject(t, s, "clear")
		if _, err := fmt.Sscanf(text, "event: news\nid: e-%s\n", &last); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	})
}

func TestWithoutHeartbeatsASilentStreamIsSilent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Heartbeat: time.Second}), inMemory())
		l := s.listen("/events")
		l.expect("snapshot")
		inject(t, s, "heartbeat:10s")
		l.requireBeat(10 * time.Second)
		l.requireBeat(time.Second)
	})
}

// unpack opens a stream that must be compressed.
func (s *testServer) unpack() *streamReader {
	s.t.Helper()
	resp := s.do("GET", "/events", "Accept-Encoding", "identity")
	if got := resp.Header.Get("Content-Encoding"); got != "gzip" {
		s.t.Fatalf("Content-Encoding: %q", got)
	}
	unpacked, err := gzip.NewReader(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return &streamReader{t: s.t, body: resp.Body, lines: bufio.NewReader(unpacked)}
}

func TestACompressedStreamIsWholeUnlessItIsCut(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	before := s.listen("/events")
	before.expect("snapshot")
	inject(t, s, "gzip:1h")
	if _, err := before.toEnd(); err != io.EOF {
		t.Errorf("the stream of before ended with %v", err)
	}
	for fault, want := range map[string]error{"eof": io.EOF, "drop": syscall.ECONNRESET} {
		l := s.unpack()
		l.expect("snapshot")
		s.Step(3)
		l.until(s.Newest())
		inject(t, s, fault)
		all, err := l.toEnd()
		if !errors.Is(err, want) || len(all) > 0 || (len(l.rest) > 0) != (fault == "drop") {
			t.Errorf("%s: the stream ended with %v, behind %v and %q", fault, err, all, l.rest)
		}
	}
	inject(t, s, "clear")
	if l := s.listen("/events", "Accept-Encoding", "identity"); l.header.Get("Content-Encoding") != "" {
		t.Error("streams are compressed though the fault is over")
	}
}

func TestRefuseClosesTheListenerForAWhile(t *testing.T) {
	t.Parallel()
	mock := newMock(t, mockserver.Config{Epoch: "e"})
	n := loopback(t)
	n.Listener = mock.Listener(n.Listener)
	s := serve(t, mock, n)
	for range 2 {
		l := s.listen("/events")
		l.expect("snapshot")
		inject(t, s, "refuse:1h")
		if _, err := l.toEnd(); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("the stream ended with %v", err)
		}
		dialUntil(t, n, func(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) })
		inject(t, s, "clear")
		dialUntil(t, n, func(err error) bool { return err == nil })
		s.resume("e-0").expect("resume")
	}
}

// dialUntil dials until the outcome is the expected one.
func dialUntil(t *testing.T, n network, expected func(error) bool) {
	t.Helper()
	for {
		conn, err := n.dial(t.Context(), "", "")
		if err == nil {
			conn.Close()
		}
		if expected(err) {
			return
		}
		if t.Context().Err() != nil {
			t.Fatal(err)
		}
	}
}

func TestTheRefusingListenerReportsThatItsAddressIsTaken(t *testing.T) {
	t.Parallel()
	mock := newMock(t, mockserver.Config{})
	n := loopback(t)
	l := mock.Listener(n.Listener)
	defer l.Close()
	failed := make(chan error, 1)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				failed <- err
				return
			}
			conn.Close()
		}
	}()
	if err := mock.Inject(fault.Fault{Name: "refuse"}); err != nil {
		t.Fatal(err)
	}
	dialUntil(t, n, func(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) })
	other, err := net.Listen("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := mock.Inject(fault.Fault{Name: "clear"}); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("accept: %v", err)
	}
}

func TestWithoutItsListenerRefuseResetsRequestsForAStream(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	inject(t, s, "refuse:1h")
	req, err := http.NewRequestWithContext(t.Context(), "GET", "http://mock/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := s.client.Do(req); err == nil {
		resp.Body.Close()
		t.Errorf("the answer was %s", resp.Status)
	} else if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the answer was %v", err)
	}
	body(t, s.do("GET", "/healthz")) // the server itself is well
}

func TestAFaultHitsOneOrAShareOfTheConnections(t *testing.T) {
	t.Parallel()
	tests := []struct {
		fault       string
		least, most int
	}{{"drop/one", 1, 1}, {"drop/25%", 3, 20}, {"eof/90%", 30, 39}, {"drop", 40, 40}, {"503/one", 1, 1}}
	for _, test := range tests {
		t.Run(test.fault, func(t *testing.T) {
			s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
			var streams []*streamReader
			for range 40 {
				l := s.listen("/events?types=price")
				l.expect("snapshot")
				streams = append(streams, l)
			}
			inject(t, s, test.fault)
			s.Step(50)
			ended := 0
			for _, l := range streams {
				for {
					e, err := l.read()
					if err != nil {
						ended++
						break
					}
					if e.hasID {
						break
					}
				}
				l.close()
			}
			if ended < test.least || ended > test.most {
				t.Errorf("%d of 40 streams ended, want %d to %d", ended, test.least, test.most)
			}
		})
	}
}

func TestAShareOfTheRequestsIsAnsweredOtherwise(t *testing.T) {
	t.Parallel()
	tests := []struct {
		fault       string
		least, most int
	}{{"503/one", 1, 1}, {"status=429/50%", 10, 30}, {"status=404", 40, 40}}
	for _, test := range tests {
		s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
		inject(t, s, test.fault)
		away := 0
		for range 40 {
			resp := s.do("GET", "/events")
			if resp.StatusCode != http.StatusOK {
				away++
			}
			resp.Body.Close()
		}
		if away < test.least || away > test.most {
			t.Errorf("%s: %d of 40 were turned away, want %d to %d", test.fault, away, test.least, test.most)
		}
	}
}

func TestAStallOfOneLeavesTheOthersAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), inMemory())
		first, second := s.listen("/events"), s.listen("/events")
		first.expect("snapshot")
		second.expect("snapshot")
		began := time.Now()
		inject(t, s, "stall/one:1m")
		s.Step(5)
		var all sync.WaitGroup
		var waited [2]time.Duration
		for i, l := range []*streamReader{first, second} {
			all.Go(func() {
				l.until("e-5")
				waited[i] = time.Since(began)
			})
		}
		all.Wait()
		if min(waited[0], waited[1]) != 0 || max(waited[0], waited[1]) != time.Minute {
			t.Errorf("the streams waited %s", waited)
		}
	})
}

// TestASilentHubSendsHeartbeatsAlone has a stream live without events, and get all that it missed when that is over.
func TestASilentHubSendsHeartbeatsAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Queue: 10}), inMemory())
		l := s.listen("/events")
		l.expect("snapshot")
		inject(t, s, "silent-hub:40s")
		began := time.Now()
		s.Step(30) // more than the queue
		for want := range 3 {
			e, err := l.read()
			if err != nil || want < 2 && e.Comment != "hb" || want == 2 && e.ID != "e-1" {
				t.Fatalf("%+v, %v came", e, err)
			}
		}
		if took := time.Since(began); took != 40*time.Second {
			t.Errorf("events came after %s", took)
		}
		for n := 2; n <= 30; n++ {
			if e := l.next(); e.ID != fmt.Sprintf("e-%d", n) {
				t.Fatalf("event %d is %+v", n, e)
			}
		}
	})
}

// TestAnotherNodeDoesNotSayThatItKnowsNothing has a client that comes back be sent nothing or everything, under ids of another
// epoch, without a word.
func TestAnotherNodeDoesNotSayThatItKnowsNothing(t *testing.T) {
	t.Parallel()
	for text, first := range map[string]int{"other-node": 11, "other-node=everything": 1} {
		s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Retry: time.Millisecond}), loopback(t))
		l := s.listen("/events")
		l.expect("snapshot")
		s.Step(10)
		inject(t, s, text+":1h")
		if _, err := l.toEnd(); err != io.EOF {
			t.Errorf("%s: the stream ended with %v", text, err)
		}
		l = s.resume("e-5")
		s.Step(1)
		for n := first; n <= 11; n++ {
			if e := l.next(); e.ID != fmt.Sprintf("e.other-%d", n) {
				t.Fatalf("%s: event %d is %+v", text, n, e)
			}
		}
		if e := s.listen("/events").expect("snapshot"); e.ID != "e.other-11" {
			t.Errorf("%s: a new client's snapshot has the id %s", text, e.ID)
		}
		inject(t, s, "clear")
		if _, err := l.toEnd(); err != io.EOF {
			t.Errorf("%s: when it is over, the stream ends with %v", text, err)
		}
		if e := s.resume("e.other-11").expect("reset"); !strings.Contains(e.Data, "e.other-11") {
			t.Errorf("%s: after it: %s", text, e.Data)
		}
	}
}
