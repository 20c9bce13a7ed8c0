package feed

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"livetape/feed/decode"
)

// learner learns once.
type learner struct{ shown []decode.Event }

func (l *learner) Learning() bool            { return l.shown == nil }
func (l *learner) Learn(some []decode.Event) { l.shown = some }

func (l *learner) Decode(string, []byte) (decode.Message, error) { return decode.Message{}, nil }

func TestADecoderLearnsFromTheFirstEventsButWaitsForNoneBehindALargeOne(t *testing.T) {
	for name, c := range map[string]struct {
		size  int
		shown int
		waits time.Duration
	}{
		"a small event": {10, 2, learnTime},
		"a large event": {learnBytes, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				web, ends := pipes()
				d := &learner{}
				l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client(), Decoder: d})
				defer l.end()
				end := <-ends
				l.until(Live)
				began := time.Now()
				write(t, end, "data: "+strings.Repeat("x", c.size)+"\n\n")
				written := make(chan struct{})
				go func() {
					defer close(written)
					time.Sleep(time.Millisecond)
					write(t, end, "data: 2\n\n")
				}()
				l.message()
				waited := time.Since(began)
				<-written
				if waited != c.waits || len(d.shown) != c.shown {
					t.Errorf("after %s it was shown %d events, want %d after %s", waited, len(d.shown), c.shown, c.waits)
				}
			})
		})
	}
}
