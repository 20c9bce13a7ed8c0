package mapping

import (
	"strconv"

	"github.com/tidwall/gjson"
)

// row is what a rule is applied to.
type row struct {
	payload gjson.Result // the whole payload
	value   gjson.Result // the row, completed from its predecessor where the rule says so
	said    gjson.Result // what the message itself says of a completed row; does not exist for others
	key     string       // the row's name in the nearest map around it that was walked, or its place in a list

	event, feed string

	members *members // of value, once read; nil: ask for each path
	read    bool
}

// member is what stands at a path that begins with a plain name.
func (r *row) member(p path) gjson.Result {
	if !r.read {
		r.members.read(r.value)
		r.read = true
	}
	v := r.members.found[p.slot-1]
	if p.rest == "" {
		return v
	}
	return v.Get(p.rest)
}

// maxWalk bounds how deep lists in the place of rows are walked.
const maxWalk = 8

// rows calls take for each row of a payload; walk is the path to them, and nil when the payload is the row. A
// list in the place of a row stands for its items, unless the rule itself looks into lists.
func rows(r row, walk []string, indexed bool, take func(row)) {
	w := walker{r, walk, indexed, take}
	if walk == nil {
		w.row(r.payload, "", 0)
		return
	}
	w.members(r.payload, "", walk)
}

type walker struct {
	base    row
	walk    []string
	indexed bool
	take    func(row)
}

// members walks the list or map to which the first part of the walk leads.
func (w walker) members(from gjson.Result, key string, walk []string) {
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

func (w walker) row(at gjson.Result, key string, depth int) {
	if at.IsArray() && !w.indexed && depth < maxWalk {
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
