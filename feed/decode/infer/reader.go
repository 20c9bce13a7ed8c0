package infer

import (
	"cmp"
	"errors"
	"hash/maphash"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"livetape/feed/decode"
	"livetape/feed/decode/mapping"
	"livetape/feed/market"
	"livetape/feed/memory"
)

// Reader reads the payloads of a feed that nobody described. It finds a map from the first events, reads by that map, and
// looks for another when events stop fitting it. A stream that begins as livetape's own does is read as such.
//
// Until the map is found, a few events at once show more than one: see [decode.Learner]. Once it is found, an event costs no
// more than with a map that was given.
type Reader struct {
	feed    string
	aliases map[string]string
	native  nativeDetector

	memory    *memory.Budget // of the feed
	samples   []decode.Event
	size      int             // bytes in samples
	shapes    map[uint64]bool // of the events in samples and of those that did not fit
	seen      int             // events so far
	missed    bool            // some events that changed books
	contracts map[uint64]bool // options by their terms, where these do not tell them apart
	learned   int             // of the events to come, how many are among the samples already
	next      int             // the number of events at which to look for a better map

	result  Result
	decoder decode.Decoder // nil: no map was found
	guard   rowGuard
	told    bool // what was found has been told with a message
}

// Bounds on what a Reader keeps to learn from, and on the events after which it is content with its map.
const (
	maxKept      = 64
	maxKeptBytes = 1 << 20
	learnedAfter = 64
	maxShapes    = 256
)

// NewReader makes a reader for the feed of that name; aliases are names to show for the feed's symbols.
func NewReader(feed string, aliases map[string]string) *Reader {
	return &Reader{feed: feed, aliases: aliases, memory: memory.NewBudget(memory.Default), shapes: map[uint64]bool{}, contracts: map[uint64]bool{}, next: 1}
}

// CountIn implements [decode.CountIn].
func (r *Reader) CountIn(b *memory.Budget) {
	size := r.size
	r.addSize(-size)
	r.memory = b
	r.addSize(size)
	decode.CountIn(r.decoder, b)
}

// ForgetBooks implements [decode.ForgetBooks].
func (r *Reader) ForgetBooks(anew bool) {
	r.missed = true
	decode.ForgetBooks(r.decoder, anew)
}

// addSize counts bytes of samples.
func (r *Reader) addSize(n int) {
	r.size += n
	r.memory.Add(n)
}

// Learning implements [decode.Learner].
func (r *Reader) Learning() bool { return r.decoder == nil && r.seen == 0 && !r.native.certain() }

// Learn implements [decode.Learner].
func (r *Reader) Learn(events []decode.Event) {
	mixed := slices.ContainsFunc(events, isAnothersPrice)
	for _, e := range events {
		if !r.native.reads(e) || mixed && e.Type == "price" {
			r.keepSample(e)
		}
	}
	r.learned = len(r.samples)
	if r.learned > 0 {
		r.infer()
		r.next = 2 * r.learned
	}
}

// Decode implements [decode.Decoder].
func (r *Reader) Decode(eventType string, data []byte) (decode.Message, error) {
	own, ok, ownErr := r.native.decode(eventType, data)
	if ok {
		return own, ownErr
	}
	if eventType == "price" {
		for _, e := range r.native.first { // there may be options on their symbols
			r.keepSample(e)
		}
		r.native.first = nil
	}
	r.seen++
	m, err := r.read(eventType, data)
	var cleared []market.Update
	isOdd := !wasRead(m, err) || mayRemoveLevels(data) && hasBook(r.result.Definition.Map)
	if r.seen > r.learned && (r.seen >= r.next && r.seen <= learnedAfter || isOdd && r.isNewShape(eventType, data) || errors.Is(err, mapping.ErrBookChanges) || r.guard.suspicious(m.Updates) || r.hasNewContract(data)) {
		r.keepSample(decode.Event{Type: eventType, Data: data})
		before := *r
		if r.infer() {
			m, err = r.readAnew(eventType, data)
			cleared = before.clearedQuotes(r.result)
		}
	} else if r.seen > r.learned && r.seen < maxKept {
		r.keepSample(decode.Event{Type: eventType, Data: data})
	}
	m = r.dropWrongPrices(m)
	if m.Unmapped != "" && len(m.Updates) == 0 {
		m.Unmapped = cmp.Or(r.whyUnread(eventType, data), m.Unmapped)
	}
	if m.Updates = append(cleared, m.Updates...); len(m.Updates) > 0 {
		r.native.foreign = true
	} else if ownErr != nil && eventType == "price" { // a status may be anybody's
		m.Unmapped, err = "", ownErr
	}
	if !r.told {
		m.Map, r.told = r.foundMap(), true
	}
	return m, err
}

// readAnew reads an event by a new map, to which the events before are shown: books and rows that are completed go on. Where not
// all of them were kept, the books would not be whole.
func (r *Reader) readAnew(eventType string, data []byte) (decode.Message, error) {
	for _, old := range r.samples[:len(r.samples)-1] {
		_, _ = r.read(old.Type, old.Data)
	}
	if r.missed || r.seen > len(r.samples) {
		decode.ForgetBooks(r.decoder, false)
	}
	return r.read(eventType, data)
}

// wasRead reports whether an event was read, or is none that a map should read.
func wasRead(m decode.Message, err error) bool {
	return len(m.Updates) > 0 || m.Notice != "" || m.Heartbeat || m.Finished || m.End || err == nil && m.Unmapped == ""
}

func (r *Reader) read(eventType string, data []byte) (decode.Message, error) {
	if r.decoder == nil {
		return nothingDecoder{}.Decode(eventType, data)
	}
	return r.decoder.Decode(eventType, data)
}

// nothingDecoder reads nothing, and says why.
type nothingDecoder struct{}

// Decode implements [decode.Decoder].
func (nothingDecoder) Decode(_ string, data []byte) (decode.Message, error) {
	_, reason, err := mapping.ParsePayload(decode.Text(data))
	if err == nil && reason == "" {
		reason = "no member looks like a price or a headline"
	}
	return decode.Message{Unmapped: reason}, err
}

// keepSample takes in an event to learn from.
func (r *Reader) keepSample(s decode.Event) {
	r.isNewShape(s.Type, s.Data)
	if len(s.Data) > maxBytes {
		s.Data = nil // Infer would not look at it
	}
	if len(r.samples) >= maxKept || r.size+len(s.Type)+len(s.Data) > maxKeptBytes && len(r.samples) > 0 {
		half := len(r.samples) / 2
		for _, old := range r.samples[:half] {
			r.addSize(-len(old.Type) - len(old.Data))
		}
		r.samples = append([]decode.Event(nil), r.samples[half:]...)
	}
	s.Data = append([]byte(nil), s.Data...)
	if s.At.IsZero() {
		s.At = time.Now()
	}
	r.samples = append(r.samples, s)
	r.addSize(len(s.Type) + len(s.Data))
}

// infer looks for a map that reads all that was kept. It reports whether events are read otherwise than before.
func (r *Reader) infer() bool {
	result, ok := Infer(r.feed, r.samples)
	if r.next = max(2*r.seen, r.next+1); result.Problem != "" {
		r.next = r.seen + 1 // what comes again may tell rows apart
	}
	if !ok && r.decoder != nil && result.Problem == "" && !result.changesBook() && !result.bookUnread && !result.twoReadings {
		return false // what reads other events stays
	}
	if ok && r.decoder != nil && sameReading(r.result, result) {
		result.Definition.Aliases = r.aliases
		r.result, r.told = result, false
		return false
	}
	var decoder decode.Decoder
	if ok {
		result.Definition.Aliases = r.aliases
		var err error
		if decoder, err = decoderOf(r.feed, result.Definition); err != nil {
			return false
		}
	}
	changed := ok || r.decoder != nil || result.Problem != r.result.Problem
	decode.CountIn(r.decoder, memory.NewBudget(memory.Default)) // what it kept goes with it
	decode.CountIn(decoder, r.memory)
	r.result, r.decoder, r.told = result, decoder, r.told && !changed
	r.guard.reset(result)
	return changed
}

func sameReading(a, b Result) bool {
	return a.Definition.Preset == b.Definition.Preset && a.Problem == b.Problem && slices.EqualFunc(a.Definition.Map, b.Definition.Map, sameRule)
}

// dropWrongPrices drops numbers that stand for none, and all prices once rows cannot be told apart.
func (r *Reader) dropWrongPrices(m decode.Message) decode.Message {
	if r.result.Problem != "" && len(m.Updates) == 0 && m.Notice == "" && !m.Heartbeat && !m.Finished {
		m.Unmapped = r.result.Problem
	}
	kept, leftOut := m.Updates[:0], m.Unmapped
	for _, u := range m.Updates {
		if q, ok := u.(market.Quote); ok {
			if mapping.DropFillers(&q) {
				if !q.Last.IsSet() && !q.Bid.IsSet() && !q.Ask.IsSet() {
					m.Unmapped = mapping.ReasonFillers
					continue
				}
				u = q
			}
			r.guard.comparePrice(q.Symbol, priceOf(&q))
		}
		kept = append(kept, u)
	}
	if r.guard.problem != "" { // no number of this event, nor of those to come
		kept = slices.DeleteFunc(kept, func(u market.Update) bool { _, ok := u.(market.Quote); return ok })
		m.Unmapped = r.guard.problem
	}
	if m.Updates = kept; len(kept) > 0 {
		m.Unmapped = leftOut
	}
	if r.guard.justBlocked() {
		r.told = false
	}
	return m
}

// whyUnread is what keeps an event from being read, where that is known better than by the map; else empty.
func (r *Reader) whyUnread(eventType string, data []byte) string {
	payload := gjson.Parse(decode.Text(data))
	if len(data) <= maxWhole { // almost-JSON, too
		payload, _, _ = mapping.ParsePayload(decode.Text(data))
	}
	for _, kind := range append(messageKinds(payload), eventType) {
		if what := whyNotPrice(kind); what != "" {
			return kind + " is " + what + ": its price is not the last one"
		}
	}
	if why := whyGone(payload); why != "" {
		return why
	}
	if isJSONPatch(payload) {
		return "the event is a JSON Patch (RFC 6902), which livetape does not apply: the feed has to send whole rows"
	}
	all := leavesOf([]gjson.Result{payload})
	f, _ := assignFields(all)
	if r.result.Named && f.hasPrice() && len(f["symbol"]) == 0 {
		return "the event has no symbol: it may change one of several rows (a JSON merge patch), and does not say which"
	}
	if r.decoder == nil && len(r.result.Doubts) > 0 {
		return r.result.Doubts[0]
	}
	if why := f.emptyPrice(all); why != "" {
		return why
	}
	if kind := r.leftOutKind(payload, f); kind != "" {
		return kind + " is " + whyNotBeside(kind) + ": its price is not the last one"
	}
	for _, kind := range rowKinds(payload, 0) {
		if what := whyNotPrice(kind); what != "" {
			return kind + " is " + what + ": its price is not the last one"
		}
	}
	return ""
}

// leftOutKind is the kind of a payload with a price that the map leaves out beside others of plain kinds; empty for none.
func (r *Reader) leftOutKind(payload gjson.Result, f fields) string {
	kind := messageKind(payload)
	if whyNotBeside(kind) == "" || len(f["last"]) == 0 {
		return ""
	}
	for _, rule := range r.result.Definition.Map {
		for _, c := range rule.When {
			if !slices.Contains(c.Is, kind) && slices.ContainsFunc(c.Is, isPlainKind) {
				return kind
			}
		}
	}
	return ""
}

// isJSONPatch reports whether a payload is a change by RFC 6902, a list of such, or a map around one.
func isJSONPatch(v gjson.Result) (found bool) {
	if v.IsArray() {
		return isPatchOperation(firstItem(v))
	}
	v.ForEach(func(_, below gjson.Result) bool {
		found = below.IsArray() && isPatchOperation(firstItem(below))
		return !found
	})
	return found || isPatchOperation(v)
}

func isPatchOperation(v gjson.Result) bool {
	switch v.Get("op").Str {
	case "add", "remove", "replace", "move", "copy", "test":
		return strings.HasPrefix(v.Get("path").Str, "/")
	}
	return false
}

// foundMap is what there is to tell of how the feed is read.
func (r *Reader) foundMap() *decode.FoundMap {
	f := &decode.FoundMap{Notes: r.result.Notes, Problem: r.result.Problem, Preset: r.result.Definition.Preset, Sample: len(r.samples), Mapped: r.result.Mapped}
	if r.decoder != nil {
		d := r.result.Definition
		d.Aliases = nil
		whole := r.result
		whole.Definition = d
		f.YAML, _ = whole.YAML()                 // it was just compiled
		f.Guess = d.Preset == "" || d.Map != nil // the map of a preset that says how to connect, but not what is sent
	}
	if r.guard.problem != "" {
		f.Problem = r.guard.problem
	}
	return f
}

// messageKind is what a payload says the plainest of which kind it is; empty where it says nothing.
func messageKind(payload gjson.Result) string {
	if kinds := messageKinds(payload); len(kinds) > 0 {
		return kinds[0]
	}
	return ""
}

// messageKinds are what a payload, and the maps around its row, say of which kind it is, the plainest first.
func messageKinds(payload gjson.Result) (kinds []string) {
	at := make([]string, len(kindNames))
	payload.ForEach(func(key, v gjson.Result) bool {
		if i := slices.Index(kindNames, plainName(key.Str)); i >= 0 && v.Type == gjson.String {
			at[i] = v.Str
		} else if name := plainName(key.Str); v.IsObject() && (containerNames[name] || headNames[name]) && !namesPast([]string{key.Str}) {
			kinds = append(kinds, messageKinds(v)...)
		}
		return true
	})
	return append(slices.DeleteFunc(at, func(kind string) bool { return kind == "" }), kinds...)
}

// maxContracts bounds the options that are compared, and how often a new one is reason to look for another map.
const maxContracts = 64

// hasNewContract reports whether an event has an option of which no event before had the terms, where these do not tell options
// apart since they were equal so far, and remembers it.
func (r *Reader) hasNewContract(data []byte) (found bool) {
	if len(r.result.equalTerms) == 0 || len(r.contracts) >= maxContracts {
		return false
	}
	var look func(v gjson.Result, depth int)
	look = func(v gjson.Result, depth int) {
		var h maphash.Hash
		h.SetSeed(shapeSeed)
		terms := 0
		v.ForEach(func(key, below gjson.Result) bool {
			if below.Type == gjson.JSON && depth < maxShapeDepth {
				look(below, depth+1)
			} else if slices.Contains(r.result.equalTerms, key.Str) {
				h.WriteString(key.Str + "\x00" + below.Raw + "\x00")
				terms++
			}
			return len(r.contracts) < maxContracts
		})
		if sum := h.Sum64(); terms > 0 && !r.contracts[sum] {
			r.contracts[sum], found = true, true
		}
	}
	look(gjson.Parse(decode.Text(data)), 0)
	return found
}

// rowKinds are what the first rows of the lists in a payload say of which kind they are.
func rowKinds(payload gjson.Result, depth int) (kinds []string) {
	if payload.IsArray() {
		return messageKinds(firstItem(payload))
	}
	payload.ForEach(func(_, below gjson.Result) bool {
		if below.IsArray() || below.IsObject() && depth < maxShapeDepth {
			kinds = append(kinds, rowKinds(below, depth+1)...)
		}
		return true
	})
	return kinds
}

var shapeSeed = maphash.MakeSeed()

// isNewShape reports whether no event of this type with these members was seen before, and remembers it.
func (r *Reader) isNewShape(eventType string, data []byte) bool {
	var h maphash.Hash
	h.SetSeed(shapeSeed)
	h.WriteString(eventType)
	if len(data) > maxWhole || mapping.IsJSON(decode.Text(data)) { // of what is long the beginning says enough
		addShape(&h, gjson.Parse(decode.Text(data)), 0)
	} else if s := strings.TrimSpace(decode.Text(data)); s != "" {
		h.WriteString(s[:1])
	}
	sum := h.Sum64()
	if r.shapes[sum] || len(r.shapes) >= maxShapes {
		return false
	}
	r.shapes[sum] = true
	return true
}

// maxShapeDepth is how deep the members of an event are compared.
const maxShapeDepth = 3

func addShape(h *maphash.Hash, v gjson.Result, depth int) {
	h.WriteByte(byte(v.Type))
	if depth > maxShapeDepth {
		return
	}
	n := 0
	v.ForEach(func(key, below gjson.Result) bool {
		h.WriteString(key.Str)
		if below.Type == gjson.String && (fateKinds[plainName(key.Str)] || key.Str == "op" || key.Str == "action" || key.Str == "e" || key.Str == "ev" || key.Str == "x" || key.Str == "status" || statusNames[plainName(key.Str)]) {
			h.WriteString(below.Str)
		}
		addShape(h, below, depth+1)
		n++
		return v.IsObject() && n < 64
	})
}
