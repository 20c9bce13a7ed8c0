package infer

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/auto"
	"livetape/feed/decode/mapping"
)

// writer writes rules and notes what it guessed, and what it did not use.
type writer struct {
	notes  []string
	unused []string
}

func (w *writer) note(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(w.notes, n) {
		w.notes = append(w.notes, n)
	}
}

// rules reads payloads of all event types. Rules name the event type only where types differ in how they are read.
func (w *writer) rules(read []payload) []mapping.Rule {
	packed := packed(read)
	if packed != "" {
		for i := range read {
			read[i].json = mapping.InlineJSON(read[i].json, packed)
		}
	}
	types := map[string][]payload{}
	var order []string
	for _, p := range read {
		if types[p.event] == nil {
			order = append(order, p.event)
		}
		types[p.event] = append(types[p.event], p)
	}
	var all []typed
	for _, event := range order {
		for _, r := range w.shapes(types[event]) {
			all = together(all, typed{r, []string{event}})
		}
	}
	for _, event := range order {
		if len(all) > 0 {
			break
		}
		if r, ok := w.lonely(types[event]); ok {
			all = append(all, typed{r, []string{event}})
		}
	}
	w.byEvent(all, order)
	rules := make([]mapping.Rule, len(all))
	for i, t := range all {
		rules[i] = t.rule
		if packed != "" {
			rules[i].JSON = mapping.Paths{packed}
		}
	}
	return rules
}

// typed is a rule and the types of the events that it was found in.
type typed struct {
	rule   mapping.Rule
	events []string
}

// together adds a rule, or the events to the same rule.
func together(all []typed, t typed) []typed {
	for i := range all {
		if same(all[i].rule, t.rule) {
			all[i].events = append(all[i].events, t.events...)
			return all
		}
	}
	return append(all, t)
}

func same(a, b mapping.Rule) bool { return reflect.DeepEqual(a, b) }

// byEvent adds conditions on event types where they are needed, and takes the symbol from the type where the types
// look like symbols.
func (w *writer) byEvent(all []typed, order []string) {
	if len(all) == 1 {
		if all[0].rule.Symbol == nil && !slices.ContainsFunc(all[0].events, func(e string) bool { return !ticker(e) }) {
			all[0].rule.Symbol = &mapping.Value{Path: "$event"}
			w.note("the event's type is the symbol")
		}
		return
	}
	for i := range all {
		if len(all[i].events) < len(order) {
			when := mapping.When{"$event": mapping.Condition{Is: all[i].events}}
			for path, c := range all[i].rule.When {
				when[path] = c
			}
			all[i].rule.When = when
		}
	}
}

// shapes reads payloads of one event type: every place that has rows, and within a place every kind of row.
func (w *writer) shapes(read []payload) (rules []mapping.Rule) {
	var taken []*place
	for _, p := range ranked(read) {
		if slices.ContainsFunc(taken, func(other *place) bool { return within(p.place, other) }) {
			continue
		}
		taken = append(taken, p.place)
		rules = append(rules, w.place(p.place, read)...)
	}
	return rules
}

// place writes the rules for the rows of one place: one, or one for each kind of row.
func (w *writer) place(p *place, read []payload) []mapping.Rule {
	if c := columns(p); c != nil {
		return []mapping.Rule{c.rule(p, w)}
	}
	if p.scalars() {
		w.note("%s: every number is taken for the price of the symbol that is its name", orPayload(p.each()))
		return []mapping.Rule{{Each: p.each(), Symbol: &mapping.Value{Path: "$key"}, Last: &mapping.Value{Path: "$value"}}}
	}
	kind, kinds := p.split()
	if kind == nil {
		if r, ok := w.rule(p, read); ok {
			return []mapping.Rule{r}
		}
		return nil
	}
	var rules []mapping.Rule
	for _, k := range kinds {
		if r, ok := w.rule(k.place, read); ok {
			r.When = mapping.When{kind.path: mapping.Condition{Is: []string{k.name}}}
			rules = append(rules, r)
		}
	}
	return joined(rules, kind.path)
}

// joined is the rules with those that differ only in the kind of row made one.
func joined(rules []mapping.Rule, at string) []mapping.Rule {
	var all []mapping.Rule
	for _, r := range rules {
		found := false
		for i := range all {
			a, b := all[i], r
			a.When, b.When = nil, nil
			if found = same(a, b); found {
				c := all[i].When[at]
				c.Is = append(c.Is, r.When[at].Is...)
				all[i].When[at] = c
				break
			}
		}
		if !found {
			all = append(all, r)
		}
	}
	return all
}

func orPayload(each string) string {
	if each == "" || each == "*" {
		return "the payload"
	}
	return each
}

// rule writes one rule for rows that are maps or single values.
func (w *writer) rule(p *place, read []payload) (mapping.Rule, bool) {
	all := leaves(p.values())
	f := assign(all)
	outer := p.outer(read)
	f.settle(p.symbolKeys() || outer.best("symbol") != nil)
	r := mapping.Rule{Each: p.each()}
	session := p.kind && !f.priced() && f.day()
	if f.score() == 0 && !session {
		return r, false
	}
	if f.priced() || session {
		w.quote(f, all, &r)
		r.Symbol = w.symbol(f, outer, p)
	} else {
		story(f, all, &r)
	}
	r.Time = w.instant(f, outer, p, read)
	w.leave(all, f.best("change_pct"), &r)
	return r, true
}

// symbol is where rows have their symbol; nil for the feed's name.
func (w *writer) symbol(f, outer fields, p *place) *mapping.Value {
	if v := f.value("symbol"); v != nil {
		if f["symbol"][0].spelled >= auto.Weak {
			w.note("%s is taken for the symbol", v.Path)
		}
		return v
	}
	if l := outer.best("symbol"); l != nil {
		return &mapping.Value{Path: "$." + l.path}
	}
	if p.symbolKeys() {
		w.note("%s: the names of its members are taken for symbols", orPayload(p.each()))
		return &mapping.Value{Path: "$key"}
	}
	if v := f.value("name"); v != nil {
		w.note("%s is taken for the symbol: nothing else names one", v.Path)
		return v
	}
	w.note("nothing names a symbol: the feed's name is shown")
	return nil
}

// timeOf is a leaf as a rule writes a time; at is what stands before its path.
func timeOf(l *leaf, at string) *mapping.Value {
	if l == nil {
		return nil
	}
	v := &mapping.Value{Path: at + l.path}
	unit := mapping.TimeUnit(l.first())
	if l.every(func(v gjson.Result) bool { return mapping.TimeUnit(v) == unit }) {
		v.Unit = unit
	}
	return v
}
