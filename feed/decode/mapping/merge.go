package mapping

import (
	"strings"

	"github.com/tidwall/gjson"
)

// merger completes rows that say only what changed from the last one with the same key. What a row says itself is
// kept beside: an update repeats nothing that the message did not say.
type merger struct {
	key  path
	kept map[string]string // key → the row so far, as JSON
	size int               // bytes in kept
}

func newMerger(key path) *merger { return &merger{key: key, kept: map[string]string{}} }

// Bounds on what is kept: of one row, in bytes, and of all. Beyond the second everything is forgotten, and rows
// are completed from what follows.
const (
	maxKept    = 64 << 10
	maxKeptAll = 32 << 20
)

func (m *merger) complete(r *row) {
	if !r.value.IsObject() {
		return
	}
	key := ""
	if m.key.from == rowKey {
		key = r.key
	} else if k, ok, err := scalar(m.key.get(r)); ok && err == nil {
		key = k
	} else {
		return
	}
	before, known := m.kept[key]
	whole := r.value.Raw
	if known {
		whole = merged(gjson.Parse(before), r.value, 0)
	}
	r.said = r.value
	if len(whole) > maxKept {
		m.forget(key)
		return
	}
	m.keep(key, whole)
	r.value = gjson.Parse(whole)
}

func (m *merger) forget(key string) {
	m.size -= len(m.kept[key])
	delete(m.kept, key)
}

func (m *merger) keep(key, whole string) {
	m.forget(key)
	if m.size+len(whole) > maxKeptAll {
		clear(m.kept)
		m.size = 0
	}
	m.kept[strings.Clone(key)] = strings.Clone(whole)
	m.size += len(whole)
}

// maxMerge bounds how deep maps in rows are merged; below it the new one replaces the old.
const maxMerge = 16

// merged is the map before with what the map now says; what is missing in now leaves before alone.
func merged(before, now gjson.Result, depth int) string {
	order, said := says(now)
	var w objectWriter
	before.ForEach(func(key, old gjson.Result) bool {
		v, ok := said[key.Str]
		delete(said, key.Str)
		switch {
		case !ok:
			w.member(key.Str, old.Raw)
		case v.IsObject() && old.IsObject() && depth < maxMerge:
			w.member(key.Str, merged(old, v, depth+1))
		default:
			w.member(key.Str, v.Raw)
		}
		return true
	})
	for _, key := range order {
		if v, ok := said[key]; ok {
			w.member(key, v.Raw)
		}
	}
	return w.String()
}

// says are the members of a map that are not missing, in their order.
func says(v gjson.Result) (order []string, said map[string]gjson.Result) {
	said = map[string]gjson.Result{}
	v.ForEach(func(key, v gjson.Result) bool {
		if missing(v) {
			return true
		}
		if _, twice := said[key.Str]; !twice {
			order = append(order, key.Str)
		}
		said[key.Str] = v
		return true
	})
	return order, said
}

// objectWriter writes a JSON object.
type objectWriter struct{ b strings.Builder }

func (w *objectWriter) member(key, raw string) {
	sign := byte(',')
	if w.b.Len() == 0 {
		sign = '{'
	}
	w.b.WriteByte(sign)
	w.b.WriteString(quoted(key))
	w.b.WriteByte(':')
	w.b.WriteString(raw)
}

func (w *objectWriter) String() string {
	if w.b.Len() == 0 {
		return "{}"
	}
	return w.b.String() + "}"
}

// quoted is a JSON string.
func quoted(s string) string { return string(gjson.AppendJSONString(nil, s)) }
