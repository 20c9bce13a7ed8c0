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
	for i, p := range spec.Values {
		here := at
		if len(spec.Values) > 1 {
			here = at.Index(i)
		}
		member := ""
		if steps := unescapeSteps(p); len(steps) > 0 && p[0] != '$' {
			member = steps[len(steps)-1]
		}
		all = append(all, namedPath{member, vagueNames[strings.ToLower(member)], c.path(here, p)})
	}
	return all
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
		d, err := ParseNumber(p.path.get(r))
		if errors.Is(err, errNotScalar) {
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
