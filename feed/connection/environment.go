package connection

import (
	"errors"
	"fmt"
	"livetape/feed/redact"
	"strings"
)

// environment gives the variables that a configuration names, and collects what of it is secret.
type environment struct {
	lookup  func(name string) (string, bool)
	token   bool // there is one: its place stays as it is
	secrets redact.Secrets
}

// expand fills in every ${NAME} of s, and lists the names in order. Each value passes through escape first, which is
// given what stands before it; nil for as it is. Errors name the variable, never a value.
func (e *environment) expand(s string, escape func(before, value string) string) (string, []string, error) {
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
		if closed && name == TokenVariable && e.token {
			out.WriteString(tokenPlaceholder)
			names, s = append(names, name), after
			continue
		}
		if !closed || !isVariable(name) {
			return "", nil, errors.Join(append(faults, errors.New("${ without a variable's name and }"))...)
		}
		value, ok := e.lookup(name)
		if !ok || value == "" {
			faults = append(faults, fmt.Errorf("environment variable %s is not set or empty", name))
		}
		e.secrets.AddVariable(name, value)
		if escape != nil {
			value = escape(out.String(), value)
		}
		out.WriteString(value)
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
