package hub_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"livetape/mockserver/hub"
)

// TestANoticeReachesThoseThatAreThereAndThoseThatCome has an event that is in no log come without an id, and to later clients
// only while it holds.
func TestANoticeReachesThoseThatAreThereAndThoseThatCome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, few)
		got, stop := record(t, h)
		defer stop()
		h.Notify("feed", []byte(`{"state":"quiet"}`), false)
		requireWrites(t, got, "event: feed\ndata: {\"state\":\"quiet\"}\n\n")
		publish(h)
		requireWrites(t, got, events(1, 1))

		late := &writes{}
		stopLate := openStream(h, late.add)
		synctest.Wait()
		if text := strings.Join(late.take(), ""); !strings.HasSuffix(text, "event: feed\ndata: {\"state\":\"quiet\"}\n\n"+events(1, 1)) {
			t.Errorf("a client that came later was sent %q", text)
		}
		stopLate()

		h.Notify("feed", []byte(`{"state":"live"}`), true)
		requireWrites(t, got, "event: feed\ndata: {\"state\":\"live\"}\n\n")
		last := &writes{}
		stopLast := openStream(h, last.add)
		defer stopLast()
		synctest.Wait()
		if text := strings.Join(last.take(), ""); strings.Contains(text, "feed") {
			t.Errorf("a client that came after the last was sent %q", text)
		}
	})
}

// awayLog cannot be read from any id.
type awayLog struct{ hub.Log }

func (awayLog) Read(string, []*hub.Event) ([]*hub.Event, int, error) {
	return nil, 0, hub.ErrUnavailable
}

// TestAClientOfALogThatIsAwayIsToldNothingOfResuming has neither resume nor reset be said where neither is known.
func TestAClientOfALogThatIsAwayIsToldNothingOfResuming(t *testing.T) {
	t.Parallel()
	var counted error
	encoder := hub.Native{LastEventID: "e-7", Resumed: func(err error) { counted = errors.Join(counted, err) }}.NewEncoder()
	b, after := encoder.Open(nil, awayLog{hub.NewRing("e", 10, 0)})
	if text := string(b); !encoder.Ended() || after != "e-7" || strings.Contains(text, "event:") || !strings.Contains(text, ": the log cannot be reached now") {
		t.Errorf("%q, ended %v, after %s", text, encoder.Ended(), after)
	}
	if counted != nil {
		t.Errorf("it was counted as %v", counted)
	}
}
