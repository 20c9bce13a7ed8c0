package infer

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// writer writes rules, and notes what it guessed, what it left out and why.
type writer struct {
	notes   []string
	unused  []string
	problem string // why rows with prices are not read; empty when they are

	doubts     []string // why what may be a price is not taken for one
	weakSymbol bool     // what tells rows apart is not plainly called a symbol
}

func (w *writer) note(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(w.notes, n) {
		w.notes = append(w.notes, n)
	}
}

func (w *writer) doubt(format string, args ...any) {
	w.note(format, args...)
	if d := fmt.Sprintf(format, args...); !slices.Contains(w.doubts, d) {
		w.doubts = append(w.doubts, d)
	}
}

// rules reads payloads of all event types. Rules name the event type only where types differ in how they are read.
func (w *writer) rules(read []payload) []mapping.Rule {
	packed := packedPath(read)
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
	total := len(order)
	joined := joinChanges(types, &order)
	var all []eventRule
	for _, event := range order {
		if what := notPrice(event); what != "" && event != "message" {
			w.note("events of type %s are left out: each is %s", event, what)
			continue
		}
		for _, r := range w.eventRules(types[event]) {
			all = addRule(all, eventRule{r, append([]string{event}, joined[event]...)})
		}
	}
	all = dropWeakNews(all)
	byEvent(all, total)
	rules := make([]mapping.Rule, len(all))
	for i, t := range all {
		rules[i] = t.rule
		if packed != "" {
			rules[i].JSON = mapping.Paths{packed}
		}
	}
	return rules
}

// changeWords are words in the types of events that hold only what has changed of a row.
var changeWords = wordSet("patch update delta change diff")

// joinChanges puts the payloads of changes that name no symbol to those of the only other type, which they complete.
func joinChanges(types map[string][]payload, order *[]string) (joined map[string][]string) {
	joined = map[string][]string{}
	whole := slices.DeleteFunc(slices.Clone(*order), func(event string) bool { return hasWord(event, changeWords) })
	if len(whole) != 1 {
		return joined
	}
	*order = slices.DeleteFunc(*order, func(event string) bool {
		set := &rowSet{}
		for i, p := range types[event] {
			set.rows = append(set.rows, foundRow{p.json, "", i})
		}
		f, _ := assign(leavesOf(set.values()))
		isChange := event != whole[0] && f.hasPrice() && f.best("symbol") == nil
		if isChange {
			types[whole[0]] = append(types[whole[0]], types[event]...)
			joined[whole[0]] = append(joined[whole[0]], event)
		}
		return isChange
	})
	return joined
}

// eventRule is a rule and the types of the events that it was found in.
type eventRule struct {
	rule   mapping.Rule
	events []string
}

// addRule adds a rule, or the events to the same rule.
func addRule(all []eventRule, t eventRule) []eventRule {
	for i := range all {
		if sameRule(all[i].rule, t.rule) {
			all[i].events = append(all[i].events, t.events...)
			return all
		}
	}
	return append(all, t)
}

// dropWeakNews leaves out headlines that nothing but a vague name makes one, where there are prices: what a stream with prices
// calls a message is mostly of the stream itself.
func dropWeakNews(all []eventRule) []eventRule {
	if !slices.ContainsFunc(all, func(t eventRule) bool { return t.rule.Kind == "" }) {
		return all
	}
	return slices.DeleteFunc(all, func(t eventRule) bool { return isWeakNews(t.rule) })
}

// isWeakNews reports whether a rule reads headlines that only a vague name makes such.
func isWeakNews(r mapping.Rule) bool {
	if r.Kind != "news" {
		return false
	}
	m, _ := matchName(r.Headline.Path)
	return m.rank >= weak
}

func sameRule(a, b mapping.Rule) bool { return reflect.DeepEqual(a, b) }

// byEvent adds conditions on event types where they are needed.
func byEvent(all []eventRule, total int) {
	for i := range all {
		if len(all[i].events) < total {
			when := mapping.When{"$event": mapping.Condition{Is: all[i].events}}
			for path, c := range all[i].rule.When {
				when[path] = c
			}
			all[i].rule.When = when
		}
	}
}

// eventRules reads payloads of one event type: every row set, and within one every kind of row.
func (w *writer) eventRules(read []payload) (rules []mapping.Rule) {
	var taken []*rowSet
	for _, s := range rankRowSets(read) {
		if slices.ContainsFunc(taken, func(other *rowSet) bool { return overlap(s.set, other) }) {
			continue
		}
		if found := w.rowSetRules(s.set, read); len(found) > 0 {
			taken, rules = append(taken, s.set), append(rules, found...)
		}
	}
	return rules
}

// rowSetRules writes the rules for one row set: one, or one for each kind of row.
func (w *writer) rowSetRules(s *rowSet, read []payload) []mapping.Rule {
	if l := listRowsOf(s); l != nil {
		return []mapping.Rule{l.rule(s, s.outer(read), w)}
	}
	if s.holdsPricesByTime() {
		w.note("%s is a series: its newest row that is not in the future is shown", s.label())
		return []mapping.Rule{{Each: s.each(), Rows: mapping.Latest, Symbol: s.outer(read).payloadSymbol(), Last: &mapping.Value{Path: "$value"}, Time: &mapping.Value{Path: "$key"}}}
	}
	if s.holdsPricesByTicker() {
		w.note("%s: every number is taken for the price of the symbol that is its name", s.label())
		symbol := &mapping.Value{Path: "$key"}
		for _, l := range s.above(read) {
			if (l.name() == "base" || l.name() == "source") && l.every(isWordy) {
				symbol = &mapping.Value{Text: "{$." + l.path + "}/{$key}"}
			}
		}
		return []mapping.Rule{{Each: s.each(), Symbol: symbol, Last: &mapping.Value{Path: "$value"}}}
	}
	kind, kinds := s.splitKinds()
	if kind == nil {
		return w.ruleFor(s, read)
	}
	var rules []mapping.Rule
	for _, k := range kinds {
		if state := sessionStates[strings.ToLower(k.name)]; state == "halted" || k.name == "resumed" {
			if f, _ := assign(leavesOf(k.set.values())); f.best("symbol") != nil {
				rules = append(rules, mapping.Rule{Each: s.each(), Kind: "status", When: mapping.When{kind.path: mapping.Condition{Is: []string{k.name}}},
					Symbol: f.value("symbol"), State: &mapping.Value{Const: state}})
			}
			continue
		}
		if what := notPrice(k.name); what != "" {
			w.note("rows of which %s is %s are left out: each is %s", kind.path, k.name, what)
			continue
		}
		for _, r := range w.ruleFor(k.set, read) {
			if r.When == nil {
				r.When = mapping.When{}
			}
			r.When[kind.path] = mapping.Condition{Is: []string{k.name}}
			rules = append(rules, r)
		}
	}
	if slices.ContainsFunc(rules, func(r mapping.Rule) bool { return r.Book != nil }) && !slices.ContainsFunc(kinds, func(k rowKind) bool { return !isBookChange(k.name) }) {
		w.doubt("%s holds changes to a book, of which the whole was not sent: neither bid nor ask is shown", kinds[0].name)
		return nil
	}
	return joinKinds(sameBooks(rules), kind.path)
}

// sameBooks keeps the book of all rules that read the same one, where one of them has changes to it.
func sameBooks(rules []mapping.Rule) []mapping.Rule {
	deltas := slices.ContainsFunc(rules, func(r mapping.Rule) bool { return r.Book != nil && r.Book.Deltas })
	for _, r := range rules {
		if r.Book != nil {
			r.Book.Deltas = deltas
		}
	}
	return rules
}

// ruleFor writes the rules for rows that are maps or single values: one for prices or news, and one for halts beside.
func (w *writer) ruleFor(s *rowSet, read []payload) (rules []mapping.Rule) {
	all := leavesOf(s.values())
	f, doubts := assign(all)
	outer := s.outer(read)
	book := w.book(s, &f)
	currency := w.currencyPrice(all, f)
	f.dropVague(len(f["symbol"]) > 0 || s.hasSymbolKeys() || len(outer["symbol"]) > 0)
	for _, doubt := range doubts {
		if currency == "" {
			w.doubt("%s", doubt)
		}
	}
	if book == nil && f.hasPrice() && (hasAnyWord(s.rowNames(f), levelWords) || holdsOrders(append(slices.Clone(all), s.above(read)...))) {
		w.doubt("%s: the rows are orders or levels of a book: their price is not the last one", s.label())
		return nil
	}
	if times := f.best("time"); hasAnyWord(s.names, forecastWords) && (times == nil || isAhead(times, s.arrivals(read))) {
		w.doubt("%s is a forecast: its prices are not of now", s.label())
		return nil
	}
	r := mapping.Rule{Each: s.each(), Book: book}
	session := s.kind && !f.hasPrice() && f.hasSession()
	switch {
	case f.hasPrice() || session || book != nil:
		id, problem := w.identify(s, all, f, outer, read[s.rows[0].payload].event)
		if problem != "" {
			w.problem = problem
			return nil
		}
		if s.splitsRow(id, f) {
			return nil
		}
		w.quote(f, all, &r)
		w.symbol(id, currency, &r)
		r.Time = w.timeOf(f, outer, s, read)
		r.Rows = w.order(s, id, f, r.Time)
		r.Merge = w.merge(s, all, f)
	case f.score() > 0:
		headline(f, all, &r)
		r.Time = w.timeOf(f, outer, s, read)
	default:
		return nil
	}
	w.listUnused(all, f.best("change_pct"), &r)
	r.When = notCancelled(all)
	rules = append(rules, r)
	if halt, ok := w.halts(s, all, &r); ok {
		rules = append(rules, halt)
	}
	return rules
}

// rowNames are the names that lead to rows with a price, with their keys.
func (s *rowSet) rowNames(f fields) []string {
	names := slices.Clone(s.names)
	for i, price := range rowPrices(f, len(s.rows)) {
		if !math.IsNaN(price) {
			names = append(names, s.rows[i].key)
		}
	}
	return names
}

// notCancelled is the condition that a row does not say of itself that it is gone: {"cancel": false}.
func notCancelled(all []*leaf) mapping.When {
	when := mapping.When{}
	for _, l := range all {
		if word := nameWords(l.name()); len(word) > 0 && (otherKinds[word[len(word)-1]] == "a cancellation" || otherKinds[word[len(word)-1]] == "a deletion") && l.every(gjson.Result.IsBool) {
			when[l.path] = mapping.Condition{Not: []string{"true"}}
		}
	}
	if len(when) == 0 {
		return nil
	}
	return when
}

// levelWords are words in the names of lists whose rows are levels of a book, or orders.
var levelWords = wordSet("levels depth orders orderbook bids asks")

// holdsOrders reports whether rows have the number of an order, and do not say that they are trades.
func holdsOrders(all []*leaf) bool {
	numbered := false
	for _, l := range all {
		switch name := plainName(l.name()); {
		case slices.Contains(kindNames, name) && l.every(func(v gjson.Result) bool { return hasWord(v.Str, tradeWords) }):
			return false
		case (name == "orderid" || name == "clientorderid" || name == "remainingsize") && l.mostly(func(gjson.Result) bool { return true }):
			numbered = true
		}
	}
	return numbered
}

var tradeWords = wordSet("trade trades match matched tick execution executed")

// splitsRow reports whether the rows are parts of one: maps with different prices side by side in one map, of one symbol.
func (s *rowSet) splitsRow(id identity, f fields) bool {
	prices := rowPrices(f, len(s.rows))
	for i := 1; i < len(s.rows); i++ {
		before, row := s.rows[i-1], s.rows[i]
		if !math.IsNaN(prices[i]) && !math.IsNaN(prices[i-1]) && row.payload == before.payload && row.key != before.key && row.key != "" && before.key != "" && id.of[i] == id.of[i-1] && !s.hasTimeKeys() {
			return true
		}
	}
	return false
}

// merge is the key by which rows that only have what changed, and no symbol, are completed; empty when there are none, or
// nothing says which row they change.
func (w *writer) merge(s *rowSet, all []*leaf, f fields) string {
	named, _ := f.symbols()
	if len(s.names) > 0 || len(named) == 0 {
		return ""
	}
	symbols, prices := textsOf(named), rowPrices(f, len(s.rows))
	if !slices.ContainsFunc(symbols, func(symbol string) bool { return symbol == "" }) || distinct(symbols) == 0 {
		return ""
	}
	if distinct(symbols) == 1 && jumps(make([]string, len(symbols)), prices) == 0 && symbols[0] != "" {
		w.note("events without a symbol are changes to its only row")
		return "true"
	}
	for _, l := range all {
		if isID(l.name()) && l != named[0].leaf && namesRows(l.texts(), symbols) {
			w.note("events without a symbol are changes to the row with their %s", l.path)
			return l.path
		}
	}
	return ""
}

// namesRows reports whether keys stand for one symbol each, also where there is none.
func namesRows(keys, symbols []string) bool {
	symbolOf := map[string]string{}
	for i, key := range keys {
		if symbols[i] != "" && symbolOf[key] != "" && symbolOf[key] != symbols[i] || key == "" {
			return false
		}
		if symbols[i] != "" {
			symbolOf[key] = symbols[i]
		}
	}
	return !slices.ContainsFunc(keys, func(key string) bool { return symbolOf[key] == "" })
}

// symbol writes an identity into a rule, with the currency of the price where a row has prices in several.
func (w *writer) symbol(id identity, currency string, r *mapping.Rule) {
	if id.note != "" {
		w.note("%s", id.note)
	}
	r.Symbol = id.value
	w.weakSymbol = w.weakSymbol || !id.strong && !id.naming && !id.lasts()
	if currency == "" {
		return
	}
	path := "$feed"
	if id.value != nil && id.value.Path != "" {
		path = id.value.Path
	}
	r.Symbol = &mapping.Value{Text: "{" + path + "}/" + strings.ToUpper(currency)}
	r.Currency = &mapping.Value{Const: strings.ToUpper(currency)}
	w.note("of the prices in several currencies, the one in %s is shown", strings.ToUpper(currency))
}

// currencyPrice takes a member called by a currency, or a price in a map that is, for the price, where nothing else is one:
// {"usd": 64000, "eur": 59000}, {"USD": {"price": 64000}}.
func (w *writer) currencyPrice(all []*leaf, f fields) (currency string) {
	if f.hasPrice() {
		return ""
	}
	for _, name := range currencyNames {
		for _, l := range all {
			n := len(l.names)
			m, _ := matchName(l.name())
			named := n == 1 && strings.EqualFold(l.name(), name) || n > 1 && m.field == "last" && m.rank < weak && strings.EqualFold(l.names[n-2], name)
			if named && l.readNumbers(false) && !namesPast(l.names) {
				f["last"] = []candidate{{leaf: l}}
				return name
			}
		}
	}
	return ""
}

// order says how rows of one symbol in one event follow on each other: a series of bars is as new as its newest, and trades
// are taken in the order of their times.
func (w *writer) order(s *rowSet, id identity, f fields, at *mapping.Value) string {
	if at == nil || len(s.names) == 0 || strings.HasPrefix(at.Path, "$.") {
		return ""
	}
	times := s.times(f)
	disordered, series, even, steps := false, false, true, 0
	var step time.Duration
	for i := 1; i < len(s.rows); i++ {
		before, now := times[i-1], times[i]
		if s.rows[i].payload != s.rows[i-1].payload || id.of[i] != id.of[i-1] || before.IsZero() || now.IsZero() {
			continue
		}
		series = series || !now.Equal(before)
		disordered = disordered || now.Before(before)
		even = even && (step == 0 || now.Sub(before) == step)
		step, steps = now.Sub(before), steps+1
	}
	ahead := slices.ContainsFunc(times, func(at time.Time) bool { return at.After(time.Now().Add(time.Hour)) })
	switch {
	case hasAnyWord(s.names, forecastWords), series && (f.isBar() || hasAnyWord(s.names, seriesWords) || s.hasTimeKeys() || ahead || even && steps > 1 && step.Abs() >= time.Minute):
		w.note("%s is a series: its newest row that is not in the future is shown", s.label())
		return mapping.Latest
	case disordered:
		return mapping.ByTime
	}
	return ""
}

// times are those of rows, by their keys or by what is called a time; zero for none.
func (s *rowSet) times(f fields) []time.Time {
	texts := make([]string, len(s.rows))
	if l := f.best("time"); s.hasTimeKeys() {
		texts = s.keys()
	} else if l != nil {
		texts = l.texts()
	}
	all := make([]time.Time, len(s.rows))
	for i, text := range texts {
		all[i], _ = mapping.ParseTime(gjson.Result{Type: gjson.String, Str: text}) // of what is none, zero
	}
	return all
}

// seriesWords are words in the names of lists whose rows are of other times than now.
var seriesWords = wordSet("bars candles klines series history forecast forecasts predictions points ohlc ohlcv")

var forecastWords = wordSet("forecast forecasts prediction predictions projected projection")

func hasAnyWord(names []string, set map[string]bool) bool {
	return slices.ContainsFunc(names, func(name string) bool { return hasWord(name, set) })
}

// sessionStates are the words by which rows say whether their symbol is traded, as the rules of a map write it.
var sessionStates = map[string]string{
	"halted": "halted", "halt": "halted", "suspended": "halted", "paused": "halted", "tradinghalt": "halted", "trading_halt": "halted", "stopped": "halted",
	"open": "open", "trading": "open", "resumed": "open", "active": "open", "closed": "closed", "pre": "pre", "post": "post", "premarket": "pre", "postmarket": "post",
}

var stateNames = wordSet("status state tradingstatus tradingstate marketstate marketstatus sessionstate tradestatus")

var haltNames = wordSet("halted ishalted tradinghalted suspended issuspended")

// halts writes the rule for a member that says whether a symbol is traded, once it has said that one is halted.
func (w *writer) halts(s *rowSet, all []*leaf, quote *mapping.Rule) (mapping.Rule, bool) {
	for _, l := range all {
		states := sessionStates
		if haltNames[plainName(l.name())] {
			states = map[string]string{"true": "halted", "false": "open"}
		} else if !stateNames[plainName(l.name())] {
			continue
		}
		state := func(v gjson.Result) string { return states[strings.ToLower(v.String())] }
		if !l.every(func(v gjson.Result) bool { return state(v) != "" }) || !slices.ContainsFunc(l.values, func(v gjson.Result) bool { return state(v) == "halted" }) {
			continue
		}
		alias := maps.Clone(states)
		maps.DeleteFunc(alias, func(word, state string) bool { return word == state })
		r := mapping.Rule{Each: quote.Each, Kind: "status", When: mapping.When{l.path: mapping.Condition{Exists: true}},
			Symbol: quote.Symbol, State: &mapping.Value{Path: l.path, Alias: alias}, Time: quote.Time}
		for _, why := range all {
			if name := plainName(why.name()); (name == "reason" || name == "haltreason") && why.every(isWordy) {
				r.Reason = &mapping.Value{Path: why.path}
			}
		}
		return r, true
	}
	return mapping.Rule{}, false
}

type rankedSet struct {
	set   *rowSet
	score int
}

// rankRowSets are the row sets with a price, a book or a headline, the likeliest first.
func rankRowSets(read []payload) []rankedSet {
	var all []rankedSet
	for _, s := range rowSets(read) {
		if score := s.score(read); score > 0 {
			all = append(all, rankedSet{s, score - len(s.names)})
		}
	}
	slices.SortStableFunc(all, func(a, b rankedSet) int { return b.score - a.score })
	return all
}

func (s *rowSet) score(read []payload) int {
	if l := listRowsOf(s); l != nil {
		return 8 + len(l.roles)
	}
	if s.holdsPricesByTicker() || s.holdsPricesByTime() {
		return 9
	}
	w := &writer{}
	all := leavesOf(s.values())
	f, doubts := assign(all)
	book := w.book(s, &f)
	currency := w.currencyPrice(all, f)
	outer := s.outer(read)
	hasSymbol := len(f["symbol"]) > 0 || s.hasSymbolKeys() || outer.best("symbol") != nil
	f.dropVague(hasSymbol)
	score := f.score()
	if book != nil {
		score += 12
	}
	if currency != "" && !hasSymbol {
		return 0
	}
	switch {
	case score == 0 && len(doubts) > 0:
		return 1 // to tell them
	case score == 0 || len(f["symbol"]) > 0:
	case s.hasSymbolKeys():
		score += 5
	case len(s.names) > 0:
		score -= 4
	}
	if score > 0 && f.hasTickerAbove() {
		score = max(score-8, 1)
	}
	return score
}

// outer are the fields of the payloads themselves, for rows below them.
func (s *rowSet) outer(read []payload) fields {
	if len(s.names) == 0 {
		return fields{}
	}
	f, _ := assign(s.above(read))
	return f
}

// payloadSymbol is what the payload around rows calls the symbol; nil when it names none plainly.
func (f fields) payloadSymbol() *mapping.Value {
	if named, _ := f.symbols(); len(named) > 0 {
		return &mapping.Value{Path: "$." + named[0].leaf.path}
	}
	return nil
}

// holdsPricesByTicker reports whether the rows are numbers under tickers: {"BTC": 64000.1, "ETH": 3000}.
func (s *rowSet) holdsPricesByTicker() bool { return s.holdsNumbers() && s.hasTickerKeys() }

// holdsPricesByTime reports whether the rows are prices under times: {"prices": {"2026-01-01": 41, "2026-01-02": 42}}.
func (s *rowSet) holdsPricesByTime() bool {
	return s.holdsNumbers() && s.hasTimeKeys() && s.namesPrices()
}

func (s *rowSet) holdsNumbers() bool {
	return !slices.ContainsFunc(s.rows, func(f foundRow) bool { return !isNumber(f.value) })
}

// namesPrices reports whether the name of the list or map of rows says that they are prices, or a series of them.
func (s *rowSet) namesPrices() bool {
	if len(s.names) < 2 {
		return false
	}
	name := s.names[len(s.names)-2]
	m, _ := matchName(strings.TrimSuffix(plainName(name), "s"))
	return m.field == "last" && m.rank < weak || hasWord(name, seriesWords)
}

// packedPath is the path of a member that holds JSON in a string, when payloads have one.
func packedPath(read []payload) string {
	count := map[string]int{}
	for _, p := range read {
		p.json.ForEach(func(key, v gjson.Result) bool {
			if s := strings.TrimSpace(v.Str); v.Type == gjson.String && s != "" && isWritable(key.Str) && strings.ContainsRune("[{", rune(s[0])) && gjson.Valid(s) {
				count[pathOf([]string{key.Str})]++
			}
			return true
		})
		if s := strings.TrimSpace(p.json.Str); p.json.Type == gjson.String && strings.HasPrefix(s, "{") && gjson.Valid(s) {
			count["$value"]++
		}
	}
	best := ""
	for path, n := range count {
		if n > count[best] || n == count[best] && path < best {
			best = path
		}
	}
	return best
}
