package mapping

import (
	"cmp"
	"errors"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/configerr"
)

// sidedLevels is a compiled Levels.
type sidedLevels struct {
	path              path
	side, price, size string // gjson paths in a level
}

// errLevelUnread is the error of a level that cannot be told: without it the book would not be whole.
var errLevelUnread = errors.New("a level of the book has no side or no price that can be read: neither bid nor ask is shown")

func (c *compiler) sidedLevels(at configerr.Path, spec *Levels) *sidedLevels {
	if spec == nil {
		return nil
	}
	return &sidedLevels{
		path:  c.path(at.Key("path"), spec.Path),
		side:  c.levelPath(at.Key("side"), cmp.Or(spec.Side, "0")),
		price: c.levelPath(at.Key("price"), cmp.Or(spec.Price, "1")),
		size:  c.levelPath(at.Key("size"), cmp.Or(spec.Size, "2")),
	}
}

// hasSides reports of which sides the book has levels: bids, asks.
func (b *bookReader) hasSides() [2]bool {
	return [2]bool{b.levels != nil || b.sides[0].gjson != "", b.levels != nil || b.sides[1].gjson != ""}
}

// bestOfLevels are the best of the levels that say their side, with the sides that are told.
func (b *bookReader) bestOfLevels(r *row) (best [2]bookLevel, given [2]bool, err error) {
	if b.levels == nil {
		return best, given, nil
	}
	isGiven := b.levels.path.get(r).IsArray()
	given = [2]bool{isGiven, isGiven}
	isChange := false
	err = b.walkSidedLevels(r, func(i int, l bookLevel) bool {
		if l.isBetter(best[i], i) {
			best[i] = l
		}
		isChange = isChange || l.isEmpty()
		return true
	})
	if err == nil && isChange {
		err = errEmptyLevel
	}
	if err == nil && best[0].price.IsSet() != best[1].price.IsSet() {
		err = errOneSide
	}
	if err != nil {
		return [2]bookLevel{}, [2]bool{true, true}, err
	}
	return best, given, nil
}

// walkSidedLevels calls take for each level that says its side, 0 for the bids, until it returns false.
func (b *bookReader) walkSidedLevels(r *row, take func(side int, l bookLevel) bool) (err error) {
	if b.levels == nil {
		return nil
	}
	b.levels.path.get(r).ForEach(func(_, level gjson.Result) bool {
		side, known := SideOfBook(level.Get(b.levels.side).Str)
		price, priceErr := ParseNumber(level.Get(b.levels.price))
		size, sizeErr := ParseNumber(level.Get(b.levels.size))
		if !known || priceErr != nil || !price.IsSet() || sizeErr != nil || b.deltas && !size.IsSet() {
			err = errLevelUnread
			return false
		}
		return take(side, bookLevel{price, size})
	})
	return err
}

// SideOfBook is the side of a book that a word says: 0 for the bids, 1 for the asks.
func SideOfBook(word string) (side int, ok bool) {
	switch strings.ToLower(word) {
	case "bid", "bids", "buy", "b":
		return 0, true
	case "ask", "asks", "offer", "offers", "sell", "s", "a":
		return 1, true
	}
	return 0, false
}
