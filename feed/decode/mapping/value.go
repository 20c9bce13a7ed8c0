package mapping

import (
	"errors"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/market"
)

// valueSource says what kind of source a value has.
type valueSource int8

const (
	sourcePath valueSource = iota
	sourceFirst
	sourceMax
	sourceRatio
	sourceConst
	sourceText
)

// value is a compiled Value.
type value struct {
	source   valueSource
	path     path
	operands []*value // first, max; numerator and denominator
	constant string
	template template

	scales  []scale
	mul     market.Decimal
	percent bool // a % behind the number is part of the notation

	replaceOld, replaceNew string // replace
	alias                  aliases
	split                  string
	unit                   timeUnit
}

// text is the value as text, with replacements and aliases; ok is false when it is missing.
func (v *value) text(r *row) (s string, ok bool, err error) {
	s, ok, err = v.unaliasedText(r)
	if name, found := v.alias.lookup(s); ok && found {
		s = name
	}
	return s, ok, err
}

// unaliasedText is the value as text before its aliases.
func (v *value) unaliasedText(r *row) (s string, ok bool, err error) {
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
	if v.replaceOld != "" {
		s = strings.ReplaceAll(s, v.replaceOld, v.replaceNew)
	}
	return s, true, nil
}

// list is the value as a list of texts.
func (v *value) list(r *row) ([]string, error) {
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
		return []string{v.alias.nameOr(s)}, nil
	}
	var items []string
	for item := range strings.SplitSeq(s, v.split) {
		if item = strings.TrimSpace(item); item != "" && len(items) < market.MaxSymbols {
			items = append(items, v.alias.nameOr(item))
		}
	}
	return items, nil
}

func (v *value) items(list gjson.Result) (items []string) {
	list.ForEach(func(_, item gjson.Result) bool {
		if s, ok, err := scalarText(item); ok && err == nil {
			items = append(items, v.alias.nameOr(s))
		}
		return len(items) < market.MaxSymbols
	})
	return items
}

// inDelta reports whether the message itself says something that the value is made of.
func (v *value) inDelta(r *row) bool {
	switch v.source {
	case sourcePath:
		return v.path.inDelta(r)
	case sourceText:
		return v.template.inDelta(r)
	case sourceFirst, sourceMax, sourceRatio:
		for _, one := range v.operands {
			if one.inDelta(r) {
				return true
			}
		}
		return false
	}
	return true
}

// indexesList reports whether the value looks into a list, or takes the row as it is.
func (v *value) indexesList() bool {
	for _, one := range v.operands {
		if one.indexesList() {
			return true
		}
	}
	for _, part := range v.template {
		if !part.literal && part.path.indexesList() {
			return true
		}
	}
	return v.source == sourcePath && v.path.indexesList()
}

// aliases are names for what a feed says. Letters are compared as written first, and else without their case.
type aliases struct {
	exact, folded map[string]string
}

func newAliases(m map[string]string) aliases {
	if len(m) == 0 {
		return aliases{}
	}
	folded := make(map[string]string, len(m))
	for said, name := range m {
		folded[strings.ToLower(said)] = name
	}
	return aliases{m, folded}
}

// nameOr is the name for what is said, or what is said.
func (a aliases) nameOr(said string) string {
	if name, ok := a.lookup(said); ok {
		return name
	}
	return said
}

func (a aliases) lookup(said string) (string, bool) {
	if a.exact == nil {
		return "", false
	}
	if name, ok := a.exact[said]; ok {
		return name, true
	}
	name, ok := a.folded[strings.ToLower(said)]
	return name, ok
}

// template is text with paths in it: "{base|XLM}/{counter|XLM}".
type template []templatePart

// templatePart is a piece of literal text, or a path with what to write where it leads to nothing.
type templatePart struct {
	literal    bool
	text       string // the literal, or what stands for a missing value
	path       path
	hasDefault bool
}

// maxTemplate bounds what a template makes of a payload, in bytes.
const maxTemplate = 16 << 10

// render writes the text; ok is false when a path without a default leads to nothing.
func (t template) render(r *row) (s string, ok bool, err error) {
	var b strings.Builder
	for _, p := range t {
		if p.literal {
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
		if b.Len() > maxTemplate {
			break
		}
	}
	return b.String(), true, nil
}

func (t template) inDelta(r *row) bool {
	for _, p := range t {
		if !p.literal && p.path.inDelta(r) {
			return true
		}
	}
	return false
}
