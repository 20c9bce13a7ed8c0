package samples

import (
	"fmt"
	"slices"
	"time"

	"livetape/feed/market"
)

// Diff says where updates differ from what is expected; empty when they do not. The updates go onto a board of
// their own, in order.
func (s Sample) Diff(updates []market.Update) []string {
	var wrong []string
	if len(updates) != len(s.Expect) {
		wrong = append(wrong, fmt.Sprintf("%d updates, want %d: %+v", len(updates), len(s.Expect), updates))
	}
	board := market.NewBoard(market.Limits{})
	for i, u := range updates {
		board.Apply(s.Name, u, time.Unix(0, 0))
		if i < len(s.Expect) {
			for _, w := range s.Expect[i].diff(u, board, s.Name) {
				wrong = append(wrong, fmt.Sprintf("update %d: %s", i+1, w))
			}
		}
	}
	return wrong
}

func (e Expect) diff(u market.Update, board *market.Board, feed string) (wrong []string) {
	check := func(what, got, want string) {
		if want != "" && got != want {
			wrong = append(wrong, fmt.Sprintf("%s is %q, want %q", what, got, want))
		}
	}
	at := time.Time{}
	switch u := u.(type) {
	case market.Headline:
		check("kind", "news", e.Kind)
		check("id", u.ID, e.ID)
		check("title", u.Title, e.Title)
		check("url", u.URL, e.URL)
		check("source", u.Source, e.Source)
		if e.Symbols != nil && !slices.Equal(e.Symbols, u.Symbols) {
			wrong = append(wrong, fmt.Sprintf("the symbols are %q, want %q", u.Symbols, e.Symbols))
		}
		at = u.Time
	case market.Reading:
		check("kind", "reading", e.Kind)
		check("name", u.Name, e.Symbol)
		check("value", u.Value.String(), e.Price)
		at = u.Time
	case market.Quote:
		if e.Kind == "news" {
			return []string{fmt.Sprintf("a quote, want news: %+v", u)}
		}
		check("symbol", u.Symbol, e.Symbol)
		if row := board.Row(feed, u.Symbol); row != nil {
			price, _ := row.Price()
			check("price", price.String(), e.Price)
		}
		for _, n := range []struct {
			what string
			got  market.Decimal
			want string
		}{
			{"bid", u.Bid, e.Bid}, {"ask", u.Ask, e.Ask}, {"bid size", u.BidSize, e.BidSize}, {"ask size", u.AskSize, e.AskSize},
			{"size", u.Size, e.Size}, {"volume", u.Volume, e.Volume},
			{"open", u.Open, e.Open}, {"high", u.High, e.High}, {"low", u.Low, e.Low}, {"previous close", u.PrevClose, e.PrevClose}, {"vwap", u.VWAP, e.VWAP},
			{"change", u.Change, e.Change}, {"change in percent", u.ChangePct, e.ChangePct},
		} {
			check(n.what, n.got.String(), n.want)
		}
		at = u.Time
	}
	return append(wrong, e.diffTime(at)...)
}

func (e Expect) diffTime(at time.Time) (wrong []string) {
	if e.At != "" && at.Format(time.RFC3339Nano) != e.At {
		wrong = append(wrong, fmt.Sprintf("time is %s, want %s", at.Format(time.RFC3339Nano), e.At))
	}
	if e.Time != 0 && at.UnixMilli() != e.Time {
		wrong = append(wrong, fmt.Sprintf("time is %s, want %s", at, time.UnixMilli(e.Time).UTC()))
	}
	return wrong
}
