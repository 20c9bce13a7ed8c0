package mapping

import (
	"livetape/feed/decode/configerr"
	"livetape/feed/market"
)

// compiler compiles the parts of a Spec and gathers what is wrong with them.
type compiler struct {
	errs  configerr.List
	cache *memberCache // of the rule at hand; nil outside of rules
}

// rule is a compiled Rule.
type rule struct {
	conditions  []condition
	inlined     []path
	rowPath     []string // nil: the payload is the row
	indexesList bool
	merger      *rowMerger // nil: rows stand alone
	kind        string
	onlyAliased bool
	cache       *memberCache

	symbol      *value // nil: the feed's name
	symbolCache *symbolCache
	aliases     aliases // of the whole feed
	numbers     []quoteField
	texts       map[string]*value
	time        *value

	noRowsReason, noFieldsReason string // reasons
}

type quoteField struct {
	key   string
	value *value
	cell  func(*market.Quote) *market.Decimal
}

// numberFields are the numbers of a quote.
var numberFields = []struct {
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

// fieldsByKind says which fields a kind of rule takes, besides time.
var fieldsByKind = map[string][]string{
	"quote":  {"symbol", "name", "currency", "last", "bid", "ask", "bid_size", "ask_size", "size", "volume", "open", "high", "low", "prev_close", "change", "change_pct"},
	"trade":  {"symbol", "name", "currency", "last", "bid", "ask", "bid_size", "ask_size", "size", "volume", "open", "high", "low", "prev_close", "change", "change_pct"},
	"news":   {"id", "headline", "summary", "source", "url", "symbols", "importance"},
	"status": {"symbol", "state", "reason"},
}

var kindSynonyms = map[string]string{"price": "quote", "tick": "quote", "headline": "news", "story": "news", "halt": "status"}

// rule compiles one rule.
func (c *compiler) rule(at configerr.Path, spec *Rule, feed aliases) *rule {
	c.cache = newMemberCache()
	defer func() { c.cache = nil }()
	r := &rule{cache: c.cache, conditions: c.conditions(at.Key("when"), spec.When), kind: spec.Kind, aliases: feed, texts: map[string]*value{}, symbolCache: newSymbolCache(), noRowsReason: "the list is empty"}
	for i, p := range spec.JSON {
		here := at.Key("json")
		if len(spec.JSON) > 1 {
			here = here.Index(i)
		}
		r.inlined = append(r.inlined, c.path(here, p))
	}
	c.ruleHead(at, spec, r)
	c.ruleFields(at, spec, r)
	c.checkRequired(at, spec, r)
	return r
}

func (c *compiler) ruleHead(at configerr.Path, spec *Rule, r *rule) {
	if r.kind == "" {
		r.kind = "quote"
	}
	if fieldsByKind[r.kind] == nil {
		known := []string{"quote", "trade", "news", "status"}
		c.errs.Add(at.Key("kind"), "unknown kind %q%s: quote, trade, news or status", r.kind, configerr.DidYouMean(r.kind, known, kindSynonyms))
	}
	if spec.Only != "" && spec.Only != "alias" {
		c.errs.Add(at.Key("only"), "only is alias, or left out")
	}
	r.onlyAliased = spec.Only == "alias"
	if spec.Each != "" {
		walk, err := parseEachPath(spec.Each)
		if err != nil {
			c.errs.Add(at.Key("each"), "%s", err)
		}
		r.rowPath = walk
		r.noRowsReason = "there is no list or map of rows at " + spec.Each
	}
	switch spec.Merge {
	case "", "false":
	case "true", "$key":
		r.merger = newRowMerger(path{root: rowKey})
	default:
		r.merger = newRowMerger(c.path(at.Key("merge"), spec.Merge))
	}
}

func (c *compiler) ruleFields(at configerr.Path, spec *Rule, r *rule) {
	if spec.Symbol != nil {
		r.symbol = c.ruleField(at, "symbol", spec.Symbol, r, forText)
	}
	for _, f := range numberFields {
		if v := f.spec(spec); v != nil {
			compiled := c.ruleField(at, f.key, v, r, forNumber)
			compiled.percent = f.key == "change_pct"
			r.numbers = append(r.numbers, quoteField{f.key, compiled, f.cell})
		}
	}
	for _, f := range textFields {
		if v := f.spec(spec); v != nil {
			as := forText
			if f.key == "symbols" {
				as = forList
			}
			r.texts[f.key] = c.ruleField(at, f.key, v, r, as)
		}
	}
	if spec.Time != nil {
		r.time = c.ruleField(at, "time", spec.Time, r, forTime)
	}
}

func (c *compiler) ruleField(at configerr.Path, key string, spec *Value, r *rule, as fieldUse) *value {
	if fields := fieldsByKind[r.kind]; fields != nil && key != "time" {
		found := false
		for _, f := range fields {
			found = found || f == key
		}
		if !found {
			c.errs.Add(at.Key(key), "a rule of kind %s has no %s", r.kind, key)
		}
	}
	v := c.value(at.Key(key), spec, as)
	r.indexesList = r.indexesList || v.indexesList()
	return v
}

// checkRequired reports what a rule cannot do without.
func (c *compiler) checkRequired(at configerr.Path, spec *Rule, r *rule) {
	switch {
	case r.kind == "news" && spec.Headline == nil:
		c.errs.Add(at, "a rule of kind news needs a headline")
	case r.kind == "status" && spec.State == nil:
		c.errs.Add(at, "a rule of kind status needs a state")
	case r.kind == "trade" && spec.Last == nil:
		c.errs.Add(at, "a rule of kind trade needs last, the price of the trade")
	case r.kind == "quote" && len(r.numbers) == 0:
		c.errs.Add(at, "a rule needs at least one number: last, bid, ask …")
	case r.onlyAliased && len(r.aliases.exact) == 0 && (spec.Symbol == nil || len(spec.Symbol.Alias) == 0):
		c.errs.Add(at.Key("only"), "only: alias, but there is no alias for symbols")
	}
	switch r.kind {
	case "news":
		r.noFieldsReason = "there is no headline"
	case "status":
		r.noFieldsReason = "there is no state"
	case "trade":
		r.noFieldsReason = "there is no price"
	default:
		r.noFieldsReason = "there is none of " + r.numberKeys()
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

// checkPatched checks a rule that reads a document.
func (c *compiler) checkPatched(at configerr.Path, spec *Rule) {
	if len(spec.JSON) > 0 {
		c.errs.Add(at.Key("json"), "json does not work with patch")
	}
	if spec.Merge != "" {
		c.errs.Add(at.Key("merge"), "merge is not needed with patch, which keeps the whole document")
	}
}
