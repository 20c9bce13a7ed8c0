package mapping

import (
	"livetape/feed/decode/configerr"
	"livetape/feed/market"
)

// rule is a compiled Rule.
type rule struct {
	when    []condition
	json    []path
	walk    []string // nil: the payload is the row
	indexed bool
	merge   *merger // nil: rows stand alone
	kind    string
	only    bool
	members *members

	symbol  *value // nil: the feed's name
	known   *symbols
	aliases aliases // of the whole feed
	numbers []numberField
	texts   map[string]*value
	time    *value

	noRows, noFields string // reasons
}

type numberField struct {
	key   string
	value *value
	cell  func(*market.Quote) *market.Decimal
}

// quoteFields are the numbers of a quote.
var quoteFields = []struct {
	key  string
	spec func(*Rule) *Value
	cell func(*market.Quote) *market.Decimal
}{
	{"last", func(r *Rule) *Value { return r.Last }, func(q *market.Quote) *market.Decimal { return &q.Last }},
	{"bid", func(r *Rule) *Value { return r.Bid }, func(q *market.Quote) *market.Decimal { return &q.Bid }},
	{"ask", func(r *Rule) *Value { return r.Ask }, func(q *market.Quote) *market.Decimal { return &q.Ask }},
	{"bid_size", func(r *Rule) *Value { return r.BidSize }, func(q *market.Quote) *market.Decimal { return &q.BidSize }},
	{"ask_size", func(r *Rule) *Value { return r.AskSize }, func(q *market.Quote) *market.Decimal { return &q.AskSize }},
	{"size", func(r *Rule) *Value { return r.Size }, func(q *market.Quote) *market.Decimal { return &q.Size }},
	{"volume", func(r *Rule) *Value { return r.Volume }, func(q *market.Quote) *market.Decimal { return &q.Volume }},
	{"open", func(r *Rule) *Value { return r.Open }, func(q *market.Quote) *market.Decimal { return &q.Open }},
	{"high", func(r *Rule) *Value { return r.High }, func(q *market.Quote) *market.Decimal { return &q.High }},
	{"low", func(r *Rule) *Value { return r.Low }, func(q *market.Quote) *market.Decimal { return &q.Low }},
	{"prev_close", func(r *Rule) *Value { return r.PrevClose }, func(q *market.Quote) *market.Decimal { return &q.PrevClose }},
	{"change", func(r *Rule) *Value { return r.Change }, func(q *market.Quote) *market.Decimal { return &q.Change }},
	{"change_pct", func(r *Rule) *Value { return r.ChangePct }, func(q *market.Quote) *market.Decimal { return &q.ChangePct }},
}

// textFields are the texts of all kinds.
var textFields = []struct {
	key  string
	spec func(*Rule) *Value
}{
	{"name", func(r *Rule) *Value { return r.Name }},
	{"currency", func(r *Rule) *Value { return r.Currency }},
	{"id", func(r *Rule) *Value { return r.ID }},
	{"headline", func(r *Rule) *Value { return r.Headline }},
	{"summary", func(r *Rule) *Value { return r.Summary }},
	{"source", func(r *Rule) *Value { return r.Source }},
	{"url", func(r *Rule) *Value { return r.URL }},
	{"symbols", func(r *Rule) *Value { return r.Symbols }},
	{"importance", func(r *Rule) *Value { return r.Importance }},
	{"state", func(r *Rule) *Value { return r.State }},
	{"reason", func(r *Rule) *Value { return r.Reason }},
}

// kinds says which fields a kind of rule takes, besides time.
var kinds = map[string][]string{
	"quote":  {"symbol", "name", "currency", "last", "bid", "ask", "bid_size", "ask_size", "size", "volume", "open", "high", "low", "prev_close", "change", "change_pct"},
	"trade":  {"symbol", "name", "currency", "last", "bid", "ask", "bid_size", "ask_size", "size", "volume", "open", "high", "low", "prev_close", "change", "change_pct"},
	"news":   {"id", "headline", "summary", "source", "url", "symbols", "importance"},
	"status": {"symbol", "state", "reason"},
}

// rule compiles one rule.
func (c *compiler) rule(at configerr.Path, spec *Rule, feed aliases) *rule {
	c.members = newMembers()
	defer func() { c.members = nil }()
	r := &rule{members: c.members, when: c.when(at.Key("when"), spec.When), kind: spec.Kind, aliases: feed, texts: map[string]*value{}, known: newSymbols(), noRows: "the list is empty"}
	for i, p := range spec.JSON {
		here := at.Key("json")
		if len(spec.JSON) > 1 {
			here = here.Index(i)
		}
		r.json = append(r.json, c.path(here, p))
	}
	c.head(at, spec, r)
	c.fields(at, spec, r)
	c.required(at, spec, r)
	return r
}

func (c *compiler) head(at configerr.Path, spec *Rule, r *rule) {
	if r.kind == "" {
		r.kind = "quote"
	}
	if kinds[r.kind] == nil {
		known := []string{"quote", "trade", "news", "status"}
		c.faults.Add(at.Key("kind"), "unknown kind %q%s: quote, trade, news or status", r.kind, configerr.DidYouMean(r.kind, known, kindsElsewhere))
	}
	if spec.Only != "" && spec.Only != "alias" {
		c.faults.Add(at.Key("only"), "only is alias, or left out")
	}
	r.only = spec.Only == "alias"
	if spec.Each != "" {
		walk, err := compileEach(spec.Each)
		if err != nil {
			c.faults.Add(at.Key("each"), "%s", err)
		}
		r.walk = walk
		r.noRows = "there is no list or map of rows at " + spec.Each
	}
	switch spec.Merge {
	case "", "false":
	case "true", "$key":
		r.merge = newMerger(path{from: rowKey})
	default:
		r.merge = newMerger(c.path(at.Key("merge"), spec.Merge))
	}
}

var kindsElsewhere = map[string]string{"price": "quote", "tick": "quote", "headline": "news", "story": "news", "halt": "status"}

func (c *compiler) fields(at configerr.Path, spec *Rule, r *rule) {
	if spec.Symbol != nil {
		r.symbol = c.field(at, "symbol", spec.Symbol, r, forText)
	}
	for _, f := range quoteFields {
		if v := f.spec(spec); v != nil {
			compiled := c.field(at, f.key, v, r, forNumber)
			compiled.percent = f.key == "change_pct"
			r.numbers = append(r.numbers, numberField{f.key, compiled, f.cell})
		}
	}
	for _, f := range textFields {
		if v := f.spec(spec); v != nil {
			as := forText
			if f.key == "symbols" {
				as = forList
			}
			r.texts[f.key] = c.field(at, f.key, v, r, as)
		}
	}
	if spec.Time != nil {
		r.time = c.field(at, "time", spec.Time, r, forTime)
	}
}

func (c *compiler) field(at configerr.Path, key string, spec *Value, r *rule, as use) *value {
	if fields := kinds[r.kind]; fields != nil && key != "time" {
		found := false
		for _, f := range fields {
			found = found || f == key
		}
		if !found {
			c.faults.Add(at.Key(key), "a rule of kind %s has no %s", r.kind, key)
		}
	}
	v := c.value(at.Key(key), spec, as)
	r.indexed = r.indexed || v.indexed()
	return v
}

// required reports what a rule cannot do without.
func (c *compiler) required(at configerr.Path, spec *Rule, r *rule) {
	switch {
	case r.kind == "news" && spec.Headline == nil:
		c.faults.Add(at, "a rule of kind news needs a headline")
	case r.kind == "status" && spec.State == nil:
		c.faults.Add(at, "a rule of kind status needs a state")
	case r.kind == "trade" && spec.Last == nil:
		c.faults.Add(at, "a rule of kind trade needs last, the price of the trade")
	case r.kind == "quote" && len(r.numbers) == 0:
		c.faults.Add(at, "a rule needs at least one number: last, bid, ask …")
	case r.only && len(r.aliases.exact) == 0 && (spec.Symbol == nil || len(spec.Symbol.Alias) == 0):
		c.faults.Add(at.Key("only"), "only: alias, but there is no alias for symbols")
	}
	switch r.kind {
	case "news":
		r.noFields = "there is no headline"
	case "status":
		r.noFields = "there is no state"
	case "trade":
		r.noFields = "there is no price"
	default:
		r.noFields = "there is none of " + r.numberKeys()
	}
}

func (r *rule) numberKeys() string {
	s := ""
	for i, f := range r.numbers {
		if i > 0 {
			s += ", "
		}
		s += f.key
	}
	return s
}
