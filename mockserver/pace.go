package mockserver

import (
	"context"
	"fmt"
	"math"
	"time"
)

// pace makes as many events as the rate asks for, in batches of the ticks' time.
func (s *Server) pace(ctx context.Context) {
	rate := s.faults.rate(s.config.Rate)
	ticker := time.NewTicker(period(rate))
	defer ticker.Stop()
	due, last := 0.0, time.Now()
	for {
		changed := s.faults.changed.next()
		now := last
		select {
		case <-ctx.Done():
			return
		case <-changed:
			now = time.Now()
		case now = <-ticker.C:
		}
		due += min(now.Sub(last), maxCatchUp+period(rate)).Seconds() * rate
		last = now
		s.Step(int(due))
		due -= math.Floor(due)
		if next := s.faults.rate(s.config.Rate); next != rate {
			rate = next
			ticker.Reset(period(rate))
		}
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
	epoch := fmt.Sprintf("%s.%d", s.config.Epoch, s.epochs+1)
	s.market.newsroom.prefix = newsPrefix(epoch)
	s.config.Logger.Info("restart", "epoch", epoch)
	old := s.hub.now.Load()
	first := max(firstNumber(s.config.Now()), old.first+old.log.count()+1)
	s.hub.replace(&generation{epoch, newRing(epoch, s.config.Ring), first})
}
