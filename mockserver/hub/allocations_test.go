//go:build !race

package hub_test

import (
	"sync"
	"testing"
)

// TestADeliveryAllocatesNothing has each event go to 100 clients: what it allocates is its own place in the log. It is not
// for the race detector, with which a sync.Pool forgets.
func TestADeliveryAllocatesNothing(t *testing.T) {
	const clients, perEvent = 100, 10
	h := newHub(t, clients)
	var round sync.WaitGroup
	round.Add(clients)
	for range clients {
		defer openStream(h, func([]byte) { round.Done() })()
	}
	round.Wait()
	n := testing.AllocsPerRun(1000, func() {
		round.Add(clients)
		publish(h)
		round.Wait()
	})
	if n > perEvent {
		t.Errorf("an event for %d clients allocates %g times, want at most %d", clients, n, perEvent)
	}
}
