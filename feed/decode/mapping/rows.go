package mapping

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// row is what a rule is applied to.
type row struct {
	payload gjson.Result // the whole payload
	value   gjson.Result // the row, completed from its predecessor where the rule says so
	delta   gjson.Result // what the message itself says of a completed row; does not exist for others
	key     string       // the row's name in the nearest map around it that was walked, or its place in a list

	event, feed string

	cache  *memberCache // of value, once read; nil: ask for each path
	cached bool
}

// member is what stands at a path that begins with a plain name.
func (r *row) member(p path) gjson.Result {
	if !r.cached {
		r.cache.fill(r.value)
		r.cached = true
	}
	v := r.cache.values[p.slot-1]
	if p.rest == "" {
		return v
	}
	return v.Get(p.rest)
}

// memberCache are the members of a row that a rule's paths begin with, found in one pass: asking for each path anew would
// read a row as often as the rule has fields.
type memberCache struct {
	slots  map[string]int
	values []gjson.Result
}

func newMemberCache() *memberCache { return &memberCache{slots: map[string]int{}} }

// slotOf is the number, from 1, of the member that a path begins with, and the rest of the path; 0 when the path does not
// begin with a plain name.
func (m *memberCache) slotOf(gjsonPath string) (slot int, rest string) {
	name, rest, _ := strings.Cut(gjsonPath, ".")
	if name == "" {
		return 0, ""
	}
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return 0, ""
		}
	}
	n, ok := m.slots[name]
	if !ok {
		n = len(m.slots)
		m.slots[name] = n
		m.values = append(m.values, gjson.Result{})
	}
	return n + 1, rest
}

// fill finds the members of a row that is a map.
func (m *memberCache) fill(row gjson.Result) {
	clear(m.values)
	missing := len(m.values)
	row.ForEach(func(key, v gjson.Result) bool {
		if n, ok := m.slots[key.Str]; ok && !m.values[n].Exists() {
			m.values[n] = v
			missing--
		}
		return missing > 0
	})
}

// maxListDepth bounds how deep lists in the place of rows are walked.
const maxListDepth = 8

// walkRows calls take for each row of a payload; walk is the path to them, and nil when the payload is the row. A
// list in the place of a row stands for its items, unless the rule itself looks into lists.
func walkRows(r row, walk []string, indexed bool, take func(row)) {
	w := rowWalker{r, walk, indexed, take}
	if walk == nil {
		w.row(r.payload, "", 0)
		return
	}
	w.members(r.payload, "", walk)
}

type rowWalker struct {
	base        row
	walk        []string
	indexesList bool
	take        func(row)
}

// members walks the list or map to which the first part of the walk leads.
func (w rowWalker) members(from gjson.Result, key string, walk []string) {
	if walk[0] != "" {
		from = from.Get(walk[0])
	}
	if !from.IsObject() && !from.IsArray() {
		return
	}
	place := 0
	from.ForEach(func(name, member gjson.Result) bool {
		named := key
		if from.IsObject() {
			named = name.String()
		} else if key == "" {
			named = strconv.Itoa(place)
		}
		place++
		if len(walk) > 1 {
			w.members(member, named, walk[1:])
		} else {
			w.row(member, named, 0)
		}
		return true
	})
}

func (w rowWalker) row(at gjson.Result, key string, depth int) {
	if at.IsArray() && !w.indexesList && depth < maxListDepth {
		place := 0
		at.ForEach(func(_, item gjson.Result) bool {
			named := key
			if named == "" {
				named = strconv.Itoa(place)
			}
			place++
			w.row(item, named, depth+1)
			return true
		})
		return
	}
	if at.Type == gjson.Null {
		return
	}
	r := w.base
	r.value, r.key = at, key
	w.take(r)
}

// rowMerger completes rows that say only what changed from the last one with the same key. What a row says itself is
// kept beside: an update repeats nothing that the message did not say.
type rowMerger struct {
	key      path
	lastRows map[string]string // key → the row so far, as JSON
	size     int               // bytes in kept
}

func newRowMerger(key path) *rowMerger { return &rowMerger{key: key, lastRows: map[string]string{}} }

// Bounds on what is kept: of one row, in bytes, and of all. Beyond the second everything is forgotten, and rows
// are completed from what follows.
const (
	maxMergedRow  = 64 << 10
	maxMergedRows = 32 << 20
)

func (m *rowMerger) complete(r *row) {
	if !r.value.IsObject() {
		return
	}
	key := ""
	if m.key.root == rowKey {
		key = r.key
	} else if k, ok, err := scalarText(m.key.get(r)); ok && err == nil {
		key = k
	} else {
		return
	}
	before, known := m.lastRows[key]
	whole := r.value.Raw
	if known {
		whole = mergeObjects(gjson.Parse(before), r.value, 0)
	}
	r.delta = r.value
	if len(whole) > maxMergedRow {
		m.forget(key)
		return
	}
	m.keep(key, whole)
	r.value = gjson.Parse(whole)
}

func (m *rowMerger) forget(key string) {
	m.size -= len(m.lastRows[key])
	delete(m.lastRows, key)
}

func (m *rowMerger) keep(key, whole string) {
	m.forget(key)
	if m.size+len(whole) > maxMergedRows {
		clear(m.lastRows)
		m.size = 0
	}
	m.lastRows[strings.Clone(key)] = strings.Clone(whole)
	m.size += len(whole)
}

// maxMergeDepth bounds how deep maps in rows are merged; below it the new one replaces the old.
const maxMergeDepth = 16

// mergeObjects is the map before with what the map now says; what is missing in now leaves before alone.
func mergeObjects(before, now gjson.Result, depth int) string {
	order, said := presentMembers(now)
	var w objectWriter
	before.ForEach(func(key, old gjson.Result) bool {
		v, ok := said[key.Str]
		delete(said, key.Str)
		switch {
		case !ok:
			w.member(key.Str, old.Raw)
		case v.IsObject() && old.IsObject() && depth < maxMergeDepth:
			w.member(key.Str, mergeObjects(old, v, depth+1))
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

// presentMembers are the members of a map that are not missing, in their order.
func presentMembers(v gjson.Result) (order []string, said map[string]gjson.Result) {
	said = map[string]gjson.Result{}
	v.ForEach(func(key, v gjson.Result) bool {
		if isMissing(v) {
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
	w.b.WriteString(quoteJSON(key))
	w.b.WriteByte(':')
	w.b.WriteString(raw)
}

func (w *objectWriter) String() string {
	if w.b.Len() == 0 {
		return "{}"
	}
	return w.b.String() + "}"
}

// quoteJSON is a JSON string.
func quoteJSON(s string) string { return string(gjson.AppendJSONString(nil, s)) }
