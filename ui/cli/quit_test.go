package cli_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// compressed is text many times over, which gzip makes very small. Every time is a gzip member of its own.
func compressed(t *testing.T, text string, times int) []byte {
	t.Helper()
	var member bytes.Buffer
	zip := gzip.NewWriter(&member)
	if _, err := zip.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.Repeat(member.Bytes(), times)
}

// quitLimit is what no screen takes to leave but one that waits for something. On an idle machine it takes less than 200 ms.
const quitLimit = 10 * time.Second

// requireQuit presses q once the screen is ready.
func requireQuit(t *testing.T, ready func(*terminal), args ...string) {
	t.Helper()
	term := startTerminal(t, 120, 30, exec.Command(livetape, args...))
	ready(term)
	term.press("q")
	select {
	case <-term.ended:
	case <-time.After(quitLimit):
		t.Fatalf("q does not leave within %s; the screen shows:\n%s", quitLimit, term.text())
	}
}

func TestQLeavesAtOnceWhateverIsGoingOn(t *testing.T) {
	t.Parallel()
	megabyte := strings.Repeat("0", 1<<20)
	serving := func(header map[string]string, body []byte, again bool) string {
		return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			for name, value := range header {
				w.Header().Set(name, value)
			}
			for more := true; more && r.Context().Err() == nil; more = again {
				if _, err := w.Write(body); err != nil {
					return
				}
				_ = http.NewResponseController(w).Flush()
			}
			<-r.Context().Done()
		}))
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	zipped := map[string]string{"Content-Encoding": "gzip"}
	bomb := compressed(t, "data: "+megabyte, 200)
	tapes := t.TempDir()
	write := func(name, head, part string, times int) string {
		path := filepath.Join(tapes, name)
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		out := bufio.NewWriter(file)
		_, _ = out.WriteString(head)
		for range times {
			_, _ = out.WriteString(part)
		}
		if err := out.Flush(); err != nil {
			t.Fatal(err)
		}
		return path
	}
	header := ": livetape recording 1\n: start 2026-11-21T10:00:00Z\n: feed \"desk\" \"https://desk.example/\"\n"
	event := ": at 2026-11-21T10:00:01Z\ndata: {\"symbol\":\"A\",\"last\":1}\n\n"
	for _, c := range []struct {
		what, shown string
		args        []string
	}{
		{"a gzip bomb", "LIVE", []string{"watch", serving(zipped, bomb, false)}},
		{"gzip bombs without end", "LIVE", []string{"watch", serving(zipped, bomb, true)}},
		{"a bomb of small events", "LIVE", []string{"watch", serving(zipped, compressed(t, strings.Repeat("data: 1\n\n", 100_000), 50), true)}},
		{"a flood", "LIVE", []string{"watch", serving(nil, []byte(strings.Repeat("data: {\"symbol\":\"A\",\"last\":1}\n\n", 10_000)), true)}},
		{"an answer that does not come", "CONNECTING", []string{"watch", "http://" + silent.Addr().String()}},
		{"the program of an alert that does not end", "above 0", []string{"watch", "--config", write("alert.yaml", "feeds: {desk: {url: \""+serving(nil, []byte("data: {\"symbol\":\"A\",\"last\":1}\n\n"), false)+"\"}}\n"+
			"alerts: [{symbol: A, above: 0, exec: [/bin/sh, -c, \"trap : TERM; sleep 30 & wait; sleep 30\"]}]\n", "", 0)}},
		{"a recording of a bomb", "REPLAY", []string{"replay", write("bomb.tape.gz", string(compressed(t, header+"data: ", 1)), string(compressed(t, megabyte, 1)), 200)}},
		{"a long recording", "REPLAY", []string{"replay", "--speed", "max", "--from", "1h", write("long.tape", header, event, 300_000)}},
		{"a recording of hostile numbers", "REPLAY", []string{"replay", "--speed", "max", write("deep.tape", header, ": at 2026-11-21T10:00:01Z\ndata: "+strings.Repeat("[", 60_000)+"\n\n", 500)}},
	} {
		t.Run(c.what, func(t *testing.T) {
			ready := func(term *terminal) { term.waitForText(c.shown) }
			requireQuit(t, ready, c.args...)
		})
	}
}

func TestQLeavesWithinALargeSnapshot(t *testing.T) {
	t.Parallel()
	snapshot := "event: snapshot\ndata: {\"prices\":[" + strings.Repeat(`{"symbol":"QRS","last":"1"},`, 60<<20/28) + "{}]}\n\n"
	sent := make(chan struct{}, 1)
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		if _, err := io.WriteString(w, snapshot); err == nil {
			sent <- struct{}{}
		}
		<-r.Context().Done()
	}))
	ready := func(*terminal) { <-sent } // it is being read, or decoded
	requireQuit(t, ready, "watch", "--max-event", "64", url)
}
