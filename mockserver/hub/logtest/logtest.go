// Package logtest holds implementations of hub.Log to what it promises.
package logtest

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"livetape/mockserver/hub"
)

// Kind says what a log is like besides.
type Kind struct {
	Shared bool // by several processes: it may show a part of an Append
}

// Require holds a log to what hub.Log promises. What create makes is empty, keeps at least size events, and gives the first of
// them the number Base+1.
func Require(t *testing.T, kind Kind, create func(t *testing.T, size int) hub.Log) {
	laws := map[string]func(*testing.T, hub.Log){
		"an empty log can be read from its only id": emptyLog,
		"events come in order from every id":        everyID,
		"a read gives no more than there is room":   smallReads,
		"what is forgotten is counted":              forgotten,
		"an id of others is unknown":                unknownIDs,
		"drafts and data are not kept":              scratch,
		"no reader sees a gap":                      func(t *testing.T, log hub.Log) { gaplessReads(t, log, kind) },
		"a client is told how many events it gets":  replays,
	}
	for name, law := range laws {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			law(t, create(t, logSize))
		})
	}
}

// Base is how many events there were before a log.
const Base = 1000

const logSize = 64

var types = []string{"price", "news", "status"}

// note logs n events whose data say which they are, counted from first, in one append.
func note(log hub.Log, first, n int) {
	var drafts []hub.Draft
	var data []byte
	for i := first; i < first+n; i++ {
		text := fmt.Sprintf(`{"n":%d}`, i)
		data = append(data, text...)
		drafts = append(drafts, hub.Draft{Type: types[i%3], Symbols: []string{fmt.Sprint(i)}, Size: len(text)})
	}
	log.Append(drafts, data)
}

// requireEvents checks that events are those that note logged from first on.
func requireEvents(t *testing.T, events []*hub.Event, first, n int) {
	t.Helper()
	if len(events) != n {
		t.Fatalf("%d events, want %d", len(events), n)
	}
	for i, e := range events {
		want := fmt.Sprintf("event: %s\nid: %s\ndata: {\"n\":%d}\n\n", types[(first+i)%3], e.ID, first+i)
		if string(e.Frame) != want || e.Number != uint64(Base+first+i) || e.Symbols[0] != fmt.Sprint(first+i) {
			t.Fatalf("event %d is %q about %v, want %q", first+i, e.Frame, e.Symbols, want)
		}
	}
}

func mustRead(t *testing.T, log hub.Log, id string, room int) (events []*hub.Event, following int) {
	t.Helper()
	events, following, err := log.Read(id, make([]*hub.Event, 0, room))
	if err != nil {
		t.Fatalf("read from %s: %v", id, err)
	}
	return events, following
}

func emptyLog(t *testing.T, log hub.Log) {
	if log.Oldest() != log.Newest() {
		t.Errorf("oldest %s, newest %s", log.Oldest(), log.Newest())
	}
	if events, following := mustRead(t, log, log.Newest(), 5); len(events) != 0 || following != 0 {
		t.Errorf("%d events, %d following", len(events), following)
	}
}

func everyID(t *testing.T, log hub.Log) {
	ids := []string{log.Newest()}
	for i := 1; i <= logSize; i++ {
		note(log, i, 1)
		ids = append(ids, log.Newest())
	}
	if log.Oldest() != ids[0] {
		t.Errorf("oldest is %s, though nothing had to be forgotten since %s", log.Oldest(), ids[0])
	}
	for n, id := range ids {
		events, following := mustRead(t, log, id, 2*logSize)
		requireEvents(t, events, n+1, logSize-n)
		if following != logSize-n {
			t.Errorf("%d follow %s, want %d", following, id, logSize-n)
		}
		if len(events) > 0 && events[0].ID != ids[n+1] {
			t.Errorf("behind %s comes %s, want %s", id, events[0].ID, ids[n+1])
		}
	}
}

func smallReads(t *testing.T, log hub.Log) {
	note(log, 1, 10)
	id := log.Oldest()
	for first := 1; first < 10; first += 3 {
		events, following := mustRead(t, log, id, 3)
		requireEvents(t, events, first, 3)
		if following != 11-first {
			t.Errorf("%d follow, want %d", following, 11-first)
		}
		if id = events[2].ID; first == 7 {
			break
		}
	}
	if events, following := mustRead(t, log, id, 0); len(events) != 0 || following != 1 {
		t.Errorf("without room: %d events, %d following", len(events), following)
	}
	mark := &hub.Event{ID: "before"}
	events, _, err := log.Read(id, append(make([]*hub.Event, 0, 2), mark))
	if err != nil || len(events) != 2 || events[0] != mark {
		t.Errorf("%v, %v: what was there is not at the front", events, err)
	}
}

func forgotten(t *testing.T, log hub.Log) {
	first := log.Newest()
	total := 0
	for log.Oldest() == first {
		note(log, total+1, 1)
		if total++; total > 1<<20 {
			t.Skip("this log forgets nothing soon")
		}
	}
	if total <= logSize {
		t.Errorf("event %d is forgotten, though %d are kept", total, logSize)
	}
	dst, following, err := log.Read(first, make([]*hub.Event, 0, 5))
	if !errors.Is(err, hub.ErrForgotten) || following != total || len(dst) != 0 {
		t.Errorf("%d events, %d following, %v; want %d and ErrForgotten", len(dst), following, err, total)
	}
	events, _ := mustRead(t, log, log.Oldest(), 2*total)
	requireEvents(t, events, total-len(events)+1, len(events))
	if data, err := resume(t, log, first, ""); !errors.Is(err, hub.ErrForgotten) || !strings.Contains(data, fmt.Sprintf(`"missed":%d}`, total)) {
		t.Errorf("a client is sent %s, %v", data, err)
	}
}

func unknownIDs(t *testing.T, log hub.Log) {
	note(log, 1, 3)
	newest := log.Newest()
	digits := strings.LastIndexByte(newest, '-') + 1
	for _, id := range []string{
		"", "x", newest + "0", newest + " ", " " + newest, "x" + newest, newest[:len(newest)-1], "\x00", "-1", "0",
		newest[:digits], newest[:digits] + "0" + newest[digits:], newest[:digits] + "+" + newest[digits:],
	} {
		dst, following, err := log.Read(id, make([]*hub.Event, 0, 5))
		if !errors.Is(err, hub.ErrUnknownID) || following != 0 || len(dst) != 0 {
			t.Errorf("%q: %d events, %d following, %v", id, len(dst), following, err)
		}
	}
}

func scratch(t *testing.T, log hub.Log) {
	id := log.Newest()
	data, drafts := []byte(`{"n":1}`), []hub.Draft{{Type: types[1], Symbols: []string{"1"}, Size: 7}}
	log.Append(drafts, data)
	copy(data, "XXXXXXX")
	drafts[0] = hub.Draft{Type: types[2]}
	events, _ := mustRead(t, log, id, 5)
	requireEvents(t, events, 1, 1)
}

// gaplessReads has readers beside a writer that appends three at a time, of which they see all or none.
func gaplessReads(t *testing.T, log hub.Log, kind Kind) {
	const portion, readers = 3, 4
	total := 3000
	if kind.Shared {
		total = 90 // each takes its way to the log and back
	}
	var all sync.WaitGroup
	follow := func() error {
		id, n := log.Oldest(), -1
		for n < total {
			events, _, err := log.Read(id, make([]*hub.Event, 0, 10*portion))
			if errors.Is(err, hub.ErrForgotten) {
				id, n = log.Oldest(), -1
				continue
			}
			for _, e := range events {
				var this int
				if _, err := fmt.Sscan(e.Symbols[0], &this); err != nil {
					return err
				}
				if n >= 0 && this != n+1 {
					return fmt.Errorf("event %d came behind %d", this, n)
				}
				n, id = this, e.ID
			}
			if !kind.Shared && len(events) > 0 && len(events) < 10*portion && n%portion != 0 {
				return fmt.Errorf("half an append is seen at %d", n)
			}
		}
		return nil
	}
	faults := make([]error, readers)
	for i := range readers {
		all.Go(func() { faults[i] = follow() })
	}
	for first := 1; first <= total; first += portion {
		note(log, first, portion)
	}
	all.Wait()
	if err := errors.Join(faults...); err != nil {
		t.Error(err)
	}
}

func replays(t *testing.T, log hub.Log) {
	note(log, 1, 60)
	if data, err := resume(t, log, log.Oldest(), "types=news"); err != nil || !strings.Contains(data, `"replayed":20}`) {
		t.Errorf("a client is sent %s, %v", data, err)
	}
	if data, err := resume(t, log, "x", ""); !errors.Is(err, hub.ErrUnknownID) || !strings.Contains(data, `{"from":"x","missed":null}`) {
		t.Errorf("behind an unknown id, a client is sent %s, %v", data, err)
	}
}

// resume is what a client with an id is sent first, and why it cannot resume.
func resume(t *testing.T, log hub.Log, id, query string) (data string, reason error) {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	filter, err := hub.ParseFilter(values, types)
	if err != nil {
		t.Fatal(err)
	}
	native := hub.Native{
		Filter: filter, LastEventID: id, Resumed: func(err error) { reason = err },
		Snapshot: func(hub.Filter) ([]byte, string) { return []byte("{}"), log.Newest() },
	}
	b, _ := native.NewEncoder().Open(nil, log)
	return string(b), reason
}
