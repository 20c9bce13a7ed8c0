// Package configerr says what is wrong in a configuration, and where.
//
// A validator adds errors to a [List], each with the [Path] of what is wrong, and returns [List.Err]. Package strictyaml
// finds the lines that the paths lead to. [DidYouMean] suggests the word that was meant.
package configerr

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Path leads from the top of a configuration to one of its values. Keys of maps are strings, indexes of lists are ints.
type Path []any

// Key is the path to a member of the map at p.
func (p Path) Key(key string) Path { return append(slices.Clip(p), key) }

// Index is the path to an item, from 0, of the list at p.
func (p Path) Index(i int) Path { return append(slices.Clip(p), i) }

// String is the path in dots and brackets: feeds.desk.map[1].last.unit.
func (p Path) String() string {
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
	return strings.TrimPrefix(b.String(), ".")
}

// Error is one mistake in a configuration. Its place is Path; Line and Column too, once they are known.
type Error struct {
	Path    Path
	Problem string // lower case, no full stop, may name what was meant
	Line    int    // from 1; 0: not known
	Column  int    // from 1, in characters
}

// Error is the place and the problem on one line.
func (e *Error) Error() string {
	switch {
	case e.Line > 0:
		return fmt.Sprintf("line %d: %s", e.Line, e.Problem)
	case len(e.Path) == 0:
		return e.Problem
	}
	return e.Path.String() + ": " + e.Problem
}

// List gathers errors.
type List struct{ errs []error }

// Add adds an error at a path.
func (l *List) Add(at Path, format string, args ...any) {
	l.errs = append(l.errs, &Error{Path: at, Problem: fmt.Sprintf(format, args...)})
}

// Join adds the errors that err wraps, with their paths seen from further up: the part that they are in is at the path
// at. An error of another kind becomes one at that path.
func (l *List) Join(at Path, err error) {
	for _, e := range All(err) {
		moved := *e
		moved.Path = slices.Concat(at, e.Path)
		l.errs = append(l.errs, &moved)
	}
}

// Err is nil without errors. Otherwise it wraps all of them, in the order in which they were added.
func (l *List) Err() error { return errors.Join(l.errs...) }

// All are the errors that err wraps. An error of another kind counts as one without a place.
func All(err error) []*Error {
	switch e := err.(type) { //nolint:errorlint // it takes apart itself what is wrapped
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
	case interface{ Unwrap() error }:
		if errors.As(e.Unwrap(), new(*Error)) {
			return All(e.Unwrap())
		}
	}
	return []*Error{{Problem: err.Error()}}
}
