package mockserver

import (
	"context"
	"fmt"
	"time"

	"livetape/mockserver/emulate"
	"livetape/mockserver/hub"
	"livetape/mockserver/scenario"
)

// pace makes as many events as the rate asks for, in batches of the ticks' time.
func (s *Server) pace(ctx context.Context) {
	rate, speed := s.tempo()
	ticker := time.NewTicker(period(rate * speed))
	defer ticker.Stop()
	last, ahead := time.Now(), time.Duration(0)
	for {
		changed := s.faults.Active().Replaced()
		now := last
		select {
		case <-ctx.Done():
			return
		case <-changed:
			now = time.Now()
		case now = <-ticker.C:
		}
		lapse := min(now.Sub(last), maxCatchUp+period(rate*speed))
		last = now
		ahead = s.play(ahead+time.Duration(float64(lapse)*speed), rate)
		before := rate * speed
		if rate, speed = s.tempo(); rate*speed != before {
			ahead = min(ahead, scenario.Interval(rate)) // part of an event at a low rate is not many at a high one
			ticker.Reset(period(rate * speed))
		}
	}
}

// tempo is how many events a second of the market's time has, and how many times faster than the wall clock that runs.
func (s *Server) tempo() (rate, speed float64) {
	s.making.Lock()
	defer s.making.Unlock()
	return s.player.Pace(s.faults.Burst())
}

// play makes the events that are due when the market's time is to go ahead at a rate, and gives the time that is left.
func (s *Server) play(ahead time.Duration, rate float64) (left time.Duration) {
	s.turns.Lock()
	defer s.turns.Unlock()
	for {
		due := min(int(ahead/scenario.Interval(rate)), madeAtOnce)
		if due == 0 {
			return ahead
		}
		_, took := s.advance(due)
		ahead -= took
		rate, _ = s.tempo()
	}
}

// maxCatchUp is how much time a starved server makes up for at once.
const maxCatchUp = time.Second

// period is that of the events, but no shorter than 5 ms: faster ones come in batches.
func period(rate float64) time.Duration {
	const shortest, longest = 5 * time.Millisecond, time.Hour
	return time.Duration(min(max(float64(time.Second)/rate, float64(shortest)), float64(longest)))
}

// restart begins a new epoch, which knows nothing of the events before: the streams end, and none can resume.
func (s *Server) restart() {
	s.making.Lock()
	defer s.making.Unlock()
	s.epochs++
	mark := s.epochs + 1
	if s.config.Scenario != nil {
		mark = s.player.Market.Turns() // an id of another run that stands behind as many events stands for the same ones
	}
	epoch := fmt.Sprintf("%s.%d", s.config.Epoch, mark)
	s.player.Market.SetEpoch(epoch)
	s.config.Logger.Info("restart", "epoch", epoch)
	base := max(emulate.FirstNumber(s.config.Now()), s.hub.Log().NewestNumber()+1)
	s.hub.Replace(hub.NewRing(epoch, s.config.Ring, base))
}
