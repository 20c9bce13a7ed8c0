package mockserver

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"livetape/mockserver/market"
)

func TestTheRingIsAnEventLog(t *testing.T) {
	requireEventLog(t, func(size int) eventLog { return newRing("an-epoch", size) })
}

// requireEventLog holds a log to what eventLog promises. What create makes is empty and keeps at least size events.
func requireEventLog(t *testing.T, create func(size int) eventLog) {
	for name, law := range map[string]func(*testing.T, eventLog){
		"an empty log can be read from its only id": emptyLog,
		"events come in order from every id":        everyID,
		"a read gives no more than there is room":   smallReads,
		"what is forgotten is counted":              forgotten,
		"an id of others is unknown":                foreignIDs,
		"drafts and data are not kept":              scratch,
		"no reader sees a gap or half an append":    gaplessReads,
		"a tally counts what is wanted":             tallies,
	} {
		t.Run(name, func(t *testing.T) { law(t, create(logSize)) })
	}
}

const logSize = 64

// note logs n events whose data say which they are, counted from first, in one append.
func note(log eventLog, first, n int) {
	var drafts []draft
	var data []byte
	for i := first; i < first+n; i++ {
		text := fmt.Sprintf(`{"n":%d}`, i)
		data = append(data, text...)
		drafts = append(drafts, draft{kind: market.Kind(i % len(market.KindNames())), symbols: []string{fmt.Sprint(i)}, size: len(text)})
	}
	log.append(drafts, data)
}

// requireEvents checks that events are those that note logged from first on.
func requireEvents(t *testing.T, events []*entry, first, n int) {
	t.Helper()
	if len(events) != n {
		t.Fatalf("%d events, want %d", len(events), n)
	}
	for i, e := range events {
		want := appendFrame(nil, market.Kind((first+i)%len(market.KindNames())).String(), e.id, fmt.Appendf(nil, `{"n":%d}`, first+i))
		if string(e.frame) != string(want) || e.symbols[0] != fmt.Sprint(first+i) {
			t.Fatalf("event %d is %q about %v, want %q", first+i, e.frame, e.symbols, want)
		}
	}
}

func mustRead(t *testing.T, log eventLog, id string, room int) (events []*entry, following int) {
	t.Helper()
	events, following, err := log.read(id, make([]*entry, 0, room))
	if err != nil {
		t.Fatalf("read from %s: %v", id, err)
	}
	return events, following
}

func emptyLog(t *testing.T, log eventLog) {
	if log.oldest() != log.newest() {
		t.Errorf("oldest %s, newest %s", log.oldest(), log.newest())
	}
	if events, following := mustRead(t, log, log.newest(), 5); len(events) != 0 || following != 0 {
		t.Errorf("%d events, %d following", len(events), following)
	}
}

func everyID(t *testing.T, log eventLog) {
	ids := []string{log.newest()}
	for i := 1; i <= logSize; i++ {
		note(log, i, 1)
		ids = append(ids, log.newest())
	}
	if log.oldest() != ids[0] {
		t.Errorf("oldest is %s, though nothing had to be forgotten since %s", log.oldest(), ids[0])
	}
	for n, id := range ids {
		events, following := mustRead(t, log, id, 2*logSize)
		requireEvents(t, events, n+1, logSize-n)
		if following != logSize-n {
			t.Errorf("%d follow %s, want %d", following, id, logSize-n)
		}
		if len(events) > 0 && events[0].id != ids[n+1] {
			t.Errorf("behind %s comes %s, want %s", id, events[0].id, ids[n+1])
		}
	}
}

func smallReads(t *testing.T, log eventLog) {
	note(log, 1, 10)
	id := log.oldest()
	for first := 1; first < 10; first += 3 {
		events, following := mustRead(t, log, id, 3)
		requireEvents(t, events, first, 3)
		if following != 11-first {
			t.Errorf("%d follow, want %d", following, 11-first)
		}
		if id = events[2].id; first == 7 {
			break
		}
	}
	if events, following := mustRead(t, log, id, 0); len(events) != 0 || following != 1 {
		t.Errorf("without room: %d events, %d following", len(events), following)
	}
	mark := &entry{id: "before"}
	events, _, err := log.read(id, append(make([]*entry, 0, 2), mark))
	if err != nil || len(events) != 2 || events[0] != mark {
		t.Errorf("%v, %v: what was there is not at the front", events, err)
	}
}

func forgotten(t *testing.T, log eventLog) {
	first := log.newest()
	total := 0
	for log.oldest() == first {
		note(log, total+1, 1)
		if total++; total > 1<<20 {
			t.Skip("this log forgets nothing soon")
		}
	}
	if total <= logSize {
		t.Errorf("event %d is forgotten, though %d are kept", total, logSize)
	}
	dst, following, err := log.read(first, make([]*entry, 0, 5))
	if !errors.Is(err, errForgotten) || following != total || len(dst) != 0 {
		t.Errorf("%d events, %d following, %v; want %d and errForgotten", len(dst), following, err, total)
	}
	events, _ := mustRead(t, log, log.oldest(), 2*total)
	requireEvents(t, events, total-len(events)+1, len(events))
	if following, _, err := tally(log, first, func(*entry) bool { return true }); following != total || !errors.Is(err, errForgotten) {
		t.Errorf("tally says %d, %v", following, err)
	}
}

func foreignIDs(t *testing.T, log eventLog) {
	note(log, 1, 3)
	newest := log.newest()
	for _, id := range []string{"", "x", newest + "0", newest + " ", " " + newest, "x" + newest, newest[:len(newest)-1], "\x00", "-1", "0"} {
		dst, following, err := log.read(id, make([]*entry, 0, 5))
		if !errors.Is(err, errUnknownID) || following != 0 || len(dst) != 0 {
			t.Errorf("%q: %d events, %d following, %v", id, len(dst), following, err)
		}
	}
}

func scratch(t *testing.T, log eventLog) {
	id := log.newest()
	data, drafts := []byte(`{"n":1}`), []draft{{kind: market.Kind(1), symbols: []string{"1"}, size: 7}}
	log.append(drafts, data)
	copy(data, "XXXXXXX")
	drafts[0] = draft{kind: market.Kind(2)}
	events, _ := mustRead(t, log, id, 5)
	requireEvents(t, events, 1, 1)
}

// gaplessReads has readers beside a writer that appends three at a time.
func gaplessReads(t *testing.T, log eventLog) {
	const total, portion, readers = 3000, 3, 4
	var all sync.WaitGroup
	follow := func() error {
		id, n := log.oldest(), -1
		for n < total {
			events, _, err := log.read(id, make([]*entry, 0, 10*portion))
			if errors.Is(err, errForgotten) {
				id, n = log.oldest(), -1
				continue
			}
			for _, e := range events {
				var this int
				if _, err := fmt.Sscan(e.symbols[0], &this); err != nil {
					return err
				}
				if n >= 0 && this != n+1 {
					return fmt.Errorf("event %d came behind %d", this, n)
				}
				n, id = this, e.id
			}
			if len(events) > 0 && len(events) < 10*portion && n%portion != 0 {
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

func tallies(t *testing.T, log eventLog) {
	note(log, 1, 60)
	news := func(e *entry) bool { return e.kind == market.KindNews }
	following, matching, err := tally(log, log.oldest(), news)
	if following != 60 || matching != 20 || err != nil {
		t.Errorf("%d follow, %d match, %v", following, matching, err)
	}
	if _, _, err := tally(log, "x", news); !errors.Is(err, errUnknownID) {
		t.Errorf("an unknown id: %v", err)
	}
}
