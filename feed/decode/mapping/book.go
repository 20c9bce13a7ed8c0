package mapping

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/configerr"
	"livetape/feed/market"
)

// Book says where the order book of a row is. Its best bid and ask are shown, with their sizes.
//
// The levels of a side are a list of maps, a list of lists, or a map of price → size. Levels that say themselves on which side they are
// stand in one list.
type Book struct {
	Bids   string  `yaml:"bids,omitempty"`  // path to the levels
	Asks   string  `yaml:"asks,omitempty"`  // path to the levels
	Price  string  `yaml:"price,omitempty"` // path in a level of bids or asks; 0, its first item, when left out
	Size   string  `yaml:"size,omitempty"`  // path in a level of bids or asks; 1 when left out
	Levels *Levels `yaml:"levels,omitempty"`
	Deltas bool    `yaml:"deltas,omitempty"` // events change the book that is kept; a size of 0 takes a level away

	// Whole is "first" where no event says that it is a snapshot, and the first book of a symbol is the whole of it.
	Whole string `yaml:"whole,omitempty"`
}

// Levels says where the levels are that each say on which side of the book they are: [["buy", "40.98", "12"], …].
type Levels struct {
	Path  string `yaml:"path"`            // to the list; $value, when the row is the list
	Side  string `yaml:"side,omitempty"`  // path in a level to bid, buy or b, or to ask, offer, sell, s or a; 0 when left out
	Price string `yaml:"price,omitempty"` // path in a level; 1 when left out
	Size  string `yaml:"size,omitempty"`  // path in a level; 2 when left out
}

// bookReader is a compiled Book.
type bookReader struct {
	sides       [2]path // bids, asks
	price, size string  // gjson paths in a level
	levels      *sidedLevels
	deltas      bool
	first       bool                 // the first book of a symbol is the whole of it, if nothing was missed before
	presumes    bool                 // first, and nothing was missed
	books       map[string]*keptBook // by symbol
	lost        map[string]bool      // symbols of which a book was forgotten, or not whole: none that follows is a first one
	gone        []string             // symbols whose bid and ask are still shown though their book was forgotten
	bytes       int                  // of books
	kept        *keptByteCount
}

// keptBook is the book of one symbol as deltas have made it: the levels of its sides by their price.
type keptBook [2]map[string]bookLevel

type bookLevel struct{ price, size market.Decimal }

// Bounds on what is kept of books that are changed by deltas. Beyond the first the book of a symbol is forgotten until it is sent
// whole again; beyond the second, all are.
const (
	maxBookLevels = 2_000
	maxBooks      = 1_000
	bookLevelCost = 200 // bytes that a level takes, with its part of the map
)

// ReasonNoSnapshot is why an event that changes a book shows nothing.
const ReasonNoSnapshot = "it holds changes to a book of which no snapshot has come: neither bid nor ask is shown"

// ErrBookChanges is the error of an event that changes a book of which each event should be the whole.
var ErrBookChanges = errors.New("the events may be changes to the book, which the map has to say (deltas: true)")

var (
	errEmptyLevel    = fmt.Errorf("a level has the size 0: %w", ErrBookChanges)
	errOneSide       = fmt.Errorf("all its levels are on one side: %w", ErrBookChanges)
	errTooManyLevels = fmt.Errorf("it has more than %d levels: neither bid nor ask is shown until a snapshot comes", maxBookLevels)
	errNotWhole      = errors.New("what was taken as the complete book was not: neither bid nor ask is shown until a snapshot comes")
)

func (c *compiler) book(at configerr.Path, spec *Book) *bookReader {
	if spec == nil {
		return nil
	}
	if spec.Bids == "" && spec.Asks == "" && spec.Levels == nil {
		c.errs.Add(at, "a book needs the path of its bids or its asks, or of levels that say their side")
		return nil
	}
	if spec.Whole != "" && spec.Whole != "first" {
		c.errs.Add(at.Key("whole"), "whole is first, or left out")
	}
	b := &bookReader{deltas: spec.Deltas, first: spec.Whole == "first", presumes: spec.Whole == "first", books: map[string]*keptBook{}, lost: map[string]bool{}, kept: c.kept}
	b.price = c.levelPath(at.Key("price"), cmp.Or(spec.Price, "0"))
	b.size = c.levelPath(at.Key("size"), cmp.Or(spec.Size, "1"))
	b.levels = c.sidedLevels(at.Key("levels"), spec.Levels)
	for i, p := range []string{spec.Bids, spec.Asks} {
		if p != "" {
			b.sides[i] = c.path(at.Key([]string{"bids", "asks"}[i]), p)
		}
	}
	return b
}

// levelPath is a gjson path that starts at a level.
func (c *compiler) levelPath(at configerr.Path, s string) string {
	p, err := parsePath(s)
	switch {
	case err != nil:
		c.errs.Add(at, "%s", err)
	case p.root != fromRow:
		c.errs.Add(at, "%q: the path starts at the level", s)
	}
	return p.gjson
}

// setBestBidAsk sets the best bid and ask of a quote. The reason says why they are not known, the error that they no longer are.
func (b *bookReader) setBestBidAsk(r *row, symbol string, q *market.Quote) (reason string, err error) {
	var best [2]bookLevel
	var given [2]bool
	if b.deltas {
		var book *keptBook
		if book, err = b.applyEvent(r, symbol); book == nil {
			return ReasonNoSnapshot, err
		}
		best, given = book.best(), b.hasSides()
	} else if best, given, err = b.bestOfLevels(r); err == nil {
		for i, side := range b.sides {
			if side.gjson == "" {
				continue
			}
			levels := side.get(r)
			given[i] = given[i] || (levels.IsArray() || levels.IsObject()) && !firstMember(levels).Exists()
			b.walkLevels(levels, func(l bookLevel) bool {
				given[i] = true
				if l.isBetter(best[i], i) {
					best[i] = l
				}
				if l.isEmpty() && l.price.Sign() != 0 {
					err = errEmptyLevel
				}
				return true
			})
		}
	}
	q.Bid, q.BidSize, q.Ask, q.AskSize = best[0].price, best[0].size, best[1].price, best[1].size
	q.NoBid, q.NoAsk = given[0] && !q.Bid.IsSet(), given[1] && !q.Ask.IsSet()
	return "", err
}

// applyEvent applies an event to the book that is kept of a symbol; nil when no whole one has come. The error says why what was
// kept no longer is.
func (b *bookReader) applyEvent(r *row, symbol string) (*keptBook, error) {
	kept := b.books[symbol]
	isSnapshot := r.saysSnapshot()
	isPresumed := b.presumes && kept == nil && !isSnapshot && !b.lost[symbol]
	if kept == nil && !isSnapshot && !isPresumed {
		return nil, nil
	}
	if kept == nil || isSnapshot {
		b.forget(symbol)
		if len(b.books) >= maxBooks {
			b.forgetAll()
		}
		kept = &keptBook{{}, {}}
		b.books[symbol] = kept
	}
	before := kept.size()
	fits, err := b.applyLevels(r, kept)
	if err != nil {
		b.addBytes(kept.size() - before)
		b.forget(symbol)
		b.lose(symbol)
		return nil, err
	}
	if isPresumed && (!fits || len(kept[0]) == 0 || len(kept[1]) == 0) {
		delete(b.books, symbol)
		b.lost[symbol] = true
		return nil, nil
	}
	switch hasRoom := b.addBytes(kept.size() - before); {
	case !hasRoom:
		b.forgetAll()
		return nil, nil // the bound is told for all
	case len(kept[0])+len(kept[1]) > maxBookLevels:
		b.forget(symbol)
		b.lose(symbol)
		return nil, errTooManyLevels
	case b.presumes && (!fits || kept.isCrossed()): // then the others may not be whole either
		b.forgetAll()
		b.first = false
		return nil, errNotWhole
	}
	return kept, nil
}

// applyLevels changes a book by the levels of an event. It reports whether all those fit that it takes away.
func (b *bookReader) applyLevels(r *row, kept *keptBook) (fits bool, err error) {
	fits = true
	err = b.walkSidedLevels(r, func(i int, l bookLevel) bool {
		fits = kept.apply(i, l) && fits
		return len(kept[i]) <= maxBookLevels
	})
	for i, side := range b.sides {
		if side.gjson != "" {
			b.walkLevels(side.get(r), func(l bookLevel) bool {
				fits = kept.apply(i, l) && fits
				return len(kept[i]) <= maxBookLevels
			})
		}
	}
	return fits, err
}

// apply changes a level of a side. It reports false when one is to be taken away that is not there.
func (k *keptBook) apply(side int, l bookLevel) (fits bool) {
	key := l.price.String()
	if strings.Contains(key, ".") { // 100.50 is 100.5
		key = strings.TrimRight(strings.TrimRight(key, "0"), ".")
	}
	if !l.isEmpty() {
		k[side][key] = l
		return true
	}
	_, fits = k[side][key]
	delete(k[side], key)
	return fits
}

func (k *keptBook) best() (best [2]bookLevel) {
	for i, levels := range k {
		for _, l := range levels {
			if l.isBetter(best[i], i) {
				best[i] = l
			}
		}
	}
	return best
}

func (k *keptBook) isCrossed() bool {
	best := k.best()
	return best[0].price.IsSet() && best[1].price.IsSet() && best[0].price.Cmp(best[1].price) > 0
}

func (k *keptBook) size() int { return bookLevelCost * (len(k[0]) + len(k[1])) }

func (b *bookReader) addBytes(n int) bool {
	b.bytes += n
	return b.kept.add(n)
}

func (b *bookReader) forget(symbol string) {
	if k := b.books[symbol]; k != nil {
		b.addBytes(-k.size())
		delete(b.books, symbol)
	}
	delete(b.lost, symbol)
}

func (b *bookReader) forgetAll() {
	if len(b.lost) > 10*maxBooks {
		clear(b.lost)
	}
	for symbol := range b.books {
		b.lose(symbol)
	}
	clear(b.books)
	b.addBytes(-b.bytes)
	b.presumes = false
}

func (b *bookReader) lose(symbol string) {
	b.lost[symbol] = true
	b.gone = append(b.gone, symbol)
}

// startAnew has the next book of each symbol be its first.
func (b *bookReader) startAnew() {
	clear(b.lost)
	b.presumes = b.first
}

// clearGone takes back the bids and asks of books that were forgotten, and have not come again.
func (b *bookReader) clearGone(updates []market.Update) []market.Update {
	slices.Sort(b.gone)
	for _, symbol := range b.gone {
		if b.books[symbol] == nil {
			sides := b.hasSides()
			updates = append(updates, market.Quote{Symbol: symbol, NoBid: sides[0], NoAsk: sides[1]})
		}
	}
	b.gone = nil
	return updates
}

// walkLevels calls take for each level of a side that has a price, until it returns false.
func (b *bookReader) walkLevels(side gjson.Result, take func(bookLevel) bool) {
	side.ForEach(func(key, level gjson.Result) bool {
		price, size := key, level
		switch {
		case level.IsObject() || level.IsArray():
			price, size = level.Get(b.price), level.Get(b.size)
		case !side.IsObject():
			return true
		}
		p, err := ParseNumber(price)
		if err != nil || !p.IsSet() {
			return true
		}
		s, err := ParseNumber(size)
		if err != nil {
			s = market.Decimal{}
		}
		return take(bookLevel{p, s})
	})
}

// firstMember is the first of a list or map.
func firstMember(v gjson.Result) (first gjson.Result) {
	v.ForEach(func(_, member gjson.Result) bool {
		first = member
		return false
	})
	return first
}

func (l bookLevel) isEmpty() bool { return l.size.IsSet() && l.size.Sign() == 0 }

// isBetter reports whether a level of a side, 0 for the bids, is better than another, which may be none.
func (l bookLevel) isBetter(other bookLevel, side int) bool {
	if l.isEmpty() || !other.price.IsSet() {
		return !l.isEmpty()
	}
	return l.price.Cmp(other.price)*(1-2*side) > 0
}

// Words by which an event says that it holds the whole of a book, and the members that say it.
var (
	snapshotWords   = WordSet("snapshot partial full initial init image")
	snapshotMembers = WordSet("type event e action op kind msgtype messagetype updatetype eventtype msg")
)

// saysSnapshot reports whether the event of a row, or the row itself, says that it holds the whole of a book.
func (r *row) saysSnapshot() bool {
	own := r.value
	if r.delta.Exists() {
		own = r.delta
	}
	return SaysSnapshot(r.event, r.payload) || len(own.Raw) < len(r.payload.Raw) && SaysSnapshot("", own)
}

// SaysSnapshot reports whether an event says that it holds the whole of something rather than changes to it.
func SaysSnapshot(eventType string, payload gjson.Result) bool {
	return namesSnapshot(eventType) || payload.IsObject() && hasSnapshotMember(payload, 1)
}

func hasSnapshotMember(v gjson.Result, depth int) (found bool) {
	v.ForEach(func(key, member gjson.Result) bool {
		switch name := strings.ToLower(strings.ReplaceAll(key.Str, "_", "")); {
		case member.Type == gjson.String:
			found = snapshotMembers[name] && namesSnapshot(member.Str)
		case member.Type == gjson.True:
			found = name == "snapshot" || name == "issnapshot"
		case member.IsObject() && depth > 0:
			found = hasSnapshotMember(member, depth-1)
		}
		return !found
	})
	return found
}

func namesSnapshot(word string) bool {
	word = strings.ToLower(word)
	return strings.Contains(word, "snapshot") || slices.ContainsFunc(strings.FieldsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }), func(w string) bool { return snapshotWords[w] })
}
