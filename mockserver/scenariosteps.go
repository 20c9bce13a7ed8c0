package mockserver

import (
	"cmp"
	"slices"
	"time"

	"github.com/goccy/go-yaml/ast"

	"livetape/mockserver/market"

	"livetape/mockserver/fault"
)

// membersOf are the members of a map; false for anything else.
func membersOf(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// directory is who is in the market that a scenario is written for.
type directory struct {
	symbols []string
	known   map[string]bool
}

func newDirectory(symbols int) *directory {
	d := &directory{known: map[string]bool{}}
	d.symbols = market.Symbols(symbols)
	for _, symbol := range d.symbols {
		d.known[symbol] = true
	}
	return d
}

// sector reads the name of one, as part of a target.
func (r *stepReader) sector(n ast.Node) *market.Sector {
	names := market.SectorNames()
	s := market.Sector(max(0, slices.Index(names, r.oneOf(n, names...))))
	return &s
}

// symbols reads a list, or a single one.
func (r *stepReader) symbols(n ast.Node) (all []string) {
	list := []ast.Node{n}
	if kindOf(n) != "text" {
		list = r.items(n, "symbols")
	}
	for _, item := range list {
		symbol := r.text(item)
		if symbol != "" && !r.market.known[symbol] {
			r.fault(item, "there is no symbol %.40q in a market of %d%s", symbol, len(r.market.symbols), fault.Suggestion(symbol, r.market.symbols))
		}
		all = append(all, symbol)
	}
	if len(all) == 0 && kindOf(n) == "a list" {
		r.fault(n, "names no symbol")
	}
	return all
}

// lasting is how long something lasts that begins at a time, and ends in the same round.
func (r *stepReader) lasting(n ast.Node, at time.Duration) time.Duration {
	d := r.duration(n, 0, mostLength)
	if r.scenario.Length > 0 && at+d > r.scenario.Length {
		r.fault(n, "it would end at %s, behind the end of the scenario", at+d)
	}
	return d
}

// share is a move in percent, as parts per billion. The ends are those of what a price can do.
func (r *stepReader) share(n ast.Node) int64 {
	return int64(r.figure(n, "%", "a percentage such as -8%", -75, 300) * market.Percent)
}

func (r *stepReader) move(n ast.Node, at time.Duration) performer {
	m, moves := move{}, false
	r.members(n, "move", keys{
		"symbols": func(n ast.Node) { m.Symbols = r.symbols(n) },
		"sector":  func(n ast.Node) { m.Sector = r.sector(n) },
		"by":      func(n ast.Node) { m.parts, moves = r.share(n), true },
		"over":    func(n ast.Node) { m.over = r.lasting(n, at) },
	})
	if !moves && kindOf(n) == "a map" {
		r.fault(n, "by is missing: say how far, such as by: -8%%")
	}
	return m
}

// headline reads a map, or just the text.
func (r *stepReader) headline(n ast.Node) performer {
	a := announcement{source: market.UsualSource, importance: "normal"}
	if kindOf(n) == "text" {
		a.text = r.line(n)
		return a
	}
	r.members(n, "headline", keys{
		"id":         func(n ast.Node) { a.id = r.newStory(n) },
		"text":       func(n ast.Node) { a.text = r.line(n) },
		"summary":    func(n ast.Node) { a.summary = r.line(n) },
		"source":     func(n ast.Node) { a.source = r.line(n) },
		"importance": func(n ast.Node) { a.importance = r.importance(n) },
		"symbols":    func(n ast.Node) { a.symbols = r.symbols(n) },
		"impact":     func(n ast.Node) { a.impact = r.share(n) },
	})
	if a.text == "" && kindOf(n) == "a map" && len(r.faults) == 0 {
		r.fault(n, "text is missing")
	}
	return a
}

func (r *stepReader) importance(n ast.Node) string { return r.oneOf(n, "high", "normal", "low") }

// newStory reads the id by which a correction will call a headline.
func (r *stepReader) newStory(n ast.Node) string {
	id := r.line(n)
	if r.stories[id] {
		r.fault(n, "there is a headline %.40q above", id)
	}
	r.stories[id] = true
	return id
}

func (r *stepReader) correction(n ast.Node) performer {
	var c correction
	r.members(n, "correction", keys{
		"of":         func(n ast.Node) { c.of = r.story(n) },
		"text":       func(n ast.Node) { c.text = r.line(n) },
		"summary":    func(n ast.Node) { c.summary = r.line(n) },
		"importance": func(n ast.Node) { c.importance = r.importance(n) },
		"impact":     func(n ast.Node) { c.impact = r.share(n) },
	})
	if (c.of == "" || c.text == "") && kindOf(n) == "a map" && len(r.faults) == 0 {
		r.fault(n, "a correction needs of, the id of a headline above, and text")
	}
	return c
}

// story reads the id of a headline above.
func (r *stepReader) story(n ast.Node) string {
	id := r.line(n)
	if id != "" && !r.stories[id] {
		var known []string
		for name := range r.stories {
			known = append(known, name)
		}
		slices.Sort(known)
		r.fault(n, "there is no headline with the id %.40q above%s", id, fault.Suggestion(id, known))
	}
	return id
}

// halt reads a halt, and sees to it that trading resumes, where it says when.
func (r *stepReader) halt(n ast.Node, at time.Duration) performer {
	h := halting{reason: "Volatility pause"}
	var lasts time.Duration
	r.members(n, "halt", keys{
		"symbols": func(n ast.Node) { h.Symbols = r.symbols(n) },
		"sector":  func(n ast.Node) { h.Sector = r.sector(n) },
		"reason":  func(n ast.Node) { h.reason = r.line(n) },
		"for":     func(n ast.Node) { lasts = r.lasting(n, at) },
	})
	r.needTarget(n, h.Target)
	if lasts > 0 {
		r.later = append(r.later, cue{at + lasts, resumption{Target: h.Target, reason: usualResumption}})
	}
	return h
}

const usualResumption = "Trading resumes"

func (r *stepReader) resume(n ast.Node) performer {
	var u resumption
	r.members(n, "resume", keys{
		"symbols": func(n ast.Node) { u.Symbols = r.symbols(n) },
		"sector":  func(n ast.Node) { u.Sector = r.sector(n) },
		"reason":  func(n ast.Node) { u.reason = r.line(n) },
	})
	r.needTarget(n, u.Target)
	u.reason = cmp.Or(u.reason, usualResumption)
	return u
}

// needTarget is for what happens to symbols one by one; the whole market has a session.
func (r *stepReader) needTarget(n ast.Node, t market.Target) {
	if t.IsMarket() && kindOf(n) == "a map" && len(r.faults) == 0 {
		r.fault(n, "symbols or sector is missing; for the whole market, say market: halted")
	}
}
