package mapping

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// row is the part of a payload that a rule is applied to.
type row struct {
	payload gjson.Result // the whole payload
	value   gjson.Result // the row, completed from the row before with the same key where the rule merges
	delta   gjson.Result // of a merged row, the part that the message itself has; does not exist for others
	parent  gjson.Result // the map in which the list of the row is
	place   place

	event, feed string

	cache  *memberCache // nil: look up each path by itself
	cached bool         // the cache is of value

	payloadCache, parentCache *payloadCache // nil: look up each path by itself
}

// place is the key of a row in the nearest map around it that was walked, or else its number in a list. It is written out only where a
// rule asks for it.
type place struct {
	key    string
	number int // from 1; 0: it is in no list
}

func (p place) String() string {
	if p.key != "" || p.number == 0 {
		return p.key
	}
	return strconv.Itoa(p.number - 1)
}

// item is the place of an item of a list that stands in p: below a key, the key goes on.
func (p place) item(index int) place {
	if p.key != "" {
		return p
	}
	return place{number: index + 1}
}

// member is the value at a path that begins with a member of the cache.
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

// payloadCache holds the values at the paths of a rule that start at the payload, or at a parent. Each is looked up once: it may
// have as many rows as it has members, and would be scanned for each of them.
type payloadCache struct {
	slots  map[string]int
	values []gjson.Result
	known  []bool
}

func newPayloadCache() *payloadCache { return &payloadCache{slots: map[string]int{}} }

// slotOf is the slot, from 1, of a path.
func (s *payloadCache) slotOf(gjsonPath string) int {
	if s.slots[gjsonPath] == 0 {
		s.slots[gjsonPath] = len(s.slots) + 1
		s.values, s.known = append(s.values, gjson.Result{}), append(s.known, false)
	}
	return s.slots[gjsonPath]
}

// reset forgets the values of the event before.
func (s *payloadCache) reset() *payloadCache {
	clear(s.values)
	clear(s.known)
	return s
}

func (s *payloadCache) get(payload gjson.Result, p path) gjson.Result {
	i := p.slot - 1
	if !s.known[i] {
		s.values[i], s.known[i] = payload.Get(p.gjson), true
	}
	return s.values[i]
}

// memberCache holds the members of a row that the paths of a rule begin with. They are found in one pass: looking up
// each path by itself would scan a row as often as the rule has fields.
type memberCache struct {
	slots  map[string]int
	values []gjson.Result
}

func newMemberCache() *memberCache { return &memberCache{slots: map[string]int{}} }

// slotOf is the slot, from 1, of the member that a path begins with, and the rest of the path. It is 0 for a path that
// does not begin with a plain name.
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

// fill finds the members of a row that is a map. Of one that stands twice the last counts, as in browsers.
func (m *memberCache) fill(row gjson.Result) {
	clear(m.values)
	row.ForEach(func(key, v gjson.Result) bool {
		if n, ok := m.slots[key.Str]; ok {
			m.values[n] = v
		}
		return true
	})
}

// maxListDepth bounds how deep lists in the place of rows are walked.
const maxListDepth = 8

// walkRows calls take for each row of a payload. The path is that of parseEachPath; nil when the payload is the row. A
// list in the place of a row stands for its items, unless the rule itself looks into lists. The row is good until take returns.
func walkRows(base *row, path []string, indexesList bool, take func(*row)) {
	w := rowWalker{base, indexesList, take}
	if path == nil {
		w.value(base.payload, place{}, 0)
		return
	}
	w.members(base.payload, place{}, path)
}

type rowWalker struct {
	row         *row
	indexesList bool
	take        func(*row)
}

// members walks the list or map to which the first part of the path leads.
func (w rowWalker) members(from gjson.Result, at place, path []string) {
	parent := w.row.parent
	defer func() { w.row.parent = parent }()
	if from.IsObject() {
		w.row.parent = from
		w.row.parentCache.reset()
	}
	if path[0] != "" {
		from = from.Get(path[0])
	}
	isMap := from.IsObject()
	if !isMap && !from.IsArray() {
		return
	}
	index := 0
	from.ForEach(func(name, member gjson.Result) bool {
		here := at.item(index)
		if isMap {
			here = place{key: name.String()}
		}
		index++
		if len(path) > 1 {
			w.members(member, here, path[1:])
		} else {
			w.value(member, here, 0)
		}
		return true
	})
}

func (w rowWalker) value(at gjson.Result, in place, depth int) {
	if at.Type == gjson.Null {
		return
	}
	if at.IsArray() && !w.indexesList && depth < maxListDepth {
		index := 0
		at.ForEach(func(_, item gjson.Result) bool {
			w.value(item, in.item(index), depth+1)
			index++
			return true
		})
		return
	}
	w.row.stand(at, in)
	w.take(w.row)
}

// standBefore makes a row ready for the rows of a rule.
func (r *row) standBefore(ru *compiledRule) {
	r.stand(gjson.Result{}, place{})
	r.parent, r.payloadCache, r.parentCache = gjson.Result{}, ru.payloadCache.reset(), ru.parentCache
}

// stand makes a row the one of a value.
func (r *row) stand(at gjson.Result, in place) {
	r.value, r.delta, r.place, r.cached = at, gjson.Result{}, in, false
}

// maxShared is the longest value, in bytes, that stands beside columns and is put into each row.
const maxShared = 256

// walkColumns calls take for each row of a map whose lists, all of one length, have a value for each row.
func walkColumns(base *row, columns gjson.Result, budget *eventBudget, take func(*row)) {
	if !columns.IsObject() {
		return
	}
	var names []string
	var lists [][]gjson.Result
	var shared objectWriter
	oneLength := true
	columns.ForEach(func(name, v gjson.Result) bool {
		if v.IsArray() {
			names, lists = append(names, name.Str), append(lists, v.Array())
			oneLength = len(lists[0]) == len(lists[len(lists)-1])
		} else if !v.IsObject() && len(v.Raw) <= maxShared {
			shared.member(name.Str, v.Raw)
		}
		return oneLength
	})
	if !oneLength || len(lists) == 0 {
		return
	}
	base.parent = columns
	base.parentCache.reset()
	for i := range lists[0] {
		w := objectWriter{}
		w.b.WriteString(shared.b.String())
		for k, name := range names {
			w.member(name, lists[k][i].Raw)
		}
		base.stand(gjson.Parse(w.String()), place{number: i + 1})
		if budget.scan -= len(base.value.Raw); budget.isSpent() {
			return
		}
		take(base)
	}
}

// rowMerger completes rows that have only what changed since the last row with the same key. What the message itself
// has is kept as the row's delta: an update does not repeat what the message does not say.
type rowMerger struct {
	key      path
	lastRows map[string]string // key → the row so far, as JSON
	size     int               // of lastRows, in bytes
	kept     *keptByteCount
}

func newRowMerger(key path, kept *keptByteCount) *rowMerger {
	return &rowMerger{key: key, lastRows: map[string]string{}, kept: kept}
}

const (
	maxMergedRow = 64 << 10 // bytes of a row, with its key, beyond which it is not kept
	mergedCost   = 160      // bytes that it takes beside
)

func (m *rowMerger) completeRow(r *row) {
	if !r.value.IsObject() {
		return
	}
	key := ""
	if m.key.root == rowKey {
		key = r.place.String()
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
	if len(key)+len(whole) > maxMergedRow {
		m.forget(key)
		return
	}
	m.keepRow(key, whole)
	r.value = gjson.Parse(whole)
}

func (m *rowMerger) forget(key string) {
	if whole, ok := m.lastRows[key]; ok {
		m.addBytes(-len(key) - len(whole) - mergedCost)
		delete(m.lastRows, key)
	}
}

func (m *rowMerger) addBytes(n int) bool {
	m.size += n
	return m.kept.add(n)
}

func (m *rowMerger) keepRow(key, whole string) {
	m.forget(key)
	if !m.addBytes(len(key) + len(whole) + mergedCost) {
		clear(m.lastRows)
		m.addBytes(-m.size)
		return
	}
	m.lastRows[strings.Clone(key)] = strings.Clone(whole)
}

// maxMergeDepth bounds how deep maps in rows are merged. Below it, the new one replaces the old.
const maxMergeDepth = 16

// mergeObjects is the map before with the members of the map now that are not missing.
func mergeObjects(before, now gjson.Result, depth int) string {
	order, changed := presentMembers(now)
	var w objectWriter
	before.ForEach(func(key, old gjson.Result) bool {
		v, ok := changed[key.Str]
		delete(changed, key.Str)
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
		if v, ok := changed[key]; ok {
			w.member(key, v.Raw)
		}
	}
	return w.String()
}

// presentMembers are the members of a map that are not missing, in their order.
func presentMembers(v gjson.Result) (order []string, members map[string]gjson.Result) {
	members = map[string]gjson.Result{}
	v.ForEach(func(key, v gjson.Result) bool {
		if IsMissing(v) {
			return true
		}
		if _, twice := members[key.Str]; !twice {
			order = append(order, key.Str)
		}
		members[key.Str] = v
		return true
	})
	return order, members
}

// objectWriter writes a JSON object.
type objectWriter struct{ b strings.Builder }

func (w *objectWriter) member(key, raw string) {
	sign := byte(',')
	if w.b.Len() == 0 {
		sign = '{'
	}
	w.b.WriteByte(sign)
	w.b.Write(gjson.AppendJSONString(nil, key))
	w.b.WriteByte(':')
	w.b.WriteString(raw)
}

func (w *objectWriter) String() string {
	if w.b.Len() == 0 {
		return "{}"
	}
	return w.b.String() + "}"
}
