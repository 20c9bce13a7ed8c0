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
// have the same, and by the whole path where that does not tell them apart.
func readingNames(paths []string) []string {
	names, before := make([]string, len(paths)), make([][]string, len(paths))
	for i, p := range paths {
		if steps := unescapeSteps(p); len(steps) > 0 && p[0] != '$' {
			at := lastNamed(steps)
			names[i], before[i] = steps[at], steps[:at]
		}
	}
	for lengthened := true; lengthened; {
		lengthened = false
		count := countNames(names)
		for i, name := range names {
			if n := len(before[i]); count[name] > 1 && n > 0 {
				names[i], before[i], lengthened = before[i][n-1]+" "+name, before[i][:n-1], true
			}
		}
	}
	count := countNames(names)
	for i, name := range names {
		if count[name] > 1 && name != "" {
			names[i] = strings.Join(unescapeSteps(paths[i]), " ")
		}
	}
	return names
}

// lastNamed is the index of the last step that says what a number is, rather than its place in a list or that it is a value.
func lastNamed(steps []string) int {
	isPlace := func(step string) bool { return strings.Trim(step, "0123456789") == "" || step[0] == '@' }
	last := len(steps) - 1
	for last > 0 && isPlace(steps[last]) {
		last--
	}
	if last > 0 && vagueNames[strings.ToLower(steps[last])] && !vagueNames[strings.ToLower(steps[last-1])] && !isPlace(steps[last-1]) {
		last--
	}
	return last
}

func countNames(names []string) map[string]int {
	count := map[string]int{}
	for _, name := range names {
		count[name]++
	}
	return count
}

// Names of members, and types of events, that say no more than that there is a number.
var (
	vagueNames = WordSet("value values val reading v number data payload")
	vagueTypes = WordSet("message tick update data event value reading")
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
		updates = append(updates, market.Reading{Name: strings.Clone(market.PlainText(f.readingName(p, symbol, r), market.MaxSymbol)), Value: d, Time: at})
	}
	if len(updates) == 0 {
		return nil, f.noFieldsReason
	}
	return updates, ""
}
