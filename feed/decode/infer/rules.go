package infer

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// ruleWriter writes rules, and notes what it guessed, what it left out and why.
type ruleWriter struct {
	notes   []string
	unused  []string
	packed  string // path of a member that holds JSON in a string; empty: there is none
	problem string // why rows with prices are not read; empty when they are

	marksBooks   bool     // events say whether they hold a whole book or changes to it
	changesBooks bool     // some say the one, and some the other
	twoReadings  bool     // a price that was read may mean something else, as others show
	doubts       []string // why what may be a price is not taken for one
	bookUnread   bool     // a book is changed in a way that no rule reads
	weakSymbol   bool     // what tells rows apart is not plainly called a symbol
	equalTerms   []string // names of terms that would tell options apart if they differed, and of their symbols
}

func (w *ruleWriter) note(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(w.notes, n) {
		w.notes = append(w.notes, n)
	}
}

func (w *ruleWriter) doubt(format string, args ...any) {
	w.note(format, args...)
	if d := fmt.Sprintf(format, args...); !slices.Contains(w.doubts, d) {
		w.doubts = append(w.doubts, d)
	}
}

// rules reads payloads of all event types. Rules name the event type only where types differ in how they are read.
func (w *ruleWriter) rules(read []payload) []mapping.Rule {
	if w.packed = packedPath(read); w.packed != "" {
		for i := range read {
			read[i].json = mapping.InlineJSON(read[i].json, w.packed)
		}
	}
	w.marksBooks = slices.ContainsFunc(read, payload.marksBook)
	w.changesBooks = slices.ContainsFunc(read, payload.isSnapshot) && slices.ContainsFunc(read, payload.isBookUpdate)
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
		if what := whyNotPrice(event); what != "" && event != "message" {
			w.note("events of type %s are left out: each is %s", event, what)
			continue
		}
		for _, r := range w.eventRules(types[event]) {
			all = addRule(all, eventRule{r, append([]string{event}, joined[event]...)})
		}
	}
	all = joinBooks(dropWeakNews(all))
	addEventConditions(all, total)
	rules := make([]mapping.Rule, len(all))
	for i, t := range all {
		rules[i] = t.rule
	}
	return rules
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

// addEventConditions adds conditions on event types where they are needed.
func addEventConditions(all []eventRule, total int) {
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
func (w *ruleWriter) eventRules(read []payload) (rules []mapping.Rule) {
	var taken []takenSet
	read, when := w.withoutOtherKinds(read)
	for _, s := range rankRowSets(read) {
		set := s.set.unreadBy(taken)
		if set != s.set && (len(set.rows) == 0 || set.score(read) <= 0) {
			continue
		}
		before := *w
		found := w.rowSetRules(set, read)
		payloads := set.payloadsRead(found, read)
		switch isRest := set != s.set; {
		case isRest && (len(payloads) == 0 || set.readsAgain(payloads, taken)):
			*w = before
		case len(found) > 0:
			taken, rules = append(taken, takenSet{set, payloads, bookPaths(found)}), append(rules, found...)
		}
	}
	for i := range rules {
		for path, c := range when {
			if rules[i].When == nil {
				rules[i].When = mapping.When{}
			}
			own, ok := rules[i].When[path[len("$."):]]
			if !ok || own.Not != nil {
				rules[i].When[path] = c // beside what the row's own member excludes
			}
		}
	}
	return rules
}

// withoutOtherKinds are the payloads but those that say of themselves that their price is none of now, whatever stands below, and
// the condition that leaves these out.
func (w *ruleWriter) withoutOtherKinds(read []payload) (kept []payload, when mapping.When) {
	for _, name := range kindNames {
		var others []string
		kept = slices.DeleteFunc(slices.Clone(read), func(p payload) bool {
			v := p.json.Get(gjson.Escape(name))
			isOther := p.json.IsObject() && !saysState(p.json) && v.Type == gjson.String && len(v.Str) > 1 && isWritable(v.Str) && whyNotPrice(v.Str) != "" && sessionStates[strings.ToLower(v.Str)] == ""
			if isOther && !slices.Contains(others, v.Str) {
				others = append(others, v.Str)
				w.note("payloads of which %s is %s are left out: each is %s", name, v.Str, whyNotPrice(v.Str))
			}
			return isOther
		})
		if len(others) > 0 {
			return kept, mapping.When{"$." + pathOf([]string{name}): {Not: others}}
		}
	}
	return read, nil
}

// tickerRules read numbers under tickers: {"QRS": 41}.
func (w *ruleWriter) tickerRules(s *rowSet, read []payload) []mapping.Rule {
	symbol := &mapping.Value{Path: "$key"}
	if base := s.baseAbove(read); base != "" {
		symbol = &mapping.Value{Text: "{" + base + "}/{$key}"}
	}
	rule := mapping.Rule{Each: s.each(), Symbol: symbol}
	switch value := (&mapping.Value{Path: "$value"}); s.priceBelow() {
	case "bid":
		rule.Bid = value
	case "ask":
		rule.Ask = value
	case "bid_size", "ask_size", "size", "volume", "open", "high", "low", "prev_close", "vwap", "change", "change_pct":
		return nil // no price of now
	default:
		rule.Last = value
	}
	w.note("%s: every number is used as the price of the symbol that it is named after", s.label())
	return []mapping.Rule{rule}
}

// priceBelow is which price the numbers of a set are, by the name that they stand under: {"bid": {"QRS": 40.9}}.
func (s *rowSet) priceBelow() fieldRole {
	for _, name := range slices.Backward(s.names) {
		if name != "*" {
			m, _ := matchName(name)
			return m.field
		}
	}
	return "last"
}

// rowSetRules writes the rules for one row set: one, or one for each kind of row.
func (w *ruleWriter) rowSetRules(s *rowSet, read []payload) []mapping.Rule {
	if l := listRowsOf(s, read); l != nil {
		return []mapping.Rule{l.rule(s, s.payloadFields(read), w)}
	}
	if s.holdsPricesByTime(read) {
		return []mapping.Rule{s.seriesRule(read, w)}
	}
	if s.holdsPricesByTicker() {
		return w.tickerRules(s, read)
	}
	kind, kinds := s.splitKinds()
	if kind == nil || s.byCol {
		return w.ruleFor(s, read)
	}
	return w.kindRules(s, kind, kinds, read)
}

// changesUnread is a kind of rows that hold changes to a book where the rules for them read none; else empty.
func changesUnread(kind string, rules []mapping.Rule) string {
	if isBookChange(kind) && !hasBook(rules) {
		return kind
	}
	return ""
}

// baseAbove is the path of the currency that prices in others are of; empty when none is named.
func (s *rowSet) baseAbove(read []payload) (path string) {
	for _, l := range s.membersAbove(read) {
		if (l.name() == "base" || l.name() == "source") && l.everyValue(isWordy) {
			path = s.above() + l.path
		}
	}
	return path
}

// kindRules writes the rules for each kind of row.
func (w *ruleWriter) kindRules(s *rowSet, kind *leaf, kinds []rowsOfKind, read []payload) (rules []mapping.Rule) {
	unread := "" // a kind that changes a book that no rule reads
	hidesBeside := hidesBeside(kind, kinds)
	for _, k := range kinds {
		if r, ok := w.stateRule(s, kind, k, read); ok {
			rules = append(rules, r...)
			continue
		}
		what := whyNotPrice(k.name)
		if hidesBeside {
			what = cmp.Or(what, whyNotBeside(k.name))
		}
		if what != "" {
			w.note("rows of which %s is %s are left out: each is %s", kind.path, k.name, what)
			continue
		}
		found := w.ruleFor(k.set, read)
		unread = cmp.Or(unread, changesUnread(k.name, found))
		for _, r := range found {
			if r.When == nil {
				r.When = mapping.When{}
			}
			r.When[kind.path] = mapping.Condition{Is: []string{k.name}}
			rules = append(rules, r)
		}
	}
	if rules = w.dropUnreadBooks(rules, kinds, unread); rules == nil {
		return nil
	}
	var books []*mapping.Book
	for _, r := range rules {
		books = append(books, r.Book)
	}
	markAllAsDeltas(books)
	rules = joinKinds(rules, kind.path)
	dropNamingConditions(rules, kind.path, kinds)
	return rules
}

// stateRule is the rule for rows of a kind that say of a symbol whether it is traded, if it names a symbol; ok is false for rows of
// other kinds.
func (w *ruleWriter) stateRule(s *rowSet, kind *leaf, k rowsOfKind, read []payload) (rules []mapping.Rule, ok bool) {
	is := mapping.Condition{Is: []string{k.name}}
	if state := sessionStates[strings.ToLower(k.name)]; state == "halted" || k.name == "resumed" {
		if f, _ := assignFields(k.set.leaves()); f.best("symbol") != nil {
			rules = []mapping.Rule{{Each: s.each(), Kind: "status", When: mapping.When{kind.path: is}, Symbol: f.value("symbol"), State: &mapping.Value{Const: state}}}
		}
		return rules, true
	}
	halt, ok := w.haltsOf(k.set, read)
	if !ok || whyNotPrice(k.name) != "a status message" {
		return nil, false
	}
	halt.When[kind.path] = is
	return []mapping.Rule{halt}, true
}

// dropUnreadBooks leaves out the rules for books where a kind changes them in a way that no rule reads, and all where nothing but
// changes to a book came.
func (w *ruleWriter) dropUnreadBooks(rules []mapping.Rule, kinds []rowsOfKind, unread string) []mapping.Rule {
	if unread != "" && hasBook(rules) {
		w.bookUnread = true
		w.doubt("%s changes a book in a way that is not read: neither bid nor ask is shown", unread)
		rules = slices.DeleteFunc(rules, isBookRule)
	}
	if hasBook(rules) && !slices.ContainsFunc(kinds, func(k rowsOfKind) bool { return !isBookChange(k.name) }) {
		w.doubt("%s holds changes to a book, of which the whole was not sent: neither bid nor ask is shown", kinds[0].name)
		return nil
	}
	return rules
}

// dropNamingConditions has rules read all kinds but those that are left out, where the kind is the symbol as well: others may come.
func dropNamingConditions(rules []mapping.Rule, path string, kinds []rowsOfKind) {
	var read []string
	for _, r := range rules {
		read = append(read, r.When[path].Is...)
	}
	var others []string
	for _, k := range kinds {
		if !slices.Contains(read, k.name) {
			others = append(others, k.name)
		}
	}
	for _, r := range rules {
		switch {
		case len(rules) > 1 || r.Symbol == nil || r.Symbol.Path != path:
		case len(others) > 0:
			r.When[path] = mapping.Condition{Not: others}
		default:
			delete(r.When, path)
		}
	}
}

// ruleFor writes the rules for rows that are maps or single values: one for prices or news, and one for halts beside.
func (w *ruleWriter) ruleFor(s *rowSet, read []payload) []mapping.Rule {
	all := s.leaves()
	f, doubts := assignFields(all)
	outer := s.payloadFields(read)
	book := w.book(s, &f)
	currency := s.currencyPrice(all, f)
	f.dropVague(s.namesSymbol(f, outer))
	if currency == "" {
		w.doubtAll(doubts)
		w.twoReadings = w.twoReadings || slices.ContainsFunc(all, func(l *leaf) bool { return l.twoReadings })
	}
	isLadder := s.isLadder(all, f, book)
	if why := cmp.Or(s.whyNotNow(all, f, book != nil || isLadder, read), f.unclearScale(all)); why != "" {
		w.doubt("%s", why)
		return nil
	}
	states := s.stateLeaves(all, read)
	f.takeExecutionPrice(all, states)
	f.dropHeldSize(s.rowNames(f), all)
	r := mapping.Rule{Each: s.each(), Columns: s.columnsPath(), Book: book}
	switch {
	case f.hasPrice() || s.kind && f.hasSession() || book != nil:
		id, ok := w.identifyPrices(s, all, f, outer, read)
		if !ok {
			return nil
		}
		w.quote(f, all, &r)
		if base := s.baseAbove(read); id.value == nil && currency != "" && base != "" {
			id.value = &mapping.Value{Path: base}
		}
		w.symbol(id, currency, &r)
		r.Time = w.timeOf(f, outer, s, read)
		r.Rows = w.rowOrder(s, id, f, r.Time)
		r.Merge = w.merge(s, all, f)
		if isLadder && !w.takeBestLevel(s, &r) {
			return nil
		}
	case f.score() > 0:
		addHeadline(f, all, &r)
		r.Time = w.timeOf(f, outer, s, read)
	default:
		return nil
	}
	w.listUnused(all, f.best("change_pct"), &r)
	r.When = w.countsNow(all, states)
	if halt, ok := w.halts(s, all, &r); ok {
		return []mapping.Rule{r, halt}
	}
	return []mapping.Rule{r}
}

// identifyPrices is what tells rows with prices apart; ok is false when nothing does, or the rows are none of prices.
func (w *ruleWriter) identifyPrices(s *rowSet, all []*leaf, f, outer fields, read []payload) (id rowIdentity, ok bool) {
	id, problem := w.identify(s, all, f, outer, read)
	if problem != "" {
		w.problem = problem
		return id, false
	}
	return id, !s.splitsRow(id, f) && (!f.isVague() || id.namesTraded())
}

func (w *ruleWriter) doubtAll(doubts []string) {
	for _, doubt := range doubts {
		w.doubt("%s", doubt)
	}
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

// splitsRow reports whether the rows are parts of one: maps with different prices side by side in one map, of one symbol.
func (s *rowSet) splitsRow(id rowIdentity, f fields) bool {
	prices := rowPrices(f, len(s.rows))
	for i := 1; i < len(s.rows); i++ {
		before, row := s.rows[i-1], s.rows[i]
		if !math.IsNaN(prices[i]) && !math.IsNaN(prices[i-1]) && row.payload == before.payload && row.key != before.key && row.key != "" && before.key != "" && id.of[i] == id.of[i-1] && !s.hasTimeKeys() {
			return true
		}
	}
	return false
}

// symbol writes an identity into a rule, with the currency of the price where a row has prices in several.
func (w *ruleWriter) symbol(id rowIdentity, currency string, r *mapping.Rule) {
	if id.note != "" {
		w.note("%s", id.note)
	}
	r.Symbol = id.value
	w.weakSymbol = w.weakSymbol || !id.strong && !id.naming && !id.mayJump()
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
func (s *rowSet) currencyPrice(all []*leaf, f fields) (currency string) {
	if currency, price := priceInCurrency(all); price != nil && (f.best("last") == nil || priceCurrency(f.best("last")) != "") {
		f["last"] = []fieldCandidate{{leaf: price}}
		return currency
	}
	if f.hasPrice() || slices.ContainsFunc(append(s.keys(), s.names...), namesOtherNumbers) {
		return ""
	}
	for _, name := range currencyNames {
		for _, l := range all {
			n := len(l.names)
			m, _ := matchName(l.name())
			named := n == 1 && (strings.EqualFold(l.name(), name) && !isAmongTickers(l, all)) || n > 1 && m.field == "last" && m.rank < weak && strings.EqualFold(l.names[n-2], name)
			if named && l.readNumbers(false) && !namesPast(l.names) && !slices.ContainsFunc(l.names, namesOtherNumbers) {
				f["last"] = []fieldCandidate{{leaf: l}}
				return name
			}
		}
	}
	return ""
}

// priceInCurrency is the price in the usual currency, where rows have several: {"price_usd": 64000, "price_eur": 59000}.
func priceInCurrency(all []*leaf) (currency string, price *leaf) {
	found := map[string]*leaf{}
	for _, l := range all {
		if c := priceCurrency(l); c != "" && len(l.names) == 1 && l.readNumbers(false) {
			found[c] = l
		}
	}
	for _, currency := range currencyNames {
		if len(found) > 1 && found[currency] != nil {
			return currency, found[currency]
		}
	}
	return "", nil
}

// priceCurrency is the currency in the name of a price: priceUsd, eur_price; empty for none.
func priceCurrency(l *leaf) string {
	words := nameWords(l.name())
	if len(words) != 2 {
		return ""
	}
	for i, word := range words {
		if slices.Contains(currencyNames, word) && slices.Contains([]string{"price", "last", "rate"}, words[1-i]) {
			return word
		}
	}
	return ""
}

// isAmongTickers reports whether beside a member called by a currency there are numbers called by tickers that are none, so that it
// is a ticker, too: {"BTC": 64000, "ETH": 3000}, {"btc": 64000, "eth": 3000}.
func isAmongTickers(currency *leaf, all []*leaf) bool {
	isCoin := strings.EqualFold(currency.name(), "btc")
	return slices.ContainsFunc(all, func(l *leaf) bool {
		name := l.name()
		isCurrency := slices.Contains(currencyNames, strings.ToLower(name))
		return len(l.names) == 1 && !isCurrency && l.everyValue(isNumber) && !l.everyValue(isTime) && (isTicker(name) || isCoin && len(name) < 6 && !isContainer(name))
	})
}
