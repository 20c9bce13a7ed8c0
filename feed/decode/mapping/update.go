package mapping

import (
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"livetape/feed/market"
)

// Reasons why a row yields nothing.
const (
	reasonNoAlias  = "no alias names the symbol"
	reasonNoSymbol = "there is no symbol"
)

// update makes of one row what the rule says. Without an update, reason says why; err tells of members that could
// not be used, and the update stands all the same.
func (l *rule) update(r *row) (u market.Update, reason string, err error) {
	switch l.kind {
	case "news":
		return l.newsUpdate(r)
	case "status":
		return l.statusUpdate(r)
	}
	return l.quoteUpdate(r)
}

func (l *rule) quoteUpdate(r *row) (market.Update, string, error) {
	symbol, reason, err := l.symbolName(r)
	if symbol == "" {
		return nil, reason, err
	}
	q := market.Quote{Symbol: symbol}
	found := false
	for _, f := range l.numbers {
		if !f.value.inDelta(r) {
			continue
		}
		d, wrong := f.value.number(r)
		if wrong != nil {
			err = joinErrors(err, fmt.Errorf("%s: %w", f.key, wrong))
			continue
		}
		*f.cell(&q) = d
		found = found || d.IsSet()
	}
	if !found || l.kind == "trade" && !q.Last.IsSet() {
		return nil, l.noFieldsReason, err
	}
	q.Name, err = l.textField(r, "name", market.MaxName, err)
	q.Currency, err = l.textField(r, "currency", market.MaxCurrency, err)
	q.Time, err = l.timeField(r, err)
	return q, "", err
}

func (l *rule) newsUpdate(r *row) (market.Update, string, error) {
	title, err := l.textField(r, "headline", market.MaxHeadline, nil)
	if title == "" {
		return nil, l.noFieldsReason, err
	}
	h := market.Headline{Title: title}
	h.ID, err = l.idField(r, "id", market.MaxID, err)
	h.Summary, err = l.textField(r, "summary", market.MaxSummary, err)
	h.Source, err = l.textField(r, "source", market.MaxSource, err)
	h.URL, err = l.urlField(r, err)
	h.Importance, err = l.importanceField(r, err)
	h.Time, err = l.timeField(r, err)
	if v := l.texts["symbols"]; v != nil {
		list, wrong := v.list(r)
		if wrong != nil {
			err = joinErrors(err, fmt.Errorf("symbols: %w", wrong))
		}
		for _, s := range list {
			if s = market.PlainText(l.aliases.nameOr(s), market.MaxSymbol); s != "" {
				h.Symbols = append(h.Symbols, s)
			}
		}
	}
	return h, "", err
}

func (l *rule) statusUpdate(r *row) (market.Update, string, error) {
	state, err := l.textField(r, "state", market.MaxName, nil)
	if state == "" {
		return nil, l.noFieldsReason, err
	}
	h := market.Halt{State: market.Session(strings.ToLower(state))}
	switch h.State {
	case market.Open, market.Closed, market.Halted, market.Pre, market.Post:
	default:
		return nil, "", fmt.Errorf("state: %q is none of open, closed, halted, pre and post", state)
	}
	if l.symbol != nil {
		symbol, reason, wrong := l.symbolName(r)
		if wrong != nil || reason != "" && reason != reasonNoSymbol {
			return nil, reason, joinErrors(err, wrong)
		}
		h.Symbol = symbol // none: the whole market
	}
	h.Reason, err = l.textField(r, "reason", market.MaxReason, err)
	h.Time, err = l.timeField(r, err)
	return h, "", err
}

// symbolName is the symbol of a row; empty with the reason, or an error, when it has none to show.
func (l *rule) symbolName(r *row) (name, reason string, err error) {
	if l.symbol == nil {
		return r.feed, "", nil
	}
	raw, ok, err := l.symbol.unaliasedText(r)
	if err != nil {
		return "", "", fmt.Errorf("symbol: %w", err)
	}
	if !ok {
		return "", reasonNoSymbol, nil
	}
	s, ok := l.symbolCache.byRawName[raw]
	if !ok {
		if s, err = l.resolveSymbol(raw); err != nil {
			return "", "", fmt.Errorf("symbol: %w", err)
		}
		if len(l.symbolCache.byRawName) < maxCachedSymbols {
			l.symbolCache.byRawName[strings.Clone(raw)] = s
		}
	}
	switch {
	case l.onlyAliased && !s.aliased:
		return "", reasonNoAlias, nil
	case s.name == "":
		return "", reasonNoSymbol, nil
	}
	return s.name, "", nil
}

func (l *rule) resolveSymbol(raw string) (s cachedSymbol, err error) {
	s.name = raw
	for _, a := range []aliases{l.symbol.alias, l.aliases} {
		if name, ok := a.lookup(s.name); ok {
			s.name, s.aliased = name, true
		}
	}
	if utf8.RuneCountInString(s.name) > market.MaxSymbol {
		return s, fmt.Errorf("%s is longer than %d characters", market.PlainText(s.name, 40), market.MaxSymbol)
	}
	s.name = strings.Clone(market.PlainText(s.name, market.MaxSymbol))
	return s, nil
}

// symbolCache remembers what became of the symbols that a feed names over and over.
type symbolCache struct{ byRawName map[string]cachedSymbol }

type cachedSymbol struct {
	name    string
	aliased bool
}

func newSymbolCache() *symbolCache { return &symbolCache{map[string]cachedSymbol{}} }

// maxCachedSymbols bounds the symbols that are remembered.
const maxCachedSymbols = 10_000

// textField is one text, made plain and cut; err is passed on, with what is wrong with the text.
func (l *rule) textField(r *row, key string, limit int, err error) (string, error) {
	v := l.texts[key]
	if v == nil || !v.inDelta(r) {
		return "", err
	}
	s, _, wrong := v.text(r)
	if wrong != nil {
		return "", joinErrors(err, fmt.Errorf("%s: %w", key, wrong))
	}
	return market.PlainText(s, limit), err
}

func (l *rule) idField(r *row, key string, limit int, err error) (string, error) {
	s, err := l.textField(r, key, limit+1, err)
	if utf8.RuneCountInString(s) > limit {
		return "", joinErrors(err, fmt.Errorf("%s is longer than %d characters", key, limit))
	}
	return s, err
}

// urlField is the address, if it is one that may be opened.
func (l *rule) urlField(r *row, err error) (string, error) {
	s, err := l.textField(r, "url", market.MaxURL+1, err)
	if s == "" {
		return "", err
	}
	at, wrong := url.Parse(s)
	if wrong != nil || len(s) > market.MaxURL || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return "", joinErrors(err, fmt.Errorf("url: %q is no http or https address", market.PlainText(s, 60)))
	}
	return s, err
}

func (l *rule) importanceField(r *row, err error) (market.Importance, error) {
	s, err := l.textField(r, "importance", market.MaxName, err)
	switch strings.ToLower(s) {
	case "low":
		return market.Low, err
	case "high":
		return market.High, err
	case "", "normal":
		return market.Normal, err
	}
	return market.Normal, joinErrors(err, fmt.Errorf("importance: %q is none of low, normal and high", s))
}

func (l *rule) timeField(r *row, err error) (time.Time, error) {
	if l.time == nil || !l.time.inDelta(r) {
		return time.Time{}, err
	}
	at, wrong := l.time.time(r)
	if wrong != nil {
		err = joinErrors(err, fmt.Errorf("time: %w", wrong))
	}
	return at, err
}
