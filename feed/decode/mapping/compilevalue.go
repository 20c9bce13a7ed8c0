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

func (c *compiler) value(at configerr.Path, spec *Value, use fieldUse) *compiledValue {
	v := &compiledValue{alias: newAliases(spec.Alias), split: spec.Split}
	c.source(at, spec, v, use)
	c.numberOptions(at, spec, v, use)
	if use == forTime {
		v.unit = c.timeUnit(at.Key("unit"), spec.Unit)
	} else if spec.Unit != "" {
		c.errs.Add(at.Key("unit"), "unit is for times only")
	}
	if spec.Alias != nil && use == forTime {
		c.errs.Add(at.Key("alias"), "alias is not for times")
	}
	if spec.Split != "" && use != forList {
		c.errs.Add(at.Key("split"), "split is for symbols only")
	}
	switch {
	case spec.Replace == nil:
	case len(spec.Replace) != 2 || spec.Replace[0] == "":
		c.errs.Add(at.Key("replace"), "replace is a list of two: what to look for, and what to write instead")
	default:
		v.replaceOld, v.replaceNew = spec.Replace[0], spec.Replace[1]
	}
	return v
}

func (c *compiler) source(at configerr.Path, spec *Value, v *compiledValue, use fieldUse) {
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
		if !spec.isPathOnly() {
			at = at.Key("path")
		}
		v.path = c.path(at, spec.Path)
	case spec.First != nil:
		v.source = sourceFirst
		if !spec.isFirstOnly() {
			at = at.Key("first")
		}
		c.firstOperands(at, spec, v, use)
	case spec.Max != nil:
		v.source = sourceMax
		c.maxOperands(at.Key("max"), spec, v, use)
	case spec.Const != "":
		v.source, v.constant = sourceConst, spec.Const
	case spec.Text != "":
		v.source, v.template = sourceText, c.template(at.Key("text"), spec.Text)
	default:
		v.source = sourceRatio
		c.ratioOperands(at, spec, v, use)
	}
}

func (c *compiler) firstOperands(at configerr.Path, spec *Value, v *compiledValue, use fieldUse) {
	for i, one := range spec.First {
		if one.Unit == "" {
			one.Unit = spec.Unit
		}
		v.operands = append(v.operands, c.value(at.Index(i), &one, use))
	}
	if len(spec.First) == 0 {
		c.errs.Add(at, "first needs at least one path")
	}
}

func (c *compiler) maxOperands(at configerr.Path, spec *Value, v *compiledValue, use fieldUse) {
	if use != forNumber && use != forTime {
		c.errs.Add(at, "max is for numbers and times only")
		return
	}
	for i, p := range spec.Max {
		v.operands = append(v.operands, &compiledValue{path: c.path(at.Index(i), p), unit: timeUnits[spec.Unit]})
	}
	if len(spec.Max) == 0 {
		c.errs.Add(at, "max needs at least one path")
	}
}

func (c *compiler) ratioOperands(at configerr.Path, spec *Value, v *compiledValue, use fieldUse) {
	switch {
	case use != forNumber:
		c.errs.Add(at.Key("num"), "num and den are for numbers only")
	case spec.Num == "" || spec.Den == "":
		c.errs.Add(at, "num and den come together")
	default:
		v.operands = []*compiledValue{{path: c.path(at.Key("num"), spec.Num)}, {path: c.path(at.Key("den"), spec.Den)}}
	}
}

func (c *compiler) numberOptions(at configerr.Path, spec *Value, v *compiledValue, use fieldUse) {
	for _, option := range []struct{ key, text string }{{"exp", spec.Exp}, {"decimals", spec.Decimals}, {"mul", spec.Mul}} {
		here := at.Key(option.key)
		switch {
		case option.text == "":
		case use != forNumber:
			c.errs.Add(here, "%s is for numbers only", option.key)
		case option.key == "mul":
			var err error
			if v.mul, err = market.ParseDecimal(option.text); err != nil {
				c.errs.Add(here, "%s", err)
			}
		default:
			v.scales = append(v.scales, c.scale(here, option.text, option.key == "decimals"))
		}
	}
}

// maxScale bounds constant powers of ten: beyond it no number has a plain notation.
const maxScale = market.MaxDigits

func (c *compiler) scale(at configerr.Path, s string, divide bool) powerOfTen {
	n, err := strconv.Atoi(s)
	if err != nil {
		p := c.path(at, s)
		return powerOfTen{path: &p, divide: divide}
	}
	if n < -maxScale || n > maxScale {
		c.errs.Add(at, "%d is beyond ±%d", n, maxScale)
	}
	return powerOfTen{constant: n, divide: divide}
}

func (c *compiler) timeUnit(at configerr.Path, s string) timeUnit {
	u, ok := timeUnits[s]
	if !ok {
		known := slices.Sorted(maps.Keys(timeUnits))[1:] // without ""
		c.errs.Add(at, "unknown unit %q%s: s, ms, us, ns, rfc3339, date or auto", s, configerr.DidYouMean(s, known, timeUnitSynonyms))
	}
	return u
}

// template compiles a text with paths in braces. A path may be followed by | and a default, which may be empty.
func (c *compiler) template(at configerr.Path, s string) template {
	var parts template
	for s != "" {
		open := strings.IndexAny(s, "{}")
		if open < 0 {
			return append(parts, templatePart{text: s})
		}
		end := strings.IndexByte(s, '}')
		if s[open] == '}' || end < 0 || strings.Contains(s[open+1:end], "{") {
			c.errs.Add(at, "a brace is alone: a path in a text stands between { and }")
			return parts
		}
		if open > 0 {
			parts = append(parts, templatePart{text: s[:open]})
		}
		inside, part := s[open+1:end], templatePart{}
		if i := strings.LastIndexByte(inside, '|'); i >= 0 {
			inside, part.text, part.hasDefault = inside[:i], inside[i+1:], true
		}
		p := c.path(at, inside)
		part.path = &p
		parts = append(parts, part)
		s = s[end+1:]
	}
	return parts
}
