// Package auto reads payloads that nobody described, by the usual names of their members.
//
// It looks for rows: maps with a member that is called like a price (or a bid, an ask, or a headline), alone, in
// lists, or in maps below other members. A row's symbol is the member called like one, else one further up, else
// the name under which the row stands, else the feed's name. Times are read by their size.
//
// What is not plain is not guessed. A number called "value" or "p" is a price only beside a symbol, so that
// {"value": 42} stays unmapped; a payload that is nothing but a number is the price of the feed's own symbol. A
// change in per cent is left out, for some feeds mean a fraction by it. A whole number beside "decimals" may or
// may not have to be scaled: that takes a rule. And a stream that has shown itself to be livetape's own is read as
// such from then on: what else comes over it is a fault, or unmapped.
package auto

import (
	"strings"
	"time"
	"unicode"

	"github.com/tidwall/gjson"

	"livetape/feed/decode"
	"livetape/feed/decode/mapping"
	"livetape/feed/market"
)

// Reasons why a payload yields nothing.
const (
	noPrice = "no member looks like a price or a headline"
	unclear = "the price may have to be scaled by the decimals beside it: that takes a rule in the map"
)

// Decoder guesses. Events of livetape's own types are read as such when they are.
type Decoder struct {
	feed    string
	aliases map[string]string
	native  decode.Native

	opened  bool // as only livetape's own streams begin: with a snapshot of prices, or word of what follows an id
	told    bool // then something else was read as livetape's own
	foreign bool // something of another type was guessed
}

// New makes a decoder for the feed of that name; aliases are names to show for the feed's symbols.
func New(feed string, aliases map[string]string) *Decoder {
	return &Decoder{feed: feed, aliases: aliases}
}

// Decode implements [decode.Decoder].
func (d *Decoder) Decode(eventType string, data []byte) (decode.Message, error) {
	switch eventType {
	case "price", "news", "status", "snapshot", "resume", "reset":
		return d.decodeNative(eventType, data)
	}
	if d.opened && d.told && !d.foreign {
		return d.native.Decode(eventType, data)
	}
	m := d.guess(string(data))
	d.foreign = d.foreign || len(m.Updates) > 0
	return m, nil
}

// decodeNative reads an event of one of livetape's own types. Until a stream has begun as livetape's own does, it may be
// another's who calls types so, too.
func (d *Decoder) decodeNative(eventType string, data []byte) (decode.Message, error) {
	m, err := d.native.Decode(eventType, data)
	switch {
	case err == nil:
		d.told = d.told || d.opened && len(m.Updates) > 0 && eventType != "snapshot"
		d.opened = d.opened || eventType == "snapshot" && len(m.Updates) > 0 || m.Continuity != nil && m.Continuity.From != ""
	case !d.opened || d.foreign:
		if guessed := d.guess(string(data)); len(guessed.Updates) > 0 {
			return guessed, nil
		}
	}
	return m, err
}

func (d *Decoder) guess(data string) decode.Message {
	payload, reason, err := mapping.ParsePayload(data)
	if err != nil {
		reason = err.Error()
	}
	if reason != "" {
		return decode.Message{Unmapped: reason}
	}
	s := search{decoder: d, reason: noPrice}
	if payload.Type == gjson.Number || payload.Type == gjson.String {
		if n, err := mapping.ParseNumber(payload); err == nil && n.IsSet() {
			return decode.Message{Updates: []market.Update{market.Quote{Symbol: d.feed, Last: n}}}
		}
	}
	s.look(payload, around{}, 0)
	if len(s.updates) == 0 {
		return decode.Message{Unmapped: s.reason}
	}
	return decode.Message{Updates: s.updates}
}

// around is what is known of a place from what stands above it.
type around struct {
	symbol string
	time   time.Time
	key    string // the name of the place, when it is no container
}

type search struct {
	decoder *Decoder
	updates []market.Update
	reason  string
}

// Bounds of a search: depth, and rows of one payload.
const (
	maxDepth = 5
	maxRows  = 10_000
)

// look takes v as a row, or looks below it.
func (s *search) look(v gjson.Result, a around, depth int) {
	if depth > maxDepth || len(s.updates) >= maxRows {
		return
	}
	if v.IsArray() {
		v.ForEach(func(_, item gjson.Result) bool {
			if item.IsObject() || item.IsArray() {
				s.look(item, a, depth+1)
			}
			return true
		})
		return
	}
	if !v.IsObject() {
		return
	}
	row := read(v)
	if s.take(row, a) {
		return
	}
	if symbol := row.symbol(); symbol != "" {
		a.symbol = symbol
	}
	if at := row.time(); !at.IsZero() {
		a.time = at
	}
	v.ForEach(func(key, below gjson.Result) bool {
		if below.IsObject() || below.IsArray() {
			inner := a
			if !Container(key.Str) {
				inner.key = key.Str
			}
			s.look(below, inner, depth+1)
		}
		return true
	})
}

// row is a map read by the names of its members.
type row struct {
	members map[Field]member
	scaled  bool // decimals, or the like, stand beside the price
	exp     gjson.Result
}

type member struct {
	value gjson.Result
	rank  int
}

func read(v gjson.Result) row {
	r := row{members: make(map[Field]member, 8)}
	v.ForEach(func(key, value gjson.Result) bool {
		switch plain(key.Str) {
		case "expo", "exponent":
			r.exp = value
		case "decimals", "scale", "pricescale", "pricedecimals":
			r.scaled = true
		}
		s, ok := Spelled(key.Str)
		if s.Field == "last" && Moment(key.Str, value) {
			s.Field, s.Rank = "time", Weak
		}
		if !ok || mapping.IsMissing(value) || value.IsObject() || value.IsArray() && s.Field != "symbols" {
			return true
		}
		if before, ok := r.members[s.Field]; !ok || s.Rank < before.rank {
			r.members[s.Field] = member{value, s.Rank}
		}
		return true
	})
	return r
}

// symbol is what the row itself calls itself.
func (r row) symbol() string {
	m := r.members["symbol"]
	if m.value.Type == gjson.String && (m.rank < Weak || Wordy(m.value.Str)) {
		return m.value.Str
	}
	return ""
}

// Wordy reports whether an id may be a symbol: short, and with a letter in it.
func Wordy(id string) bool {
	return len(id) <= 24 && strings.ContainsFunc(id, unicode.IsLetter) && strings.Count(id, "-") < 3
}

func (r row) time() time.Time {
	at, err := mapping.ParseTime(r.members["time"].value)
	if err != nil || at.Year() < 1990 {
		return time.Time{} // a time of day, a sequence, a duration
	}
	return at
}

func (r row) number(f Field) market.Decimal {
	v := r.members[f].value
	if v.Type != gjson.Number && v.Type != gjson.String {
		return market.Decimal{}
	}
	n, err := mapping.ParseNumber(v)
	if err != nil {
		return market.Decimal{}
	}
	if r.exp.Type == gjson.Number && isPrice[f] {
		if n, err = n.Shift(int(r.exp.Int())); err != nil {
			return market.Decimal{}
		}
	}
	return n
}

var isPrice = map[Field]bool{"last": true, "bid": true, "ask": true, "open": true, "high": true, "low": true, "prev_close": true, "change": true}

// Price reports whether a field is a price, or the difference of two.
func Price(f Field) bool { return isPrice[f] }

func (r row) text(f Field, limit int) string {
	if v := r.members[f].value; v.Type == gjson.String {
		return market.PlainText(v.Str, limit)
	}
	return ""
}
