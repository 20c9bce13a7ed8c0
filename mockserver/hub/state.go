package hub

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/tidwall/gjson"
)

// Bounds of a State.
const (
	maxStateRows = 100_000 // of each type but news
	maxStateNews = 200     // the latest
)

// State is what the native events of a log add up to: the data of a snapshot, where the source that made the events is in
// another process. Prices are merged member by member, those of the book apart from the rest, as each has a time of its own; of
// all else the latest counts. Its methods may be called from any goroutine.
type State struct {
	mu   sync.Mutex
	last string // id of the newest event in it
	rows map[string]*stateRow
	all  [5][]*stateRow // in the order of stateTypes
}

// stateTypes are the types of events that a snapshot has, and the names of their lists there.
var stateTypes = [5]stateType{
	{FeedType, "feeds", "feed"}, {"price", "prices", "symbol"}, {"reading", "readings", "name"}, {"news", "news", "id"}, {"status", "status", "symbol"},
}

type stateType struct{ event, list, key string }

// isOptional reports whether an empty list is left out.
func (t stateType) isOptional() bool { return t.event == FeedType || t.event == "reading" }

type stateRow struct {
	kind    int
	key     string
	feed    string
	symbols []string
	members []stateMember
}

type stateMember struct{ name, value string } // as in the JSON

// NewState returns the State before the first event.
func NewState() *State { return &State{rows: map[string]*stateRow{}} }

// Apply adds an event, which must follow the one before.
func (s *State) Apply(e *Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = e.ID
	s.apply(e.Type, e.Feed, e.Symbols, e.Data())
}

func (s *State) apply(eventType, feed string, symbols []string, data []byte) {
	kind := slices.IndexFunc(stateTypes[:], func(t stateType) bool { return t.event == eventType })
	object := gjson.ParseBytes(data)
	switch {
	case kind < 0 || !object.IsObject():
	case eventType == "price":
		s.applyRow(kind, feed, symbols, object, func(name string) bool { return !isOfBook(name) })
		s.applyRow(kind, feed+"\x00book", symbols, object, func(name string) bool { return isOfBook(name) || isOfRow(name) })
	default: // a gap is one of those who were there
		s.applyRow(kind, feed, symbols, object, func(name string) bool { return eventType != FeedType || name != "gap" })
	}
}

func isOfBook(name string) bool {
	return name == "bid" || name == "ask" || name == "bid_size" || name == "ask_size"
}

// isOfRow is of what tells which row it is and how old, not what its price is.
func isOfRow(name string) bool {
	return name == "symbol" || name == "feed" || name == "time" || name == "name" || name == "currency"
}

// applyRow applies the members of an object that are wanted, if they say more than which row it is.
func (s *State) applyRow(kind int, feed string, symbols []string, object gjson.Result, wanted func(name string) bool) {
	says := false
	object.ForEach(func(name, _ gjson.Result) bool {
		says = wanted(name.Str) && (stateTypes[kind].event != "price" || !isOfRow(name.Str))
		return !says
	})
	if !says {
		return
	}
	key := stateTypes[kind].event + "\x00" + feed + "\x00" + object.Get(stateTypes[kind].key).String()
	row := s.rows[key]
	if row == nil {
		if row = s.addRow(kind, key); row == nil {
			return
		}
		row.feed, _, _ = strings.Cut(feed, "\x00")
	}
	row.symbols = symbols
	if stateTypes[kind].event != "price" {
		row.members = row.members[:0]
	}
	object.ForEach(func(name, value gjson.Result) bool {
		if wanted(name.Str) {
			row.set(name.Raw, value.Raw)
		}
		return true
	})
}

// addRow makes room for a new row; nil: there is none.
func (s *State) addRow(kind int, key string) *stateRow {
	list := &s.all[kind]
	switch news := stateTypes[kind].event == "news"; {
	case news && len(*list) >= maxStateNews:
		delete(s.rows, (*list)[0].key)
		*list = slices.Delete(*list, 0, 1)
	case len(*list) >= maxStateRows:
		return nil
	}
	row := &stateRow{kind: kind, key: key}
	s.rows[key] = row
	*list = append(*list, row)
	return row
}

// set keeps copies, as the texts are parts of an event.
func (r *stateRow) set(name, value string) {
	at := slices.IndexFunc(r.members, func(m stateMember) bool { return m.name == name })
	if at < 0 {
		r.members = append(r.members, stateMember{string([]byte(name)), ""})
		at = len(r.members) - 1
	}
	r.members[at].value = string([]byte(value))
}

func (r *stateRow) appendJSON(b []byte) []byte {
	b = append(b, '{')
	for n, m := range r.members {
		if n > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, m.name...), ':'), m.value...)
	}
	return append(b, '}')
}

// Snapshot is the data of a snapshot event with what f lets through, and the id of the newest event in it.
func (s *State) Snapshot(f Filter) (data []byte, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := []byte{'{'}
	for kind, t := range stateTypes {
		if t.isOptional() && len(s.all[kind]) == 0 {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, "%q:[", t.list)
		first := true
		for _, row := range s.all[kind] {
			if !f.PassesFeed(row.feed) || !f.Passes(t.event, row.symbols) {
				continue
			}
			if !first {
				b = append(b, ',')
			}
			first = false
			b = row.appendJSON(b)
		}
		b = append(b, ']')
	}
	return append(b, '}'), s.last
}

// HasContent reports whether a snapshot has more in it than how feeds are.
func (s *State) HasContent() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for kind, list := range s.all {
		if len(list) > 0 && stateTypes[kind].event != FeedType {
			return true
		}
	}
	return false
}

// SetLast says that the State holds all up to an id, as when its log begins another epoch.
func (s *State) SetLast(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = id
}

// storedRow is a row of a State that is stored.
type storedRow struct {
	Type    string          `json:"type"`
	Feed    string          `json:"feed,omitempty"`
	Symbols []string        `json:"symbols"`
	Data    json.RawMessage `json:"data"`
}

// Store gives all rows, for RestoreState, and the id of the newest event in them.
func (s *State) Store() (stored []byte, last string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := []storedRow{}
	for kind, list := range s.all {
		for _, row := range list {
			rows = append(rows, storedRow{stateTypes[kind].event, row.feed, row.symbols, row.appendJSON(nil)})
		}
	}
	stored, err = json.Marshal(rows)
	return stored, s.last, err
}

// RestoreState returns a State that was stored, without the id of its newest event.
func RestoreState(stored []byte) (*State, error) {
	var rows []storedRow
	decoder := json.NewDecoder(bytes.NewReader(stored))
	if err := decoder.Decode(&rows); err != nil {
		return nil, fmt.Errorf("read a stored state: %w", err)
	}
	s := NewState()
	for _, row := range rows {
		s.apply(row.Type, row.Feed, row.Symbols, row.Data)
	}
	return s, nil
}
