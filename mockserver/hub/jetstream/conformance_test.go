package jetstream_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"livetape/mockserver/hub"
	"livetape/mockserver/hub/logtest"
)

func TestAStreamKeepsWhatALogPromises(t *testing.T) {
	t.Parallel()
	url := startNATS(t).ClientURL()
	var streams atomic.Int32
	logtest.Require(t, logtest.Kind{Shared: true}, func(t *testing.T, size int) hub.Log {
		c := testConfig(url, fmt.Sprint("LOG", streams.Add(1)))
		c.Ring, c.Replay = size, 3*size
		c.FirstNumber = func(time.Time) uint64 { return logtest.Base }
		source := newPublishing()
		n := start(t, c, &source)
		source.lead(t)
		return n.hub.Log()
	})
}
