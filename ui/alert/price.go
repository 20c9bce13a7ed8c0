package alert

import (
	"fmt"
	"strings"
	"time"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui/humanize"
)

// lastPrice is what is known of a symbol, to tell its price.
type lastPrice struct {
	hasLast  bool // once there was a last price, the middle of bid and ask is none
	at       time.Time
	bid, ask market.Decimal
}

// priceOf is the price that a quote gives: the last, or the middle of bid and ask for a symbol that has no last. A trade
// older than the one before by the feed's own time gives none, nor does a correction.
func (e *Engine) priceOf(feed string, q market.Quote) (market.Decimal, bool) {
	if q.Report == market.Correction || q.Report == market.Cancel {
		return market.Decimal{}, false
	}
	key := symbolKey{feed, q.Symbol}
	p := e.prices[key]
	if p == nil {
		if len(e.prices) >= maxSymbols {
			return market.Decimal{}, false
		}
		p = &lastPrice{}
		e.prices[key] = p
	}
	if q.Last.IsSet() {
		if q.Time.Before(p.at) && !q.Time.IsZero() {
			return market.Decimal{}, false
		}
		p.hasLast, p.at = true, q.Time
		return q.Last, true
	}
	if q.Bid.IsSet() || q.NoBid {
		p.bid = q.Bid
	}
	if q.Ask.IsSet() || q.NoAsk {
		p.ask = q.Ask
	}
	mid := p.bid.Mid(p.ask)
	return mid, !p.hasLast && mid.IsSet()
}

func (e *Engine) applyPrice(ev feed.Event, symbol string, price market.Decimal) (fired []Firing) {
	for i := range e.rules {
		r := &e.rules[i]
		if r.Kind > Moves || !r.isAbout(ev.Feed, symbol) {
			continue
		}
		s := r.stateOf(symbolKey{ev.Feed, symbol})
		if s == nil {
			continue
		}
		if text := r.checkPrice(s, symbol, price, ev.At); text != "" {
			fired = append(fired, r.fire(ev.At, ev.Feed, symbol, price, text))
		}
	}
	return fired
}

// checkPrice is what came true with a price, in words, or empty.
func (r *watchedRule) checkPrice(s *symbolState, symbol string, price market.Decimal, at time.Time) string {
	switch r.Kind {
	case Above:
		if s.trip(price.Cmp(r.Limit) > 0, price.Cmp(r.behindLimit(-1)) <= 0) {
			return fmt.Sprintf("%s is above %s: %s", symbol, grouped(r.Limit), grouped(price))
		}
	case Below:
		if s.trip(price.Cmp(r.Limit) < 0, price.Cmp(r.behindLimit(1)) >= 0) {
			return fmt.Sprintf("%s is below %s: %s", symbol, grouped(r.Limit), grouped(price))
		}
	case Crosses:
		if way := s.cross(price, r); way != "" {
			return fmt.Sprintf("%s crossed %s %s: %s", symbol, grouped(r.Limit), way, grouped(price))
		}
	case Moves:
		s.moves.add(at, price.Approx())
		move := s.moves.largest()
		if s.trip(abs(move) >= r.Percent, abs(move) <= r.Percent/2) {
			return fmt.Sprintf("%s moved %+.2f%% within %s: %s", symbol, move, humanize.Duration(r.Within), grouped(price))
		}
	}
	return ""
}

// trip reports whether something has just come true. It can come true again once isOver was.
func (s *symbolState) trip(isTrue, isOver bool) bool {
	if s.fired {
		s.fired = !isOver
		return false
	}
	s.fired = isTrue
	return isTrue
}

// cross is which way a price went through the limit, or empty. A price counts as on the other side at once, and then the
// next must go back by Rule.Rearm to count.
func (s *symbolState) cross(price market.Decimal, r *watchedRule) string {
	side, was := price.Cmp(r.Limit), s.side
	switch {
	case was == 0:
		s.side = side
		return ""
	case side == 0 || side == was:
		s.fired = s.fired && price.Cmp(r.behindLimit(was))*was < 0
		return ""
	case s.fired && price.Cmp(r.behindLimit(-was))*was > 0:
		return ""
	}
	s.side, s.fired = side, true
	if side > 0 {
		return "upward"
	}
	return "downward"
}

// behindLimit is the limit moved by Rule.Rearm, up (by 1) or down (by -1).
func (r *watchedRule) behindLimit(by int) market.Decimal {
	part, err := market.ParseDecimal(fmt.Sprintf("%.9f", r.Rearm/100*float64(by)))
	if err != nil {
		return r.Limit
	}
	if moved := r.Limit.Add(r.Limit.Abs().Mul(part)); moved.IsSet() {
		return moved
	}
	return r.Limit
}

func grouped(d market.Decimal) string { return humanize.Group(d.String()) }

func abs(x float64) float64 { return max(x, -x) }

func (e *Engine) applyHalt(ev feed.Event, h market.Halt) (fired []Firing) {
	for i := range e.rules {
		r := &e.rules[i]
		if r.Kind != Halted || !r.isAbout(ev.Feed, h.Symbol) && (r.Feed != "" && r.Feed != ev.Feed || h.Symbol != "") {
			continue
		}
		s := r.stateOf(symbolKey{ev.Feed, h.Symbol})
		if s == nil || !s.trip(h.State == market.Halted, h.State != market.Halted) {
			continue
		}
		what := h.Symbol
		if what == "" {
			what = "the market of " + ev.Feed
		}
		text := what + " is halted"
		if h.Reason != "" {
			text += ": " + market.PlainText(h.Reason, market.MaxReason)
		}
		fired = append(fired, r.fire(ev.At, ev.Feed, h.Symbol, market.Decimal{}, text))
	}
	return fired
}

// maxSeen is how many headlines a rule remembers, so that a correction is no second alert.
const maxSeen = 1000

// applyNewsOfHalt takes a halt as the news tell it.
func (e *Engine) applyNewsOfHalt(ev feed.Event, h market.Halt) (fired []Firing) {
	if h.Symbol == "" {
		return nil // of the whole market the news have no line
	}
	key := symbolKey{ev.Feed, h.Symbol}
	before, isKnown := e.halted[key]
	if delete(e.halted, key); h.State == market.Halted && (isKnown || len(e.halted) < maxSymbols) {
		e.halted[key] = h
	}
	story, told := h.Headline(before)
	if !told {
		return nil
	}
	for i := range e.rules {
		if r := &e.rules[i]; r.isInNews(ev.Feed, &story) {
			fired = append(fired, r.fire(ev.At, ev.Feed, h.Symbol, market.Decimal{}, "news of "+h.Symbol+": "+market.PlainText(story.Title, market.MaxHeadline)))
		}
	}
	return fired
}

func (e *Engine) applyHeadline(ev feed.Event, h market.Headline) (fired []Firing) {
	for i := range e.rules {
		r := &e.rules[i]
		if !r.isInNews(ev.Feed, &h) {
			continue
		}
		id := ev.Feed + "\x00" + h.ID
		if h.ID == "" {
			id += "\x00" + h.Title
		}
		if r.hasSeen(id) {
			continue
		}
		symbol := r.Symbol
		if symbol == "" && len(h.Symbols) > 0 {
			symbol = h.Symbols[0]
		}
		fired = append(fired, r.fire(ev.At, ev.Feed, symbol, market.Decimal{}, "news: "+market.PlainText(h.Title, market.MaxHeadline)))
	}
	return fired
}

// isInNews reports whether a headline of a feed is one that the rule waits for.
func (r *watchedRule) isInNews(feed string, h *market.Headline) bool {
	if r.Kind != News || r.Feed != "" && r.Feed != feed {
		return false
	}
	about := r.Symbol == ""
	for _, s := range h.Symbols {
		about = about || strings.EqualFold(s, r.Symbol)
	}
	text := strings.ToLower(h.Title + "\n" + h.Summary)
	return about && strings.Contains(text, strings.ToLower(r.Keyword))
}

func (r *watchedRule) hasSeen(id string) bool {
	for _, s := range r.seen {
		if s == id {
			return true
		}
	}
	if len(r.seen) == maxSeen {
		r.seen = append(r.seen[:0], r.seen[1:]...)
	}
	r.seen = append(r.seen, id)
	return false
}
