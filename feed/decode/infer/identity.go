package infer

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// rowIdentity is what tells the rows of a set apart: a value for each row, and how a rule writes it.
type rowIdentity struct {
	value  *mapping.Value // nil: the feed's name
	paths  []string       // that the value is made of
	of     []string       // one for each row; "" for none
	strong bool           // it is plainly called a symbol
	naming bool           // it is plainly called a name of something
	leaves []*leaf        // that it is made of
	note   string
}

// jump is the factor over which two prices in a row of one symbol have nothing to do with each other.
const jump = 3.0

// identify finds what tells rows apart: by names first, and by values where these speak against it. It must keep prices
// apart that have nothing to do with each other, and a member that never comes again is the event's and not the row's.
// When nothing does, problem says what differs between such rows.
func (w *ruleWriter) identify(set *rowSet, all []*leaf, f, outer fields, read []payload) (id rowIdentity, problem string) {
	prices := rowPrices(f, len(set.rows))
	candidates := w.identityCandidates(set, all, f, outer, read)
	var collided []rowIdentity
	for _, proven := range []bool{true, false} { // first those that come again, then those that are at least written as symbols
		for _, c := range candidates {
			if (c.strong || c.comesAgain(set) || c.naming && c.looksLikeSymbol()) != proven || !proven && !c.looksLikeSymbol() {
				continue
			}
			if c.strong {
				c = set.joinVenue(c.extend(all, f, prices), read)
			}
			if problem = set.severalGroups(c, prices); c.value != nil && problem != "" {
				return rowIdentity{}, problem
			}
			if countJumps(c.of, prices) > 0 && !(c.mayJump() && !hasUnused(all, f, c)) {
				collided = append(collided, c)
				continue
			}
			if l := namedAfterSymbol(f); c.value == nil && l != nil && !f.isVague() && differByHalf(prices) {
				return rowIdentity{}, "rows cannot be told apart: " + l.path + " differs, and does not come again"
			}
			id = c.extend(all, f, prices)
			w.equalTerms = append(w.equalTerms, id.equalTerms(all)...)
			return id, ""
		}
	}
	for _, c := range collided {
		if joined := c.extend(all, f, prices); countJumps(joined.of, prices) == 0 {
			w.equalTerms = append(w.equalTerms, joined.equalTerms(all)...)
			return joined, ""
		}
	}
	return rowIdentity{}, "rows cannot be told apart: " + whatDiffers(all, f)
}

// differByHalf reports whether two prices in a row differ by more than half: where a member that may be the symbol differs, too, they
// are rather those of two.
func differByHalf(prices []float64) bool {
	for i := 1; i < len(prices); i++ {
		if a, b := prices[i-1], prices[i]; min(a, b) > 0 && max(a, b) > 1.5*min(a, b) {
			return true
		}
	}
	return false
}

// namedAfterSymbol is a member that may name a symbol and differs between rows, but for an id, which may be that of the event; nil when
// there is none.
func namedAfterSymbol(f fields) *leaf {
	for _, c := range f["symbol"] {
		if c.leaf.name() != "id" && countDistinct(c.leaf.texts()) > 1 {
			return c.leaf
		}
	}
	return nil
}

// rowPrices are the prices of rows as numbers; NaN for none.
func rowPrices(f fields, n int) []float64 {
	all := make([]float64, n)
	for i := range all {
		all[i] = math.NaN()
		for _, name := range []fieldRole{"last", "bid", "ask"} {
			if l := f.best(name); l != nil && math.IsNaN(all[i]) {
				if n, ok := l.number(i); ok {
					all[i] = n
				}
			}
		}
	}
	return all
}

// identityCandidates are the candidates in the order in which they are tried; the feed's name is the last.
func (w *ruleWriter) identityCandidates(set *rowSet, all []*leaf, f, outer fields, read []payload) []rowIdentity {
	ids, vague := plainIdentities(set, all, f)
	around, isVague := outer.best("symbol"), false
	if around != nil && len(set.names) > 0 {
		isVague = outer["symbol"][0].nameRank >= weak
		if !isVague {
			ids = append(ids, leafIdentity(around, set.above(), true))
		}
	}
	if pair, ok := pairOf(all); ok && slices.ContainsFunc(ids, func(id rowIdentity) bool { return len(id.leaves) > 0 && slices.Contains(pair.leaves, id.leaves[0]) }) {
		ids = append([]rowIdentity{pair}, ids...) // one of the two would be taken for the symbol
	} else if ok {
		ids = append(ids, pair)
	}
	naming := slices.DeleteFunc(slices.Clone(all), func(l *leaf) bool { return !isNaming(l) })
	for _, l := range naming {
		if !set.hasTickerKeys() && l.areTickers() {
			ids = append(ids, namingIdentity(l, ""))
		}
	}
	if set.hasSymbolKeys() {
		ids = append(ids, rowIdentity{value: &mapping.Value{Path: "$key"}, paths: []string{"$key"}, of: set.keys(), strong: true,
			note: set.label() + ": the names of its members are used as symbols"})
	}
	if ticker := set.tickerAbove(); ticker != "" && set.hasTimeKeys() {
		ids = append(ids, rowIdentity{value: &mapping.Value{Const: ticker}, of: slices.Repeat([]string{ticker}, len(set.rows)), strong: true})
	}
	if l := onlyTicker(all); l != nil {
		ids = append(ids, leafIdentity(l, "", false))
	}
	for _, c := range vague {
		if c.leaf.areTickers() {
			ids = append(ids, leafIdentity(c.leaf, "", false))
		}
	}
	for _, l := range naming {
		ids = append(ids, namingIdentity(l, ""))
	}
	for _, c := range vague {
		if c.leaf.name() != "id" || c.leaf.everyValue(looksLikeSymbol) || len(set.rows) > 1 {
			ids = append(ids, leafIdentity(c.leaf, "", false))
		}
	}
	ids = append(ids, set.namingAbove(read)...)
	ids = append(ids, set.streamIdentities(all, read)...)
	if isVague {
		ids = append(ids, leafIdentity(around, set.above(), false))
	}
	return append(ids, set.commonIdentities(read[set.rows[0].payload].event)...)
}

// streamIdentities are those by the stream that a message is of, where that is more than a word: btcusdt@kline_1m.
func (s *rowSet) streamIdentities(all []*leaf, read []payload) (ids []rowIdentity) {
	isStream := func(l *leaf) bool {
		return plainName(l.name()) == "stream" && l.everyValue(func(v gjson.Result) bool { return isWordy(v) && strings.ContainsAny(v.Str, "@/.:") })
	}
	for _, l := range all {
		if isStream(l) {
			ids = append(ids, leafIdentity(l, "", false))
		}
	}
	if len(s.names) == 0 {
		return ids
	}
	for _, l := range s.membersAbove(read) {
		if isStream(l) {
			ids = append(ids, leafIdentity(l, s.above(), false))
		}
	}
	return ids
}

// commonIdentities are those that are the same of all rows: the type of their event, where it may be a symbol, and the feed.
func (s *rowSet) commonIdentities(event string) (ids []rowIdentity) {
	if isTicker(event) && whyNotPrice(event) == "" && !notSymbols[event] {
		ids = append(ids, rowIdentity{value: &mapping.Value{Path: "$event"}, paths: []string{"$event"}, of: slices.Repeat([]string{event}, len(s.rows)), note: "the event's type is the symbol"})
	}
	return append(ids, rowIdentity{of: slices.Repeat([]string{"feed"}, len(s.rows)), note: "nothing names a symbol: the feed's name is shown"})
}

// areTickers reports whether every value looks like the symbol of a ticker.
func (l *leaf) areTickers() bool {
	return l.everyValue(func(v gjson.Result) bool { return isTicker(v.Str) })
}

// namingAbove are the identities by members above the rows that may name them.
func (s *rowSet) namingAbove(read []payload) (ids []rowIdentity) {
	if len(s.names) == 0 {
		return nil
	}
	for _, l := range s.membersAbove(read) {
		if isNaming(l) {
			ids = append(ids, namingIdentity(l, s.above()))
		}
	}
	return ids
}

// plainIdentities are those of what is plainly called a symbol: of several, those first that are not the same in all rows,
// which would tell none apart. Then a name that differs goes before. The vague ones are still to be added.
func plainIdentities(set *rowSet, all []*leaf, f fields) (ids []rowIdentity, vague []fieldCandidate) {
	strong, vague := f.symbols()
	for i := range strong {
		filled := fillGaps(strong[i:])
		ids = append(ids, rowIdentity{value: fields{"symbol": filled}.value("symbol"), paths: []string{strong[i].leaf.path}, of: textsOf(filled), strong: true, leaves: []*leaf{strong[i].leaf}})
	}
	slices.SortStableFunc(ids, func(a, b rowIdentity) int { return min(countDistinct(b.of), 2) - min(countDistinct(a.of), 2) })
	if len(ids) == 0 || len(set.rows) < 2 || countDistinct(ids[0].of) != 1 {
		return ids, vague
	}
	for _, l := range all {
		if plainName(l.name()) == "name" && isNaming(l) && countDistinct(l.texts()) > 1 && !slices.ContainsFunc(l.texts(), namesKind) {
			return append([]rowIdentity{namingIdentity(l, "")}, ids...), vague
		}
	}
	return ids, vague
}

// leafIdentity is that of one leaf; before is what stands before its path.
func leafIdentity(l *leaf, before string, strong bool) rowIdentity {
	v := l.value()
	v.Path = before + v.Path
	id := rowIdentity{value: &v, paths: []string{v.Path}, of: l.texts(), strong: strong, leaves: []*leaf{l}}
	if !strong {
		id.note = v.Path + " is used as the symbol"
	}
	return id
}

func namingIdentity(l *leaf, before string) rowIdentity {
	id := leafIdentity(l, before, false)
	id.naming = true
	return id
}

// namingNames are names of members whose text says what is priced, where nothing is plainly called a symbol.
var namingNames = mapping.WordSet("name companyname longname shortname displayname fullname title headline description label product item selection runner outcome team " +
	"index player station shop store city region area zone country location commodity metal fuel hotel room market event match game fixture")

func isNaming(l *leaf) bool {
	return namingNames[plainName(l.name())] && !namesPast(l.names) && l.everyValue(func(v gjson.Result) bool {
		return isWordy(v) && len(v.Str) <= 60 && !namesKind(v.Str) && !containerNames[v.Str]
	})
}

// symbols are what is plainly called a symbol, and what is only vaguely.
func (f fields) symbols() (strong, weakOnes []fieldCandidate) {
	n := slices.IndexFunc(f["symbol"], func(c fieldCandidate) bool { return c.nameRank >= weak })
	if n < 0 {
		n = len(f["symbol"])
	}
	return f["symbol"][:n], f["symbol"][n:]
}

// textsOf are the texts of rows, from the first candidate that has one.
func textsOf(all []fieldCandidate) []string {
	texts := all[0].leaf.texts()
	for _, c := range all[1:] {
		for i, s := range c.leaf.texts() {
			if texts[i] == "" {
				texts[i] = s
			}
		}
	}
	return texts
}

// texts are a leaf's values as text, one for each row.
func (l *leaf) texts() []string {
	all := make([]string, len(l.values))
	for i, v := range l.values {
		if v.Exists() {
			all[i] = v.String()
		}
	}
	return all
}

func (s *rowSet) keys() []string {
	all := make([]string, len(s.rows))
	for i, f := range s.rows {
		all[i] = f.key
	}
	return all
}

// looksLikeSymbol reports whether a text is written as symbols are: without digits that count events, or in capitals.
func looksLikeSymbol(v gjson.Result) bool {
	s := v.Str
	return v.Type == gjson.String && len(s) <= 40 && strings.ContainsFunc(s, unicode.IsLetter) && !strings.Contains(s, " ") &&
		(isTicker(s) || !strings.ContainsFunc(s, unicode.IsDigit))
}

// mayJump reports whether an identity is one whose prices may jump: it is plainly named, written in tickers, or one that has
// gone comes again.
func (id rowIdentity) mayJump() bool {
	return id.strong || recurs(id.of, make([]string, len(id.of))) || !slices.ContainsFunc(id.of, func(s string) bool { return !isTicker(s) })
}

// namesTraded reports whether an identity is of something that has a price, so that a number beside it that is called a value is one:
// it is plainly called a symbol, or written in tickers.
func (id rowIdentity) namesTraded() bool {
	return id.value != nil && (!slices.ContainsFunc(id.of, func(s string) bool { return !isTicker(s) }) || slices.ContainsFunc(id.leaves, func(l *leaf) bool {
		m, ok := matchName(l.name())
		return ok && m.field == "symbol" && m.rank < weak
	}))
}

// topicNames are names of members that say to which of a service's topics a message belongs: they stay, whatever digits are in them.
var topicNames = mapping.WordSet("topic channel ch stream")

func (id rowIdentity) isTopic() bool {
	return len(id.leaves) == 1 && topicNames[plainName(id.leaves[0].name())]
}

// looksLikeSymbol reports whether all identities are written as symbols are.
func (id rowIdentity) looksLikeSymbol() bool {
	if id.isTopic() && !slices.ContainsFunc(id.of, func(s string) bool { return strings.Contains(s, " ") || len(s) > 60 }) {
		return true
	}
	return !slices.ContainsFunc(id.of, func(s string) bool {
		if id.naming { // of several words
			s = strings.ReplaceAll(s, " ", "")
		}
		return s != "" && !looksLikeSymbol(gjson.Result{Type: gjson.String, Str: s})
	})
}

// comesAgain reports whether the identities of rows are those of something that lasts: one of them comes again, or several
// stand in one event.
func (id rowIdentity) comesAgain(set *rowSet) bool {
	seen := map[string]bool{}
	alone := true
	for i, s := range id.of {
		if s == "" {
			continue
		}
		if seen[s] {
			return true
		}
		seen[s] = true
		alone = alone && (len(seen) == 1 || set.rows[i].payload != set.rows[i-1].payload)
	}
	return len(seen) > 0 && (!alone || len(seen) == 1 && id.looksLikeSymbol())
}

// countJumps counts how often two prices in a row of one identity have nothing to do with each other.
func countJumps(of []string, prices []float64) (n int) {
	last := map[string]float64{}
	for i, p := range prices {
		if math.IsNaN(p) || of[i] == "" {
			continue
		}
		if before, ok := last[of[i]]; ok && IsJump(before, p) {
			n++
		}
		last[of[i]] = p
	}
	return n
}

// IsJump reports whether two prices have nothing to do with each other: one is a multiple of the other. Those of power cross zero, where a ratio says nothing.
func IsJump(a, b float64) bool { return a > 0 && b > 0 && math.Max(a, b) > jump*math.Min(a, b) }

// pairNames are names of two members that name a row together.
var pairNames = [][2]string{{"base", "quote"}, {"from", "to"}, {"basecurrency", "quotecurrency"}, {"baseasset", "quoteasset"}, {"base", "counter"}, {"fromsymbol", "tosymbol"},
	{"basecurrency", "countercurrency"}, {"currency1", "currency2"}, {"ccy1", "ccy2"}, {"fromcurrency", "tocurrency"}, {"base", "target"}, {"token", "currency"},
	{"fromcurrencycode", "tocurrencycode"}, {"assetidbase", "assetidquote"}, {"coin", "vscurrency"}}

// pairOf is the identity of a base and what it is quoted in.
func pairOf(all []*leaf) (rowIdentity, bool) {
	for _, names := range pairNames {
		var base, quote *leaf
		for _, l := range all {
			switch name := plainName(partName(l)); {
			case !l.everyValue(isWordy):
			case name == names[0]:
				base = l
			case name == names[1]:
				quote = l
			}
		}
		if base != nil && quote != nil {
			return joinLeaf("/", rowIdentity{paths: []string{base.path}, of: base.texts(), strong: true, leaves: []*leaf{base}}, quote), true
		}
	}
	return rowIdentity{}, false
}

// partName is the name of a leaf, or what it is the code of: {"base": {"code": "BTC"}}.
func partName(l *leaf) string {
	switch plainName(l.name()) {
	case "code", "symbol", "ticker", "id", "name", "currency", "asset":
		if len(l.names) > 1 {
			return l.names[len(l.names)-2]
		}
	}
	return l.name()
}

// joinLeaf makes an identity of one and a leaf more.
func joinLeaf(sign string, id rowIdentity, l *leaf) rowIdentity {
	joined := rowIdentity{of: l.texts(), paths: append(slices.Clone(id.paths), l.path), strong: id.strong, leaves: append(slices.Clone(id.leaves), l)}
	if len(id.paths) == 0 { // the feed's name
		v := l.value()
		joined.value, joined.note = &v, l.path+" is used as the symbol: it differs where prices differ, and comes again"
		return joined
	}
	for i, s := range id.of {
		joined.of[i] = s + sign + joined.of[i]
	}
	text := "{" + strings.Join(id.paths, "}"+sign+"{") + "}"
	if id.value != nil && id.value.Text != "" { // a pair, which has a sign of its own
		text = id.value.Text
	}
	joined.value = &mapping.Value{Text: text + sign + "{" + l.path + "}"}
	joined.note = fmt.Sprintf("the symbol is made of %s, which tell rows apart", strings.Join(joined.paths, " and "))
	return joined
}

// onlyTicker is a leaf that no name calls a symbol, and that holds nothing but tickers: {"sid": "AAPL.O"}. It is nil when
// there is none, or several.
func onlyTicker(all []*leaf) (found *leaf) {
	for _, l := range all {
		if _, known := matchName(l.name()); known && l.name() != "i" && !l.everyValue(func(v gjson.Result) bool { return isPair(v.Str) && strings.Contains(v.Str, "/") }) || notTickerNames[strings.ToLower(l.name())] || namesPast(l.names) {
			continue
		}
		if !l.everyValue(func(v gjson.Result) bool {
			return v.Type == gjson.String && isTicker(v.Str) && len(v.Str) <= 24 && !isTime(v) && !notSymbols[v.Str]
		}) {
			continue
		}
		if found != nil {
			return nil
		}
		found = l
	}
	return found
}

// priceVariation is by how much the prices of an identity differ from one to the next, in the mean, as a share.
func priceVariation(of []string, prices []float64) float64 {
	last := map[string]float64{}
	sum, n := 0.0, 0
	for i, p := range prices {
		if math.IsNaN(p) || p == 0 {
			continue
		}
		if before, ok := last[of[i]]; ok {
			sum += math.Abs(p-before) / math.Max(math.Abs(p), math.Abs(before))
			n++
		}
		last[of[i]] = p
	}
	if n < 2 {
		return 0
	}
	return sum / float64(n)
}

// whatDiffers names the members that differ between rows, for people.
func whatDiffers(all []*leaf, f fields) string {
	var names []string
	again := false
	for _, l := range distinguishingLeaves(all, f, rowIdentity{}) {
		if countDistinct(l.texts()) > 1 && len(names) < 3 {
			names = append(names, l.path)
			again = again || recurs(l.texts(), make([]string, len(l.values)))
		}
	}
	switch {
	case len(names) == 0:
		return "nothing but the price differs between them"
	case again:
		return "prices jump where " + strings.Join(names, ", ") + " stays the same"
	}
	return strings.Join(names, ", ") + " differs, and does not come again"
}
