package mapping

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"livetape/feed/market"
)

// Reasons why a row yields no update.
const (
	reasonNoAlias  = "no alias names the symbol"
	reasonNoSymbol = "there is no symbol"

	ReasonFillers = "its prices are numbers that mean none, such as 0 or -1" // see DropFillers
)

// update makes an update of one row. Without one, the reason says why. The error reports fields that could not be used;
// the update is good without them.
func (ru *compiledRule) update(r *row) (u market.Update, reason string, err error) {
	f := fieldReader{compiledRule: ru}
	switch ru.kind {
	case "news":
		u, reason = f.headline(r)
	case "status":
		u, reason = f.halt(r)
	default:
		u, reason = f.quote(r)
	}
	return u, reason, f.err
}

// fieldReader reads the fields of one row and gathers the errors.
type fieldReader struct {
	*compiledRule
	err error
}

func (f *fieldReader) addError(key string, err error) {
	f.err = joinErrors(f.err, fmt.Errorf("%s: %w", key, err))
}

func (f *fieldReader) quote(r *row) (market.Update, string) {
	name, reason := f.symbolName(r)
	if name == "" {
		return nil, reason
	}
	q := &f.compiledRule.quote // to make one for each row would double what a row costs in memory
	*q = market.Quote{Symbol: name}
	found := false
	var err error
	for _, n := range f.numbers {
		if !n.value.inMessage(r) {
			continue
		}
		d, err := n.value.number(r)
		if err != nil {
			f.addError(n.key, err)
			continue
		}
		*n.cell(q) = d
		found = found || d.IsSet()
	}
	if f.book != nil {
		if reason, err = f.book.setBestBidAsk(r, name, q); err != nil {
			f.addError("book", err)
		}
		found = found || q.Bid.IsSet() || q.Ask.IsSet() || q.NoBid || q.NoAsk
	}
	if f.dropsFillers && DropFillers(q) && !q.Last.IsSet() && !q.Bid.IsSet() && !q.Ask.IsSet() {
		return nil, ReasonFillers
	}
	q.Report = reports[f.kind]
	if !found || q.Report != market.MaybeTrade && !q.Last.IsSet() {
		return nil, cmp.Or(reason, f.noFieldsReason)
	}
	q.Name = f.text(r, "name", market.MaxName)
	q.Currency = f.text(r, "currency", market.MaxCurrency)
	q.Time = f.timestamp(r)
	return *q, ""
}

// reports are what quotes of the kinds of rules say of trades.
var reports = map[string]market.Report{"trade": market.NewTrade, "correction": market.Correction, "cancel": market.Cancel}

func (f *fieldReader) headline(r *row) (market.Update, string) {
	title := f.text(r, "headline", market.MaxHeadline)
	if title == "" {
		return nil, f.noFieldsReason
	}
	return market.Headline{
		Title:      title,
		ID:         f.id(r),
		Summary:    f.text(r, "summary", market.MaxSummary),
		Source:     f.text(r, "source", market.MaxSource),
		URL:        f.url(r),
		Importance: f.importance(r),
		Time:       f.timestamp(r),
		Symbols:    f.symbols(r),
	}, ""
}

func (f *fieldReader) halt(r *row) (market.Update, string) {
	state := f.text(r, "state", market.MaxName)
	if state == "" {
		return nil, f.noFieldsReason
	}
	h := market.Halt{State: market.Session(strings.ToLower(state))}
	switch h.State {
	case market.Open, market.Closed, market.Halted, market.Pre, market.Post:
	default:
		f.err = fmt.Errorf("state: %q is none of open, closed, halted, pre and post", state)
		return nil, ""
	}
	if f.symbol != nil {
		before := f.err
		name, reason := f.symbolName(r)
		if f.err != before || reason != "" && reason != reasonNoSymbol { //nolint:errorlint // whether it is another one
			return nil, reason
		}
		h.Symbol = name // none: the whole market
	}
	h.Reason = f.text(r, "reason", market.MaxReason)
	h.Time = f.timestamp(r)
	return h, ""
}

// symbolName is the symbol of the row. It is empty, with a reason or an error, when there is none to show.
func (f *fieldReader) symbolName(r *row) (name, reason string) {
	if f.symbol == nil {
		return r.feed, ""
	}
	original, ok, err := f.symbol.unaliasedText(r)
	if err == nil && !ok {
		return "", reasonNoSymbol
	}
	s, known := f.symbolCache[original]
	if err == nil && !known {
		s, err = f.resolveSymbol(original)
	}
	switch {
	case err != nil:
		f.addError("symbol", err)
		return "", ""
	case f.onlyAliased && !s.aliased:
		return "", reasonNoAlias
	case s.name == "":
		return "", reasonNoSymbol
	}
	return s.name, ""
}

// resolvedSymbol is what is shown for a symbol of the feed.
type resolvedSymbol struct {
	name    string
	aliased bool
}

// maxCachedSymbols bounds the symbols whose names are remembered.
const maxCachedSymbols = 10_000

func (ru *compiledRule) resolveSymbol(original string) (s resolvedSymbol, err error) {
	s.name = original
	for _, a := range []aliases{ru.symbol.alias, ru.aliases} {
		if name, ok := a.lookup(s.name); ok {
			s.name, s.aliased = name, true
		}
	}
	if utf8.RuneCountInString(s.name) > market.MaxSymbol {
		return s, fmt.Errorf("%s is longer than %d characters", market.PlainText(s.name, 40), market.MaxSymbol)
	}
	s.name = strings.Clone(market.PlainText(s.name, market.MaxSymbol))
	if len(ru.symbolCache) < maxCachedSymbols {
		if original == s.name {
			original = s.name // one copy will do
		} else {
			original = strings.Clone(original)
		}
		ru.symbolCache[original] = s
	}
	return s, nil
}

// text is one text field, made plain and cut to limit characters; empty when the message does not have it.
func (f *fieldReader) text(r *row, key string, limit int) string {
	v := f.texts[key]
	if v == nil || !v.inMessage(r) {
		return ""
	}
	s, _, err := v.text(r)
	if err != nil {
		f.addError(key, err)
		return ""
	}
	return strings.Clone(market.PlainText(s, limit)) // or it would hold a large payload in memory
}

func (f *fieldReader) id(r *row) string {
	s := f.text(r, "id", market.MaxID+1)
	if utf8.RuneCountInString(s) > market.MaxID {
		f.err = joinErrors(f.err, fmt.Errorf("id is longer than %d characters", market.MaxID))
		return ""
	}
	return s
}

// url is the address, if it is one that may be opened.
func (f *fieldReader) url(r *row) string {
	s := f.text(r, "url", market.MaxURL+1)
	if s == "" {
		return ""
	}
	at, err := url.Parse(s)
	if err != nil || len(s) > market.MaxURL || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		f.err = joinErrors(f.err, fmt.Errorf("url: %q is not an http or https address", market.PlainText(s, 60)))
		return ""
	}
	return s
}

func (f *fieldReader) importance(r *row) market.Importance {
	s := f.text(r, "importance", market.MaxName)
	switch strings.ToLower(s) {
	case "low":
		return market.Low
	case "high":
		return market.High
	case "", "normal":
		return market.Normal
	}
	f.err = joinErrors(f.err, fmt.Errorf("importance: %q is none of low, normal and high", s))
	return market.Normal
}

func (f *fieldReader) symbols(r *row) (names []string) {
	v := f.texts["symbols"]
	if v == nil {
		return nil
	}
	list, err := v.list(r)
	if err != nil {
		f.addError("symbols", err)
	}
	for _, s := range list {
		if s = market.PlainText(f.aliases.nameOf(s), market.MaxSymbol); s != "" {
			names = append(names, strings.Clone(s))
		}
	}
	return names
}

func (f *fieldReader) timestamp(r *row) time.Time {
	if f.time == nil || !f.time.inMessage(r) {
		return time.Time{}
	}
	at, err := f.time.time(r)
	if err != nil {
		f.addError("time", err)
	}
	return at
}
