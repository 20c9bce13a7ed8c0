package auto

import (
	"net/url"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"livetape/feed/market"
)

// take makes an update of a row, if it is one.
func (s *search) take(r row, a around) bool {
	q := market.Quote{Last: r.number("last"), Bid: r.number("bid"), Ask: r.number("ask")}
	symbol := s.symbol(r, a)
	if !r.plausible(a) {
		q.Last = market.Decimal{}
	}
	if !q.Bid.IsSet() && r.members["ask"].rank >= Weak {
		q.Ask = market.Decimal{} // an "a" alone is an average, or an amount
	} else if !q.Ask.IsSet() && r.members["bid"].rank >= Weak {
		q.Bid = market.Decimal{}
	}
	if !q.Last.IsSet() && !q.Bid.IsSet() && !q.Ask.IsSet() {
		return s.story(r, a)
	}
	if r.scaled && !strings.Contains(q.Last.String()+q.Bid.String()+q.Ask.String(), ".") {
		s.reason = unclear
		return false
	}
	q.Symbol = symbol
	if symbol == "" {
		q.Symbol = s.decoder.feed
	}
	for f, n := range map[Field]*market.Decimal{
		"size": &q.Size, "volume": &q.Volume, "bid_size": &q.BidSize, "ask_size": &q.AskSize, "open": &q.Open,
		"high": &q.High, "low": &q.Low, "prev_close": &q.PrevClose, "change": &q.Change,
	} {
		*n = r.number(f)
	}
	q.Name, q.Currency, q.Time = r.text("name", market.MaxName), r.text("currency", market.MaxCurrency), s.time(r, a)
	s.updates = append(s.updates, q)
	return true
}

// plausible reports whether what is called like a price is one, judged by the names alone.
func (r row) plausible(a around) bool {
	rank := r.members["last"].rank
	if rank < Weak {
		return true
	}
	if r.number("open").IsSet() && r.number("high").IsSet() && r.number("low").IsSet() {
		return true // the close of a bar
	}
	own := r.symbol() != "" && (rank < Vague || r.members["symbol"].rank < Weak)
	return own || a.symbol != ""
}

// symbol is what the row is about, as it is to be shown; empty when only the feed's name is left.
func (s *search) symbol(r row, a around) string {
	symbol := r.symbol()
	switch {
	case symbol != "":
	case a.symbol != "":
		symbol = a.symbol
	default:
		symbol = a.key
	}
	symbol = strings.TrimSpace(symbol)
	if name, ok := s.decoder.aliases[symbol]; ok {
		symbol = name
	}
	return market.PlainText(symbol, market.MaxSymbol)
}

func (s *search) time(r row, a around) time.Time {
	if at := r.time(); !at.IsZero() {
		return at
	}
	return a.time
}

func (s *search) story(r row, a around) bool {
	h := market.Headline{Title: r.text("headline", market.MaxHeadline)}
	if h.Title == "" {
		return false
	}
	h.Summary, h.Source, h.ID = r.text("summary", market.MaxSummary), r.text("source", market.MaxName), r.text("id", market.MaxID)
	if id := r.members["symbol"]; h.ID == "" && id.rank == Weak { // called id
		h.ID = market.PlainText(id.value.String(), market.MaxID)
	}
	if at, err := url.Parse(r.text("url", market.MaxURL)); err == nil && at.Host != "" && (at.Scheme == "http" || at.Scheme == "https") {
		h.URL = at.String()
	}
	if about := r.members["symbols"]; about.rank < Weak || Tickers(about.value) {
		h.Symbols = symbols(about.value)
	}
	if own := r.members["symbol"]; h.Symbols == nil && own.rank < Weak && own.value.Type == gjson.String {
		h.Symbols = symbols(own.value)
	}
	h.Time = s.time(r, a)
	s.updates = append(s.updates, h)
	return true
}

// symbols reads a list, or a text with commas.
func symbols(v gjson.Result) (all []string) {
	add := func(s string) {
		if s = market.PlainText(strings.TrimSpace(s), market.MaxSymbol); s != "" && len(all) < market.MaxSymbols {
			all = append(all, s)
		}
	}
	if v.Type == gjson.String {
		for s := range strings.SplitSeq(v.Str, ",") {
			add(s)
		}
	}
	if v.IsArray() {
		v.ForEach(func(_, item gjson.Result) bool {
			if item.Type == gjson.String {
				add(item.Str)
			}
			return len(all) < market.MaxSymbols
		})
	}
	return all
}
