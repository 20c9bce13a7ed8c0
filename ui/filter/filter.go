// Package filter decides which rows of a table are shown.
//
// [Parse] reads what the user has typed: words that must stand in a symbol or a name, or an expression over named fields,
// such as chg% > 2 and vol > 1m. [Fields] lists them. [Filter.Match] asks a [Row] for the fields that it needs.
package filter

import (
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/vm"
)

// Row is what a filter is asked about.
type Row interface {
	Number(Field) float64 // of a [Number], or of a [Duration] in seconds; NaN when it is not known
	Text(Field) string
	Is(Field) bool // of a [Flag]
}

// Filter decides which rows are shown. A nil Filter shows all. It is not safe for concurrent use.
type Filter struct {
	words   []string // in lower case: all must be in the symbol or the name
	program *vm.Program
	fields  []Field // that the program needs
	machine vm.VM
	values  map[string]any // of the fields
}

// Error is a mistake in an expression.
type Error struct {
	At      int // where: so many characters are before it
	Problem string
}

// Error implements error.
func (e *Error) Error() string { return e.Problem }

// MaxLength bounds what can be parsed, in characters.
const MaxLength = 400

// Parse reads a filter. Blank text gives a nil Filter. The error is an [Error].
func Parse(text string) (*Filter, error) {
	if n := utf8.RuneCountInString(text); n > MaxLength {
		return nil, &Error{MaxLength, "this is too long"}
	}
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	if !isExpression(scan(text)) {
		return &Filter{words: splitWords(text)}, nil
	}
	return compile(text)
}

// splitWords is the words of a text in lower case. What stands in quotes is one word.
func splitWords(text string) (words []string) {
	for i, part := range strings.Split(strings.ToLower(text), `"`) {
		switch {
		case i%2 == 0:
			words = append(words, strings.Fields(part)...)
		case part != "":
			words = append(words, part)
		}
	}
	return words
}

// Match reports whether a row is shown.
func (f *Filter) Match(r Row) bool {
	switch {
	case f == nil:
		return true
	case f.program == nil:
		return f.matchWords(r)
	}
	for _, field := range f.fields {
		f.values[field.ident()] = valueOf(r, field)
	}
	matches, err := f.machine.Run(f.program, f.values)
	return err == nil && matches == true
}

func (f *Filter) matchWords(r Row) bool {
	symbol, name := strings.ToLower(r.Text(Symbol)), strings.ToLower(r.Text(Name))
	for _, word := range f.words {
		if !strings.Contains(symbol, word) && !strings.Contains(name, word) {
			return false
		}
	}
	return true
}

func valueOf(r Row, f Field) any {
	switch f.Kind() {
	case Text:
		return strings.ToLower(r.Text(f))
	case Flag:
		return r.Is(f)
	}
	return r.Number(f)
}

// IsExpression reports whether a filter compares fields, rather than looking for words.
func (f *Filter) IsExpression() bool { return f != nil && f.program != nil }

// ByTime reports whether rows can begin or cease to match by the passing of time alone.
func (f *Filter) ByTime() bool {
	if f == nil {
		return false
	}
	for _, field := range f.fields {
		if field.Kind() == Duration {
			return true
		}
	}
	return false
}
