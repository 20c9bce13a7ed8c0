package infer

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// book finds the order book in rows: the levels of bids and asks, which are one book and no rows of their own. Its best bid
// and ask take the place of those that were found by name in it.
func (w *ruleWriter) book(s *rowSet, f *fields) *mapping.Book {
	var sides [2]sidePath
	for _, row := range s.rowValues() {
		findSides(row, nil, &sides)
	}
	levels, areChanges := s.sidedLevels()
	if sides[0].names == nil && sides[1].names == nil && levels == nil {
		return nil
	}
	all := append(slices.Clone(sides[0].levels), sides[1].levels...)
	if w.cannotFollow(s, sides, all) {
		return nil
	}
	price, size, ok := s.bookLevelPaths(all)
	if !ok {
		return nil
	}
	if crosses(s.rowValues(), price) {
		w.doubt("the bids of a book are far above its asks: neither is shown")
		return nil
	}
	b := &mapping.Book{Levels: levels}
	for i, to := range []*string{&b.Bids, &b.Asks} {
		if sides[i].names != nil {
			*to = pathOf(sides[i].names)
		}
	}
	if price != "0" {
		b.Price = price
	}
	if size != "1" {
		b.Size = size
	}
	if areChanges || w.changesBooks || slices.ContainsFunc(all, func(l level) bool { return l.isRemoval(price, size) }) {
		w.keepFromSnapshot(b)
	}
	f.dropBestOfBook()
	if f.best("bid") != nil && f.best("ask") != nil {
		return nil // the row says them itself
	}
	return b
}

// cannotFollow reports, with a doubt, whether rows hold changes to a book in a form that rules do not read.
func (w *ruleWriter) cannotFollow(s *rowSet, sides [2]sidePath, all []level) bool {
	changed := s.onlyChanges(sides)
	switch {
	case changed != "":
		w.doubt("%s has changes to a book that was never sent whole there: neither bid nor ask is shown", changed)
	case slices.ContainsFunc(all, level.saysGone):
		w.doubt("levels of a book say that they are deleted, which livetape does not read: neither bid nor ask is shown")
	default:
		return false
	}
	w.bookUnread = true
	return true
}

// bookLevelPaths are the paths of price and size in the levels of rows.
func (s *rowSet) bookLevelPaths(all []level) (price, size string, ok bool) {
	price, size, ok = levelPaths(all)
	if ok && len(all) > 0 && all[0].value.IsArray() && areSwapped(s.rowValues(), price, size) {
		price, size = size, price
	}
	return price, size, ok
}

// dropBestOfBook drops bids and asks that were found by their names in the levels of a book.
func (f *fields) dropBestOfBook() {
	for _, name := range []fieldRole{"bid", "ask", "bid_size", "ask_size"} {
		if best := f.best(name); best != nil && sideOf(best.names[:len(best.names)-1]) != "" {
			delete(*f, name)
		}
	}
}

// onlyChanges is the name of a map around the sides of a book that says that they are changes to it; empty for none.
func (s *rowSet) onlyChanges(sides [2]sidePath) string {
	isChange := func(name string) bool { return hasWord(name, changeListWords) }
	if above := slices.Concat(s.names, sides[0].names, sides[1].names); slices.ContainsFunc(above, isChange) {
		return above[slices.IndexFunc(above, isChange)]
	}
	for i := range sides {
		if row := slices.IndexFunc(s.rows, func(f foundRow) bool { return isChange(f.key) }); row >= 0 && sides[i].names != nil {
			return s.rows[row].key
		}
	}
	return ""
}

// keepFromSnapshot has a book changed by levels of size 0, which take others away.
func (w *ruleWriter) keepFromSnapshot(b *mapping.Book) {
	b.Deltas = true
	w.note("events change the book, and a size of 0 removes a level: the book is kept from its snapshot on")
	if !w.marksBooks {
		b.Whole = "first"
		w.note("no event says that it is a snapshot: the first book of a symbol is taken as complete: check this")
	}
}

// marksBook reports whether a payload says that it holds the whole of a book, or changes to one.
func (p payload) marksBook() bool {
	return mapping.SaysSnapshot(p.event, p.json) || hasWord(p.event, changeWords) || hasWord(messageKind(p.json), changeWords) || isBookChange(messageKind(p.json))
}

// isSnapshot reports whether a payload says that it holds the whole of something.
func (p payload) isSnapshot() bool { return mapping.SaysSnapshot(p.event, p.json) }

// isBookUpdate reports whether a payload says that it holds changes.
func (p payload) isBookUpdate() bool {
	kinds := append(append(messageKinds(p.json), rowKinds(p.json, 0)...), p.event)
	return !p.isSnapshot() && slices.ContainsFunc(kinds, func(kind string) bool { return isBookChange(kind) || hasWord(kind, changeWords) })
}

// joinBooks makes one rule of those that only differ in whether they found changes to the book that they read, or in where its levels
// are: it is one book, whatever the types of its events.
func joinBooks(all []eventRule) (joined []eventRule) {
	var books []*mapping.Book
	for _, t := range all {
		books = append(books, t.rule.Book)
	}
	markAllAsDeltas(books)
	for _, t := range all {
		i := slices.IndexFunc(joined, func(other eventRule) bool { return joinBook(&other.rule, t.rule) })
		if i < 0 {
			joined = addRule(joined, t)
			continue
		}
		joinBook(&joined[i].rule, t.rule)
		joined[i].events = append(joined[i].events, t.events...)
	}
	return joined
}

// joinBook adds to a rule the book of another that reads the same rows, where one has a list for each side, and the other levels that say
// their side. Beside their books the rules may differ in that one has no time. It reports whether that is so.
func joinBook(r *mapping.Rule, other mapping.Rule) bool {
	a, b := r.Book, other.Book
	if a == nil || b == nil || (a.Levels == nil) == (b.Levels == nil) {
		return false
	}
	joined, at := *r, cmp.Or(r.Time, other.Time)
	joined.Book, other.Book = nil, nil
	if r.Time == nil || other.Time == nil {
		joined.Time, other.Time = at, at
	}
	if !sameRule(joined, other) {
		return false
	}
	book := *a
	if a.Levels == nil {
		book.Levels = b.Levels
	} else {
		book.Bids, book.Asks, book.Price, book.Size = b.Bids, b.Asks, b.Price, b.Size
	}
	book.Deltas, book.Whole = true, cmp.Or(a.Whole, b.Whole)
	joined.Book = &book
	*r = joined
	return true
}

// markAllAsDeltas takes all books, of which some may be nil, for ones that are changed where one of them is.
func markAllAsDeltas(books []*mapping.Book) {
	books = slices.DeleteFunc(books, func(b *mapping.Book) bool { return b == nil })
	if at := slices.IndexFunc(books, func(b *mapping.Book) bool { return b.Deltas }); at >= 0 {
		for _, b := range books {
			b.Deltas, b.Whole = true, books[at].Whole
		}
	}
}

// sidePath is where one side of a book is, with some of its levels.
type sidePath struct {
	names  []string
	levels []level
}

// level is one level of a book: a map, a list, or the size under its price as key.
type level struct {
	key   string
	value gjson.Result
}

// isRemoval reports whether a level has the size 0.
func (l level) isRemoval(price, size string) bool {
	v := l.value
	if v.IsObject() || v.IsArray() {
		v = v.Get(size)
	}
	return isZero(v) && l.price(price) != 0 // a level without a price and a size is none
}

func isZero(v gjson.Result) bool {
	n, err := mapping.ParseNumber(v)
	return err == nil && n.IsSet() && n.Sign() == 0
}

// saysGone reports whether a level with a size says of itself that it is deleted.
func (l level) saysGone() (gone bool) {
	l.value.ForEach(func(key, v gjson.Result) bool {
		name := plainName(key.Str)
		what := whyNotPrice(v.Str)
		gone = (slices.Contains(kindNames, name) || name == "status" || name == "state") && (what == deletionKind || what == cancellationKind)
		return !gone
	})
	return gone
}

// crosses reports whether the best bid of a row is far above its best ask, so that what is taken for the prices of levels is something
// else.
func crosses(rows []gjson.Result, price string) bool {
	return slices.ContainsFunc(rows, func(row gjson.Result) bool {
		bid, ask := bestLevels(row, price)
		return bid > ask && IsJump(bid, ask)
	})
}

// areSwapped reports whether the levels of rows have their sizes where their prices are looked for: bids are above asks there, and a
// little below them in the other place.
func areSwapped(rows []gjson.Result, price, size string) bool {
	const apart, near = 1.05, 1.05
	known := false
	for _, row := range rows {
		bid, ask := bestLevels(row, price)
		otherBid, otherAsk := bestLevels(row, size)
		if math.IsInf(bid-ask, 0) {
			continue // a side is empty
		}
		if otherBid <= 0 || otherBid > otherAsk || otherAsk > near*otherBid {
			return false
		}
		known = known || bid > apart*ask
	}
	return known
}

// bestLevels are the highest bid and the lowest ask of a row, for comparing; infinite where there is none.
func bestLevels(row gjson.Result, price string) (bid, ask float64) {
	var sides [2]sidePath
	findSides(row, nil, &sides)
	bid, ask = math.Inf(-1), math.Inf(1)
	for _, l := range sides[0].levels {
		bid = max(bid, l.price(price))
	}
	for _, l := range sides[1].levels {
		ask = min(ask, l.price(price))
	}
	return bid, ask
}

// price is the number at a path of a level, or its key, for comparing.
func (l level) price(path string) float64 {
	if !l.value.IsObject() && !l.value.IsArray() {
		return gjson.Result{Type: gjson.String, Str: l.key}.Float()
	}
	return l.value.Get(path).Float()
}

// maxBookDepth is how deep below a row its book may be.
const maxBookDepth = 2

// maxLevels bounds the levels of a side that are looked at.
const maxLevels = 50

// bookSides are names above the levels of a book.
var bookSides = map[string]string{
	"bid": "bid", "bids": "bid", "buy": "bid", "buys": "bid", "b": "bid", "ask": "ask", "asks": "ask", "offers": "ask", "offer": "ask", "sell": "ask", "sells": "ask", "a": "ask", "bs": "bid", "as": "ask",
}

// sideOfBook is the side of a book that a name says; "" for none.
func sideOfBook(name string) string { return bookSides[strings.ToLower(name)] }

// isBookSide reports whether a member is one side of a book.
func isBookSide(name string, v gjson.Result) bool {
	return sideOfBook(name) != "" && isLevels(v) && !(len(name) == 1 && symbolOfLevel(firstItem(v)) != "")
}

// findSides finds the lists or maps of levels below names of sides.
func findSides(v gjson.Result, names []string, sides *[2]sidePath) {
	if !v.IsObject() || len(names) > maxBookDepth || holdsBooks(v) {
		return
	}
	v.ForEach(func(key, below gjson.Result) bool {
		here := append(slices.Clip(names), key.Str)
		i := slices.Index([]string{"bid", "ask"}, sideOfBook(key.Str))
		switch {
		case !isWritable(key.Str) || hasWord(key.Str, pastWords):
		case i >= 0 && isBookSide(key.Str, below):
			if sides[i].names == nil || slices.Equal(sides[i].names, here) {
				sides[i].names = here
				below.ForEach(func(key, v gjson.Result) bool {
					sides[i].levels = append(sides[i].levels, level{key.Str, v})
					return len(sides[i].levels) < maxLevels
				})
			}
		case below.IsObject() && (isContainer(key.Str) || len(names) == 0):
			findSides(below, here, sides)
		}
		return true
	})
}

// holdsBooks reports whether several members of a map are books: rows of their own.
func holdsBooks(v gjson.Result) bool {
	books := 0
	v.ForEach(func(_, below gjson.Result) bool {
		isBook := false
		if below.IsObject() {
			below.ForEach(func(key, side gjson.Result) bool {
				isBook = isBookSide(key.Str, side)
				return !isBook
			})
		}
		if isBook {
			books++
		}
		return books < 2
	})
	return books > 1
}

// isLevels reports whether v holds levels: a list of maps or lists, or a map of sizes under prices. An empty list does.
func isLevels(v gjson.Result) bool {
	item := firstItem(v)
	switch {
	case v.IsArray():
		return !item.Exists() || item.IsObject() || item.IsArray()
	case v.IsObject():
		priced := true
		v.ForEach(func(key, size gjson.Result) bool {
			priced = isNumber(gjson.Result{Type: gjson.String, Str: key.Str}) && isNumber(size)
			return priced
		})
		return priced && item.Exists()
	}
	return false
}

// listLevelPaths are the paths in levels that are lists: the first place where all have a number, and the next.
func listLevelPaths(levels []level) (price, size string, ok bool) {
	for at := range 3 {
		if !slices.ContainsFunc(levels, func(l level) bool { return !isNumber(l.value.Get(strconv.Itoa(at))) }) {
			return strconv.Itoa(at), strconv.Itoa(at + 1), true
		}
	}
	return "", "", false
}

// levelPaths are the paths of price and size in levels.
func levelPaths(levels []level) (price, size string, ok bool) {
	for _, l := range levels {
		if l.value.IsArray() {
			return listLevelPaths(levels)
		}
		if !l.value.IsObject() {
			return "0", "1", true
		}
		l.value.ForEach(func(key, v gjson.Result) bool {
			switch m, known := matchName(key.Str); {
			case !known || !isNumber(v):
			case m.field == "last" && price == "":
				price = pathOf([]string{key.Str})
			case (m.field == "size" || m.field == "volume") && size == "":
				size = pathOf([]string{key.Str})
			}
			return true
		})
		if price != "" {
			return price, cmp.Or(size, "1"), true
		}
	}
	return "0", "1", len(levels) == 0 || !levels[0].value.IsObject()
}
