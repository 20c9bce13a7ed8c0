package hub_test

import (
	"testing"

	"livetape/mockserver/hub"
	"livetape/mockserver/hub/logtest"
)

func TestARingKeepsWhatALogPromises(t *testing.T) {
	t.Parallel()
	logtest.Require(t, logtest.Kind{}, func(_ *testing.T, size int) hub.Log { return hub.NewRing("an-epoch", size, logtest.Base) })
}

// TestARingThatBeginsLateForgetsWhatWasBefore has a log in memory go on in the middle of an epoch.
func TestARingThatBeginsLateForgetsWhatWasBefore(t *testing.T) {
	t.Parallel()
	log := hub.NewRingAfter("e", 10, 0, 41)
	if log.Newest() != "e-41" || log.Oldest() != "e-41" {
		t.Errorf("newest %s, oldest %s", log.Newest(), log.Oldest())
	}
	log.Append([]hub.Draft{{Type: "price", Symbols: []string{"A"}, Size: 2}}, []byte("{}"))
	events, following, err := log.Read("e-41", make([]*hub.Event, 0, 2))
	if err != nil || following != 1 || len(events) != 1 || events[0].ID != "e-42" || events[0].Number != 42 {
		t.Errorf("%v, %d following, %v", events, following, err)
	}
	if _, following, err := log.Read("e-40", nil); err != hub.ErrForgotten || following != 2 {
		t.Errorf("from before: %d following, %v", following, err)
	}
	if n, _ := log.Span(); n != 1 {
		t.Errorf("%d events are kept", n)
	}
}
