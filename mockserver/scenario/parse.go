package scenario

import (
	"cmp"
	"math"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

	"livetape/mockserver/market"
)

const defaultReason = "Simulated market"

// Parse reads the file of a scenario, which is named after it. The error is an *Error with all that is wrong.
func Parse(file string, source []byte) (*Scenario, error) {
	const maxFile = 256 << 10 // bytes
	r := &reader{}
	s := &Scenario{
		Name: scenarioName(file), Rate: 40, Symbols: market.DefaultSymbols, source: slices.Clone(source),
		Start: time.Date(2026, time.March, 2, 14, 0, 0, 0, time.UTC), // half an hour before a bell
		opening: market.Opening{
			Regime: market.Normal, Session: market.Status{State: "open", Reason: defaultReason}, NewsEvery: 12 * time.Second,
		},
	}
	switch {
	case len(source) > maxFile:
		r.problemAt(nil, "is larger than %d KiB", maxFile>>10)
	case !utf8.Valid(source):
		r.problemAt(nil, "is not UTF-8 text")
	default:
		if body := r.document(string(source)); body != nil {
			r.scenario(s, body)
		}
	}
	if len(r.problems) > 0 {
		return nil, &Error{File: file, Problems: r.problems, source: string(source)}
	}
	return s, nil
}

func (r *reader) scenario(s *Scenario, body ast.Node) {
	var steps ast.Node
	r.readMap(body, "a scenario", keyReaders{
		"about":   func(n ast.Node) { s.About = r.shortText(n) },
		"length":  func(n ast.Node) { s.Length = r.duration(n, minLength, maxLength) },
		"loop":    func(n ast.Node) { s.Loop = r.loop(n) },
		"start":   func(n ast.Node) { s.Start = r.startTime(n) },
		"rate":    func(n ast.Node) { s.Rate = r.number(n, "", "a number", minRate, maxRate) },
		"symbols": func(n ast.Node) { s.Symbols = r.symbolCount(n) },
		"mood":    func(n ast.Node) { s.opening.Regime = r.regime(n) },
		"market":  func(n ast.Node) { s.opening.Session = r.session(n) },
		"chatter": func(n ast.Node) { s.opening.NewsEvery = r.newsEvery(n) },
		"steps":   func(n ast.Node) { steps = n },
	})
	if s.Length == 0 && len(r.problems) == 0 {
		r.problem(body, "length is missing: say how long the scenario is, such as length: 2m")
	}
	if steps != nil {
		r.steps(s, steps)
	}
}

func (r *reader) loop(n ast.Node) bool {
	b, ok := n.(*ast.BoolNode)
	if !ok {
		r.problem(n, "%s, where true or false is wanted", nodeKind(n))
		return false
	}
	return b.Value
}

func (r *reader) startTime(n ast.Node) time.Time {
	text, ok := r.text(n)
	at, err := time.Parse(time.RFC3339Nano, text)
	if ok && (err != nil || at.Year() < 1970 || at.Year() > 2200) {
		r.problem(n, "%.40q is not a time such as 2026-03-02T14:30:00Z", text)
	}
	return at.UTC()
}

func (r *reader) symbolCount(n ast.Node) int {
	f := r.number(n, "", "a number", 1, market.MaxSymbols)
	if f != math.Trunc(f) {
		r.problem(n, "%g is not a whole number", f)
	}
	return int(f)
}

// newsEvery is a time between headlines, or 0 for none.
func (r *reader) newsEvery(n ast.Node) time.Duration {
	gap := r.duration(n, 0, maxLength)
	if gap > 0 && gap < time.Second {
		r.problem(n, "%s is not 1s or more, or 0s for none", gap)
	}
	return gap
}

func (r *reader) regime(n ast.Node) market.Regime {
	return market.Regime(r.wordIndex(n, market.RegimeNames()...))
}

// session is a state of the whole market: a word, or a map with a reason.
func (r *reader) session(n ast.Node) market.Status {
	s := market.Status{}
	state := func(n ast.Node) {
		states := []string{"pre", "open", "closed", "post", "halted"}
		s.State = states[r.wordIndex(n, states...)]
	}
	if !isMap(n) {
		state(n)
	} else {
		r.readMap(n, "market", keyReaders{"state": state, "reason": func(n ast.Node) { s.Reason = r.shortText(n) }})
		if s.State == "" {
			r.problem(n, "state is missing: pre, open, closed, post or halted")
		}
	}
	s.Reason = cmp.Or(s.Reason, defaultReason)
	return s
}
