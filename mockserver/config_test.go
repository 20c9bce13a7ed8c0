package mockserver_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
	"livetape/mockserver/fault"
)

func TestTheSameSeedMakesTheSameBytesInAnyPortions(t *testing.T) {
	record := func(c mockserver.Config, portions ...int) string {
		c.Now, c.Epoch = stillClock, "e"
		s := serve(t, newMock(t, c), loopback(t))
		for _, n := range portions {
			s.Step(n)
		}
		l := s.resume("e-0")
		defer l.close()
		var all strings.Builder
		for _, e := range l.until("e-4000") {
			fmt.Fprintln(&all, e.Type, e.ID, e.Data)
		}
		return all.String() + string(s.Snapshot())
	}
	first := record(mockserver.Config{Seed: 5}, 4000)
	if diff := cmp.Diff(first, record(mockserver.Config{Seed: 5}, 1, 999, 3000)); diff != "" {
		t.Error("the same seed told another story: ", diff)
	}
	if first == record(mockserver.Config{Seed: 6}, 4000) {
		t.Error("another seed told the same story")
	}
	if first == record(mockserver.Config{Seed: 5, Rate: 9000}, 4000) {
		t.Error("prices do not go by the clock: at another rate they moved as far with as many events")
	}
}

func TestImpossibleSettingsAreAllNamed(t *testing.T) {
	_, err := mockserver.New(mockserver.Config{
		Rate: -1, Symbols: 10001, Ring: -1, Queue: -1, MaxClients: -1, Heartbeat: -1, Retry: -1, Epoch: "a b",
		Faults: []fault.Fault{{Name: "drop"}, {Name: "fire"}},
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"rate", "symbols", "ring", "queue", "max clients", "heartbeat", "retry", "epoch", "drop@20s", `"fire"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not named in: %v", want, err)
		}
	}
	if _, err := mockserver.New(mockserver.Config{Rate: math.NaN()}); err == nil {
		t.Error("a rate that is no number was taken")
	}
}
