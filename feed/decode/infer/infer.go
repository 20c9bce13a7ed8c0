// Package infer finds out how to read a feed from what it sends.
//
// [Infer] is given events as they came. It names the preset whose service they come from, or writes rules that read
// them: where the rows are, which member is the symbol, the price, the time and in which unit. The result is a
// [preset.Definition] to put into a configuration; what was guessed rather than known is noted.
package infer

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"livetape/feed/decode"
	"livetape/feed/decode/mapping"
	"livetape/feed/decode/preset"
	"livetape/feed/market"
)

// Result says how to read a feed.
type Result struct {
	Definition  preset.Definition // a preset, or a map, or a preset with a map over it; without a url
	Notes       []string          // what was guessed, and what was left out
	Doubts      []string          // why what may be a price is not taken for one
	Unused      []string          // where rows have numbers and times that nothing is made of, as a rule writes paths
	Named       bool              // rows are told apart by what is plainly called a symbol
	Problem     string            // why rows with prices are not read: "rows cannot be told apart: isbn differs"; else empty
	twoReadings bool              // a price that was read may mean something else, as others show
	bookUnread  bool              // a book is changed in a way that livetape does not read
	equalTerms  []string          // names of terms that would tell options apart if they differed, and of their symbols
	Mapped      int               // of the samples, how many say something with this definition
	Total       int
}

// Bounds on what is looked at.
const (
	maxSamples = 500
	maxBytes   = 4 << 20
)

// Infer finds how to read samples. It is not ok when nothing in them looks like a price or a headline.
func Infer(feed string, samples []decode.Event) (r Result, ok bool) {
	samples = shortened(boundedSamples(samples))
	for _, name := range Recognise(samples) {
		if name == "livetape" && slices.ContainsFunc(samples, isAnothersPrice) {
			continue
		}
		d := preset.Definition{Preset: name}
		own := tryDefinition(feed, d, samples)
		if own.mapped > 0 && (own.failed == 0 || !keepsDocument(name)) {
			return Result{Definition: d, Mapped: own.mapped, Total: len(samples)}, true
		}
		if r, ok := inferForPreset(feed, name, samples); ok {
			return r, true
		}
		if own.mapped > 0 {
			return Result{Definition: d, Mapped: own.mapped, Total: len(samples)}, true
		}
	}
	if r, ok := knownShape(feed, samples); ok {
		return r, true
	}
	return inferred(feed, preset.Definition{}, samples, parsePayloads(samples))
}

func boundedSamples(samples []decode.Event) []decode.Event {
	size := 0
	for i, s := range samples {
		if size += len(s.Data); size > maxBytes || i >= maxSamples {
			return samples[:i]
		}
	}
	return samples
}

// maxWhole is the size in bytes up to which a list or map is looked at as a whole. Of one that is larger the first maxFirst members
// are: all are alike, and to look through all of them again and again would delay the first price.
const (
	maxWhole = 64 << 10
	maxFirst = 100
)

// shortened are samples with their long lists and maps cut.
func shortened(samples []decode.Event) []decode.Event {
	samples = slices.Clone(samples)
	for i, s := range samples {
		if len(s.Data) > maxWhole && gjson.ValidBytes(s.Data) {
			samples[i].Data = appendShort(nil, gjson.Parse(decode.Text(s.Data)), 0)
		}
	}
	return samples
}

func appendShort(to []byte, v gjson.Result, depth int) []byte {
	if len(v.Raw) <= maxWhole || v.Type != gjson.JSON || depth > maxRowSetDepth {
		return append(to, v.Raw...)
	}
	to = append(to, v.Raw[0])
	n := 0
	v.ForEach(func(key, member gjson.Result) bool {
		if n > 0 {
			to = append(to, ',')
		}
		if key.Raw != "" {
			to = append(append(to, key.Raw...), ':')
		}
		to = appendShort(to, member, depth+1)
		n++
		return n < maxFirst
	})
	return append(to, v.Raw[0]+2) // the closing bracket
}

// inferForPreset infers a map for a preset that knows the transport but not what its users send.
func inferForPreset(feed, name string, samples []decode.Event) (Result, bool) {
	d := preset.Definition{Preset: name}
	read := parsePayloads(samples)
	if keepsDocument(name) {
		read = wholeDocuments(read)
	}
	return inferred(feed, d, samples, read)
}

// keepsDocument reports whether the events of a preset are changes to a document, which may be one row where its map looks for
// several.
func keepsDocument(name string) bool {
	p, err := preset.Find(name)
	return err == nil && p.Feed.Patch != ""
}

// wholeDocuments are the whole documents among changes to one.
func wholeDocuments(read []payload) (whole []payload) {
	for _, p := range read {
		if p.json.Get("path").Str == "/" && p.json.Get("data").IsObject() {
			whole = append(whole, payload{"", gjson.Parse(p.json.Get("data").Raw), p.at})
		}
	}
	return whole
}

// inferred writes rules for payloads over a definition, and tries them on the samples.
func inferred(feed string, d preset.Definition, samples []decode.Event, read []payload) (Result, bool) {
	w := &ruleWriter{}
	d.Map = w.rules(read)
	if anything := w.problem == "" && len(w.doubts) == 0 && !hasOwnMap(d.Preset); anything && !slices.ContainsFunc(d.Map, func(r mapping.Rule) bool { return !isWeakNews(r) }) {
		if d.Map = append(d.Map, w.readingRules(read)...); len(d.Map) == 0 {
			d.Map = w.plainText(samples, read)
		}
	}
	byEventType(d.Map, read)
	for i := range d.Map {
		if w.packed != "" {
			d.Map[i].JSON = mapping.Paths{w.packed}
		}
		if keepsDocument(d.Preset) {
			d.Map[i].Merge = "" // the document has it all
		}
	}
	if len(d.Map) == 0 {
		return Result{Notes: w.notes, Doubts: w.doubts, twoReadings: w.twoReadings, bookUnread: w.bookUnread, Problem: w.problem, Total: len(samples)}, false
	}
	d.Errors = errorTypes(samples)
	w.nameGroups(feed, d.Map, samples)
	t := tryDefinition(feed, d, samples)
	if t.bookUnread != "" && d.Preset == "" {
		w.doubt("%s", t.bookUnread)
		w.bookUnread = true
		d.Map = slices.DeleteFunc(d.Map, isBookRule)
		t = tryDefinition(feed, d, samples)
	}
	if t.conflict != "" {
		return Result{Notes: w.notes, Doubts: w.doubts, twoReadings: w.twoReadings, Problem: t.conflict, Total: len(samples)}, false
	}
	r := Result{Definition: d, Notes: w.notes, Doubts: w.doubts, twoReadings: w.twoReadings, bookUnread: w.bookUnread, equalTerms: w.equalTerms, Unused: w.unused, Named: !w.weakSymbol, Problem: w.problem, Mapped: t.mapped, Total: len(samples)}
	if t.mapped == 0 && t.err != nil {
		r.Doubts = append(r.Doubts, t.err.Error())
	}
	if t.mapped == 0 && r.changesBook() {
		r.Doubts = append(r.Doubts, mapping.ReasonNoSnapshot)
	}
	for i := range d.Map {
		if t.fillers && d.Map[i].Kind == "" {
			d.Map[i].Fillers = "missing"
		}
	}
	return r, t.mapped > 0
}

// byEventType names rows by the types of their events, where these have several and nothing else names them.
func byEventType(rules []mapping.Rule, read []payload) {
	var types []string
	for _, p := range read {
		if namesKind(p.event) && !endsInTicker(p.event) || p.event == "message" || p.event == "" {
			return
		}
		if !slices.Contains(types, p.event) {
			types = append(types, p.event)
		}
	}
	if len(types) < 2 {
		return
	}
	for i := range rules {
		if r := &rules[i]; r.Symbol == nil && r.Kind != "news" && !(len(r.Values) == 1 && r.Values[0] == "$value") {
			r.Symbol = &mapping.Value{Path: "$event"}
			if prefix := commonKind(types); prefix != "" {
				r.Symbol.Replace = []string{prefix, ""}
			}
		}
	}
}

// commonKind is the kind of event before the tickers that all types end in, with the sign behind it; empty where they differ.
func commonKind(types []string) (prefix string) {
	for _, event := range types {
		if !endsInTicker(event) {
			return ""
		}
		kind := event[:strings.LastIndexAny(event, tickerSigns)+1]
		if prefix != "" && kind != prefix || strings.Count(event, kind) > 1 {
			return ""
		}
		prefix = kind
	}
	return prefix
}

// tickerSigns stand between a kind of event and a ticker.
const tickerSigns = ".:/@-"

// endsInTicker reports whether the type of an event is a ticker behind what kind of event it is: price.QRS.
func endsInTicker(event string) bool {
	i := strings.LastIndexAny(event, tickerSigns)
	return i > 0 && isTicker(event[i+1:]) && !namesKind(event[i+1:])
}

// errorTypes are the types of events that hold a message of the server: errors: [error].
func errorTypes(samples []decode.Event) (types []string) {
	for _, s := range samples {
		if whyNotPrice(s.Type) == "an error" && !slices.Contains(types, s.Type) {
			types = append(types, s.Type)
		}
	}
	return types
}

// hasOwnMap reports whether a preset describes payloads itself.
func hasOwnMap(name string) bool {
	p, err := preset.Find(name)
	return err == nil && p.Feed.Map != nil
}

// trialResult is what a definition makes of samples.
type trialResult struct {
	mapped     int    // how many say something
	failed     int    // of how many some part is bad
	err        error  // of the first of these
	fillers    bool   // some quote has numbers that stand for none
	bookUnread string // why the books in it cannot be followed; empty where they can
	conflict   string // a row that gets two prices of one event that have nothing to do with each other; empty: none does
}

func tryDefinition(feed string, d preset.Definition, samples []decode.Event) (t trialResult) {
	decoder, err := decoderOf(feed, d)
	if err != nil {
		return t
	}
	for _, s := range samples {
		m, err := decoder.Decode(s.Type, s.Data)
		if len(m.Updates) > 0 {
			t.mapped++
		}
		if err != nil {
			t.failed++
			t.err = cmp.Or(t.err, err)
		}
		if t.bookUnread == "" && hasBook(d.Map) {
			t.bookUnread = unreadBookChange(d.Map, s, m)
		}
		last := map[string]market.Decimal{}
		for _, u := range m.Updates {
			q, ok := u.(market.Quote)
			t.fillers = ok && mapping.DropFillers(&q) || t.fillers
			if ok && q.Last.IsSet() {
				if before, ok := last[q.Symbol]; ok && IsJump(before.Approx(), q.Last.Approx()) {
					t.conflict = fmt.Sprintf("rows cannot be told apart: an event has %s and %s for %s", before, q.Last, q.Symbol)
				}
				last[q.Symbol] = q.Last
			}
		}
	}
	return t
}

func decoderOf(feed string, d preset.Definition) (decode.Decoder, error) {
	full, err := d.Resolve()
	if err != nil {
		return nil, err
	}
	return full.NewDecoder(feed, nothingDecoder{})
}

// YAML is the definition as it stands in a configuration below a feed's name, with notes as comments above.
func (r Result) YAML() (string, error) {
	text, err := preset.Format(r.Definition)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# found from %s, of which this reads %d\n", eventsText(r.Total), r.Mapped)
	for _, note := range r.Notes {
		fmt.Fprintf(&b, "# %s\n", strings.Join(strings.Fields(note), " "))
	}
	if words := r.UnusedWords(); words != "" {
		fmt.Fprintf(&b, "# not used: %s\n", words)
	}
	b.Write(text)
	return b.String(), nil
}

func eventsText(n int) string {
	if n == 1 {
		return "1 event"
	}
	return strconv.Itoa(n) + " events"
}

// payload is the JSON of a sample.
type payload struct {
	event string
	json  gjson.Result
	at    time.Time // when it came
}

func parsePayloads(samples []decode.Event) (read []payload) {
	for _, s := range samples {
		lines := mapping.SplitValues(s.Data)
		if lines == nil {
			lines = [][]byte{s.Data}
		}
		for _, line := range lines {
			json, reason, err := mapping.ParsePayload(string(line))
			if err == nil && reason == "" && isWritable(s.Type) && !isJSONPatch(json) && (!mapping.SaysOfStream(s.Type, line) || json.Get("data").IsObject()) {
				read = append(read, payload{s.Type, json, s.At})
			}
		}
	}
	return read
}

// NewDecoder makes what reads the payloads of the feed with the given name, by its definition; where that has no map, by one
// that is found from the feed's events. The definition must be resolved; the error wraps a [configerr.Error] for each mistake.
func NewDecoder(feed string, d preset.Definition) (decode.Decoder, error) {
	return d.NewDecoder(feed, NewReader(feed, d.Aliases))
}
