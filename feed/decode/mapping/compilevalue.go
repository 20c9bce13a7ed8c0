package mapping

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"livetape/feed/decode/configerr"
	"livetape/feed/market"
)

// fieldUse is what kind of field a value is for.
type fieldUse int8

const (
	forText fieldUse = iota
	forNumber
	forTime
	forList
)

// value compiles one value.
func (c *compiler) value(at configerr.Path, spec *Value, for_ fieldUse) *value {
	v := &value{}
	c.source(at, spec, v, for_)
	c.numberOptions(at, spec, v, for_)
	c.textOptions(at, spec, v, for_)
	if spec.Unit != "" && for_ != forTime {
		c.errs.Add(at.Key("unit"), "unit is for times only")
	} else if for_ == forTime {
		c.timeUnit(at.Key("unit"), spec.Unit, v)
	}
	return v
}

func (c *compiler) source(at configerr.Path, spec *Value, v *value, for_ fieldUse) {
	n := 0
	for _, given := range []bool{spec.Path != "", spec.First != nil, spec.Max != nil, spec.Num != "" || spec.Den != "", spec.Const != "", spec.Text != ""} {
		if given {
			n++
		}
	}
	if n != 1 {
		c.errs.Add(at, "a value has exactly one source: path, first, max, num with den, const or text")
		return
	}
	switch {
	case spec.Path != "":
		here := at
		if !spec.isPathOnly() {
			here = at.Key("path")
		}
		v.path = c.path(here, spec.Path)
	case spec.First != nil:
		v.source = sourceFirst
		c.firstOperands(at, spec, v, for_)
	case spec.Max != nil:
		v.source = sourceMax
		c.maxOperands(at.Key("max"), spec, v, for_)
	case spec.Const != "":
		v.source, v.constant = sourceConst, spec.Const
	case spec.Text != "":
		v.source, v.template = sourceText, c.template(at.Key("text"), spec.Text)
	default:
		v.source = sourceRatio
		c.ratioOperands(at, spec, v, for_)
	}
}

func (c *compiler) firstOperands(at configerr.Path, spec *Value, v *value, for_ fieldUse) {
	rest := *spec
	rest.First = nil
	if !rest.isZero() {
		at = at.Key("first")
	}
	for i := range spec.First {
		one := spec.First[i]
		if one.Unit == "" {
			one.Unit = spec.Unit
		}
		v.operands = append(v.operands, c.value(at.Index(i), &one, for_))
	}
	if len(spec.First) == 0 {
		c.errs.Add(at, "first needs at least one path")
	}
}

func (c *compiler) maxOperands(at configerr.Path, spec *Value, v *value, for_ fieldUse) {
	if for_ != forNumber && for_ != forTime {
		c.errs.Add(at, "max is for numbers and times only")
		return
	}
	for i, p := range spec.Max {
		one := &value{path: c.path(at.Index(i), p)}
		if for_ == forTime {
			one.unit = timeUnits[spec.Unit]
		}
		v.operands = append(v.operands, one)
	}
	if len(spec.Max) == 0 {
		c.errs.Add(at, "max needs at least one path")
	}
}

func (c *compiler) ratioOperands(at configerr.Path, spec *Value, v *value, for_ fieldUse) {
	switch {
	case for_ != forNumber:
		c.errs.Add(at.Key("num"), "num and den are for numbers only")
	case spec.Num == "" || spec.Den == "":
		c.errs.Add(at, "num and den come together")
	default:
		v.operands = []*value{{path: c.path(at.Key("num"), spec.Num)}, {path: c.path(at.Key("den"), spec.Den)}}
	}
}

func (c *compiler) numberOptions(at configerr.Path, spec *Value, v *value, for_ fieldUse) {
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
			c.errs.Add(at.Key("mul"), "%s", err)
		}
		v.mul = d
	}
	if for_ == forNumber {
		return
	}
	for _, key := range []string{"exp", "decimals", "mul"} {
		if map[string]string{"exp": spec.Exp, "decimals": spec.Decimals, "mul": spec.Mul}[key] != "" {
			c.errs.Add(at.Key(key), "%s is for numbers only", key)
		}
	}
}

// maxScale bounds constant powers of ten: beyond it no number has a plain notation.
const maxScale = market.MaxDigits

func (c *compiler) scale(at configerr.Path, s string, invert bool) scale {
	n, err := strconv.Atoi(s)
	if err != nil {
		return scale{path: c.path(at, s), dynamic: true, invert: invert}
	}
	if n < -maxScale || n > maxScale {
		c.errs.Add(at, "%d is beyond ±%d", n, maxScale)
	}
	if invert {
		n = -n
	}
	return scale{exponent: n}
}

func (c *compiler) textOptions(at configerr.Path, spec *Value, v *value, for_ fieldUse) {
	if spec.Replace != nil {
		if len(spec.Replace) != 2 || spec.Replace[0] == "" {
			c.errs.Add(at.Key("replace"), "replace is a list of two: what to look for, and what to write instead")
		} else {
			v.replaceOld, v.replaceNew = spec.Replace[0], spec.Replace[1]
		}
	}
	if spec.Alias != nil && for_ == forTime {
		c.errs.Add(at.Key("alias"), "alias is not for times")
	}
	v.alias = newAliases(spec.Alias)
	if spec.Split != "" && for_ != forList {
		c.errs.Add(at.Key("split"), "split is for symbols only")
	}
	v.split = spec.Split
}

func (c *compiler) timeUnit(at configerr.Path, s string, v *value) {
	u, ok := timeUnits[s]
	if !ok {
		known := slices.DeleteFunc(slices.Sorted(maps.Keys(timeUnits)), func(s string) bool { return s == "" })
		c.errs.Add(at, "unknown unit %q%s: s, ms, us, ns, rfc3339 or auto", s, configerr.DidYouMean(s, known, timeUnitSynonyms))
	}
	v.unit = u
}

// template compiles a text; a path in braces may be followed by | and a default, which may be empty.
func (c *compiler) template(at configerr.Path, s string) template {
	var parts template
	for s != "" {
		open := strings.IndexAny(s, "{}")
		if open < 0 {
			return append(parts, templatePart{literal: true, text: s})
		}
		end := strings.IndexByte(s, '}')
		if s[open] == '}' || end < 0 || strings.Contains(s[open+1:end], "{") {
			c.errs.Add(at, "a brace is alone: a path in a text stands between { and }")
			return parts
		}
		if open > 0 {
			parts = append(parts, templatePart{literal: true, text: s[:open]})
		}
		p := templatePart{}
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
