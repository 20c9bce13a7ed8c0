package infer

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/auto"
	"livetape/feed/decode/mapping"
)

// lonely takes the only number of payloads for the price: with a note, for nothing says so.
func (w *writer) lonely(read []payload) (mapping.Rule, bool) {
	for i, p := range places(read) {
		if i > 0 && !p.symbolKeys() {
			continue
		}
		if only, ok := p.only(); ok {
			f := assign(leaves(p.values()))
			r := mapping.Rule{Each: p.each(), Last: &mapping.Value{Path: only}}
			r.Symbol = w.symbol(f, fields{}, p)
			r.Time = w.instant(f, fields{}, p, read)
			w.note("%s is the only number, and taken for the price: check this", only)
			return r, true
		}
	}
	return mapping.Rule{}, false
}

// only is the path of the only number of rows that is neither a time nor called something else.
func (p *place) only() (path string, ok bool) {
	all := leaves(p.values())
	if len(all) == 0 {
		return "$value", len(p.names) == 0 && numeric(p.rows[0].value)
	}
	if slices.ContainsFunc(p.rows, func(f found) bool { return f.value.IsArray() }) {
		return "", false // a number in a list is no more the only one
	}
	for _, l := range all {
		if s, known := auto.Spelled(l.name()); known && s.Field != "last" || housekeeping(l.name()) || inParts(l.name()) || !l.every(numeric) || l.every(dated) {
			continue
		}
		if ok {
			return "", false
		}
		path, ok = l.path, true
	}
	return path, ok
}

// housekeeping reports whether a name is one of those by which streams speak of themselves, or of a share of something:
// such a number is no price.
func housekeeping(name string) bool {
	name = strings.ToLower(name)
	for word := range strings.FieldsSeq("heartbeat ping pong keepalive seq sequence counter count code status version offset partition total length interval retry ttl uptime clients epoch nonce bps pct percent spread") {
		if strings.HasPrefix(name, word) || strings.HasSuffix(name, word) {
			return true
		}
	}
	return false
}

// inParts reports whether a name says of which part of a currency its numbers are: they are no prices as they stand.
func inParts(name string) bool {
	price, decimals := smallCoin(name)
	s, known := auto.Spelled(price)
	return decimals != "" && known && auto.Price(s.Field)
}

// packed is the path of a member that holds JSON in a string, when payloads have one.
func packed(read []payload) string {
	count := map[string]int{}
	for _, p := range read {
		p.json.ForEach(func(key, v gjson.Result) bool {
			if s := strings.TrimSpace(v.Str); v.Type == gjson.String && s != "" && sayable(key.Str) && strings.ContainsRune("[{", rune(s[0])) && gjson.Valid(s) {
				count[pathOf([]string{key.Str})]++
			}
			return true
		})
		if s := strings.TrimSpace(p.json.Str); p.json.Type == gjson.String && strings.HasPrefix(s, "{") && gjson.Valid(s) {
			count["$value"]++
		}
	}
	best := ""
	for path, n := range count {
		if n > count[best] || n == count[best] && path < best {
			best = path
		}
	}
	return best
}
