package mapping

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/market"
)

// valueSource is where a value comes from.
type valueSource int8

const (
	sourcePath valueSource = iota
	sourceFirst
	sourceMax
	sourceRatio
	sourceConst
	sourceText
)

// compiledValue is a compiled Value.
type compiledValue struct {
	source   valueSource
	path     path
	operands []*compiledValue // first, max; numerator and denominator
	constant string
	template template

	scales  []powerOfTen
	mul     market.Decimal
	percent bool // a % behind the number is not part of it

	replaceOld, replaceNew string
	alias                  aliases
	split                  string
	unit                   timeUnit
}

// text is the value as text, with replacements and aliases; ok is false when it is missing.
func (v *compiledValue) text(r *row) (s string, ok bool, err error) {
	if s, ok, err = v.unaliasedText(r); ok {
		s = v.alias.nameOf(s)
	}
	return s, ok, err
}

// unaliasedText is the value as text before its aliases.
func (v *compiledValue) unaliasedText(r *row) (s string, ok bool, err error) {
	switch v.source {
	case sourceConst:
		s, ok = v.constant, true
	case sourceText:
		s, ok, err = v.template.render(r)
	case sourceFirst:
		for _, one := range v.operands {
			if s, ok, err = one.text(r); ok || err != nil && !errors.Is(err, errNotScalar) {
				break
			}
			err = nil
		}
	case sourcePath:
		s, ok, err = scalarText(v.path.get(r))
	}
	if err != nil || !ok {
		return "", false, err
	}
	if v.replaceOld == "" {
		return s, true, nil
	}
	growth := strings.Count(s, v.replaceOld) * (len(v.replaceNew) - len(v.replaceOld))
	if growth > 0 && len(s)+growth > maxText {
		return "", false, errTooLong
	}
	return strings.ReplaceAll(s, v.replaceOld, v.replaceNew), true, nil
}

// list is the value as a list of texts.
func (v *compiledValue) list(r *row) ([]string, error) {
	if v.source == sourcePath {
		if at := v.path.get(r); at.IsArray() {
			return v.items(at), nil
		}
	}
	s, ok, err := v.unaliasedText(r)
	if err != nil || !ok {
		return nil, err
	}
	if v.split == "" {
		return []string{v.alias.nameOf(s)}, nil
	}
	var items []string
	for item := range strings.SplitSeq(s, v.split) {
		if item = strings.TrimSpace(item); item != "" && len(items) < market.MaxSymbols {
			items = append(items, v.alias.nameOf(item))
		}
	}
	return items, nil
}

func (v *compiledValue) items(list gjson.Result) (items []string) {
	list.ForEach(func(_, item gjson.Result) bool {
		if s, ok, err := scalarText(item); ok && err == nil {
			items = append(items, v.alias.nameOf(s))
		}
		return len(items) < market.MaxSymbols
	})
	return items
}

// inMessage reports whether the message itself, and not only the row that it completes, has a part of the value.
func (v *compiledValue) inMessage(r *row) bool {
	if r.delta.Raw == "" || v.source == sourceConst || v.source == sourcePath && v.path.inMessage(r) {
		return true
	}
	for _, one := range v.operands {
		if one.inMessage(r) {
			return true
		}
	}
	for _, part := range v.template {
		if part.path != nil && part.path.inMessage(r) {
			return true
		}
	}
	return false
}

// indexesList reports whether the value looks into a list, or is the row itself.
func (v *compiledValue) indexesList() bool {
	return v.source == sourcePath && v.path.indexesList() || slices.ContainsFunc(v.operands, (*compiledValue).indexesList) ||
		slices.ContainsFunc(v.template, func(part templatePart) bool { return part.path != nil && part.path.indexesList() })
}

// aliases are names for what a feed says. A name for the exact letters goes before one for the letters in another case.
type aliases struct {
	exact, folded map[string]string
}

func newAliases(m map[string]string) aliases {
	if len(m) == 0 {
		return aliases{}
	}
	folded := make(map[string]string, len(m))
	for _, original := range slices.Sorted(maps.Keys(m)) { // in one order: two may differ in case alone
		folded[strings.ToLower(original)] = m[original]
	}
	return aliases{m, folded}
}

// nameOf is the name for s, or s where there is none.
func (a aliases) nameOf(s string) string {
	if name, ok := a.lookup(s); ok {
		return name
	}
	return s
}

func (a aliases) lookup(s string) (name string, ok bool) {
	if a.exact == nil {
		return "", false
	}
	if name, ok = a.exact[s]; !ok {
		name, ok = a.folded[strings.ToLower(s)]
	}
	return name, ok
}

// template is text with paths in it: "{base|XLM}/{counter|XLM}".
type template []templatePart

// templatePart is a piece of literal text, or a path with what to write where it leads to nothing.
type templatePart struct {
	path       *path  // nil: literal text
	text       string // the literal text, or the default
	hasDefault bool
}

// render writes the text; ok is false when a path without a default leads to nothing.
func (t template) render(r *row) (s string, ok bool, err error) {
	var b strings.Builder
	for _, p := range t {
		if p.path == nil {
			b.WriteString(p.text)
			continue
		}
		word, ok, err := scalarText(p.path.get(r))
		switch {
		case err != nil:
			return "", false, err
		case ok:
			b.WriteString(word)
		case p.hasDefault:
			b.WriteString(p.text)
		default:
			return "", false, nil
		}
		if b.Len() > maxText {
			break
		}
	}
	return b.String(), true, nil
}
