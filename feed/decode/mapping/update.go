package mapping

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"livetape/feed/market"
)

// Reasons why a row yields nothing.
const (
	noAlias  = "no alias names the symbol"
	noSymbol = "there is no symbol"
)

// update makes of one row what the rule says. Without an update, reason says why; err tells of members that could
// not be used, and the update stands all the same.
func (l *rule) update(r *row) (u market.Update, reason string, err error) {
	switch l.kind {
	case "news":
		return l.headline(r)
	case "status":
		return l.halt(r)
	}
	return l.quote(r)
}

func (l *rule) quote(r *row) (market.Update, string, error) {
	symbol, reason, err := l.named(r)
	if symbol == "" {
		return nil, reason, err
	}
	q := market.Quote{Symbol: symbol}
	found := false
	for _, f := range l.numbers {
		if !f.value.said(r) {
			continue
		}
		d, wrong := f.value.number(r)
		if wrong != nil {
			err = join(err, fmt.Errorf("%s: %w", f.key, wrong))
			continue
		}
		*f.cell(&q) = d
		found = found || d.IsSet()
	}
	if !found || l.kind == "trade" && !q.Last.IsSet() {
		return nil, l.noFields, err
	}
	q.Name, err = l.prose(r, "name", market.MaxName, err)
	q.Currency, err = l.prose(r, "currency", market.MaxCurrency, err)
	q.Time, err = l.instant(r, err)
	return q, "", err
}

// join is errors.Join without its cost where there is nothing to join.
func join(all, one error) error {
	if all == nil {
		return one
	}
	return errors.Join(all, one)
}

func (l *rule) headline(r *row) (market.Update, string, error) {
	title, err := l.prose(r, "headline", market.MaxHeadline, nil)
	if title == "" {
		return nil, l.noFields, err
	}
	h := market.Headline{Title: title}
	h.ID, err = l.identity(r, "id", market.MaxID, err)
	h.Summary, err = l.prose(r, "summary", market.MaxSummary, err)
	h.Source, err = l.prose(r, "source", market.MaxSource, err)
	h.URL, err = l.link(r, err)
	h.Importance, err = l.importance(r, err)
	h.Time, err = l.instant(r, err)
	if v := l.texts["symbols"]; v != nil {
		list, wrong := v.list(r)
		if wrong != nil {
			err = join(err, fmt.Errorf("symbols: %w", wrong))
		}
		for _, s := range list {
			if s = market.PlainText(l.aliases.or(s), market.MaxSymbol); s != "" {
				h.Symbols = append(h.Symbols, s)
			}
		}
	}
	return h, "", err
}

func (l *rule) halt(r *row) (market.Update, string, error) {
	state, err := l.prose(r, "state", market.MaxName, nil)
	if state == "" {
		return nil, l.noFields, err
	}
	h := market.Halt{State: market.Session(strings.ToLower(state))}
	switch h.State {
	case market.Open, market.Closed, market.Halted, market.Pre, market.Post:
	default:
		return nil, "", fmt.Errorf("state: %q is none of open, closed, halted, pre and post", state)
	}
	if l.symbol != nil {
		symbol, reason, wrong := l.named(r)
		if wrong != nil || reason != "" && reason != noSymbol {
			return nil, reason, join(err, wrong)
		}
		h.Symbol = symbol // none: the whole market
	}
	h.Reason, err = l.prose(r, "reason", market.MaxReason, err)
	h.Time, err = l.instant(r, err)
	return h, "", err
}

// symbols remembers what became of the symbols that a feed names over and over.
type symbols struct{ known map[string]symbol }

type symbol struct {
	name    string
	aliased bool
}

func newSymbols() *symbols { return &symbols{map[string]symbol{}} }

// maxKnown bounds the symbols that are remembered.
const maxKnown = 10_000

// named is the symbol of a row; empty with the reason, or an error, when it has none to show.
func (l *rule) named(r *row) (name, reason string, err error) {
	if l.symbol == nil {
		return r.feed, "", nil
	}
	raw, ok, err := l.symbol.raw(r)
	if err != nil {
		return "", "", fmt.Errorf("symbol: %w", err)
	}
	if !ok {
		return "", noSymbol, nil
	}
	s, ok := l.known.known[raw]
	if !ok {
		if s, err = l.name(raw); err != nil {
			return "", "", fmt.Errorf("symbol: %w", err)
		}
		if len(l.known.known) < maxKnown {
			l.known.known[strings.Clone(raw)] = s
		}
	}
	switch {
	case l.only && !s.aliased:
		return "", noAlias, nil
	case s.name == "":
		return "", noSymbol, nil
	}
	return s.name, "", nil
}

func (l *rule) name(raw string) (s symbol, err error) {
	s.name = raw
	for _, a := range []aliases{l.symbol.alias, l.aliases} {
		if name, ok := a.name(s.name); ok {
			s.name, s.aliased = name, true
		}
	}
	if utf8.RuneCountInString(s.name) > market.MaxSymbol {
		return s, fmt.Errorf("%s is longer than %d characters", market.PlainText(s.name, 40), market.MaxSymbol)
	}
	s.name = strings.Clone(market.PlainText(s.name, market.MaxSymbol))
	return s, nil
}

// prose is one text, made plain and cut; err is passed on, with what is wrong with the text.
func (l *rule) prose(r *row, key string, limit int, err error) (string, error) {
	v := l.texts[key]
	if v == nil || !v.said(r) {
		return "", err
	}
	s, _, wrong := v.words(r)
	if wrong != nil {
		return "", join(err, fmt.Errorf("%s: %w", key, wrong))
	}
	return market.PlainText(s, limit), err
}

func (l *rule) identity(r *row, key string, limit int, err error) (string, error) {
	s, err := l.prose(r, key, limit+1, err)
	if utf8.RuneCountInString(s) > limit {
		return "", join(err, fmt.Errorf("%s is longer than %d characters", key, limit))
	}
	return s, err
}

// link is the address, if it is one that may be opened.
func (l *rule) link(r *row, err error) (string, error) {
	s, err := l.prose(r, "url", market.MaxURL+1, err)
	if s == "" {
		return "", err
	}
	at, wrong := url.Parse(s)
	if wrong != nil || len(s) > market.MaxURL || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return "", join(err, fmt.Errorf("url: %q is no http or https address", market.PlainText(s, 60)))
	}
	return s, err
}

func (l *rule) importance(r *row, err error) (market.Importance, error) {
	s, err := l.prose(r, "importance", market.MaxName, err)
	switch strings.ToLower(s) {
	case "low":
		return market.Low, err
	case "high":
		return market.High, err
	case "", "normal":
		return market.Normal, err
	}
	return market.Normal, join(err, fmt.Errorf("importance: %q is none of low, normal and high", s))
}

func (l *rule) instant(r *row, err error) (time.Time, error) {
	if l.time == nil || !l.time.said(r) {
		return time.Time{}, err
	}
	at, wrong := l.time.time(r)
	if wrong != nil {
		err = join(err, fmt.Errorf("time: %w", wrong))
	}
	return at, err
}
