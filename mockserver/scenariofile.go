package mockserver

import (
	"cmp"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

	"livetape/mockserver/fault"
	"livetape/mockserver/market"
)

const (
	mostScenario = 256 << 10 // bytes of a file
	usualChatter = 12 * time.Second
)

// usualStart is where the clock of a scenario begins that does not say: half an hour before a bell.
var usualStart = time.Date(2026, time.March, 2, 14, 0, 0, 0, time.UTC)

// ParseScenario reads the file of a scenario, whose name it takes from that of the file. The error is a *ScenarioError
// with all that is wrong.
func ParseScenario(file string, source []byte) (*Scenario, error) {
	r := &reading{}
	s := &Scenario{
		Name: scenarioName(file), Start: usualStart, Rate: usualRate, Symbols: market.UsualSymbols,
		mood: market.Normal, session: market.Status{State: "open", Reason: "Simulated market"}, chatter: usualChatter,
		source: slices.Clone(source),
	}
	switch {
	case len(source) > mostScenario:
		r.faultAt(nil, "is larger than %d KiB", mostScenario>>10)
	case !utf8.Valid(source):
		r.faultAt(nil, "is not UTF-8 text")
	default:
		if body := r.document(string(source)); body != nil {
			r.scenario(s, body)
		}
	}
	if len(r.faults) > 0 {
		return nil, &ScenarioError{File: file, Faults: r.faults, source: string(source)}
	}
	return s, nil
}

func (r *reading) scenario(s *Scenario, body ast.Node) {
	var steps ast.Node
	r.members(body, "a scenario", keys{
		"about":   func(n ast.Node) { s.About = r.line(n) },
		"length":  func(n ast.Node) { s.Length = r.duration(n, leastLength, mostLength) },
		"loop":    func(n ast.Node) { s.Loop = r.bool(n) },
		"start":   func(n ast.Node) { s.Start = r.instant(n) },
		"rate":    func(n ast.Node) { s.Rate = r.number(n, leastScenarioRate, maxRate) },
		"symbols": func(n ast.Node) { s.Symbols = r.whole(n, 1, market.MaxSymbols) },
		"mood":    func(n ast.Node) { s.mood = r.mood(n) },
		"market":  func(n ast.Node) { s.session = r.session(n) },
		"chatter": func(n ast.Node) { s.chatter = r.chatter(n) },
		"steps":   func(n ast.Node) { steps = n },
	})
	if s.Length == 0 && len(r.faults) == 0 {
		r.fault(body, "length is missing: say how long the scenario is, such as length: 2m")
	}
	if steps != nil {
		r.steps(s, steps)
	}
}

// chatter is a time between headlines, or 0 for none.
func (r *reading) chatter(n ast.Node) time.Duration {
	gap := r.duration(n, 0, mostLength)
	if gap > 0 && gap < time.Second {
		r.fault(n, "%s is not 1s or more, or 0s for none", gap)
	}
	return gap
}

// instant is a moment of RFC 3339.
func (r *reading) instant(n ast.Node) time.Time {
	text := r.text(n)
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || at.Year() < 1970 || at.Year() > 2200 {
		r.fault(n, "%.40q is not a time such as 2026-03-02T14:30:00Z", text)
		return usualStart
	}
	return at.UTC()
}

func (r *reading) mood(n ast.Node) market.Regime {
	names := market.RegimeNames()
	return market.Regime(max(0, slices.Index(names, r.oneOf(n, names...))))
}

// session is a state of the whole market: a word, or a map with a reason.
func (r *reading) session(n ast.Node) market.Status {
	s := market.Status{}
	state := func(n ast.Node) { s.State = r.oneOf(n, "pre", "open", "closed", "post", "halted") }
	if kindOf(n) != "a map" {
		state(n)
	} else {
		r.members(n, "market", keys{"state": state, "reason": func(n ast.Node) { s.Reason = r.line(n) }})
		if s.State == "" {
			r.fault(n, "state is missing: pre, open, closed, post or halted")
		}
	}
	s.Reason = cmp.Or(s.Reason, "Simulated market")
	return s
}

// stepReader is what reads the steps of a scenario.
type stepReader struct {
	*reading
	scenario *Scenario
	market   *directory
	stories  map[string]bool // ids of headlines so far
	acts     []performer     // of the step at hand
	later    []cue           // that steps so far have brought about
}

// steps reads the time line.
func (r *reading) steps(s *Scenario, n ast.Node) {
	sr := &stepReader{reading: r, scenario: s, market: newDirectory(s.Symbols), stories: map[string]bool{}}
	var before time.Duration
	for _, item := range r.items(n, "steps") {
		before = sr.step(item, before)
	}
	s.cues = append(s.cues, sr.later...)
	slices.SortStableFunc(s.cues, func(a, b cue) int { return cmp.Compare(a.at, b.at) })
}

// step reads one step, which is not earlier than the one before, and gives its time.
func (r *stepReader) step(n ast.Node, before time.Duration) time.Duration {
	at, timed, faults := before, false, len(r.faults)
	r.acts = nil
	members, _ := membersOf(n)
	for _, m := range members {
		if m.Key.GetToken().Value == "at" {
			at, timed = r.moment(m.Value, before), true
		}
	}
	r.readActs(n, at)
	if !timed && len(r.faults) == faults {
		r.fault(n, "at is missing: say when, such as at: 10s")
	}
	for _, act := range r.acts {
		r.scenario.cues = append(r.scenario.cues, cue{at, act})
	}
	return at
}

// moment reads when a step happens. One that cannot be counts as the moment before, so that the steps below are not
// measured by it.
func (r *stepReader) moment(n ast.Node, before time.Duration) time.Duration {
	faults := len(r.faults)
	at := r.duration(n, 0, cmp.Or(r.scenario.Length, mostLength))
	if len(r.faults) == faults && at < before {
		r.fault(n, "%s is earlier than the step above, at %s", at, before)
	}
	if len(r.faults) > faults {
		return before
	}
	return at
}

// readActs reads what a step does, in the order in which it was written.
func (r *stepReader) readActs(n ast.Node, at time.Duration) {
	act := func(p performer) { r.acts = append(r.acts, p) }
	r.members(n, "a step", keys{
		"at":         func(ast.Node) {},
		"move":       func(n ast.Node) { act(r.move(n, at)) },
		"mood":       func(n ast.Node) { act(mood(r.mood(n))) },
		"rate":       func(n ast.Node) { act(tempo(r.figure(n, "x", "a multiple such as 3x", 0.1, 1000))) },
		"headline":   func(n ast.Node) { act(r.headline(n)) },
		"correction": func(n ast.Node) { act(r.correction(n)) },
		"halt":       func(n ast.Node) { act(r.halt(n, at)) },
		"resume":     func(n ast.Node) { act(r.resume(n)) },
		"market":     func(n ast.Node) { act(session(r.session(n))) },
		"fault": func(n ast.Node) {
			for _, f := range r.faultsOf(n) {
				act(f)
			}
		},
	})
	if len(r.acts) == 0 && kindOf(n) == "a map" && len(r.faults) == 0 {
		r.fault(n, "nothing happens in this step")
	}
}

// faultsOf reads one fault, or a list of them.
func (r *stepReader) faultsOf(n ast.Node) (all []breakdown) {
	list := []ast.Node{n}
	if seq, ok := n.(*ast.SequenceNode); ok {
		list = seq.Values
	}
	for _, item := range list {
		faults := len(r.faults)
		if kindOf(item) == "a map" {
			r.fault(item, "a map, where a fault is wanted: put quotes around it")
			continue
		}
		text := r.text(item)
		if len(r.faults) > faults {
			continue
		}
		f, err := fault.Parse(text)
		if err == nil && f.Every > 0 {
			err = fmt.Errorf("fault %q: in a scenario, a fault comes at the time of its step; write a step for each time", text)
		}
		if err != nil {
			r.fault(item, "%v", err)
			continue
		}
		all = append(all, breakdown(f))
	}
	return all
}
