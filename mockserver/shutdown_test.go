package mockserver_test

import (
	"io"
	"strconv"
	"testing"
	"time"

	"livetape/mockserver"
)

func TestAServerThatStopsSpreadsTheReturnOfItsClients(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Rate: quiet, Retry: 2 * time.Second}), loopback(t))
	stop := s.run()
	var streams []*streamReader
	for _, target := range []string{"/events", "/events?types=news", "/events?symbols=NONE"} {
		for range 20 {
			l := s.listen(target)
			l.expect("snapshot")
			streams = append(streams, l)
		}
	}
	inject(t, s, "stall/one")
	s.Step(300)
	stop()

	times := map[int]bool{}
	for n, l := range streams {
		rest, err := l.toEnd()
		if err != io.EOF || len(rest) == 0 || len(l.rest) > 0 {
			t.Fatalf("stream %d ended with %v behind %d blocks and %q", n, err, len(rest), l.rest)
		}
		last := rest[len(rest)-1]
		ms, err := strconv.Atoi(last.Retry)
		if err != nil || last != (event{Retry: last.Retry}) || ms < 2000 || ms >= 7000 {
			t.Errorf("the last word of stream %d was %+v", n, last)
		}
		times[ms] = true
	}
	if len(times) < 40 {
		t.Errorf("60 clients come back at %d different times", len(times))
	}
}
