package infer

import (
	"slices"
	"strings"

	"livetape/feed/decode/mapping"
	"livetape/feed/decode/preset"
)

// takenSet is a row set for which there are rules, and the payloads that these read.
type takenSet struct {
	set  *rowSet
	read map[int]bool // by their index

	book [][]string // where its levels are, below its rows, when nothing but a book is read: what stands beside them is still to be read
}

// hides reports whether rows of a set at or below the path of what was read, or above it, are the same once more.
func (t takenSet) hides(s *rowSet) bool {
	if !overlap(s, t.set) {
		return false
	}
	if len(t.book) == 0 || len(s.names) <= len(t.set.names) {
		return true
	}
	below := s.names[len(t.set.names) : len(s.names)-1]
	return slices.ContainsFunc(t.book, func(path []string) bool {
		return len(path) >= len(below) && slices.Equal(path[:len(below)], below)
	})
}

// bookPaths are where the levels of a book are, when rules read nothing else.
func bookPaths(rules []mapping.Rule) (paths [][]string) {
	for _, r := range rules {
		if r.Book == nil || r.Last != nil {
			return nil
		}
		places := []string{r.Book.Bids, r.Book.Asks}
		if r.Book.Levels != nil {
			places = append(places, r.Book.Levels.Path)
		}
		for _, place := range places {
			if place != "" {
				paths = append(paths, strings.Split(place, "."))
			}
		}
	}
	return paths
}

// unreadBy are the rows in payloads of which nothing at the same path, or above or below it, is read yet: some payloads hold a list of
// rows, and others one row. A set that nothing overlaps is returned as it is.
func (s *rowSet) unreadBy(taken []takenSet) *rowSet {
	rest := s
	for _, other := range taken {
		if other.hides(s) {
			r := *rest
			r.rows = slices.DeleteFunc(slices.Clone(rest.rows), func(f foundRow) bool { return other.read[f.payload] })
			rest = &r
		}
	}
	return rest
}

// readsAgain reports whether rules for rows read a payload that those for overlapping ones do.
func (s *rowSet) readsAgain(read map[int]bool, taken []takenSet) bool {
	return slices.ContainsFunc(taken, func(t takenSet) bool {
		for i := range read {
			if t.read[i] && t.hides(s) {
				return true
			}
		}
		return false
	})
}

// payloadsRead are the payloads that rules for a row set read. Of a book all count that hold some of it.
func (s *rowSet) payloadsRead(rules []mapping.Rule, read []payload) map[int]bool {
	found := map[int]bool{}
	if hasBook(rules) {
		for _, f := range s.rows {
			found[f.payload] = true
		}
		return found
	}
	decoder, err := decoderOf("feed", preset.Definition{Spec: mapping.Spec{Map: rules}})
	if err != nil {
		return found // not reached: rules are compiled again when they are tried
	}
	for i, p := range read {
		if m, _ := decoder.Decode(p.event, []byte(p.json.Raw)); len(m.Updates) > 0 {
			found[i] = true
		}
	}
	return found
}
