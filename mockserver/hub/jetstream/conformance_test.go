package jetstream_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"livetape/mockserver/hub"
	"livetape/mockserver/hub/logtest"
)

func TestAStreamKeepsWhatALogPromises(t *testing.T) {
	t.Parallel()
	url := startNATS(t).ClientURL()
	var opening sync.Mutex // the server has a data race where one stream is changed while another is created
	streams := 0
	logtest.Require(t, logtest.Kind{Shared: true}, func(t *testing.T, size int) hub.Log {
		opening.Lock()
		defer opening.Unlock()
		streams++
		c := testConfig(url, fmt.Sprint("LOG", streams))
		c.Ring, c.Replay = size, 3*size
		c.FirstNumber = func(time.Time) uint64 { return logtest.Base }
		source := newPublishing()
		n := start(t, c, &source)
		source.lead(t)
		return n.hub.Log()
	})
}
