package tape

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"livetape/feed"
)

// oneOfEach are events of every kind, and messages with everything that could break a line-based file.
func oneOfEach() []feed.Event {
	status := feed.Status{
		State: feed.Waiting, Since: at(1), Attempt: 3, RetryAt: at(time.Minute),
		Cause: "connection refused", Advice: "start the server", Planned: true,
		LastByte: at(-time.Second), Retry: 1500 * time.Millisecond, Connections: 2, Duplicates: 9,
	}
	gap := feed.Gap{
		Kind: feed.Unconfirmed, Lost: at(0), Length: 7*time.Second + 3, From: "e-\x01\"7",
		Replayed: 31, Missed: feed.Unknown, Planned: true,
	}
	events := []feed.Event{
		{Status: &status}, {Gap: &gap},
		{Pulse: &feed.Pulse{LastByte: at(time.Second), Duplicates: 4}},
		{Message: &feed.Message{Type: "message", Err: errors.New("skipped: 2 MiB are over the limit")}},
	}
	for _, m := range []feed.Message{
		{Type: "price", ID: "e-1", Data: []byte(`{"last":"1.50"}`)},
		{Type: "price", ID: "e-1", Data: []byte("inherited id")},
		{Type: "message", ID: "", Data: []byte("id reset")},
		{Type: "message", ID: "x", Data: nil},
		{Type: " spaced ", ID: " id ", Data: []byte(" one\n\n two\n")},
		{Type: "colon: x", ID: "a:b: c", Data: []byte(": at 2001-01-01T00:00:00Z\nid: forged\n\n: livetape recording 1")},
		{Type: "", ID: "empty type", Data: []byte("x")},
		{Type: "line\nbreak", ID: "line\rbreak", Data: []byte("cr\rlf\r\nend")},
		{Type: "nul", ID: "a\x00b", Data: []byte("a\x00b")},
		{Type: "\xff", ID: "\xfe", Data: []byte("\xe2\x82")},
		{Type: "bom", ID: "\ufeff", Data: []byte("\ufeff")},
	} {
		events = append(events, feed.Event{Message: &m})
	}
	for i := range events {
		events[i].Feed, events[i].At = "desk", at(time.Duration(i)*time.Millisecond+1)
	}
	return events
}

func TestEveryKindOfEventComesBackAsItWas(t *testing.T) {
	for _, base := range []string{"x.tape", "x.tape.gz"} {
		for _, feeds := range [][]Source{desk, nil, {{Name: "other"}, {Name: "desk"}}, {{Name: "other"}}} {
			want := oneOfEach()
			got, stats := read(t, record(t, base, RecorderOptions{Feeds: feeds}, want...))
			same(t, eventsOf(got), want)
			if stats != (ReadStats{Events: len(want)}) {
				t.Errorf("stats is %+v", stats)
			}
		}
	}
}

func TestEventsOfSeveralFeedsKeepTheirNames(t *testing.T) {
	var want []feed.Event
	for i, name := range []string{"desk", "wire \"1\"", "desk", "späti", "unlisted"} {
		e := message(time.Duration(i), "price", "same id", "x")
		e.Feed = name
		want = append(want, e)
	}
	feeds := []Source{{Name: "desk"}, {Name: "wire \"1\""}, {Name: "späti"}}
	got, _ := read(t, record(t, "x.tape", RecorderOptions{Feeds: feeds}, want...))
	same(t, eventsOf(got), want)
}

// A field that is added to the events must find its way into the format.
func TestNoFieldOfAStatusGapOrPulseIsForgotten(t *testing.T) {
	e := feed.Event{Feed: "desk", At: at(0)}
	var want []feed.Event
	for _, part := range []any{new(feed.Status), new(feed.Gap), new(feed.Pulse)} {
		fill(t, reflect.ValueOf(part).Elem())
		full := e
		switch part := part.(type) {
		case *feed.Status:
			full.Status = part
		case *feed.Gap:
			full.Gap = part
		case *feed.Pulse:
			full.Pulse = part
		}
		want = append(want, full)
	}
	got, _ := read(t, record(t, "x.tape", RecorderOptions{}, want...))
	same(t, eventsOf(got), want)
	if n := reflect.TypeFor[feed.Event]().NumField(); n != 6 {
		t.Errorf("feed.Event has %d fields; the format knows of 6", n)
	}
}

func fill(t *testing.T, v reflect.Value) {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Interface().(type) {
		case time.Time:
			f.Set(reflect.ValueOf(at(time.Duration(i))))
		case string:
			f.SetString("text")
		case bool:
			f.SetBool(true)
		case uint64:
			f.SetUint(7)
		default:
			if !f.CanInt() {
				t.Fatalf("no value for %s", v.Type().Field(i).Name)
			}
			f.SetInt(2)
		}
	}
}

func TestARecordingIsAnEventStreamForEveryOtherReader(t *testing.T) {
	name := record(t, "x.tape", RecorderOptions{Feeds: desk}, oneOfEach()...)
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	capture := write(t, "desk", "retry: 5\n"+string(text)) // what begins otherwise is no recording of ours
	got, _ := read(t, capture)
	var want []feed.Event
	for _, e := range oneOfEach() {
		if m := e.Message; m != nil && fitsEventStream(m) {
			e.At = got[len(want)].At
			want = append(want, e)
		}
	}
	same(t, eventsOf(got), want)
}

func TestJoinedRecordingsReplayAsOne(t *testing.T) {
	first, second := oneOfEach(), ticks(3)
	a := record(t, "x.tape", RecorderOptions{Feeds: desk}, first...)
	b := record(t, "x.tape", RecorderOptions{Feeds: []Source{{Name: "other"}}, Start: at(time.Hour)}, second...)
	textA, errA := os.ReadFile(a)
	textB, errB := os.ReadFile(b)
	if err := errors.Join(errA, errB); err != nil {
		t.Fatal(err)
	}
	got, _ := read(t, write(t, "both.tape", string(textA)+string(textB)))
	same(t, eventsOf(got), append(first, second...))
}

func TestSecretsAreNotInARecording(t *testing.T) {
	feeds := []Source{
		{Name: "a", URL: "https://user:hush1@desk.example/x?token=hush2&symbols=NVDA&api_key=hush3#hush4"},
		{Name: "b", URL: "Bearer hush5"},
	}
	text, err := os.ReadFile(record(t, "x.tape", RecorderOptions{Feeds: feeds}, ticks(2)...))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "hush") {
		t.Errorf("a secret is in:\n%s", text)
	}
	if !strings.Contains(string(text), "symbols=NVDA") {
		t.Errorf("the harmless part of the URL is not in:\n%s", text)
	}
}

func TestAnEventWithoutATimeThatCanBeWrittenIsRefusedAndTheRecordingGoesOn(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.tape")
	r, err := Create(name, RecorderOptions{Start: startTime(), Feeds: desk})
	if err != nil {
		t.Fatal(err)
	}
	far := message(0, "price", "far", "x")
	far.At = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := r.Write(far); err == nil || !strings.Contains(err.Error(), "year 10000") {
		t.Errorf("error is %v", err)
	}
	want := ticks(1)
	if err := errors.Join(r.Write(want[0]), r.Write(feed.Event{At: at(0)}), r.Close()); err != nil {
		t.Fatal(err)
	}
	got, _ := read(t, name)
	same(t, eventsOf(got), want)
}

// FuzzRoundTrip: any sequence of messages comes back from a file as it was.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("\x05price\x03e-1\x07{\"a\":1}"), true)
	f.Add([]byte("\x00\x00\x00\x02\r\n\x01\x00\x03a\nb"), false)
	f.Add([]byte("\x07message\x00\x00\x07message\x00\x01\n"), false)
	f.Fuzz(func(t *testing.T, script []byte, zipped bool) {
		want := messagesOf(script)
		base := map[bool]string{false: "x.tape", true: "x.tape.gz"}[zipped]
		got, stats := read(t, record(t, base, RecorderOptions{MaxSize: 0}, want...))
		same(t, eventsOf(got), want)
		if stats.MidEvent || stats.Unreadable > 0 || stats.Cut {
			t.Errorf("stats is %+v", stats)
		}
	})
}

// messagesOf cuts a script into texts, each behind its length, and these into messages.
func messagesOf(script []byte) []feed.Event {
	next := func() []byte {
		if len(script) == 0 {
			return nil
		}
		n := min(int(script[0]), len(script)-1)
		part := script[1 : 1+n]
		script = script[1+n:]
		return bytes.Clone(part)
	}
	var events []feed.Event
	for len(script) > 0 {
		m := &feed.Message{Type: string(next()), ID: string(next()), Data: next()}
		when := at(time.Duration(binary.BigEndian.Uint32(append(m.Data[:min(4, len(m.Data)):min(4, len(m.Data))], 0, 0, 0, 0))))
		events = append(events, feed.Event{Feed: fmt.Sprint("feed ", len(m.ID)), At: when, Message: m})
	}
	return events
}

// Editors and version control may change line ends, or put a byte order mark before the file.
func TestARecordingWithOtherLineEndsIsTheSame(t *testing.T) {
	want := append(oneOfEach(), ticks(3)...)
	text, err := os.ReadFile(record(t, "x.tape", RecorderOptions{Feeds: desk}, want...))
	if err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"\r\n", "\r"} {
		r := open(t, write(t, "y.tape", "\ufeff"+strings.ReplaceAll(string(text), "\n", end)))
		same(t, eventsOf(rest(t, r)), want)
		info := r.Info()
		if !info.Timed || !info.Start.Equal(startTime()) || info.Feeds[0].Name != "desk" || info.Total != 3*time.Second {
			t.Errorf("info with %q is %+v", end, info)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
