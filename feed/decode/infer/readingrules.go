package infer

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode"
	"livetape/feed/decode/mapping"
)

// maxReadings bounds the numbers of one row that are shown as readings.
const maxReadings = 32

// readingRules reads payloads without prices and headlines: every number that is no time is a reading, in a row of its own, and
// never a price.
func (w *ruleWriter) readingRules(read []payload) []mapping.Rule {
	read = slices.DeleteFunc(slices.Clone(read), func(p payload) bool {
		return whyNotPrice(p.event) != "" && p.event != "message" || whyNotPrice(messageKind(p.json)) != "" ||
			slices.ContainsFunc(append(messageKinds(p.json), rowKinds(p.json, 0)...), func(kind string) bool { return whyNotPrice(kind) == liquidationKind }) // its price is no reading either
	})
	sets := rowSets(read)
	for _, s := range sets {
		if !s.byCol {
			continue
		}
		if r, ok := w.readingRule(s, read); ok && r.Rows == mapping.Latest {
			return []mapping.Rule{r}
		}
	}
	var counts []mapping.Rule // of nothing but counters: what is counted says more
	for _, s := range sets {
		if s.byCol || len(s.names) > 0 && !s.hasSymbolKeys() && !slices.ContainsFunc(s.rows, func(f foundRow) bool { return f.key == "" }) {
			continue
		}
		if slices.ContainsFunc(s.rows, func(f foundRow) bool { return f.value.IsArray() }) {
			continue // what its places mean nobody says
		}
		switch r, ok := w.readingRule(s, read); {
		case ok && !s.countsOnly(r):
			return []mapping.Rule{r}
		case ok && counts == nil:
			counts = []mapping.Rule{r}
		}
	}
	if counts != nil {
		return counts
	}
	for _, s := range sets {
		if timed, _ := s.splitTimes(); timed != nil && timed.holdsNumbers() {
			w.doubt("numbers stand under times (%s), and nothing says of what they are the price", timed.rows[0].key)
			break
		}
	}
	return nil
}

// countsOnly reports whether a rule reads nothing but counters.
func (s *rowSet) countsOnly(r mapping.Rule) bool {
	if slices.Equal(r.Values, mapping.Paths{"$value"}) && s.keyed {
		return !slices.ContainsFunc(s.rows, func(f foundRow) bool { return !isCounterName(f.key) })
	}
	return !slices.ContainsFunc(r.Values, func(path string) bool {
		return !isCounterName(path[strings.LastIndexByte(path, '.')+1:])
	})
}

func (w *ruleWriter) readingRule(s *rowSet, read []payload) (mapping.Rule, bool) {
	all := s.leaves()
	if hasSides(all) {
		return mapping.Rule{}, false // levels of a book: they follow on each other in no row
	}
	r := mapping.Rule{Each: s.each(), Columns: s.columnsPath(), Kind: "reading"}
	arePrices := false
	for _, l := range all {
		if isReading(l) && len(r.Values) < maxReadings && l.isUsual() {
			r.Values = append(r.Values, l.path)
			arePrices = arePrices || hasAnyWord(l.names, priceWords)
		}
	}
	numbers := 0
	for _, f := range s.rows {
		if isNumber(f.value) && !isTime(f.value) {
			numbers++
		}
	}
	if len(r.Values) == 0 && numbers > 0 && (len(s.names) == 0 || s.hasSymbolKeys() && numbers == len(s.rows)) {
		r.Values = mapping.Paths{"$value"}
	}
	if len(r.Values) == 0 {
		return r, false
	}
	f, _ := assignFields(all)
	id := s.readingIdentity(all, f, byPath(all, r.Values[0]))
	r.Symbol, r.Time = id.value, w.timeOf(f, fields{}, s, read)
	r.Rows = w.rowOrder(s, id, f, r.Time)
	if arePrices {
		w.note(NamedPrices)
	} else {
		w.note("no number is named a price: numbers are shown as readings")
	}
	return r, true
}

// NamedPrices is a note on readings of which some are named a price, and no member says of what.
const NamedPrices = "numbers are shown as readings, under their own names: those that are named a price do not say plainly of what"

var priceWords = mapping.WordSet("price prices px")

// isUsual reports whether a leaf is in more than a few of many rows: what only one has, a map would look for in all.
func (l *leaf) isUsual() bool {
	found, _ := l.countValues(isNumber)
	return maxReadings*found >= len(l.values)
}

// isReading reports whether a leaf holds numbers that tell something: no times, and none by which streams count.
func isReading(l *leaf) bool {
	m, known := matchName(l.name())
	if isPrice := m.field == "bid" || m.field == "ask" || m.field == "last" && hasWord(l.name(), priceWords); known && m.rank < weak && isPrice {
		return false // one that cannot be shown is no reading either
	}
	if envelopeNames[plainName(l.name())] || known && (m.field == "time" && len(l.name()) > 1 || m.field == "id" || m.field == "symbol") || isID(l.name()) || namesPast(l.names) {
		return false
	}
	if slices.ContainsFunc(l.names, func(name string) bool { return len(name) > 1 && sideOfBook(name) != "" }) && len(l.names) > 2 {
		return false // of a level of a book
	}
	return slices.ContainsFunc(l.values, isNumber) && l.everyValue(func(v gjson.Result) bool { return isNumber(v) || v.IsBool() }) && !l.everyValue(isTime)
}

// envelopeNames are names of members that say how the others are written.
var envelopeNames = mapping.WordSet("type jsonrpc version specversion apiversion schemaversion protocolversion dataversion msgversion messageversion formatversion eventversion")

func isID(name string) bool {
	words := nameWords(name)
	return len(words) > 0 && slices.Contains([]string{"id", "seq", "sequence", "offset", "nonce", "version", "heartbeat", "ping", "index"}, words[len(words)-1]) ||
		slices.Contains(words, "seq") || slices.Contains(words, "sequence")
}

// placeNames are names of members that say where something is read, metricNames of those that say what is.
var (
	placeNames = mapping.WordSet("sensor device entity station location room host hostname node site city region country area zone service source topic match game fixture vehicle car meter candidate player team " +
		"server container pod queue job")
	metricNames = mapping.WordSet("metric measurement parameter quantity key label field attribute")
)

// readingIdentity is what tells readings apart: where something is read and what is, and what comes again beside values that
// flip. The value is nil for what needs no name beside that of its member.
func (s *rowSet) readingIdentity(all []*leaf, f fields, value *leaf) rowIdentity {
	id := rowIdentity{of: slices.Repeat([]string{"feed"}, len(s.rows))}
	if s.hasSymbolKeys() {
		id = rowIdentity{value: &mapping.Value{Path: "$key"}, paths: []string{"$key"}, of: s.keys()}
	}
	if value == nil {
		return id // the rows are numbers
	}
	if l := onlyTicker(all); l != nil && len(id.paths) == 0 && f.best("symbol") == nil && l.everyValue(func(v gjson.Result) bool { return isPair(v.Str) && strings.Contains(v.Str, "/") }) {
		id = joinLeaf(" ", id, l)
	}
	name := cmp.Or(f.best("symbol"), f.best("name"))
	if name != nil && plainName(name.name()) == "id" && !name.everyValue(looksLikeSymbol) {
		name = f.best("name") // an id with digits may be the event's: it has to come again
	}
	for _, l := range all {
		if l != value && l.everyValue(canBeSymbol) && len(id.paths) == 0 && (l == name || name == nil && placeNames[idSuffix.ReplaceAllString(plainName(l.name()), "")]) {
			id = joinLeaf(" ", id, l)
		}
	}
	for _, l := range all {
		isPart := l.everyValue(isWordy) && !notTickerNames[plainName(l.name())] || isNaming(l) || isID(l.name()) || isTerm(l)
		if l != value && !slices.Contains(id.leaves, l) && l.everyValue(canBeSymbol) && len(id.leaves) <= maxParts &&
			(metricNames[plainName(l.name())] && l.everyValue(isWordy) || isPart && (l.recurs(id.of) || isNaming(l) && l.differs(id.of) || s.differsWithin(l, id.of))) {
			id = joinLeaf(" ", id, l)
		}
	}
	return id
}

// differsWithin reports whether rows of one payload have different values of a leaf.
func (s *rowSet) differsWithin(l *leaf, of []string) bool {
	texts := l.texts()
	for i := 1; i < len(texts); i++ {
		if s.rows[i].payload == s.rows[i-1].payload && of[i] == of[i-1] && texts[i] != texts[i-1] {
			return true
		}
	}
	return false
}

// plainText reads data that is not JSON, or a JSON text: as headlines.
func (w *ruleWriter) plainText(samples []decode.Event, read []payload) []mapping.Rule {
	for _, p := range read {
		if p.json.Type != gjson.String {
			return nil
		}
	}
	samples = slices.DeleteFunc(slices.Clone(samples), func(e decode.Event) bool { return mapping.SaysOfStream(e.Type, e.Data) })
	if len(samples) == 0 || slices.ContainsFunc(samples, func(e decode.Event) bool { return !isPlainText(e.Data) }) {
		return nil
	}
	w.note("events are text: each is shown as a headline")
	return []mapping.Rule{{Kind: "news", Headline: &mapping.Value{Path: "$data"}}}
}

// isPlainText reports whether data is text for people, rather than something for programs that is broken.
func isPlainText(data []byte) bool {
	if text := decode.Text(data); mapping.IsJSON(text) {
		return gjson.Parse(text).Type == gjson.String
	}
	text := strings.TrimSpace(decode.Text(data))
	return text != "" && !strings.ContainsRune("{[<\"'", rune(text[0])) && !strings.Contains(text, `{"`) && !strings.Contains(text, `["`)
}
