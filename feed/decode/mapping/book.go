package mapping

import (
	"cmp"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/configerr"
	"livetape/feed/market"
)

// Book says where the order book of a row is. Its best bid and ask are shown, with their sizes.
//
// The levels of a side are a list of maps, a list of lists, or a map of price → size.
type Book struct {
	Bids   string `yaml:"bids,omitempty"`   // path to the levels
	Asks   string `yaml:"asks,omitempty"`   // path to the levels
	Price  string `yaml:"price,omitempty"`  // path in a level; 0, its first item, when left out
	Size   string `yaml:"size,omitempty"`   // path in a level; 1 when left out
	Deltas bool   `yaml:"deltas,omitempty"` // events change the book that is kept; a size of 0 takes a level away
}

// bookReader is a compiled Book.
type bookReader struct {
	sides       [2]path // bids, asks
	price, size string  // gjson paths in a level
	kind        path    // of the event, which may be a snapshot
	deltas      bool
	books       map[string]*keptBook // by symbol
	bytes       int                  // of books
	kept        *keptByteCount
}

// keptBook is the book of one symbol as deltas have made it.
type keptBook [2]map[string]keptLevel

type keptLevel struct{ price, size market.Decimal }

// Bounds on what is kept of books that are changed by deltas. Beyond the first the book of a symbol is forgotten until it is sent
// whole again; beyond the second, all are.
const (
	maxBookLevels = 2_000
	maxBooks      = 1_000
	bookLevelCost = 200 // bytes that a level takes, with its part of the map
)

func (c *compiler) book(at configerr.Path, spec *Book) *bookReader {
	if spec == nil {
		return nil
	}
	if spec.Bids == "" && spec.Asks == "" {
		c.errs.Add(at, "a book needs the path of its bids or its asks")
		return nil
	}
	b := &bookReader{deltas: spec.Deltas, kind: c.path(at, "$.type"), books: map[string]*keptBook{}, kept: c.kept}
	b.price = c.levelPath(at.Key("price"), cmp.Or(spec.Price, "0"))
	b.size = c.levelPath(at.Key("size"), cmp.Or(spec.Size, "1"))
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

// setBestBidAsk sets the best bid and ask of a quote.
func (b *bookReader) setBestBidAsk(r *row, symbol string, q *market.Quote) {
	var book keptBook
	var given [2]bool
	whole := true
	for i, side := range b.sides {
		if side.gjson == "" {
			continue
		}
		v := side.get(r)
		given[i] = b.deltas || v.IsArray() || v.IsObject()
		levels, removed := b.parseLevels(v)
		book[i] = levels
		whole = whole && !removed && len(levels) > 0
	}
	if b.deltas {
		kept := b.applyEvent(symbol, &book, whole, strings.Contains(strings.ToLower(r.event+b.kind.get(r).Str), "snapshot"))
		if kept == nil {
			return
		}
		book = *kept
	}
	bid, ask := bestLevel(book[0], 1), bestLevel(book[1], -1)
	q.Bid, q.BidSize, q.Ask, q.AskSize = bid.price, bid.size, ask.price, ask.size
	q.NoBid, q.NoAsk = given[0] && !bid.price.IsSet(), given[1] && !ask.price.IsSet()
}

// applyEvent applies an event to the book that is kept of a symbol; nil when no whole one has come yet.
func (b *bookReader) applyEvent(symbol string, event *keptBook, whole, snapshot bool) *keptBook {
	kept := b.books[symbol]
	switch {
	case kept == nil && !whole && !snapshot:
		return nil
	case kept == nil || snapshot:
		b.forget(symbol)
		if len(b.books) >= maxBooks {
			b.forgetAll()
		}
		kept = &keptBook{{}, {}}
		b.books[symbol] = kept
	}
	before := kept.size()
	for i, levels := range event {
		for key, l := range levels {
			if l.size.IsSet() && l.size.Sign() == 0 {
				delete(kept[i], key)
			} else {
				kept[i][key] = l
			}
		}
	}
	switch fits := b.addBytes(kept.size() - before); {
	case !fits:
		b.forgetAll()
	case len(kept[0])+len(kept[1]) > maxBookLevels:
		b.forget(symbol)
	}
	return kept
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
}

func (b *bookReader) forgetAll() {
	clear(b.books)
	b.addBytes(-b.bytes)
}

// parseLevels are those of one side; removed is true when one of them has the size 0.
func (b *bookReader) parseLevels(side gjson.Result) (levels map[string]keptLevel, removed bool) {
	levels = map[string]keptLevel{}
	add := func(price, size gjson.Result) {
		p, err := ParseNumber(price)
		if err != nil || !p.IsSet() {
			return
		}
		s, err := ParseNumber(size)
		if err != nil {
			s = market.Decimal{}
		}
		removed = removed || s.IsSet() && s.Sign() == 0
		levels[p.String()] = keptLevel{p, s}
	}
	side.ForEach(func(key, level gjson.Result) bool {
		switch {
		case side.IsObject() && !level.IsObject() && !level.IsArray():
			add(key, level)
		case level.IsObject() || level.IsArray():
			add(level.Get(b.price), level.Get(b.size))
		}
		return len(levels) < maxBookLevels
	})
	return levels, removed
}

// bestLevel is the highest level, or with sign -1 the lowest, that is not empty.
func bestLevel(levels map[string]keptLevel, sign int) (top keptLevel) {
	for _, l := range levels {
		if l.size.IsSet() && l.size.Sign() == 0 {
			continue
		}
		if !top.price.IsSet() || sign*l.price.Cmp(top.price) > 0 {
			top = l
		}
	}
	return top
}
