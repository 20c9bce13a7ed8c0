// Package alert tells when something that the user waits for has happened: a price beyond a limit, a move within a
// time, a halt, a headline, a feed that is silent, a gap.
//
// An [Engine] is given the feeds' events in order and the time, and answers with what has just come true. It does no
// I/O, reads no clock and starts no goroutine: screens and pipes decide how the user is told.
package alert

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"livetape/feed"
	"livetape/feed/market"
)

// Kind is what a rule waits for.
type Kind int8

// The kinds of rules.
const (
	Above   Kind = iota // the price is above Rule.Limit
	Below               // the price is below Rule.Limit
	Crosses             // the price goes from one side of Rule.Limit to the other
	Moves               // the price moves by Rule.Percent, up or down, within Rule.Within
	Halted              // trading of the symbol, or of the whole market, is halted
	News                // a headline, also that of a halt, or its summary contains Rule.Keyword, in upper or lower case
	Silent              // the feed is connected, and gave no event for Rule.Within
	Gap                 // the feed was lost for at least Rule.Within
	NotLive             // the feed has not been live for Rule.Within
)

// Rule is one thing to wait for.
type Rule struct {
	Name   string // as the user calls it; may be empty
	Feed   string // empty: any
	Symbol string // empty: any; in upper or lower case

	Kind    Kind
	Limit   market.Decimal // of Above, Below and Crosses
	Percent float64        // of Moves: more than 0
	Within  time.Duration  // of Moves, Silent, Gap and NotLive: more than 0
	Keyword string         // of News

	// Rearm is how far the price must go back behind the limit before the rule can come true again, in percent of the
	// limit: 0 or more. A price that trembles at the limit is one alert, not a hundred.
	Rearm float64

	Actions Actions
}

// DefaultRearm is the Rule.Rearm of rules that do not say it, in percent.
const DefaultRearm = 0.1

// Actions are how the user is told. The screen shows every alert, whatever they say.
type Actions struct {
	Bell     bool     // of the terminal
	Terminal bool     // a notification of the terminal: OSC 9 and OSC 777
	Desktop  bool     // a notification of the desktop
	Exec     []string // a program and its arguments, run without a shell; empty for none
}

// Firing is one rule that came true.
type Firing struct {
	Rule   Rule
	At     time.Time // of the event that made it true, or the time that was waited for
	Feed   string
	Symbol string // empty for rules about feeds
	Price  market.Decimal
	Text   string // in words, on one line: "NVDA crossed 181.00 upward: 181.02"
}

// MaxHistory is how many firings an engine remembers.
const MaxHistory = 200

// Engine watches for a list of rules.
type Engine struct {
	rules   []watchedRule
	prices  map[symbolKey]*lastPrice
	halted  map[symbolKey]market.Halt // symbols that are halted now
	feeds   map[string]*feedClock
	names   []string // of feeds, sorted
	history []Firing // newest first
}

// maxSymbols bounds what is remembered of symbols, for all rules together.
const maxSymbols = 20_000

type symbolKey struct{ feed, symbol string }

type watchedRule struct {
	Rule
	symbols map[symbolKey]*symbolState // of rules about prices and halts
	feeds   map[string]time.Time       // of rules about feeds: those it is true of until they are well again, and since when
	seen    []string                   // of News: headlines it was true of, newest last
}

// New makes an engine.
func New(rules []Rule) *Engine {
	e := &Engine{prices: map[symbolKey]*lastPrice{}, halted: map[symbolKey]market.Halt{}, feeds: map[string]*feedClock{}}
	for _, r := range rules {
		e.Add(r)
	}
	return e
}

// Add watches for one more rule from now on.
func (e *Engine) Add(r Rule) {
	e.rules = append(e.rules, watchedRule{Rule: r, symbols: map[symbolKey]*symbolState{}, feeds: map[string]time.Time{}})
}

// Remove takes the rule of this index, as Rules orders them, away.
func (e *Engine) Remove(i int) { e.rules = slices.Delete(e.rules, i, i+1) }

// Replace watches for these rules from now on. What is known of those that it watched for already is kept.
func (e *Engine) Replace(rules []Rule) {
	before := e.rules
	e.rules = nil
	for _, r := range rules {
		if i := slices.IndexFunc(before, func(w watchedRule) bool { return reflect.DeepEqual(w.Rule, r) }); i >= 0 {
			e.rules = append(e.rules, before[i])
			continue
		}
		e.Add(r)
	}
}

// Rules are the rules in the order in which they were added.
func (e *Engine) Rules() []Rule {
	all := make([]Rule, len(e.rules))
	for i := range e.rules {
		all[i] = e.rules[i].Rule
	}
	return all
}

// IsArmed reports whether the rule of this index can come true: for a rule of many symbols, of any other symbol.
func (e *Engine) IsArmed(i int) bool {
	r := &e.rules[i]
	if len(r.feeds) > 0 && r.Feed != "" {
		return false
	}
	if r.Symbol == "" {
		return true
	}
	for _, s := range r.symbols {
		if s.fired {
			return false
		}
	}
	return true
}

// History is what came true, newest first. The caller must not change it.
func (e *Engine) History() []Firing { return e.history }

// FiredSince reports whether something came true of a symbol of a feed since then.
func (e *Engine) FiredSince(feed, symbol string, since time.Time) bool {
	for _, f := range e.history {
		if f.At.Before(since) {
			return false
		}
		if f.Feed == feed && f.Symbol == symbol {
			return true
		}
	}
	return false
}

// Apply takes an event of a feed, and returns what it made true.
func (e *Engine) Apply(ev feed.Event) []Firing {
	if len(e.rules) == 0 {
		return nil
	}
	clock := e.feedClock(ev.Feed)
	var fired []Firing
	switch {
	case ev.Status != nil:
		clock.changeState(ev.Status, ev.At)
	case ev.Gap != nil:
		fired = e.applyGap(ev)
	case ev.Message != nil && !ev.Message.Heartbeat:
		clock.lastEvent = ev.At
		for _, u := range ev.Message.Updates {
			fired = append(fired, e.applyUpdate(ev, u)...)
		}
	}
	return e.remember(append(fired, e.checkFeeds(ev.At)...))
}

// Advance takes the time, and returns what came true by it alone.
func (e *Engine) Advance(now time.Time) []Firing {
	if len(e.rules) == 0 {
		return nil
	}
	return e.remember(e.checkFeeds(now))
}

func (e *Engine) applyUpdate(ev feed.Event, u market.Update) (fired []Firing) {
	switch u := u.(type) {
	case market.Quote:
		if price, ok := e.priceOf(ev.Feed, u); ok {
			fired = e.applyPrice(ev, u.Symbol, price)
		}
	case market.Halt:
		fired = append(e.applyHalt(ev, u), e.applyNewsOfHalt(ev, u)...)
	case market.Headline:
		fired = e.applyHeadline(ev, u)
	}
	return fired
}

func (e *Engine) remember(fired []Firing) []Firing {
	for _, f := range fired {
		e.history = slices.Insert(e.history, 0, f)
	}
	if len(e.history) > MaxHistory {
		e.history = slices.Clip(e.history[:MaxHistory])
	}
	return fired
}

func (r *Rule) isAbout(feed, symbol string) bool {
	return (r.Feed == "" || r.Feed == feed) && (r.Symbol == "" || strings.EqualFold(r.Symbol, symbol))
}

func (r *watchedRule) fire(at time.Time, feed, symbol string, price market.Decimal, text string) Firing {
	return Firing{Rule: r.Rule, At: at, Feed: feed, Symbol: symbol, Price: price, Text: text}
}

// symbolState is what a rule remembers of one symbol.
type symbolState struct {
	fired bool // and not armed again
	side  int  // of the limit, for Crosses: -1 below, +1 above, 0 not known yet
	moves window
}

// stateOf is the memory of a symbol, or nil when there is no more room for symbols.
func (r *watchedRule) stateOf(key symbolKey) *symbolState {
	s := r.symbols[key]
	if s == nil && len(r.symbols) < maxSymbols {
		s = &symbolState{moves: window{length: r.Within}}
		r.symbols[key] = s
	}
	return s
}
