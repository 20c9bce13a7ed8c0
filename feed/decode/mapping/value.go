package mapping

import (
	"errors"
	"strconv"
	"strings"

	"livetape/feed/decode/configerr"
	"livetape/feed/market"
)

// source says what kind of source a value has.
type source int8

const (
	ofPath source = iota
	ofFirst
	ofMax
	ofRatio
	ofConst
	ofText
)

// value is a compiled Value.
type value struct {
	source   source
	path     path
	several  []*value // first, max; numerator and denominator
	constant string
	template template

	scales  []scale
	mul     market.Decimal
	percent bool // a % behind the number is part of the notation

	old, new string // replace
	alias    aliases
	split    string
	unit     unit
}

// use is what kind of field a value is for.
type use int8

const (
	forText use = iota
	forNumber
	forTime
	forList
)

// compiler compiles the parts of a Spec and gathers what is wrong with them.
type compiler struct {
	faults  configerr.List
	members *members // of the rule at hand; nil outside of rules
}

func (c *compiler) path(at configerr.Path, s string) path {
	p, err := compilePath(s)
	if err != nil {
		c.faults.Add(at, "%s", err)
	} else if c.members != nil && p.from == fromRow {
		p.slot, p.rest = c.members.slot(p.gjson)
	}
	return p
}

// value compiles one value.
func (c *compiler) value(at configerr.Path, spec *Value, for_ use) *value {
	v := &value{}
	c.source(at, spec, v, for_)
	c.scaling(at, spec, v, for_)
	c.wording(at, spec, v, for_)
	if spec.Unit != "" && for_ != forTime {
		c.faults.Add(at.Key("unit"), "unit is for times only")
	} else if for_ == forTime {
		c.unit(at.Key("unit"), spec.Unit, v)
	}
	return v
}

func (c *compiler) source(at configerr.Path, spec *Value, v *value, for_ use) {
	n := 0
	for _, given := range []bool{spec.Path != "", spec.First != nil, spec.Max != nil, spec.Num != "" || spec.Den != "", spec.Const != "", spec.Text != ""} {
		if given {
			n++
		}
	}
	if n != 1 {
		c.faults.Add(at, "a value has exactly one source: path, first, max, num with den, const or text")
		return
	}
	switch {
	case spec.Path != "":
		here := at
		if !spec.bare() {
			here = at.Key("path")
		}
		v.path = c.path(here, spec.Path)
	case spec.First != nil:
		v.source = ofFirst
		c.first(at, spec, v, for_)
	case spec.Max != nil:
		v.source = ofMax
		c.largest(at.Key("max"), spec, v, for_)
	case spec.Const != "":
		v.source, v.constant = ofConst, spec.Const
	case spec.Text != "":
		v.source, v.template = ofText, c.template(at.Key("text"), spec.Text)
	default:
		v.source = ofRatio
		c.ratio(at, spec, v, for_)
	}
}

// bare reports whether YAML wrote the value as a path alone.
func (v *Value) bare() bool {
	rest := *v
	rest.Path = ""
	return rest.zero()
}

func (c *compiler) first(at configerr.Path, spec *Value, v *value, for_ use) {
	rest := *spec
	rest.First = nil
	if !rest.zero() {
		at = at.Key("first")
	}
	for i := range spec.First {
		one := spec.First[i]
		if one.Unit == "" {
			one.Unit = spec.Unit
		}
		v.several = append(v.several, c.value(at.Index(i), &one, for_))
	}
	if len(spec.First) == 0 {
		c.faults.Add(at, "first needs at least one path")
	}
}

func (c *compiler) largest(at configerr.Path, spec *Value, v *value, for_ use) {
	if for_ != forNumber && for_ != forTime {
		c.faults.Add(at, "max is for numbers and times only")
		return
	}
	for i, p := range spec.Max {
		one := &value{path: c.path(at.Index(i), p)}
		if for_ == forTime {
			one.unit = units[spec.Unit]
		}
		v.several = append(v.several, one)
	}
	if len(spec.Max) == 0 {
		c.faults.Add(at, "max needs at least one path")
	}
}

func (c *compiler) ratio(at configerr.Path, spec *Value, v *value, for_ use) {
	switch {
	case for_ != forNumber:
		c.faults.Add(at.Key("num"), "num and den are for numbers only")
	case spec.Num == "" || spec.Den == "":
		c.faults.Add(at, "num and den come together")
	default:
		v.several = []*value{{path: c.path(at.Key("num"), spec.Num)}, {path: c.path(at.Key("den"), spec.Den)}}
	}
}

func (c *compiler) scaling(at configerr.Path, spec *Value, v *value, for_ use) {
	for _, s := range []struct {
		key, how string
		invert   bool
	}{{"exp", spec.Exp, false}, {"decimals", spec.Decimals, true}} {
		if s.how != "" {
			v.scales = append(v.scales, c.scale(at.Key(s.key), s.how, s.invert))
		}
	}
	if spec.Mul != "" {
		d, err := market.ParseDecimal(spec.Mul)
		if err != nil {
			c.faults.Add(at.Key("mul"), "%s", err)
		}
		v.mul = d
	}
	if for_ == forNumber {
		return
	}
	for _, key := range []string{"exp", "decimals", "mul"} {
		if map[string]string{"exp": spec.Exp, "decimals": spec.Decimals, "mul": spec.Mul}[key] != "" {
			c.faults.Add(at.Key(key), "%s is for numbers only", key)
		}
	}
}

// maxScale bounds constant powers of ten: beyond it no number has a plain notation.
const maxScale = market.MaxDigits

func (c *compiler) scale(at configerr.Path, s string, invert bool) scale {
	n, err := strconv.Atoi(s)
	if err != nil {
		return scale{at: c.path(at, s), dynamic: true, invert: invert}
	}
	if n < -maxScale || n > maxScale {
		c.faults.Add(at, "%d is beyond ±%d", n, maxScale)
	}
	if invert {
		n = -n
	}
	return scale{n: n}
}

func (c *compiler) wording(at configerr.Path, spec *Value, v *value, for_ use) {
	if spec.Replace != nil {
		if len(spec.Replace) != 2 || spec.Replace[0] == "" {
			c.faults.Add(at.Key("replace"), "replace is a list of two: what to look for, and what to write instead")
		} else {
			v.old, v.new = spec.Replace[0], spec.Replace[1]
		}
	}
	if spec.Alias != nil && for_ == forTime {
		c.faults.Add(at.Key("alias"), "alias is not for times")
	}
	v.alias = newAliases(spec.Alias)
	if spec.Split != "" && for_ != forList {
		c.faults.Add(at.Key("split"), "split is for symbols only")
	}
	v.split = spec.Split
}

// words is the value as text, with replacements and aliases; ok is false when it is missing.
func (v *value) words(r *row) (s string, ok bool, err error) {
	s, ok, err = v.raw(r)
	if name, found := v.alias.name(s); ok && found {
		s = name
	}
	return s, ok, err
}

// raw is the value as text before its aliases.
func (v *value) raw(r *row) (s string, ok bool, err error) {
	switch v.source {
	case ofConst:
		s, ok = v.constant, true
	case ofText:
		s, ok, err = v.template.fill(r)
	case ofFirst:
		for _, one := range v.several {
			if s, ok, err = one.words(r); ok || err != nil && !errors.Is(err, errMany) {
				break
			}
			err = nil
		}
	case ofPath:
		s, ok, err = scalar(v.path.get(r))
	}
	if err != nil || !ok {
		return "", false, err
	}
	if v.old != "" {
		s = strings.ReplaceAll(s, v.old, v.new)
	}
	return s, true, nil
}

// said reports whether the message itself says something that the value is made of.
func (v *value) said(r *row) bool {
	switch v.source {
	case ofPath:
		return v.path.said(r)
	case ofText:
		return v.template.said(r)
	case ofFirst, ofMax, ofRatio:
		for _, one := range v.several {
			if one.said(r) {
				return true
			}
		}
		return false
	}
	return true
}

// indexed reports whether the value looks into a list, or takes the row as it is.
func (v *value) indexed() bool {
	for _, one := range v.several {
		if one.indexed() {
			return true
		}
	}
	for _, part := range v.template {
		if !part.literal && part.path.indexed() {
			return true
		}
	}
	return v.source == ofPath && v.path.indexed()
}
