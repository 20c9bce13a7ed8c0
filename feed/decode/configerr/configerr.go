// Package configerr says what is wrong in a configuration, and where.
//
// A validator gathers faults in a [List] under the [Path] of each, and returns [List.Err]. Whoever
// has the source turns the error into the lines at fault with [Annotate]. Errors of the YAML parser
// become faults by [FromYAML].
package configerr

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Path leads from the top of a configuration to one of its values: keys are strings, places in a list ints.
type Path []any

// Key is the path to a member of the map at p.
func (p Path) Key(key string) Path { return append(slices.Clip(p), key) }

// Index is the path to an item, from 0, of the list at p.
func (p Path) Index(i int) Path { return append(slices.Clip(p), i) }

// String is the path as YAMLPath writes it: $.feeds.desk.map[1].last.unit.
func (p Path) String() string { return "$" + p.dotted() }

func (p Path) dotted() string {
	var b strings.Builder
	for _, step := range p {
		switch step := step.(type) {
		case int:
			b.WriteString("[" + strconv.Itoa(step) + "]")
		case string:
			if step == "" || strings.ContainsAny(step, ".*[]$' ") {
				step = "'" + strings.ReplaceAll(step, "'", `\'`) + "'"
			}
			b.WriteString("." + step)
		}
	}
	return b.String()
}

// Error is one thing that is wrong. It is found by its Path, or, when a parser gave up, by its Line.
type Error struct {
	Path    Path
	Problem string // lower case, no full stop, may name what was meant
	Line    int    // from 1; 0: look for Path
	Column  int    // from 1, in characters
}

// Error is the place and the problem on one line.
func (f *Error) Error() string {
	switch {
	case f.Line > 0:
		return fmt.Sprintf("line %d: %s", f.Line, f.Problem)
	case len(f.Path) == 0:
		return f.Problem
	}
	return strings.TrimPrefix(f.Path.dotted(), ".") + ": " + f.Problem
}

// List gathers faults.
type List struct{ faults []*Error }

// Add notes a fault.
func (l *List) Add(at Path, format string, args ...any) {
	l.faults = append(l.faults, &Error{Path: at, Problem: fmt.Sprintf(format, args...)})
}

// Join notes the faults of err, with their paths seen from at; an error of another kind becomes a fault at at.
func (l *List) Join(at Path, err error) {
	l.faults = append(l.faults, All(Under(at, err))...)
}

// Err is nil without faults; otherwise it wraps all of them, in the order in which they were added.
func (l *List) Err() error {
	if len(l.faults) == 0 {
		return nil
	}
	errs := make([]error, len(l.faults))
	for i, f := range l.faults {
		errs[i] = f
	}
	return errors.Join(errs...)
}

// All are the faults that err wraps. An error of another kind counts as one fault without a place.
func All(err error) []*Error {
	switch e := err.(type) {
	case nil:
		return nil
	case *Error:
		return []*Error{e}
	case interface{ Unwrap() []error }:
		var all []*Error
		for _, err := range e.Unwrap() {
			all = append(all, All(err)...)
		}
		return all
	}
	var f *Error
	if errors.As(err, &f) {
		return []*Error{f}
	}
	return []*Error{{Problem: err.Error()}}
}

// Under are the faults of err as seen from further up, where the part that they are in stands at the path at.
func Under(at Path, err error) error {
	var l List
	for _, f := range All(err) {
		moved := *f
		moved.Path = append(slices.Clone(at), f.Path...)
		l.faults = append(l.faults, &moved)
	}
	return l.Err()
}
