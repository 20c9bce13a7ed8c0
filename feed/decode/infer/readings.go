package infer

import (
	"livetape/feed/decode"
	"slices"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// maxReadings bounds the numbers of one row that are shown as readings.
const maxReadings = 32

// readings reads payloads without prices and headlines: every number that is no time is a reading, in a row of its own, and
// never a price.
func (w *writer) readings(read []payload) []mapping.Rule {
	read = slices.DeleteFunc(slices.Clone(read), func(p payload) bool {
		return notPrice(p.event) != "" && p.event != "message" || notPrice(kindOf([]byte(p.json.Raw))) != ""
	})
	for _, s := range rowSets(read) {
		if len(s.names) > 0 && !s.hasSymbolKeys() && !slices.ContainsFunc(s.rows, func(f foundRow) bool { return f.key == "" }) {
			continue
		}
		if r, ok := w.readingRule(s, read); ok {
			return []mapping.Rule{r}
		}
	}
	return nil
}

func (w *writer) readingRule(s *rowSet, read []payload) (mapping.Rule, bool) {
	all := leavesOf(s.values())
	r := mapping.Rule{Each: s.each(), Kind: "reading"}
	for _, l := range all {
		if isReading(l) && len(r.Values) < maxReadings {
			r.Values = append(r.Values, l.path)
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
	f, _ := assign(all)
	switch {
	case s.hasSymbolKeys():
		r.Symbol = &mapping.Value{Path: "$key"}
	case r.Values[0] == "$value":
	case f.best("symbol") != nil:
		r.Symbol = f.value("symbol")
	case f.best("name") != nil:
		r.Symbol = f.value("name")
	default:
		if l := placeName(all); l != nil {
			r.Symbol = &mapping.Value{Path: l.path}
		}
	}
	r.Time = w.timeOf(f, fields{}, s, read)
	w.note("no number is named a price: numbers are shown as readings")
	return r, true
}

// isReading reports whether a leaf holds numbers that tell something: no times, and none by which streams count.
func isReading(l *leaf) bool {
	m, known := matchName(l.name())
	if known && (m.field == "time" || m.field == "id" || m.field == "symbol") || isID(l.name()) || namesPast(l.names) {
		return false
	}
	return l.every(isNumber) && !l.every(isTime)
}

func isID(name string) bool {
	words := nameWords(name)
	return len(words) > 0 && slices.Contains([]string{"id", "seq", "sequence", "offset", "nonce", "version", "heartbeat", "ping"}, words[len(words)-1])
}

// placeNames are names of members that say where or by what something is read.
var placeNames = wordSet("sensor device station location room host hostname node site city region service source topic key label metric unit")

func placeName(all []*leaf) *leaf {
	for _, l := range all {
		if placeNames[plainName(l.name())] && plainName(l.name()) != "unit" && l.every(isWordy) {
			return l
		}
	}
	return nil
}

// plainText reads data that is not JSON, or a JSON text: as headlines.
func (w *writer) plainText(samples []decode.Event, read []payload) []mapping.Rule {
	for _, p := range read {
		if p.json.Type != gjson.String {
			return nil
		}
	}
	if len(samples) == 0 {
		return nil
	}
	for _, s := range samples {
		if !isPlainText(s.Data) {
			return nil
		}
	}
	w.note("events are text: each is shown as a headline")
	return []mapping.Rule{{Kind: "news", Headline: &mapping.Value{Path: "$data"}}}
}

// isPlainText reports whether data is text for people, rather than something for programs that is broken.
func isPlainText(data []byte) bool {
	text := string(data)
	if gjson.Valid(text) {
		return gjson.Parse(text).Type == gjson.String
	}
	for _, r := range text {
		if r == '{' || r == '[' || r == '<' || r == '"' || r == '\'' {
			return false
		}
		if r > ' ' {
			return true
		}
	}
	return false
}
