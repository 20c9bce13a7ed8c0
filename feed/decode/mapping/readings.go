package mapping

import (
	"errors"
	"strings"

	"livetape/feed/decode/configerr"
	"livetape/feed/market"
)

// namedPath is where a reading is, and what it is called.
type namedPath struct {
	member string // the last name of the path; empty for the payload itself
	vague  bool   // it says no more than that it is a number
	path   path
}

// readings compiles the values of a rule of kind reading.
func (c *compiler) readings(at configerr.Path, spec *Rule) (all []namedPath) {
	if len(spec.Values) > 0 && spec.Kind != "reading" {
		c.errs.Add(at, "values are for rules of kind reading")
	}
	names := readingNames(spec.Values)
	for i, p := range spec.Values {
		here := at
		if len(spec.Values) > 1 {
			here = at.Index(i)
		}
		all = append(all, namedPath{names[i], vagueNames[strings.ToLower(names[i])], c.path(here, p)})
	}
	return all
}

// readingNames are what the values at paths are called: by the last name that says something, with those before it where several
// have the same.
func readingNames(paths []string) []string {
	names, before := make([]string, len(paths)), make([][]string, len(paths))
	for i, p := range paths {
		steps := unescapeSteps(p)
		if len(steps) == 0 || p[0] == '$' {
			continue
		}
		last := len(steps) - 1
		for last > 0 && vagueNames[strings.ToLower(steps[last])] && !vagueNames[strings.ToLower(steps[last-1])] {
			last--
		}
		names[i], before[i] = steps[last], steps[:last]
	}
	for lengthened := true; lengthened; {
		lengthened = false
		count := map[string]int{}
		for _, name := range names {
			count[name]++
		}
		for i, name := range names {
			if n := len(before[i]); count[name] > 1 && n > 0 {
				names[i], before[i], lengthened = before[i][n-1]+" "+name, before[i][:n-1], true
			}
		}
	}
	return names
}

// Names of members, and types of events, that say no more than that there is a number.
var (
	vagueNames = wordSet("value val reading v number data payload")
	vagueTypes = wordSet("message tick update data event value reading")
)

// readingName is what the row of a reading is called: by the symbol, by the event's type, or by its member.
func (f *fieldReader) readingName(p namedPath, symbol string, r *row) string {
	switch isVague := p.vague || p.member == ""; {
	case f.symbol != nil && isVague:
		return symbol
	case f.symbol != nil:
		return symbol + " " + p.member
	case isVague && !vagueTypes[strings.ToLower(r.event)] && r.event != "":
		return r.event
	case p.member != "":
		return p.member
	}
	return symbol // the feed's name
}

// readings are the numbers of a row, each with a name that tells it from the others.
func (f *fieldReader) readings(r *row) (updates []market.Update, reason string) {
	symbol, reason := f.symbolName(r)
	if symbol == "" {
		return nil, reason
	}
	at := f.timestamp(r)
	for _, p := range f.compiledRule.readings {
		v := p.path.get(r)
		d, err := ParseNumber(v)
		if errors.Is(err, errNotScalar) || v.IsBool() {
			continue
		}
		if err != nil {
			f.addError(p.member, err)
			continue
		}
		if !d.IsSet() {
			continue
		}
		updates = append(updates, market.Reading{Name: market.PlainText(f.readingName(p, symbol, r), market.MaxSymbol), Value: d, Time: at})
	}
	if len(updates) == 0 {
		return nil, f.noFieldsReason
	}
	return updates, ""
}
