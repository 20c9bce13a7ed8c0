package mapping

import (
	"errors"
	"strings"

	"livetape/feed/decode/configerr"
	"livetape/feed/market"
)

// namedPath is where a reading is, and what it is called.
type namedPath struct {
	name string // empty: by the symbol alone
	path path
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
		all = append(all, namedPath{readingName(p), c.path(here, p)})
	}
	return all
}

// readingName is the last name of a path that says what is read; empty where it says no more than that it is a number.
func readingName(p string) string {
	name := p[strings.LastIndexByte(p, '.')+1:]
	switch strings.ToLower(name) {
	case "value", "val", "$value", "$data", "reading", "v":
		return ""
	}
	return name
}

// readings are the numbers of a row, each with a name that tells it from the others.
func (f *fieldReader) readings(r *row) (updates []market.Update, reason string) {
	symbol, reason := f.symbolName(r)
	if symbol == "" {
		return nil, reason
	}
	at := f.timestamp(r)
	for _, p := range f.rule.readings {
		d, err := ParseNumber(p.path.get(r))
		if errors.Is(err, errNotScalar) {
			continue
		}
		if err != nil {
			f.addError(p.name, err)
			continue
		}
		if !d.IsSet() {
			continue
		}
		name := symbol
		if p.name != "" && f.symbol != nil {
			name += " " + p.name
		} else if p.name != "" {
			name = p.name
		}
		updates = append(updates, market.Reading{Name: market.PlainText(name, market.MaxSymbol), Value: d, Time: at})
	}
	if len(updates) == 0 {
		return nil, f.noFieldsReason
	}
	return updates, ""
}
