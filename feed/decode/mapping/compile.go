package mapping

import (
	"reflect"
	"slices"
	"strings"

	"livetape/feed/decode/configerr"
	"livetape/feed/market"
)

// compiler compiles the parts of a Spec and gathers the errors in them.
type compiler struct {
	errs      configerr.List
	readsText bool // a path takes the data as text
	paths     int  // so far

	// Of the rule that is being compiled; nil outside of rules.
	cache        *memberCache
	payloadCache *payloadCache
	parentCache  *payloadCache
	rowCost      int

	kept *keptByteCount // of the decoder
}

// compiledRule is a compiled Rule.
type compiledRule struct {
	conditions   []condition
	inlined      []path   // where JSON stands in strings
	rowPath      []string // as of parseEachPath; nil: the payload is the row
	columns      *path    // to a map of lists, each with a value for each row; nil: see rowPath
	indexesList  bool
	merger       *rowMerger // nil: rows stand alone
	kind         string
	onlyAliased  bool
	order        string      // of rows: see Rule.Rows
	dropsFillers bool        // see Rule.Fillers
	book         *bookReader // nil: there is none
	cache        *memberCache
	payloadCache *payloadCache
	parentCache  *payloadCache
	rowCost      int // how often a row is scanned

	symbol      *compiledValue            // nil: the feed's name
	symbolCache map[string]resolvedSymbol // by the feed's name, up to maxCachedSymbols
	aliases     aliases                   // of the whole feed
	numbers     []numberField
	readings    []namedPath               // of a rule of kind reading
	texts       map[string]*compiledValue // by key
	time        *compiledValue
	quote       market.Quote // that is being read

	noRowsReason, noFieldsReason string
}

type numberField struct {
	key   string
	value *compiledValue
	cell  quoteCell
}

// quoteCell is the place of one number in a quote.
type quoteCell func(*market.Quote) *market.Decimal

var quoteCells = map[string]quoteCell{
	"last":       func(q *market.Quote) *market.Decimal { return &q.Last },
	"bid":        func(q *market.Quote) *market.Decimal { return &q.Bid },
	"ask":        func(q *market.Quote) *market.Decimal { return &q.Ask },
	"bid_size":   func(q *market.Quote) *market.Decimal { return &q.BidSize },
	"ask_size":   func(q *market.Quote) *market.Decimal { return &q.AskSize },
	"size":       func(q *market.Quote) *market.Decimal { return &q.Size },
	"volume":     func(q *market.Quote) *market.Decimal { return &q.Volume },
	"open":       func(q *market.Quote) *market.Decimal { return &q.Open },
	"high":       func(q *market.Quote) *market.Decimal { return &q.High },
	"low":        func(q *market.Quote) *market.Decimal { return &q.Low },
	"prev_close": func(q *market.Quote) *market.Decimal { return &q.PrevClose },
	"vwap":       func(q *market.Quote) *market.Decimal { return &q.VWAP },
	"change":     func(q *market.Quote) *market.Decimal { return &q.Change },
	"change_pct": func(q *market.Quote) *market.Decimal { return &q.ChangePct },
}

// isField reports whether rules of a kind have a field. Every kind has a time.
func isField(kind, key string) bool {
	switch kind {
	case "quote", "trade", "correction", "cancel":
		return quoteCells[key] != nil || slices.Contains([]string{"symbol", "name", "currency", "time"}, key)
	case "news":
		return slices.Contains([]string{"id", "headline", "summary", "source", "url", "symbols", "importance", "time"}, key)
	case "reading":
		return key == "symbol" || key == "time"
	case "status":
		return slices.Contains([]string{"symbol", "state", "reason", "time"}, key)
	}
	return true // the kind itself is an error
}

var kindSynonyms = map[string]string{"price": "quote", "tick": "quote", "headline": "news", "story": "news", "halt": "status"}

func (c *compiler) rule(at configerr.Path, spec *Rule, symbols aliases) *compiledRule {
	c.cache, c.payloadCache, c.parentCache, c.rowCost = newMemberCache(), newPayloadCache(), newPayloadCache(), 1
	defer func() { c.cache, c.payloadCache, c.parentCache = nil, nil, nil }()
	r := &compiledRule{
		conditions:   c.conditions(at.Key("when"), spec.When),
		kind:         spec.Kind,
		onlyAliased:  spec.Only == "alias",
		order:        spec.Rows,
		dropsFillers: spec.Fillers == "missing",
		cache:        c.cache,
		payloadCache: c.payloadCache,
		parentCache:  c.parentCache,
		symbolCache:  map[string]resolvedSymbol{},
		aliases:      symbols,
		texts:        map[string]*compiledValue{},
		noRowsReason: "the list is empty",
	}
	for i, p := range spec.JSON {
		here := at.Key("json")
		if len(spec.JSON) > 1 {
			here = here.Index(i)
		}
		r.inlined = append(r.inlined, c.path(here, p))
	}
	c.ruleHead(at, spec, r)
	r.book = c.book(at.Key("book"), spec.Book)
	r.indexesList = r.book != nil && r.book.levels != nil && r.book.levels.path.indexesList()
	r.readings = c.readings(at.Key("values"), spec)
	c.ruleFields(at, spec, r)
	c.checkRequired(at, spec, r)
	r.rowCost = c.rowCost
	return r
}

// ruleHead compiles what says which rows a rule is for.
func (c *compiler) ruleHead(at configerr.Path, spec *Rule, r *compiledRule) {
	switch r.kind {
	case "":
		r.kind = "quote"
	case "quote", "trade", "correction", "cancel", "news", "status", "reading":
	default:
		known := []string{"quote", "trade", "correction", "cancel", "news", "status", "reading"}
		c.errs.Add(at.Key("kind"), "unknown kind %q%s: quote, trade, correction, cancel, news, status or reading", r.kind, configerr.DidYouMean(r.kind, known, kindSynonyms))
	}
	if spec.Only != "" && spec.Only != "alias" {
		c.errs.Add(at.Key("only"), "only is alias, or left out")
	}
	if spec.Rows != "" && spec.Rows != ByTime && spec.Rows != Latest {
		c.errs.Add(at.Key("rows"), "rows is by_time or latest, or left out")
	}
	if spec.Fillers != "" && spec.Fillers != "missing" {
		c.errs.Add(at.Key("fillers"), "fillers is missing, or left out")
	}
	if spec.Book != nil && r.kind != "quote" {
		c.errs.Add(at.Key("book"), "a rule of kind %s has no book", r.kind)
	}
	if spec.Each != "" {
		var err error
		if r.rowPath, err = parseEachPath(spec.Each); err != nil {
			c.errs.Add(at.Key("each"), "%s", err)
		}
		r.noRowsReason = "there is no list or map of rows at " + spec.Each
	}
	if spec.Columns != "" {
		p := c.path(at.Key("columns"), "$"+strings.TrimPrefix("."+spec.Columns, ".$"))
		r.columns = &p
		r.noRowsReason = "there is no map of lists of one length at " + spec.Columns
		if spec.Each != "" {
			c.errs.Add(at.Key("columns"), "columns and each both say where the rows are")
		}
	}
	switch spec.Merge {
	case "", "false":
	case "true", "$key":
		r.merger = newRowMerger(path{root: rowKey}, c.kept)
	default:
		r.merger = newRowMerger(c.path(at.Key("merge"), spec.Merge), c.kept)
	}
}

// ruleFields compiles every member of a rule that is a Value.
func (c *compiler) ruleFields(at configerr.Path, spec *Rule, r *compiledRule) {
	members := reflect.ValueOf(spec).Elem()
	for i := range members.NumField() {
		if v, ok := members.Field(i).Interface().(*Value); ok && v != nil {
			key, _, _ := strings.Cut(members.Type().Field(i).Tag.Get("yaml"), ",")
			c.ruleField(at.Key(key), key, v, r)
		}
	}
}

func (c *compiler) ruleField(at configerr.Path, key string, spec *Value, r *compiledRule) {
	if !isField(r.kind, key) {
		c.errs.Add(at, "a rule of kind %s has no %s", r.kind, key)
	}
	var v *compiledValue
	switch cell := quoteCells[key]; {
	case cell != nil:
		v = c.value(at, spec, forNumber)
		v.percent = key == "change_pct"
		r.numbers = append(r.numbers, numberField{key, v, cell})
	case key == "symbol":
		v = c.value(at, spec, forText)
		r.symbol = v
	case key == "time":
		v = c.value(at, spec, forTime)
		r.time = v
	case key == "symbols":
		v = c.value(at, spec, forList)
		r.texts[key] = v
	default:
		v = c.value(at, spec, forText)
		r.texts[key] = v
	}
	r.indexesList = r.indexesList || v.indexesList()
}

// checkRequired reports what a rule cannot do without.
func (c *compiler) checkRequired(at configerr.Path, spec *Rule, r *compiledRule) {
	switch r.kind {
	case "news":
		r.noFieldsReason = "there is no headline"
		if spec.Headline == nil {
			c.errs.Add(at, "a rule of kind news needs a headline")
		}
	case "status":
		r.noFieldsReason = "there is no state"
		if spec.State == nil {
			c.errs.Add(at, "a rule of kind status needs a state")
		}
	case "trade", "correction", "cancel":
		r.noFieldsReason = "there is no price"
		if spec.Last == nil {
			c.errs.Add(at, "a rule of kind %s needs last, the price of the trade", r.kind)
		}
	case "quote":
		keys := numberKeys(r.numbers)
		if spec.Book != nil {
			keys = append(keys, "book")
		}
		r.noFieldsReason = "there is none of " + strings.Join(keys, ", ")
		if len(keys) == 0 {
			c.errs.Add(at, "a rule needs at least one number: last, bid, ask …")
		}
	case "reading":
		r.noFieldsReason = "there is none of " + strings.Join(spec.Values, ", ")
		if len(spec.Values) == 0 {
			c.errs.Add(at, "a rule of kind reading needs values, the paths of its numbers")
		}
	}
	if r.onlyAliased && len(r.aliases.exact) == 0 && (spec.Symbol == nil || len(spec.Symbol.Alias) == 0) {
		c.errs.Add(at.Key("only"), "only: alias, but there is no alias for symbols")
	}
}

func numberKeys(fields []numberField) (keys []string) {
	for _, f := range fields {
		keys = append(keys, f.key)
	}
	return keys
}

// checkPatchRule checks a rule that reads a document.
func (c *compiler) checkPatchRule(at configerr.Path, spec *Rule) {
	if len(spec.JSON) > 0 {
		c.errs.Add(at.Key("json"), "json does not work with patch")
	}
	if spec.Merge != "" {
		c.errs.Add(at.Key("merge"), "merge is not needed with patch, which keeps the whole document")
	}
}
