package infer

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"livetape/feed/decode/mapping"
)

// seriesRule reads prices under times, beside which there may be other members.
func (s *rowSet) seriesRule(read []payload, w *ruleWriter) mapping.Rule {
	w.note("%s is a series: its newest row that is not in the future is shown", s.label())
	timed, others := s.splitTimes()
	r := mapping.Rule{Each: s.each(), Rows: mapping.Latest, Symbol: s.payloadSymbol(s.payloadFields(read)), Last: &mapping.Value{Path: "$value"}, Time: timed.keyTime()}
	if ticker := s.tickerAbove(); ticker != "" {
		r.Symbol = &mapping.Value{Const: ticker}
	}
	if len(others) > 0 {
		r.When = mapping.When{"$key": {Not: others}}
	}
	return r
}

// rowOrder says how rows of one symbol in one event follow on each other: a series of bars is as new as its newest, and trades
// are taken in the order of their times.
func (w *ruleWriter) rowOrder(s *rowSet, id rowIdentity, f fields, at *mapping.Value) string {
	if at == nil || len(s.names) == 0 || strings.HasPrefix(at.Path, s.above()) {
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
	case hasAnyWord(s.names, forecastWords), series && (f.isBar() || s.byCol || at.Unit == "date" || hasAnyWord(s.names, seriesWords) || s.hasTimeKeys() || ahead || even && steps > 1 && step.Abs() >= time.Minute):
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
	} else if l = cmp.Or(l, s.dates()); l != nil {
		texts = l.texts()
	}
	all := make([]time.Time, len(s.rows))
	for i, text := range texts {
		all[i] = parseMoment(text)
	}
	return all
}

// dates are those without a time of day of rows that are a series of them: several stand in one event. They are nil for other rows,
// which would look old by them.
func (s *rowSet) dates() *leaf {
	for _, l := range s.leaves() {
		if m, ok := matchName(l.name()); ok && m.field == "time" && l.everyValue(isDate) && s.differsWithin(l, make([]string, len(s.rows))) {
			return l
		}
	}
	return nil
}

// seriesWords are words in the names of lists whose rows are of other times than now.
var seriesWords = mapping.WordSet("bars candles klines series history forecast forecasts predictions points ohlc ohlcv")

var forecastWords = mapping.WordSet("forecast forecasts prediction predictions projected projection")

func hasAnyWord(names []string, set map[string]bool) bool {
	return slices.ContainsFunc(names, func(name string) bool { return hasWord(name, set) })
}
