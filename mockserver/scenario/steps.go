package scenario

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/goccy/go-yaml/ast"

	"livetape/mockserver/fault"
	"livetape/mockserver/market"
)

type stepReader struct {
	*reader
	scenario  *Scenario
	symbols   []string        // of the market that the scenario is written for
	known     map[string]bool // of symbols
	headlines map[string]bool // ids so far
	at        time.Duration   // of the current step
	resumes   []timedAction   // that the halts so far end with
}

func (r *reader) steps(s *Scenario, n ast.Node) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		r.problem(n, "%s, where a list of steps is wanted", nodeKind(n))
		return
	}
	sr := &stepReader{reader: r, scenario: s, symbols: market.Symbols(s.Symbols), known: map[string]bool{}, headlines: map[string]bool{}}
	for _, symbol := range sr.symbols {
		sr.known[symbol] = true
	}
	for _, item := range list.Values {
		sr.step(item)
	}
	s.actions = append(s.actions, sr.resumes...)
	slices.SortStableFunc(s.actions, func(a, b timedAction) int { return cmp.Compare(a.at, b.at) })
}

func (r *stepReader) step(n ast.Node) {
	hasTime, actions, problems := false, len(r.scenario.actions), len(r.problems)
	if m, ok := n.(ast.MapNode); ok {
		for member := m.MapRange(); member.Next(); {
			if member.Key().GetToken().Value == "at" {
				hasTime = true
				r.readTime(member.Value())
			}
		}
	}
	r.readActions(n)
	if len(r.scenario.actions) == actions && isMap(n) && len(r.problems) == 0 {
		r.problem(n, "nothing happens in this step")
	}
	if !hasTime && len(r.problems) == problems {
		r.problem(n, "at is missing: say when, such as at: 10s")
	}
}

// readTime reads when a step happens: not earlier than the one before. A time that cannot be leaves that of the step
// before, so that the steps below are not measured by it.
func (r *stepReader) readTime(n ast.Node) {
	problems := len(r.problems)
	at := r.duration(n, 0, cmp.Or(r.scenario.Length, maxLength))
	if len(r.problems) == problems && at < r.at {
		r.problem(n, "%s is earlier than the step above, at %s", at, r.at)
	}
	if len(r.problems) == problems {
		r.at = at
	}
}

// readActions reads what a step does, in the order in which it was written.
func (r *stepReader) readActions(n ast.Node) {
	add := func(a action) { r.scenario.actions = append(r.scenario.actions, timedAction{r.at, a}) }
	r.readMap(n, "a step", keyReaders{
		"at":         func(ast.Node) {},
		"move":       func(n ast.Node) { add(r.move(n)) },
		"mood":       func(n ast.Node) { add(setRegime(r.regime(n))) },
		"rate":       func(n ast.Node) { add(setRate(r.number(n, "x", "a multiple such as 3x", 0.1, 1000))) },
		"headline":   func(n ast.Node) { add(r.headline(n)) },
		"correction": func(n ast.Node) { add(r.correction(n)) },
		"halt":       func(n ast.Node) { add(r.halt(n, "halt", true, "Volatility pause")) },
		"resume":     func(n ast.Node) { add(r.halt(n, "resume", false, defaultResumeReason)) },
		"market":     func(n ast.Node) { add(setSession(r.session(n))) },
		"fault": func(n ast.Node) {
			for _, item := range itemsOf(n) {
				add(startFault(r.fault(item)))
			}
		},
	})
}

// targetSymbols reads a list of symbols, or a single one.
func (r *stepReader) targetSymbols(n ast.Node) (all []string) {
	for _, item := range itemsOf(n) {
		symbol, ok := r.text(item)
		if ok && !r.known[symbol] {
			r.problem(item, "there is no symbol %.40q in a market of %d%s", symbol, len(r.symbols), fault.Suggestion(symbol, r.symbols))
		}
		all = append(all, symbol)
	}
	if len(all) == 0 {
		r.problem(n, "names no symbol")
	}
	return all
}

// targetKeys are those by which a map says what it acts on; the others are added to them.
func (r *stepReader) targetKeys(t *market.Target, others keyReaders) keyReaders {
	others["symbols"] = func(n ast.Node) { t.Symbols = r.targetSymbols(n) }
	others["sector"] = func(n ast.Node) {
		sector := market.Sector(r.wordIndex(n, market.SectorNames()...))
		t.Sector = &sector
	}
	return others
}

// lengthInRound is how long something lasts that ends in the same round.
func (r *stepReader) lengthInRound(n ast.Node) time.Duration {
	d := r.duration(n, 0, maxLength)
	if r.scenario.Length > 0 && r.at+d > r.scenario.Length {
		r.problem(n, "it would end at %s, behind the end of the scenario", r.at+d)
	}
	return d
}

// percentage is a move in percent, as parts per billion. The bounds are those of what a price can do.
func (r *stepReader) percentage(n ast.Node) int64 {
	return int64(r.number(n, "%", "a percentage such as -8%", -75, 300) * market.Percent)
}

func (r *stepReader) move(n ast.Node) action {
	var (
		t     market.Target
		parts int64
		moves bool
		over  time.Duration
	)
	r.readMap(n, "move", r.targetKeys(&t, keyReaders{
		"by":   func(n ast.Node) { parts, moves = r.percentage(n), true },
		"over": func(n ast.Node) { over = r.lengthInRound(n) },
	}))
	if !moves && isMap(n) {
		r.problem(n, "by is missing: say how far, such as by: -8%%")
	}
	return movePrices(t, parts, over)
}

// headline reads a map, or just the text.
func (r *stepReader) headline(n ast.Node) action {
	a := announcement{Headline: market.Headline{Source: market.DefaultSource, Importance: "normal"}}
	if !isMap(n) {
		a.Title = r.shortText(n)
		return a.publish
	}
	r.readMap(n, "headline", r.headlineKeys(&a, keyReaders{
		"id":      func(n ast.Node) { a.id = r.newHeadlineID(n) },
		"source":  func(n ast.Node) { a.Source = r.shortText(n) },
		"symbols": func(n ast.Node) { a.Symbols = r.targetSymbols(n) },
	}))
	if a.Title == "" && len(r.problems) == 0 {
		r.problem(n, "text is missing")
	}
	return a.publish
}

// headlineKeys are those that headlines and corrections have; the others are added to them.
func (r *stepReader) headlineKeys(a *announcement, others keyReaders) keyReaders {
	others["text"] = func(n ast.Node) { a.Title = r.shortText(n) }
	others["summary"] = func(n ast.Node) { a.Summary = r.shortText(n) }
	others["impact"] = func(n ast.Node) { a.impact = r.percentage(n) }
	others["importance"] = func(n ast.Node) {
		levels := []string{"high", "normal", "low"}
		a.Importance = levels[r.wordIndex(n, levels...)]
	}
	return others
}

func (r *stepReader) correction(n ast.Node) action {
	var a announcement
	r.readMap(n, "correction", r.headlineKeys(&a, keyReaders{"of": func(n ast.Node) { a.id = r.headlineID(n) }}))
	if (a.id == "" || a.Title == "") && isMap(n) && len(r.problems) == 0 {
		r.problem(n, "a correction needs of, the id of a headline above, and text")
	}
	return a.correct
}

// newHeadlineID reads the id by which a correction will call a headline.
func (r *stepReader) newHeadlineID(n ast.Node) string {
	id := r.shortText(n)
	if r.headlines[id] {
		r.problem(n, "there is a headline %.40q above", id)
	}
	r.headlines[id] = true
	return id
}

func (r *stepReader) headlineID(n ast.Node) string {
	id := r.shortText(n)
	if id != "" && !r.headlines[id] {
		known := slices.Sorted(maps.Keys(r.headlines))
		r.problem(n, "there is no headline with the id %.40q above%s", id, fault.Suggestion(id, known))
	}
	return id
}

const defaultResumeReason = "Trading resumes"

func (r *stepReader) halt(n ast.Node, what string, halted bool, reason string) action {
	var (
		t      market.Target
		length time.Duration
	)
	known := r.targetKeys(&t, keyReaders{"reason": func(n ast.Node) { reason = r.shortText(n) }})
	if halted {
		known["for"] = func(n ast.Node) { length = r.lengthInRound(n) }
	}
	r.readMap(n, what, known)
	if t.IsMarket() && isMap(n) && len(r.problems) == 0 {
		r.problem(n, "symbols or sector is missing; for the whole market, say market: halted")
	}
	if length > 0 {
		r.resumes = append(r.resumes, timedAction{r.at + length, setHalted(t, false, defaultResumeReason)})
	}
	return setHalted(t, halted, reason)
}

func (r *stepReader) fault(n ast.Node) fault.Fault {
	if isMap(n) {
		r.problem(n, "a map, where a fault is wanted: put quotes around it")
		return fault.Fault{}
	}
	text, ok := r.text(n)
	if !ok {
		return fault.Fault{}
	}
	f, err := fault.Parse(text)
	if err == nil && f.Every > 0 {
		err = fmt.Errorf("fault %q: in a scenario, a fault comes at the time of its step; write a step for each time", text)
	}
	if err != nil {
		r.problem(n, "%v", err)
	}
	return f
}
