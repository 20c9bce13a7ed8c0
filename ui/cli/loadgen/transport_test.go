package loadgen_test

import (
	"compress/gzip"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"livetape/feed"
	"livetape/ui/cli/loadgen"
)

// crowd is a server over a real network that sends ten events to every client once so many have come, and says who came.
type crowd struct {
	*httptest.Server
	all sync.WaitGroup

	mu    sync.Mutex
	addrs map[string]bool
	auth  map[string]bool
	proto string
}

func newCrowd(t *testing.T, clients int, start func(*httptest.Server)) *crowd {
	t.Helper()
	c := &crowd{addrs: map[string]bool{}, auth: map[string]bool{}}
	c.all.Add(clients)
	c.Server = httptest.NewUnstartedServer(c)
	c.Config.ErrorLog = log.New(io.Discard, "", 0)
	start(c.Server)
	t.Cleanup(c.Close)
	return c
}

func (c *crowd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.addrs[r.RemoteAddr], c.auth[r.Header.Get("Authorization")], c.proto = true, true, r.Proto
	c.mu.Unlock()
	w.Header().Set("Content-Encoding", r.URL.Query().Get("coding"))
	say := tell(w, r)
	c.all.Done()
	c.all.Wait()
	for n := 1; n <= 10 && say("id: %d\ndata: {}\n\n", n); n++ {
	}
	<-r.Context().Done()
}

// certificate writes the server's certificate to a file.
func (c *crowd) certificate(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate().Raw})
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// until is a run that ends when every client has all ten events.
func until(t *testing.T, p loadgen.Plan, events uint64) *loadgen.Report {
	t.Helper()
	p.Feed.Name, p.For = "crowd", time.Hour
	ctx, cancel := contextOf(t)
	report, err := loadgen.Run(ctx, p, func(now loadgen.Progress) {
		if now.Events >= events {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if report.Events.Delivered != events || !report.OK {
		t.Errorf("%+v", report)
	}
	return report
}

func TestStreamsOfHTTP2ShareConnectionsOnlyIfAsked(t *testing.T) {
	for share, connections := range map[int]int{1: 6, 3: 2} {
		t.Run(fmt.Sprint(share), func(t *testing.T) {
			c := newCrowd(t, 6, func(s *httptest.Server) {
				s.EnableHTTP2 = true
				s.StartTLS()
			})
			report := until(t, loadgen.Plan{
				Feed:    feed.Config{URL: c.URL, CAFiles: []string{c.certificate(t)}, Header: map[string]string{"Authorization": "Bearer key-1"}},
				Clients: 6, Share: share,
			}, 60)
			if report.Connections.Protocol != "HTTP/2.0" || c.proto != "HTTP/2.0" || len(c.addrs) != connections {
				t.Errorf("%s over %d connections, want %d", c.proto, len(c.addrs), connections)
			}
			if len(c.auth) != 1 || !c.auth["Bearer key-1"] {
				t.Errorf("clients said they were %v", c.auth)
			}
		})
	}
}

func TestACertificateThatIsNotTrustedRefusesAll(t *testing.T) {
	c := newCrowd(t, 2, func(s *httptest.Server) { s.StartTLS() })
	report, err := loadgen.Run(t.Context(), loadgen.Plan{Feed: feed.Config{Name: "crowd", URL: c.URL}, Clients: 2, For: time.Millisecond}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if report.OK || report.Connections.Refused != 2 || !strings.Contains(report.Connections.Refusals[0].Cause, "unknown authority") {
		t.Errorf("%+v", report.Connections)
	}
}

func TestACompressedStreamIsReadAndItsBytesAreThoseOfTheWire(t *testing.T) {
	packed := make(chan int, 1)
	r := loadHandler(t, loadgen.Plan{Clients: 1}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", "text/event-stream")
		size := &sized{ResponseWriter: w}
		z := gzip.NewWriter(size)
		for n := range 500 {
			fmt.Fprintf(z, "id: %d\ndata: the same again and again\n\n", n)
		}
		if err := z.Flush(); err != nil {
			t.Error(err)
		}
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		packed <- size.n
		<-r.Context().Done()
	})
	if size := <-packed; r.Events.Delivered != 500 || r.Bytes.Received != uint64(size) {
		t.Errorf("%d events, %d bytes of %d", r.Events.Delivered, r.Bytes.Received, size)
	}
}

// sized counts what is written.
type sized struct {
	http.ResponseWriter
	n int
}

func (s *sized) Write(p []byte) (int, error) {
	n, err := s.ResponseWriter.Write(p)
	s.n += n
	return n, err
}

func TestAPlanThatCannotBeIsRefusedBeforeAnythingIsAsked(t *testing.T) {
	for _, c := range []feed.Config{
		{Name: "f", URL: "desk.example/events"},
		{Name: "f", URL: "http://desk.example/", Header: map[string]string{"Authorization": "Bearer ${LIVETAPE_NOT_SET}"}},
		{Name: "f", URL: "https://desk.example/", CAFiles: []string{"no-such-file.pem"}},
	} {
		if report, err := loadgen.Run(t.Context(), loadgen.Plan{Feed: c, Clients: 3, For: time.Second}, nil); err == nil {
			t.Errorf("%+v", report)
		}
	}
}

func TestThereIsRoomForConnectionsOrAWordOnWhatToDo(t *testing.T) {
	if err := loadgen.RaiseFileLimit(10); err != nil {
		t.Error(err)
	}
	if err := loadgen.RaiseFileLimit(1 << 40); err == nil || !strings.Contains(err.Error(), "ulimit -n") {
		t.Errorf("for a trillion connections: %v", err)
	}
}
