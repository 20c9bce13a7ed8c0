package filter

import (
	"slices"
	"strings"
)

// Field is what an expression may ask of a row.
type Field string

// The fields.
const (
	Symbol   Field = "symbol"
	Name     Field = "name"
	Feed     Field = "feed"
	Currency Field = "currency"

	Last    Field = "last"
	Change  Field = "chg"
	Percent Field = "chg%"
	Bid     Field = "bid"
	Ask     Field = "ask"
	Spread  Field = "spread"
	Size    Field = "size"
	Volume  Field = "vol"
	VWAP    Field = "vwap"
	Open    Field = "open"
	High    Field = "high"
	Low     Field = "low"
	Close   Field = "close"
	Peers   Field = "peers"

	Age Field = "age"

	News   Field = "news"
	Halted Field = "halted"
	Live   Field = "live"
	Pinned Field = "pinned"
	Alert  Field = "alert"
)

// Kind is what a field holds.
type Kind int8

// The kinds of fields.
const (
	Text     Kind = iota
	Number        // with units k, m, b and t
	Duration      // in seconds, with units s, m, h and d
	Flag          // yes or no
)

var fieldsByKind = [...][]Field{
	Text:     {Symbol, Name, Feed, Currency},
	Number:   {Last, Change, Percent, Bid, Ask, Spread, Size, Volume, VWAP, Open, High, Low, Close, Peers},
	Duration: {Age},
	Flag:     {News, Halted, Live, Pinned, Alert},
}

// Fields are all that an expression may ask for.
func Fields() []Field { return slices.Concat(fieldsByKind[:]...) }

// Kind is what the field holds.
func (f Field) Kind() Kind {
	for kind, all := range fieldsByKind {
		if slices.Contains(all, f) {
			return Kind(kind)
		}
	}
	return Text
}

// ident is the field's name within a compiled expression.
func (f Field) ident() string { return strings.Replace(string(f), "%", "_percent", 1) }

// otherNames are further spellings of fields.
var otherNames = map[string]Field{
	"volume": Volume, "change": Change, "price": Last, "percent": Percent, "pct": Percent, "sym": Symbol, "ccy": Currency, "prev": Close,
}

// findField is the field that a word in lower case names.
func findField(word string) (Field, bool) {
	if f, ok := otherNames[word]; ok {
		return f, true
	}
	f := Field(word)
	return f, slices.Contains(Fields(), f)
}
