package mockserver_test

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"livetape/mockserver"
)

func TestEveryStreamHasItsOwnHeartbeats(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{}), inMemory())
		var streams []*streamReader
		var came []time.Time
		for range 40 {
			l := s.listen("/events")
			l.expect("snapshot")
			streams, came = append(streams, l), append(came, time.Now())
			<-time.After(333 * time.Millisecond)
		}
		for beat := range 3 {
			for n, l := range streams {
				e, err := l.read()
				late := time.Since(came[n]) - 15*time.Second
				if err != nil || e.Comment != "hb" || late != 0 {
					t.Errorf("heartbeat %d of stream %d: %+v %v, %s late", beat, n, e, err, late)
				}
				came[n] = time.Now()
			}
		}
		for _, l := range streams {
			l.close()
		}
		synctest.Wait()

		<-time.After(time.Hour + 7*time.Second) // there is nobody to call
		l := s.listen("/events?types=news")
		l.expect("snapshot")
		l.requireBeat(15 * time.Second)
		l.requireBeat(15 * time.Second)
	})
}

func TestABusyStreamHasNoHeartbeats(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), inMemory())
		l := s.listen("/events")
		l.expect("snapshot")
		for range 100 {
			<-time.After(14900 * time.Millisecond)
			s.Step(1)
			if e, err := l.read(); err != nil || e.ID != s.Newest() {
				t.Fatalf("%+v, %v", e, err)
			}
		}
	})
}

// TestASlowStreamHasTimeForEvents has heartbeats that take longer than the time between them.
func TestASlowStreamHasTimeForEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Heartbeat: 10 * time.Millisecond}), inMemory())
		l := s.listen("/events")
		l.expect("snapshot")
		inject(t, s, "slow=100:1h")
		if e, err := l.read(); err != nil || e.Comment != "hb" {
			t.Fatalf("%+v, %v", e, err)
		}
		s.Step(1)
		began, came := time.Now(), false
		for !came && time.Since(began) < time.Minute {
			e, err := l.read()
			if err != nil {
				t.Fatal(err)
			}
			came = e.ID == s.Newest()
		}
		if !came {
			t.Error("a minute has only heartbeats")
		}
		inject(t, s, "clear")
		l.close()
		<-time.After(time.Minute)
	})
}

// TestAHeartbeatThatIsNeverDueDoesNotCome has the longest that can be asked for, which stands for never.
func TestAHeartbeatThatIsNeverDueDoesNotCome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Heartbeat: math.MaxInt64}), inMemory())
		l := s.listen("/events")
		l.expect("snapshot")
		<-time.After(100 * time.Hour)
		s.Step(1)
		if e, err := l.read(); err != nil || e.ID != s.Newest() {
			t.Errorf("%+v, %v", e, err)
		}
	})
}

// TestHeartbeatsOfAMillisecondCome has the shortest that can be asked for.
func TestHeartbeatsOfAMillisecondCome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Heartbeat: time.Millisecond}), inMemory())
		l := s.listen("/events")
		l.expect("snapshot")
		for range 100 {
			began := time.Now()
			if e, err := l.read(); err != nil || e.Comment != "hb" || time.Since(began) != time.Millisecond {
				t.Fatalf("%+v, %v after %s", e, err, time.Since(began))
			}
		}
	})
}
