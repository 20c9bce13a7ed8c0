package tape

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed"
	"livetape/feed/stream"
)

// jsonlOf reads a file of JSON lines.
func jsonlOf[T any](t testing.TB, name string) []T {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var all []T
	for line := range bytes.Lines(text) {
		var one T
		if err := json.Unmarshal(line, &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

type seen struct {
	Type        string `json:"type"`
	Data        string `json:"data"`
	LastEventID string `json:"lastEventId"`
}

func seenOf(entries []Entry) []seen {
	var all []seen
	for _, e := range entries {
		all = append(all, seen{e.Message.Type, string(e.Message.Data), e.Message.ID})
	}
	return all
}

func TestACaptureIsReadAsABrowserWouldReadTheStream(t *testing.T) {
	type vector struct {
		Name   string `json:"name"`
		Stream []byte `json:"stream_base64"`
		Expect []seen `json:"expect"`
	}
	for _, v := range jsonlOf[vector](t, "../stream/testdata/vectors.jsonl") {
		t.Run(v.Name, func(t *testing.T) {
			name := write(t, "capture", string(v.Stream))
			r, err := Open(name)
			if err != nil {
				if len(v.Expect) > 0 {
					t.Fatal(err)
				}
				return // nothing in it that a recording is recognised by
			}
			defer r.Close()
			if diff := cmp.Diff(v.Expect, seenOf(rest(t, r))); len(v.Expect) > 0 && diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// canonical is what the reader of live streams makes of a stream.
func canonical(t testing.TB, body []byte) []seen {
	t.Helper()
	in := bufio.NewReader(stream.NewReader(bytes.NewReader(body), stream.Config{MaxEvent: stream.LargestMaxEvent}))
	var all []seen
	for {
		var s seen
		var data []string
		for {
			line, err := in.ReadString('\n')
			if err == io.EOF {
				return all
			}
			field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			if field == "" {
				break
			}
			switch field {
			case "event":
				s.Type = value
			case "id":
				s.LastEventID, _ = stream.ParseID([]byte(value))
			case "data":
				data = append(data, value)
			}
		}
		s.Data = strings.Join(data, "\n")
		all = append(all, s)
	}
}

type sample struct {
	Name   string `json:"name"`
	Format string `json:"format"`
	Wire   string `json:"wire"`
}

func TestCapturesOfRealFeedsGiveWhatTheLiveReaderGives(t *testing.T) {
	for _, s := range jsonlOf[sample](t, "testdata/samples.jsonl") {
		for _, end := range []string{"\n", "\r\n", "\r"} {
			wire := strings.ReplaceAll(strings.ReplaceAll(s.Wire, "\r\n", "\n"), "\n", end)
			got, stats := read(t, write(t, "capture.txt", wire))
			var want []seen
			if s.Format == "ndjson" {
				for line := range strings.Lines(s.Wire) {
					if line = strings.TrimSpace(line); line != "" {
						want = append(want, seen{"message", line, ""})
					}
				}
			} else {
				want = canonical(t, []byte(wire))
			}
			if diff := cmp.Diff(want, seenOf(got)); diff != "" || len(got) == 0 || stats.MidEvent {
				t.Errorf("%s with %q, stats %+v (-want +got):\n%s", s.Name, end, stats, diff)
			}
		}
	}
}

// FuzzCapture: whatever a capture holds, it is read as the live stream would have been.
func FuzzCapture(f *testing.F) {
	for _, s := range jsonlOf[sample](f, "testdata/samples.jsonl") {
		f.Add([]byte(s.Wire))
	}
	f.Add([]byte("\xEF\xBB\xBFid: 1\r\ndata\rdata:\xe2\x82\n\ndata: half"))
	f.Add([]byte(": livetape recording 1\n: at 2026-11-21T10:00:00Z status {}\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := Open(write(t, "capture", string(body)))
		if err != nil {
			return
		}
		defer r.Close()
		entries := restUntilDamage(r)
		if r.format != eventStream || r.input.gzipped {
			return
		}
		if diff := cmp.Diff(canonical(t, body), seenOf(entries)); diff != "" {
			t.Errorf("(-live +capture):\n%s", diff)
		}
	})
}

func restUntilDamage(r *Reader) []Entry {
	var entries []Entry
	for {
		e, err := r.Next()
		if err != nil {
			return entries
		}
		entries = append(entries, e)
	}
}

func TestEventsOfACaptureAreEvenlySpacedFromTheTimeOfTheFile(t *testing.T) {
	name := write(t, "prices.sse", ":ok\n\ndata: 1\n\ndata: 2\n\nid: 3\ndata: 3\n\n")
	if err := os.Chtimes(name, startTime(), startTime()); err != nil {
		t.Fatal(err)
	}
	r := open(t, name)
	defer r.Close()
	want := Info{Name: name, Start: startTime(), Feeds: []Source{{Name: "prices"}}}
	if diff := cmp.Diff(want, r.Info()); diff != "" {
		t.Errorf("info (-want +got):\n%s", diff)
	}
	for i, e := range rest(t, r) {
		offset := time.Duration(i) * CaptureStep
		if e.Offset != offset || !e.At.Equal(at(offset)) || e.Feed != "prices" {
			t.Errorf("event %d of %s at %s (%s)", i, e.Feed, e.Offset, e.At)
		}
	}
	if total := r.Info().Total; total != 2*CaptureStep {
		t.Errorf("total is %s", total)
	}
}

func TestACaptureWithItsHTTPHeaderReplays(t *testing.T) {
	name := write(t, "x", "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-note: a: b\r\n\r\ndata: 1\r\n\r\n")
	got, _ := read(t, name)
	if diff := cmp.Diff([]seen{{"message", "1", ""}}, seenOf(got)); diff != "" {
		t.Error(diff)
	}
}

// A server could send comments in our words; in a capture they are its words, not ours.
func TestCommentsOfACaptureAreNeverTakenForOurs(t *testing.T) {
	forged := ": at 2001-01-01T00:00:00Z status {\"state\":\"failed\",\"cause\":\"forged\"}\n"
	name := write(t, "x", ":ok\n\n: livetape recording 1\n"+forged+": at 2001-01-01T00:00:00Z\ndata: 1\n\n")
	got, _ := read(t, name)
	if len(got) != 1 || got[0].Message == nil || got[0].At.Year() == 2001 || got[0].Offset != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestTextsOfARecordingAreMadeHarmless(t *testing.T) {
	text := ": livetape recording 1\n" +
		": at 2026-11-21T10:00:00Z status {\"state\":\"failed\",\"cause\":\"a\\u001b[31mb\",\"advice\":\"c\\u202ed\"}\n" +
		": at 2026-11-21T10:00:00Z message {\"fault\":\"e\\u001b]52;c;x\\u0007f\"}\n"
	got, _ := read(t, write(t, "x.tape", text))
	if len(got) != 2 {
		t.Fatalf("%d entries", len(got))
	}
	for _, s := range []string{got[0].Status.Cause, got[0].Status.Advice, got[1].Message.Err.Error()} {
		if strings.ContainsAny(s, "\x1b\x07\u202e") {
			t.Errorf("%q reaches the screen", s)
		}
	}
}

func TestAnEventOverTheLimitIsSkippedAndSaidSo(t *testing.T) {
	long := strings.Repeat("x", 300<<10)
	text := ": livetape recording 1\n: at 2026-11-21T10:00:00Z\nid: 1\ndata: " + long + "\n\n" +
		"data: ok\n\n" + strings.Repeat("data: "+long[:50<<10]+"\n", 3) + "\ndata: end\n\n"
	r := open(t, write(t, "x.tape", text))
	defer r.Close()
	r.maxData, r.lines.Limit = 100<<10, 100<<10
	var got []feed.Message
	for _, e := range rest(t, r) {
		got = append(got, *e.Message)
	}
	if len(got) != 4 || got[0].Err == nil || got[2].Err == nil || got[0].ID != "1" {
		t.Fatalf("got %v", got)
	}
	if string(got[1].Data) != "ok" || string(got[3].Data) != "end" {
		t.Errorf("the others are %q and %q", got[1].Data, got[3].Data)
	}
	if n := len(r.lines.buf); n > 512<<10 {
		t.Errorf("the buffer grew to %d bytes", n)
	}
}

func TestWhatIsNoRecordingIsNamed(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ content, want string }{
		{"", "it is empty"},
		{" \n\n", "it is empty"},
		{"hello\nworld\n", `the first is "hello"`},
		{"<!DOCTYPE html>\n<p>data</p>\n", `the first is "<!DOCTYPE html>"`},
		{"\x1b[31mred\n", "is not a recording"},
		{"{\n  \"a\": 1\n}\n", "its first line is not a whole value"},
		{"\x7fELF\x00\x01\ndata: x\n\n", "binary data"},
		{"\xff\xfed\x00a\x00t\x00a\x00:\x00 \x00x\x00\n\x00\n\x00", "it is UTF-16 text"},
		{"d\x00a\x00t\x00a\x00:\x00 \x00x\x00\n\x00\n\x00", "it is UTF-16 text"},
		{"\x1f\x8b\x08 what is this? not gzip", "gzip"},
		{"\x1f\x8b\x08", "cut off at its beginning"},
		{": livetape recording 2\n", "version 2, made by a newer livetape"},
		{": livetape recording next\n", `unknown version "next"`},
	} {
		name := filepath.Join(dir, "x.tape")
		if err := os.WriteFile(name, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(name)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), name+" is ") {
			t.Errorf("%.20q: error is %v, want … %s", c.content, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "\x1b") {
			t.Errorf("the error holds an escape sequence: %q", err)
		}
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "it is a folder") {
		t.Errorf("error for a folder is %v", err)
	}
	if _, err := Open(filepath.Join(dir, "missing")); !os.IsNotExist(err) {
		t.Errorf("error for a missing file is %v", err)
	}
}

func TestCommentsThatAreNotUnderstoodAreCountedAndPassedOver(t *testing.T) {
	text := ": livetape recording 1\n: start 2026-11-21T10:00:00Z\n: something else\n" +
		": at yesterday\n: at 2026-11-21T10:00:00Z weather {}\n: at 2026-11-21T10:00:00Z \"open status {}\n" +
		": at 2026-11-21T10:00:00Z status {\"state\":\"dancing\"}\n: at 2026-11-21T10:00:00Z gap {\n" +
		": at 2026-11-21T10:00:01Z\ndata: 1\n\n"
	p := Play(t.Context(), open(t, write(t, "x.tape", text)), PlayerOptions{Speed: Unlimited})
	var got []feed.Event
	for e := range p.Events() {
		got = append(got, e)
	}
	want := message(time.Second, "message", "", "1")
	want.Feed = "x"
	same(t, got, []feed.Event{want})
	if note := p.Position().Note; note != "5 comments could not be read" {
		t.Errorf("the note is %q", note)
	}
}

func TestACaptureIsPlayedAsALiveStream(t *testing.T) {
	name := write(t, "x.sse", "data: 1\n\ndata: 2\n\n")
	p := Play(t.Context(), open(t, name), PlayerOptions{Speed: Unlimited, WaitAtEnd: true})
	for range 2 {
		first := <-p.Events()
		if s := first.Status; s == nil || s.State != feed.Live || first.Feed != "x" {
			t.Errorf("it begins with %+v", first)
		}
		for _, want := range []string{"1", "2"} {
			if e := <-p.Events(); e.Message == nil || string(e.Message.Data) != want {
				t.Errorf("got %+v instead of %s", e, want)
			}
		}
		p.Seek(0)
		if e := <-p.Events(); !IsReset(e) {
			t.Errorf("got %+v instead of a reset", e)
		}
	}
}
