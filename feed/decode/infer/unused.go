package infer

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"livetape/feed/decode/mapping"
)

// listUnused notes which numbers and times of rows a rule makes nothing of. What a note tells of already is left out.
func (w *ruleWriter) listUnused(all []*leaf, told *leaf, r *mapping.Rule) {
	used := rulePaths(r)
	for _, l := range all {
		if l == told || used[l.path] || l.isLevel() || slices.Contains(w.unused, l.path) || !l.readNumbers(false) && !l.everyValue(isTime) {
			continue
		}
		w.unused = append(w.unused, l.path)
	}
}

// isLevel reports whether a leaf is a level of a book: the best one is what is shown.
func (l *leaf) isLevel() bool {
	return sideOf(l.names) != "" && slices.ContainsFunc(l.names, func(name string) bool { return strings.Trim(name, "0123456789") == "" })
}

// rulePaths are the paths that a rule takes its fields from.
func rulePaths(r *mapping.Rule) map[string]bool {
	paths := map[string]bool{}
	fields := reflect.ValueOf(*r)
	for i := range fields.NumField() {
		if v, ok := fields.Field(i).Interface().(*mapping.Value); ok && v != nil {
			for _, part := range append(slices.Clone(v.First), *v) {
				paths[part.Path], paths[part.Exp], paths[part.Decimals] = true, true, true
			}
		}
	}
	return paths
}

// maxUnused is how many places that are not used are named.
const maxUnused = 8

// UnusedWords names the first of the numbers and times that nothing is made of, and says how many more there are; "" when
// there are none.
func (r Result) UnusedWords() string {
	if more := len(r.Unused) - maxUnused; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(r.Unused[:maxUnused], ", "), more)
	}
	return strings.Join(r.Unused, ", ")
}
