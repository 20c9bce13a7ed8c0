package infer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// fieldCandidate is a leaf that may be a field; of several, the one with the lowest rank counts first.
type fieldCandidate struct {
	leaf     *leaf
	rank     int
	nameRank int // how plainly it is named: see weak
}

// fields are, per field, the leaves to take it from: the best, and then those that fill its gaps.
type fields map[fieldRole][]fieldCandidate

// assignFields says which leaf is which field: by names first, and then by how values agree with each other. What it had to
// leave out for want of proof is told in doubts.
func assignFields(all []*leaf) (f fields, doubts []string) {
	f = byName(all)
	if slices.ContainsFunc(all, namesFields) {
		f["last"] = slices.DeleteFunc(f["last"], func(c fieldCandidate) bool { return c.nameRank >= vague }) // a value may be a volume
	}
	f.scaleMinorUnits(all)
	if len(f["last"]) == 0 {
		doubts = unreadablePrices(all)
	}
	f.dropCaseVariants()
	f.dropOtherRates(all)
	f.barLow(all)
	f.dayPrices(all)
	doubts = append(doubts, f.keepAgreeing(all)...)
	for name := range f {
		if name != "symbol" { // of these, identify chooses
			f[name] = fillGaps(f[name])
		}
	}
	f.dropLoneSide()
	return f, doubts
}

// namesFields reports whether a leaf says of each row which field its value is: {"field": "bid", "value": 40.98}.
func namesFields(l *leaf) bool {
	return metricNames[plainName(l.name())] && l.everyValue(func(v gjson.Result) bool {
		m, ok := matchName(v.Str)
		return ok && v.Type == gjson.String && len(v.Str) > 1 && (m.field == "volume" || priceFields[m.field])
	})
}

// scaleMinorUnits has prices be hundredths where a member beside them says that they are cents or pence.
func (f fields) scaleMinorUnits(all []*leaf) {
	for _, unit := range all {
		if !unitNames[plainName(unit.name())] || !unit.everyValue(func(v gjson.Result) bool { return minorUnitWords[strings.ToLower(v.Str)] }) {
			continue
		}
		for name := range priceFields {
			for _, c := range f[name] {
				if c.leaf.decimals == "" && isBeside(c.leaf, unit) {
					c.leaf.decimals = "2"
				}
			}
		}
	}
}

var (
	unitNames      = mapping.WordSet("unit units priceunit currencyunit denomination")
	minorUnitWords = mapping.WordSet("cent cents pence penny pennies")
)

// unreadablePrices says why what is plainly called a price is not one: "1,234" has two meanings.
func unreadablePrices(all []*leaf) (doubts []string) {
	for _, l := range all {
		m, ok := matchName(l.name())
		if !ok || m.field != "last" || m.rank >= weak || !l.everyValue(func(v gjson.Result) bool {
			return v.Type == gjson.String && (strings.ContainsFunc(v.Str, unicode.IsDigit) && !isTime(v) || saysNoPrice(v))
		}) {
			continue
		}
		if why := l.unreadableNumber(); why != "" {
			doubts = append(doubts, fmt.Sprintf("%s is not shown: %s", l.path, why))
		}
	}
	return doubts
}

// emptyPrice says that what is plainly called a price, beside a symbol, has no value; empty where that is not so.
func (f fields) emptyPrice(all []*leaf) string {
	if strong, _ := f.symbols(); len(strong) == 0 || f.hasPrice() {
		return ""
	}
	for _, l := range all {
		if m, ok := matchName(l.name()); ok && m.field == "last" && m.rank < weak && !l.firstValue().Exists() && !namesPast(l.names) {
			return l.path + " has no value: it is null, NaN or an empty text"
		}
	}
	return ""
}

// unreadableNumber says why a leaf's texts are no numbers: one is none, or has two meanings beside the others.
func (l *leaf) unreadableNumber() string {
	for _, v := range l.values {
		if _, err := mapping.ParseNumber(v); err != nil {
			return err.Error()
		}
	}
	commas := slices.ContainsFunc(l.values, func(v gjson.Result) bool { return strings.Contains(v.Str, ",") })
	if i := slices.IndexFunc(l.values, func(v gjson.Result) bool { return !isPlain(v) && !strings.Contains(v.Str, ",") }); commas && i >= 0 {
		l.twoReadings = true
		return fmt.Sprintf("%q is unclear: its point may be a decimal point or separate thousands, because other values have a comma", l.values[i].Str)
	}
	return ""
}

// deeper is what each level below the row adds to a rank.
const deeper = 10

func byName(all []*leaf) fields {
	f := fields{}
	for _, l := range all {
		if name, rank, ok := meaning(l); ok && valuesFit(name, rank, l) {
			f[name] = append(f[name], fieldCandidate{l, rank + deeper*(len(l.names)-1), rank})
		}
	}
	for name := range f {
		slices.SortStableFunc(f[name], func(a, b fieldCandidate) int { return a.rank - b.rank })
	}
	return f
}

// meaning is the field that a leaf's name says, or that its name and the one above it say together.
func meaning(l *leaf) (fieldRole, int, bool) {
	if namesPast(l.names[:len(l.names)-1]) {
		return pastMeaning(l)
	}
	if side := sideOf(l.names[:len(l.names)-1]); side != "" {
		return sideMeaning(l, side)
	}
	if name, rank, ok := wrappedMeaning(l); ok {
		return name, rank, true
	}
	if l.name() == "s" && l.everyValue(isNumber) {
		return "size", weak - 1, true
	}
	if l.everyValue(func(v gjson.Result) bool { return isMoment(l.name(), v) }) {
		return "time", weak, true
	}
	for _, name := range []string{l.name(), withoutCurrentWords(l.name())} {
		if m, ok := matchName(name); ok {
			return m.field, m.rank + l.belowTrade(m.field), true
		}
	}
	if name := idSuffix.ReplaceAllString(plainName(l.name()), ""); len(name) > 1 {
		if m, ok := matchName(name); ok && m.field == "symbol" {
			return m.field, m.rank + deeper, true
		}
	}
	if namesSymbolOf(l.name()) {
		return "symbol", deeper, true
	}
	if name, decimals := minorUnits(l.name()); decimals != "" {
		if m, ok := matchName(name); ok && priceFields[m.field] && l.everyValue(isWhole) {
			l.decimals = decimals
			return m.field, m.rank, true
		}
	}
	if namesTime(l.name()) && !otherTimes.MatchString(l.name()) {
		return "time", weak, true
	}
	if name := strings.ToLower(l.name()); strings.HasSuffix(name, "url") && !pictures.MatchString(name) {
		return "url", weak, true
	}
	return "", 0, false
}

// idSuffix ends names of members that hold the number or code of something: instrument_token, assetId.
var idSuffix = regexp.MustCompile(`(id|token|code|key|no|number)$`)

// namesSymbolOf reports whether a name ends in what is plainly a symbol, behind what it is the symbol of: market_ticker, stockSymbol.
func namesSymbolOf(name string) bool {
	words := nameWords(name)
	return len(words) == 2 && (words[1] == "symbol" || words[1] == "ticker" || words[1] == "isin") && !partWords[words[0]]
}

// partWords begin the names of one of several symbols in a row.
var partWords = mapping.WordSet("base quote from to counter related parent underlying root type currency buy sell other")

// belowTrade makes a price called vaguely one of the first where the map around it is the last trade, and one of the last
// where it is a quote, a minute or a day: {"lastTrade": {"p": 1}, "day": {"c": 1}}.
func (l *leaf) belowTrade(f fieldRole) int {
	if len(l.names) < 2 || f != "last" {
		return 0
	}
	switch plainName(l.names[len(l.names)-2]) {
	case "lasttrade", "latesttrade":
		return -weak
	case "lastquote", "latestquote", "quote":
		return deeper
	}
	return 0
}

// pastMeaning is that of a leaf below the past: the close of the day before is one, all else is no current price.
func pastMeaning(l *leaf) (fieldRole, int, bool) {
	m, ok := matchName(l.name())
	if !ok || m.field != "last" || plainName(l.name()) != "close" && l.name() != "c" || len(l.names) != 2 {
		return "", 0, false
	}
	return "prev_close", weak, true
}

// otherTimes are names of times that are not those of a price: nextFundingTime, expirationDate.
var otherTimes = regexp.MustCompile(`(?i)next|expir|matur|settle|deliver|listing|launch|dividend|earnings|inception|open_?time|close_?time`)

var pictures = regexp.MustCompile(`image|img|icon|logo|thumb`)

// namesTime reports whether a name has a time in it: timestampLastPrice, priceTime, tradeDate.
func namesTime(name string) bool {
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

// sideMeaning is the meaning of a leaf below one bid or ask: {"bid":{"price":1}}, {"ask":[1,5]}. Lists of levels are books.
func sideMeaning(l *leaf, side string) (fieldRole, int, bool) {
	name := l.name()
	if len(l.names) > 2 && strings.Trim(l.names[len(l.names)-2], "0123456789") == "" {
		return "", 0, false // a level of a book
	}
	switch m, _ := matchName(name); {
	case name == "0", m.field == "last":
		return fieldRole(side), 0, true
	case name == "1", m.field == "size", m.field == "volume":
		return fieldRole(side + "_size"), 0, true
	}
	return "", 0, false
}

// wrappedMeaning is that of a leaf in a map around one value: {"bidPrice": {"amount": "181.45", "currency": "USD"}}.
func wrappedMeaning(l *leaf) (fieldRole, int, bool) {
	if len(l.names) < 2 || !slices.Contains([]string{"amount", "value", "raw", "val", "mantissa", "coefficient", "unscaledvalue", "unscaled", "$numberdecimal", "new", "current"}, strings.ToLower(l.name())) {
		return "", 0, false
	}
	m, ok := matchName(l.names[len(l.names)-2])
	return m.field, m.rank, ok && priceFields[m.field]
}

// valuesFit reports whether the values of a leaf can be the field.
func valuesFit(name fieldRole, rank int, l *leaf) bool {
	switch name {
	case "symbol":
		return l.everyValue(func(v gjson.Result) bool {
			return canBeSymbol(v) && (v.Type == gjson.String || len(l.name()) > 1) && v.Str != "ok" && v.Str != "success"
		})
	case "name", "source", "currency":
		return l.everyValue(isWordy)
	case "headline":
		return l.everyValue(isWordy) && (rank < weak || len(l.names) == 1)
	case "summary":
		return l.everyValue(isWordy)
	case "url":
		return l.everyValue(func(v gjson.Result) bool { return strings.HasPrefix(v.Str, "http") })
	case "importance":
		return l.everyValue(func(v gjson.Result) bool {
			return slices.Contains([]string{"low", "normal", "high"}, strings.ToLower(v.Str))
		})
	case "id":
		return l.everyValue(func(v gjson.Result) bool { return v.Type == gjson.String || v.Type == gjson.Number })
	case "symbols":
		return l.everyValue(func(v gjson.Result) bool {
			return (v.Type == gjson.String || v.IsArray()) && (rank < weak || areTickers(v))
		})
	case "time":
		return l.everyValue(isTime)
	}
	return l.readNumbers(rank < weak)
}

// canBeSymbol reports whether a value can name what a row is about: short text, or a whole number that is no time.
func canBeSymbol(v gjson.Result) bool {
	switch v.Type {
	case gjson.Number:
		return isWhole(v) && len(v.Raw) <= 20 && !strings.HasPrefix(v.Raw, "-")
	case gjson.String:
		return len(v.Str) <= maxSymbolBytes && !(isTime(v) && strings.ContainsAny(v.Str, ":-")) && strings.Count(v.Str, " ") < 4
	}
	return false
}

// maxSymbolBytes bounds what is taken for a symbol; what is too long to show is refused by the map that reads it.
const maxSymbolBytes = 4 << 10

// dropCaseVariants gives names that differ in their case only to two fields: the small letter is the field itself, and a
// capital A or B beside it the size there.
func (f fields) dropCaseVariants() {
	for _, side := range []struct {
		small, capital string
		price, size    fieldRole
	}{{"a", "A", "ask", "ask_size"}, {"b", "B", "bid", "bid_size"}} {
		small := slices.IndexFunc(f[side.price], func(c fieldCandidate) bool { return c.leaf.name() == side.small })
		capital := slices.IndexFunc(f[side.price], func(c fieldCandidate) bool { return c.leaf.name() == side.capital })
		if small >= 0 && capital >= 0 {
			size := f[side.price][capital]
			f[side.price] = slices.Delete(f[side.price], capital, capital+1)
			if len(f[side.size]) == 0 {
				f[side.size] = []fieldCandidate{size}
			}
		}
	}
	for name, all := range f {
		if len(all) < 2 || name == "bid" || name == "ask" {
			continue
		}
		f[name] = slices.DeleteFunc(slices.Clone(all), func(c fieldCandidate) bool {
			lower := strings.ToLower(c.leaf.name())
			return len(lower) == 1 && lower != c.leaf.name() && name != "time" &&
				slices.ContainsFunc(all, func(o fieldCandidate) bool { return o.leaf.name() == lower })
		})
	}
}

// fillGaps keeps the best leaf and those that have values in rows where none before does.
func fillGaps(sorted []fieldCandidate) []fieldCandidate {
	if len(sorted) == 0 {
		return nil
	}
	kept := sorted[:1:1]
	filled := make([]bool, len(sorted[0].leaf.values))
	fill := func(l *leaf) (more bool) {
		for i, v := range l.values {
			if v.Exists() && !filled[i] {
				filled[i], more = true, true
			}
		}
		return more
	}
	fill(sorted[0].leaf)
	for _, c := range sorted[1:] {
		if fill(c.leaf) {
			kept = append(kept, c)
		}
	}
	return kept
}

// best is the leaf of a field, or nil.
func (f fields) best(name fieldRole) *leaf {
	if len(f[name]) == 0 {
		return nil
	}
	return f[name][0].leaf
}

// dropVague takes out a price that only a symbol would make one, and a headline beside a price.
func (f fields) dropVague(hasSymbol bool) {
	if last := f["last"]; len(last) > 0 && last[0].nameRank >= weak && !hasSymbol && !f.isBar() {
		delete(f, "last")
	}
	if f.hasPrice() {
		for _, name := range []fieldRole{"headline", "summary", "source", "url", "symbols", "id", "importance"} {
			delete(f, name)
		}
	}
}

// isBar reports whether the price stands beside an open, a high and a low: then it is the close, whatever it is called.
func (f fields) isBar() bool { return len(f["open"]) > 0 && len(f["high"]) > 0 && len(f["low"]) > 0 }

// isVague reports whether the only price is one that is hardly called so.
func (f fields) isVague() bool {
	return len(f["last"]) > 0 && f["last"][0].nameRank >= vague && len(f["bid"]) == 0 && len(f["ask"]) == 0
}

func (f fields) hasPrice() bool { return len(f["last"]) > 0 || len(f["bid"]) > 0 || len(f["ask"]) > 0 }

// hasSession reports whether rows tell of a symbol's session without a price: what it opened at, its volume.
func (f fields) hasSession() bool {
	found := 0
	for _, name := range []fieldRole{"open", "high", "low", "prev_close", "volume"} {
		found += min(len(f[name]), 1)
	}
	return found > 1 && len(f["symbol"]) > 0 && f["symbol"][0].nameRank < weak
}

// score says how much rows look like prices or news.
func (f fields) score() int {
	score := 0
	switch last := f["last"]; {
	case len(last) == 0:
	case last[0].nameRank >= vague:
		score += 4
	case last[0].nameRank >= weak:
		score += 7
	default:
		score += 12
	}
	if len(f["bid"]) > 0 || len(f["ask"]) > 0 {
		score += 10
	}
	if headline := f["headline"]; !f.hasPrice() && len(headline) > 0 {
		if score += 10; headline[0].nameRank >= weak {
			score -= 7
		}
	}
	if score == 0 {
		return 0
	}
	if len(f["symbol"]) > 0 {
		score += 6
	}
	return score + len(f)
}

// value is a field as a rule writes it; nil when there is none.
func (f fields) value(name fieldRole) *mapping.Value {
	all := f[name]
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

// value is the leaf as a rule writes it.
func (l *leaf) value() mapping.Value {
	return mapping.Value{Path: l.path, Replace: l.replace, Decimals: l.decimals}
}

// dropLoneSide takes back a bid called a single letter without an ask, and the other way round: an "a" alone is an average.
func (f fields) dropLoneSide() {
	bid, ask := f["bid"], f["ask"]
	if len(bid) == 0 && len(ask) > 0 && ask[0].nameRank >= weak {
		delete(f, "ask")
	}
	if len(ask) == 0 && len(bid) > 0 && bid[0].nameRank >= weak {
		delete(f, "bid")
	}
}

// barLow takes an "l" for the low where a bar's other letters stand beside it.
func (f fields) barLow(all []*leaf) {
	open, high := f.best("open"), f.best("high")
	if open == nil || high == nil || f.best("low") != nil || len(open.name()) != 1 || len(high.name()) != 1 {
		return
	}
	for _, name := range []string{"l", "L"} {
		for _, l := range all {
			if l.name() == name && isBeside(l, open) && l.everyValue(isNumber) {
				f["low"] = []fieldCandidate{{leaf: l, nameRank: weak}}
				return
			}
		}
	}
}

// dayPrices takes two letters for the prices of a day where a high and a low stand beside each other: lp is the last price elsewhere.
func (f fields) dayPrices(all []*leaf) {
	found := map[string]*leaf{}
	for _, l := range all {
		if len(l.name()) <= 3 && l.everyValue(isNumber) {
			found[l.name()] = l
		}
	}
	if high, low := found["hp"], found["lp"]; high == nil || low == nil || !isBeside(high, low) || !isNeverAbove(low, high) {
		return
	}
	f["last"] = slices.DeleteFunc(f["last"], func(c fieldCandidate) bool { return c.leaf == found["lp"] })
	for name, field := range map[string]fieldRole{"hp": "high", "lp": "low", "op": "open", "tp": "last", "pcp": "prev_close"} {
		if l := found[name]; l != nil && f.best(field) == nil && isBeside(l, found["hp"]) {
			f[field] = []fieldCandidate{{leaf: l, nameRank: weak}}
		}
	}
}

// hasTickerAbove reports whether a price stands below a name that looks like a ticker: its rows are further down.
func (f fields) hasTickerAbove() bool {
	for _, name := range []fieldRole{"last", "bid", "ask"} {
		if l := f.best(name); l != nil && slices.ContainsFunc(l.names[:len(l.names)-1], isTickerName) {
			return true
		}
	}
	return false
}
