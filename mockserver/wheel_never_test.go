package mockserver

import (
	"math"
	"testing"
	"testing/synctest"
	"time"
)

// TestAHeartbeatThatIsNeverDueWakesNobody has the longest that can be asked for, which stands for never.
func TestAHeartbeatThatIsNeverDueWakesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWheel(math.MaxInt64)
		s := w.take(math.MaxInt64)
		defer w.leave(s)
		<-time.After(time.Minute)
		select {
		case <-s.called:
			t.Error("it was called within a minute")
		default:
		}
	})
}
