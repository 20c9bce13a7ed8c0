// Package scenario reads time lines for the simulated market and plays them: moves, headlines, halts and faults, each at
// its time.
//
// A [Scenario] comes with the server ([Find]) or from a file ([Parse], whose [Error] shows all that is wrong with it). A
// [Player] plays it, or a market that follows none.
package scenario

import (
	"embed"
	"errors"
	"fmt"
	"hash/fnv"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"livetape/mockserver/fault"
	"livetape/mockserver/market"
)

// Scenario is a time line for a server's market. Time is counted in events, each of which takes a second divided by the
// rate of the moment. So a scenario and a seed make the same sequence of events on any machine and at any speed, and with
// a Start the same bytes.
type Scenario struct {
	Name    string
	About   string        // one line
	Length  time.Duration // of one round
	Loop    bool          // starts again at its end; otherwise the market goes on without it
	Start   time.Time     // the clock of payloads at the first event; zero: payloads have the time of day
	Rate    float64       // events a second, unless the server's configuration says otherwise
	Symbols int           // likewise; the market has at least so many

	opening market.Opening
	actions []timedAction // in the order of their times
	source  []byte
}

// timedAction is an action at a time of each round.
type timedAction struct {
	at time.Duration
	action
}

//go:embed builtin/*.yaml
var builtin embed.FS

// Builtin are the scenarios that come with the server, by name.
func Builtin() ([]*Scenario, error) {
	files, _ := builtin.ReadDir("builtin") // embedded files can always be read
	var all []*Scenario
	for _, file := range files {
		source, _ := builtin.ReadFile("builtin/" + file.Name())
		s, err := Parse(file.Name(), source)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// ErrUnknown says that no scenario that comes with the server has the name.
var ErrUnknown = errors.New("there is no such scenario")

// Find is the one of Builtin that has a name. If there is none, the error is ErrUnknown and lists the names.
func Find(name string) (*Scenario, error) {
	all, err := Builtin()
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
	return nil, fmt.Errorf("%w: %.80q%s; those that come with livetape are %s", ErrUnknown, name, fault.Suggestion(name, names), strings.Join(names, ", "))
}

// Source is the file that s was read from.
func (s *Scenario) Source() []byte { return slices.Clone(s.source) }

func scenarioName(file string) string {
	name := path.Base(strings.ReplaceAll(file, `\`, "/"))
	return strings.Map(replaceControl, strings.TrimSuffix(name, path.Ext(name)))
}

// Epoch is that of every server that plays s with the same bytes. A client that comes back to another run of it either
// resumes after an id that stands for the same events, or has an id that the run has not given yet.
func (s *Scenario) Epoch(seed uint64, rate float64, symbols int) string {
	h := fnv.New64a()
	_, _ = h.Write(s.source) // a hash cannot fail
	_, _ = fmt.Fprintf(h, "\n%d %g %d %s %s %t", seed, rate, symbols, s.Start.UTC().Format(time.RFC3339Nano), s.Length, s.Loop)
	return strconv.FormatUint(h.Sum64(), 36)
}

// Bounds of what a scenario may say. Its time goes on only with events.
const (
	minRate   = 1 // events a second
	maxRate   = 1e6
	minLength = time.Second
	maxLength = 24 * time.Hour
)

// CheckFor says why a server with so many events a second and symbols cannot play s, if so.
func (s *Scenario) CheckFor(rate float64, symbols int) error {
	switch {
	case rate < minRate:
		return fmt.Errorf("rate: scenario %s needs %d event a second or more", s.Name, minRate)
	case symbols < s.Symbols:
		return fmt.Errorf("symbols: scenario %s needs %d or more", s.Name, s.Symbols)
	case s.Length < minLength:
		return fmt.Errorf("scenario %s: a length of %s is less than %s", s.Name, s.Length, minLength)
	}
	return nil
}
