package mockserver

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"livetape/mockserver/market"

	"livetape/mockserver/fault"
)

// Scenario is a story for a server's market to tell: moves, headlines, halts and faults, each at its time. Time is
// counted in events, each of which takes a second divided by the rate of the moment. So a scenario and a seed make
// the same sequence of events on any machine and at any speed, and with a Start the same bytes. [ParseScenario] reads one.
type Scenario struct {
	Name    string
	About   string        // one line
	Length  time.Duration // of one round
	Loop    bool          // begins again at its end; otherwise the market goes on without it
	Start   time.Time     // in payloads, of the first moment; zero: payloads have the time of Config.Now
	Rate    float64       // events a second, unless Config says otherwise
	Symbols int           // likewise; the market has at least so many

	mood    market.Regime
	session market.Status // of the whole market, at the begin; without a time
	chatter time.Duration // between headlines that the market makes up by itself; 0: there are none
	cues    []cue         // in the order of their times
	source  []byte
}

// cue is something that is to happen at a time of each round.
type cue struct {
	at  time.Duration
	act performer
}

// performer is what a scenario can do.
type performer interface {
	// perform does it; what comes of it may be nothing, or be left to the queue of s.
	perform(s *script, m *market.Market, now time.Time) market.Event
}

//go:embed scenarios/*.yaml
var shipped embed.FS

// Scenarios are those that come with the server, by name.
func Scenarios() ([]*Scenario, error) {
	files, err := fs.Glob(shipped, "scenarios/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list the scenarios: %w", err)
	}
	var all []*Scenario
	for _, file := range files {
		source, err := shipped.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read a scenario: %w", err)
		}
		s, err := ParseScenario(file, source)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *Scenario) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}

// ErrNoScenario says that none that comes with the server has the name.
var ErrNoScenario = errors.New("there is no such scenario")

// FindScenario is the one of Scenarios that has a name. Without one, the error is ErrNoScenario and tells the names.
func FindScenario(name string) (*Scenario, error) {
	all, err := Scenarios()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range all {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return nil, fmt.Errorf("%w: %.80q%s; those that come with livetape are %s", ErrNoScenario, name, fault.Suggestion(name, names), strings.Join(names, ", "))
}

// Source is the file that s was read from.
func (s *Scenario) Source() []byte { return slices.Clone(s.source) }

// scenarioName is what a scenario of a file is called.
func scenarioName(file string) string {
	name := path.Base(strings.ReplaceAll(file, `\`, "/"))
	return strings.Map(visible, strings.TrimSuffix(name, path.Ext(name)))
}

// epoch is that of every server that tells the same story with the same bytes. A client that comes back to another run
// of it either goes on behind an id that stands for the same events, or has one that the run has not given yet.
func (s *Scenario) epoch(c Config) string {
	h := fnv.New64a()
	_, _ = h.Write(s.source) // a hash cannot fail
	_, _ = fmt.Fprintf(h, "\n%d %g %d %s %s %t", c.Seed, c.Rate, c.Symbols, s.Start.UTC().Format(time.RFC3339Nano), s.Length, s.Loop)
	return strconv.FormatUint(h.Sum64(), 36)
}

// The least that a scenario asks for, so that its time goes on.
const (
	leastScenarioRate = 1 // events a second
	leastLength       = time.Second
	mostLength        = 24 * time.Hour
)

// checkFor says why a server cannot tell s, if so.
func (s *Scenario) checkFor(c Config) error {
	switch {
	case c.Rate < leastScenarioRate:
		return fmt.Errorf("rate: scenario %s needs %d event a second or more", s.Name, leastScenarioRate)
	case c.Symbols < s.Symbols:
		return fmt.Errorf("symbols: scenario %s needs %d or more", s.Name, s.Symbols)
	case s.Length < leastLength:
		return fmt.Errorf("scenario %s: a length of %s is less than %s", s.Name, s.Length, leastLength)
	}
	return nil
}
