package infer

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/auto"
	"livetape/feed/decode/mapping"
)

// candidate is a leaf that may be a field; of several the one with the lowest rank is.
type candidate struct {
	leaf    *leaf
	rank    int
	spelled int // how plainly it is named: see auto.Weak
}

// fields are, per field, the leaves to take it from: the best, and then those that fill its gaps.
type fields map[auto.Field][]candidate

// assign says which leaf is which field, by names and by what the leaves hold.
func assign(all []*leaf) fields {
	f := fields{}
	for _, l := range all {
		if field, spelled, ok := meaning(l); ok && holds(field, l) {
			f[field] = append(f[field], candidate{l, spelled + deeper*(len(l.names)-1), spelled})
		}
	}
	for field := range f {
		slices.SortStableFunc(f[field], func(a, b candidate) int { return a.rank - b.rank })
		f[field] = filling(f[field])
	}
	f.alone()
	f.bar(all)
	if l := ticked(all); l != nil && len(f["symbol"]) == 0 {
		f["symbol"] = []candidate{{leaf: l, spelled: auto.Weak}}
	}
	return f
}

// deeper is what each level below the row adds to a rank.
const deeper = 10

// meaning is the field that a leaf's name says, or that its name and the one above it say together.
func meaning(l *leaf) (auto.Field, int, bool) {
	if side := sideOf(l.names[:len(l.names)-1]); side != "" {
		return sided(l, side)
	}
	if field, rank, ok := wrapped(l); ok {
		return field, rank, true
	}
	if l.every(func(v gjson.Result) bool { return auto.Moment(l.name(), v) }) {
		return "time", auto.Weak, true
	}
	if s, ok := auto.Spelled(l.name()); ok {
		return s.Field, s.Rank, true
	}
	if name, decimals := smallCoin(l.name()); decimals != "" {
		if s, ok := auto.Spelled(name); ok && auto.Price(s.Field) && l.every(whole) {
			l.decimals = decimals
			return s.Field, s.Rank, true
		}
	}
	if timely(l.name()) && !elsewhen.MatchString(l.name()) {
		return "time", auto.Weak, true
	}
	if name := strings.ToLower(l.name()); strings.HasSuffix(name, "url") && !pictured.MatchString(name) {
		return "url", auto.Weak, true
	}
	return "", 0, false
}

// elsewhen are names of times that are not those of a price: nextFundingTime, expirationDate.
var elsewhen = regexp.MustCompile(`(?i)next|expir|matur|settle|deliver|listing|launch|dividend|earnings|inception`)

var pictured = regexp.MustCompile(`image|img|icon|logo|thumb`)

// timely reports whether a name has a time in it: timestampLastPrice, priceTime, tradeDate.
func timely(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "time") || strings.Contains(name, "published") || strings.HasSuffix(name, "_utc") || strings.HasSuffix(name, "date") || strings.HasSuffix(name, "_at") || strings.HasSuffix(name, "_ts")
}

// sides are names above a price that say which price it is.
var sides = map[string]string{"bid": "bid", "bids": "bid", "bestbid": "bid", "best_bid": "bid", "ask": "ask", "asks": "ask", "offers": "ask", "bestask": "ask", "best_ask": "ask"}

// sideOf is the side that the last of names to say one says; "" for none.
func sideOf(names []string) (side string) {
	for _, name := range names {
		if s := sides[strings.ToLower(name)]; s != "" {
			side = s
		}
	}
	return side
}

// sided is the meaning of a leaf below a bid or an ask: {"bid":{"price":1}}, {"bids":[[1,5]]}. Of lists the first
// item is the best.
func sided(l *leaf, side string) (auto.Field, int, bool) {
	name := l.name()
	places := slices.DeleteFunc(slices.Clone(l.names), func(s string) bool { return strings.Trim(s, "0123456789") != "" })
	if len(places) > 0 && places[0] != "0" && len(l.names) > 2 {
		return "", 0, false
	}
	switch s, _ := auto.Spelled(name); {
	case name == "0", s.Field == "last":
		return auto.Field(side), 0, true
	case name == "1" && len(places) == 2, s.Field == "size", s.Field == "volume":
		return auto.Field(side + "_size"), 0, true
	}
	return "", 0, false
}

// holds reports whether what a leaf holds can be the field.
func holds(field auto.Field, l *leaf) bool {
	switch field {
	case "symbol":
		return l.every(func(v gjson.Result) bool {
			return v.Type == gjson.String && len(v.Str) <= 64 && !dated(v) && strings.Count(v.Str, " ") < 3
		})
	case "name", "headline", "summary", "source", "currency":
		return l.every(wordy)
	case "url":
		return l.every(func(v gjson.Result) bool { return strings.HasPrefix(v.Str, "http") })
	case "importance":
		return l.every(func(v gjson.Result) bool {
			return slices.Contains([]string{"low", "normal", "high"}, strings.ToLower(v.Str))
		})
	case "id":
		return l.every(func(v gjson.Result) bool { return v.Type == gjson.String || v.Type == gjson.Number })
	case "symbols":
		s, _ := auto.Spelled(l.name())
		return l.every(func(v gjson.Result) bool {
			return (v.Type == gjson.String || v.IsArray()) && (s.Rank < auto.Weak || auto.Tickers(v))
		})
	case "time":
		return l.every(dated)
	}
	return l.figures()
}

// filling keeps the best leaf and those that say something in rows where none before does.
func filling(sorted []candidate) []candidate {
	kept := sorted[:1]
	said := make([]bool, len(sorted[0].leaf.values))
	note := func(l *leaf) (more bool) {
		for i, v := range l.values {
			if v.Exists() && !said[i] {
				said[i], more = true, true
			}
		}
		return more
	}
	note(sorted[0].leaf)
	for _, c := range sorted[1:] {
		if note(c.leaf) {
			kept = append(kept, c)
		}
	}
	return kept
}

// best is the leaf of a field, or nil.
func (f fields) best(field auto.Field) *leaf {
	if len(f[field]) == 0 {
		return nil
	}
	return f[field][0].leaf
}

// settle takes out what is not plain: prices that only a symbol would make one, a headline beside a price.
func (f fields) settle(symbolElsewhere bool) {
	if last := f["last"]; len(last) > 0 && last[0].spelled >= auto.Weak {
		own := len(f["symbol"]) > 0
		if !own && !symbolElsewhere && !f.isBar() {
			delete(f, "last")
		}
	}
	if f.priced() {
		for _, field := range []auto.Field{"headline", "summary", "source", "url", "symbols", "id", "importance"} {
			delete(f, field)
		}
	}
}

// isBar reports whether the price stands beside an open, a high and a low: then it is the close, whatever it is called.
func (f fields) isBar() bool { return len(f["open"]) > 0 && len(f["high"]) > 0 && len(f["low"]) > 0 }

func (f fields) priced() bool { return len(f["last"]) > 0 || len(f["bid"]) > 0 || len(f["ask"]) > 0 }

// day reports whether rows tell of a symbol's session without a price: what it opened at, its volume.
func (f fields) day() bool {
	said := 0
	for _, field := range []auto.Field{"open", "high", "low", "prev_close", "volume"} {
		said += min(len(f[field]), 1)
	}
	return said > 1 && len(f["symbol"]) > 0 && f["symbol"][0].spelled < auto.Weak
}

// score says how much rows look like prices or news.
func (f fields) score() int {
	score := 0
	switch last := f["last"]; {
	case len(last) == 0:
	case last[0].spelled >= auto.Vague:
		score += 4
	case last[0].spelled >= auto.Weak:
		score += 7
	default:
		score += 12
	}
	if len(f["bid"]) > 0 || len(f["ask"]) > 0 {
		score += 10
	}
	if !f.priced() && len(f["headline"]) > 0 {
		score += 10
	}
	if score == 0 {
		return 0
	}
	if len(f["symbol"]) > 0 {
		score += 6
	}
	return score + len(f)
}

// value is a field as a rule writes it.
func (f fields) value(field auto.Field) *mapping.Value {
	all := f[field]
	if len(all) == 0 {
		return nil
	}
	v := all[0].leaf.value()
	if len(all) > 1 {
		v = mapping.Value{}
		for _, c := range all[:min(len(all), 4)] {
			v.First = append(v.First, c.leaf.value())
		}
	}
	return &v
}
