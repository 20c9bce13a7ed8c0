package mockserver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
)

// shipped is a scenario that comes with the server.
func shipped(t testing.TB, name string) *mockserver.Scenario {
	t.Helper()
	s, err := mockserver.FindScenario(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// parsed is a scenario of a few lines.
func parsed(t testing.TB, lines ...string) *mockserver.Scenario {
	t.Helper()
	s, err := mockserver.ParseScenario("test.yaml", []byte(strings.Join(lines, "\n")+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// firstID stands before the first event.
func firstID(id string) string { return id[:strings.LastIndexByte(id, '-')] + "-0" }

// everything is all that a client gets that comes first thing, byte for byte, and then the truth.
func (s *site) everything() string {
	s.t.Helper()
	newest := s.Newest()
	l := s.resume(firstID(newest))
	defer l.close()
	var all strings.Builder
	for _, e := range l.until(newest) {
		fmt.Fprintf(&all, "%s\n%s\n%s\n", e.Type, e.ID, e.Data)
	}
	return all.String() + string(s.Snapshot())
}

func TestAScenarioAndASeedMakeTheSameBytesInAnyPortions(t *testing.T) {
	all, err := mockserver.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	for _, scenario := range all {
		t.Run(scenario.Name, func(t *testing.T) {
			run := func(seed uint64, portions ...int) string {
				s := serve(t, newMock(t, mockserver.Config{Scenario: scenario, Seed: seed}), loopback(t))
				for range 15 {
					for _, n := range portions {
						s.Step(n)
					}
				}
				inject(t, s, "clear") // the faults are over in the scenario's time, not in ours
				return s.everything()
			}
			first := run(7, 1000)
			if diff := cmp.Diff(first, run(7, 1, 7, 290, 702)); diff != "" {
				t.Error("the same seed told another story: ", diff)
			}
			if first == run(8, 1000) {
				t.Error("another seed told the same story")
			}
		})
	}
}
