package tape

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"livetape/feed"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var desk = []Source{{Name: "desk", URL: "https://desk.example/events?token=hush"}}

func startTime() time.Time { return time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC) }

func at(offset time.Duration) time.Time { return startTime().Add(offset) }

// message is an event of the feed desk.
func message(offset time.Duration, kind, id, data string) feed.Event {
	return feed.Event{Feed: "desk", At: at(offset), Message: &feed.Message{Type: kind, ID: id, Data: []byte(data)}}
}

func status(offset time.Duration, s feed.Status) feed.Event {
	return feed.Event{Feed: "desk", At: at(offset), Status: &s}
}

// ticks are n messages, a second apart, the first after a second.
func ticks(n int) []feed.Event {
	var events []feed.Event
	for i := range n {
		data := fmt.Sprintf(`{"symbol":"NVDA","last":"%d.50"}`, 100+i)
		events = append(events, message(time.Duration(i+1)*time.Second, "price", fmt.Sprintf("e-%d", i+1), data))
	}
	return events
}

// record writes events to a new file in a folder of its own.
func record(t testing.TB, base string, o RecorderOptions, events ...feed.Event) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), base)
	recordTo(t, name, o, events...)
	return name
}

func recordTo(t testing.TB, name string, o RecorderOptions, events ...feed.Event) {
	t.Helper()
	if o.Start.IsZero() {
		o.Start = startTime()
	}
	r, err := Create(name, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if err := r.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

// read is everything in a file.
func read(t testing.TB, name string) ([]Entry, ReadStats) {
	t.Helper()
	r := open(t, name)
	defer r.Close()
	return rest(t, r), r.Stats()
}

func open(t testing.TB, name string) *Reader {
	t.Helper()
	r, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func rest(t testing.TB, r *Reader) []Entry {
	t.Helper()
	var entries []Entry
	for {
		e, err := r.Next()
		if err == io.EOF {
			return entries
		}
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
}

func eventsOf(entries []Entry) []feed.Event {
	var events []feed.Event
	for _, e := range entries {
		events = append(events, e.Event)
	}
	return events
}

// write makes a file of its own.
func write(t testing.TB, base, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), base)
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// same compares events; errors by their text, nil and empty data as equal.
func same(t testing.TB, got, want []feed.Event) {
	t.Helper()
	if len(want) == 0 && len(got) == 0 {
		return
	}
	if diff := cmp.Diff(want, got, sameOptions()...); diff != "" {
		t.Fatalf("events differ (-want +got):\n%s", diff)
	}
}

func sameOptions() cmp.Options {
	return cmp.Options{cmpopts.IgnoreUnexported(feed.Message{}), cmp.Comparer(bytes.Equal), cmp.Comparer(func(a, b error) bool {
		return errors.Is(a, b) || a != nil && b != nil && a.Error() == b.Error()
	})}
}
