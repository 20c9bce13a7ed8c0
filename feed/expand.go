package feed

import (
	"errors"
	"fmt"
	"strings"
)

// expand fills in every ${NAME} of s with what lookup says, and lists the names in order. Each value passes
// through place first (escaping, or nothing). Errors name the variable, never a value.
func expand(s string, lookup func(string) (string, bool), place func(before, value string) string) (string, []string, error) {
	var out strings.Builder
	var names []string
	var faults []error
	for {
		before, rest, found := strings.Cut(s, "${")
		out.WriteString(before)
		if !found {
			return out.String(), names, errors.Join(faults...)
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed || !isVariable(name) {
			return "", nil, errors.Join(append(faults, errors.New("${ without a variable's name and }"))...)
		}
		value, ok := lookup(name)
		if !ok || value == "" {
			faults = append(faults, fmt.Errorf("environment variable %s is not set or empty", name))
		}
		out.WriteString(place(out.String(), value))
		names = append(names, name)
		s = after
	}
}

// isVariable reports whether s is a name in the sense of POSIX (XBD §8.1).
func isVariable(s string) bool {
	for i, c := range []byte(s) {
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}
