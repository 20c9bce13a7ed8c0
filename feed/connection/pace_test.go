package connection

import (
	"bytes"
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"livetape/feed/stream"
)

// pieces is a body that comes in pieces of 100 bytes, one each gap.
type pieces struct {
	gap  time.Duration
	last time.Time // up to which all was read
	left int
}

func (p *pieces) Read(b []byte) (int, error) {
	if p.left == 0 {
		return 0, io.EOF
	}
	time.Sleep(p.gap - time.Since(p.last)) // not at all if a piece is there
	n := min(int(time.Since(p.last)/p.gap), p.left)
	p.last, p.left = p.last.Add(time.Duration(n)*p.gap), p.left-n
	return copy(b, bytes.Repeat([]byte("x"), 100*n)), nil
}

func (p *pieces) Close() error { return nil }

type nobody struct{}

func (nobody) Waiting()                               {}
func (nobody) Received(context.Context, bool) error   { return nil }
func (nobody) Opened(context.Context, Answer) error   { return nil }
func (nobody) Retry(time.Duration)                    {}
func (nobody) Events(context.Context, []stream.Event) {}

func TestManySmallPiecesAreReadTogether(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		gap  time.Duration
		most int           // reads in 2 s
		wait time.Duration // of a piece
	}{
		{"10,000 a second", time.Second / 10_000, 2000/8 + 20, 2 * readPause},
		{"40 a second wait for nobody", time.Second / 40, 80, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				body := &pieces{c.gap, time.Now(), int(2 * time.Second / c.gap)}
				b, reads, window := newNetworkBody(t.Context(), body, nobody{}), 0, make([]byte, 64<<10)
				b.pacer = &readPacer{}
				for {
					waited := time.Now()
					_, err := b.Read(window)
					if err != nil {
						break
					}
					if reads++; time.Since(waited) > c.gap+c.wait {
						t.Errorf("a read took %v", time.Since(waited))
					}
				}
				if reads > c.most {
					t.Errorf("%d reads, want at most %d", reads, c.most)
				}
				if err := b.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestAPauseEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		p, began := readPacer{pausing: true, drained: true}, time.Now()
		cancel()
		if p.wait(ctx); time.Since(began) > 0 {
			t.Error("it waits on")
		}
	})
}

// counter counts events.
type counter struct {
	nobody
	events int
}

func (c *counter) Events(_ context.Context, events []stream.Event) { c.events += len(events) }

func TestEventsInTLSRecordsOfTheirOwnAreReadAsFastAsTheyCome(t *testing.T) {
	t.Parallel()
	const events, limit = 3000, 10 * time.Second // with a pause before each it would take 30 s
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range events {
			fmt.Fprintf(w, "data: %d\n\n", i)
			w.(http.Flusher).Flush()
		}
	}))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	e, err := Config{Name: "tls", URL: server.URL, CAFiles: []string{file}}.Endpoint(os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	defer e.CloseConnections()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	var c counter
	if o := e.Subscribe(ctx, "", "", &c); c.events != events {
		t.Errorf("%d of %d events came: %s", c.events, events, o.Cause)
	}
}
