package mockserver

import (
	"context"
	"fmt"
	"math"
	"time"

	"livetape/mockserver/emulate"
	"livetape/mockserver/hub"
)

// pace makes as many events as the rate asks for, in batches of the ticks' time.
func (s *Server) pace(ctx context.Context) {
	rate := s.rate()
	ticker := time.NewTicker(period(rate))
	defer ticker.Stop()
	due, last := 0.0, time.Now()
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
		lapse := min(now.Sub(last), maxCatchUp+period(rate))
		last = now
		if s.config.Scenario != nil {
			s.play(lapse)
		} else {
			due += lapse.Seconds() * rate
			s.Step(int(due))
			due -= math.Floor(due)
		}
		if next := s.rate(); next != rate {
			rate = next
			ticker.Reset(period(rate))
		}
	}
}

// rate is how many events a second come now.
func (s *Server) rate() float64 {
	if s.config.Scenario == nil {
		if burst := s.faults.Burst(); burst > 0 {
			return burst
		}
		return s.config.Rate
	}
	rate, haste := s.tempo()
	return rate * haste
}

// tempo is how many events make a second of a scenario's time, and how fast that goes. A burst from outside makes more
// events, where they have the time of day; where they are to be the same in every run, they only come faster.
func (s *Server) tempo() (rate, haste float64) {
	s.making.Lock()
	defer s.making.Unlock()
	burst, script := s.faults.Burst(), s.script
	if s.config.Scenario.Start.IsZero() {
		script.outside = burst
		return script.rate(), 1
	}
	if rate = script.rate(); burst > 0 {
		return rate, burst / rate
	}
	return rate, 1
}

// play makes the events of a scenario's next while.
func (s *Server) play(lapse time.Duration) {
	s.turns.Lock()
	defer s.turns.Unlock()
	rate, haste := s.tempo()
	s.ahead += time.Duration(float64(lapse) * haste)
	for n := s.within(rate); n > 0; n = s.within(rate) {
		_, took := s.advance(n)
		s.ahead -= took
		rate, _ = s.tempo()
	}
}

// within is how many events a scenario is behind its pace, up to as many as are made at a time.
func (s *Server) within(rate float64) int { return min(int(s.ahead/interval(rate)), madeAtOnce) }

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
		mark = s.market.Turns() // an id of another run that stands behind as many events stands for the same ones
	}
	epoch := fmt.Sprintf("%s.%d", s.config.Epoch, mark)
	s.market.SetEpoch(epoch)
	s.config.Logger.Info("restart", "epoch", epoch)
	base := max(emulate.FirstNumber(s.config.Now()), s.hub.Log().NewestNumber()+1)
	s.hub.Replace(hub.NewRing(epoch, s.config.Ring, base))
}
