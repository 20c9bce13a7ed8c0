package mapping

import (
	"strings"

	"github.com/tidwall/gjson"
)

// members are the members of a row that a rule's paths begin with, found in one pass: asking for each path anew would
// read a row as often as the rule has fields.
type members struct {
	slots map[string]int
	found []gjson.Result
}

func newMembers() *members { return &members{slots: map[string]int{}} }

// slot is the number, from 1, of the member that a path begins with, and the rest of the path; 0 when the path does not
// begin with a plain name.
func (m *members) slot(gjsonPath string) (slot int, rest string) {
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
		m.found = append(m.found, gjson.Result{})
	}
	return n + 1, rest
}

// read finds the members of a row that is a map.
func (m *members) read(row gjson.Result) {
	clear(m.found)
	missing := len(m.found)
	row.ForEach(func(key, v gjson.Result) bool {
		if n, ok := m.slots[key.Str]; ok && !m.found[n].Exists() {
			m.found[n] = v
			missing--
		}
		return missing > 0
	})
}
