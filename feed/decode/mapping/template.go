package mapping

import (
	"strings"

	"livetape/feed/decode/configerr"
)

// template is text with paths in it: "{base|XLM}/{counter|XLM}".
type template []part

// part is a piece of literal text, or a path with what to write where it leads to nothing.
type part struct {
	literal    bool
	text       string // the literal, or what stands for a missing value
	path       path
	hasDefault bool
}

// template compiles a text; a path in braces may be followed by | and a default, which may be empty.
func (c *compiler) template(at configerr.Path, s string) template {
	var parts template
	for s != "" {
		open := strings.IndexAny(s, "{}")
		if open < 0 {
			return append(parts, part{literal: true, text: s})
		}
		end := strings.IndexByte(s, '}')
		if s[open] == '}' || end < 0 || strings.Contains(s[open+1:end], "{") {
			c.faults.Add(at, "a brace is alone: a path in a text stands between { and }")
			return parts
		}
		if open > 0 {
			parts = append(parts, part{literal: true, text: s[:open]})
		}
		p := part{}
		inside := s[open+1 : end]
		if i := strings.LastIndexByte(inside, '|'); i >= 0 {
			inside, p.text, p.hasDefault = inside[:i], inside[i+1:], true
		}
		p.path = c.path(at, inside)
		parts = append(parts, p)
		s = s[end+1:]
	}
	return parts
}

// fill writes the text; ok is false when a path without a default leads to nothing.
func (t template) fill(r *row) (s string, ok bool, err error) {
	var b strings.Builder
	for _, p := range t {
		if p.literal {
			b.WriteString(p.text)
			continue
		}
		word, ok, err := scalar(p.path.get(r))
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

// maxTemplate bounds what a template makes of a payload, in bytes.
const maxTemplate = 16 << 10

func (t template) said(r *row) bool {
	for _, p := range t {
		if !p.literal && p.path.said(r) {
			return true
		}
	}
	return false
}
