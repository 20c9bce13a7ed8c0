package doctor

import (
	"fmt"
	"slices"
	"time"

	"livetape/feed/decode"
	"livetape/feed/decode/mapping"
)

// Bounds on what is kept of a stream.
const (
	maxKept       = 500     // events
	maxKeptBytes  = 4 << 20 // of their data
	maxEventTypes = 24
	maxSampleData = 4 << 10
	maxIDs        = 2000
	maxIDLength   = 4 << 10
	maxHeartbeats = 1000
	maxRetryTimes = 4
)

type eventStats struct {
	total      int
	tooLarge   int
	kept       []event // the first ones
	keptSize   int
	types      []*typeStats // in order of appearance
	otherTypes int          // events of types over maxEventTypes

	ids        []string // of the first events that have their own
	lastID     string
	longestID  int             // in bytes
	heartbeats []time.Time     // comments and events
	pings      int             // heartbeats that are events
	comments   int             // or blank lines of JSON lines
	retryTimes []time.Duration // of retry: lines, without repetitions
}

type typeStats struct {
	name       string
	count      int
	heartbeats int
	sample     []byte
}

func (s *eventStats) add(ev event) {
	s.total++
	if ev.tooLarge {
		s.tooLarge++
		return
	}
	heartbeat := mapping.IsHeartbeat(ev.Type, ev.Data)
	if heartbeat {
		s.pings++
		s.addHeartbeat(ev.At)
	}
	s.addType(ev, heartbeat)
	s.lastID = ev.ID
	if ev.hasOwnID && len(s.ids) < maxIDs {
		s.longestID = max(s.longestID, len(ev.ID))
		s.ids = append(s.ids, ev.ID[:min(len(ev.ID), maxIDLength)])
	}
	size := len(ev.Data) + len(ev.Type) + len(ev.ID)
	if len(s.kept) < maxKept && s.keptSize+size <= maxKeptBytes {
		s.keptSize += size
		s.kept = append(s.kept, ev)
	}
}

func (s *eventStats) addType(ev event, heartbeat bool) {
	i := slices.IndexFunc(s.types, func(t *typeStats) bool { return t.name == ev.Type })
	if i < 0 {
		if len(s.types) >= maxEventTypes {
			s.otherTypes++
			return
		}
		i = len(s.types)
		s.types = append(s.types, &typeStats{name: ev.Type, sample: ev.Data[:min(len(ev.Data), maxSampleData)]})
	}
	s.types[i].count++
	if heartbeat {
		s.types[i].heartbeats++
	}
}

func (s *eventStats) addComment(at time.Time) {
	s.comments++
	s.addHeartbeat(at)
}

func (s *eventStats) addRetry(d time.Duration) {
	if len(s.retryTimes) < maxRetryTimes && !slices.Contains(s.retryTimes, d) {
		s.retryTimes = append(s.retryTimes, d)
	}
}

func (s *eventStats) addHeartbeat(at time.Time) {
	if len(s.heartbeats) < maxHeartbeats {
		s.heartbeats = append(s.heartbeats, at)
	}
}

func (s *eventStats) heartbeatInterval() time.Duration {
	var intervals []time.Duration
	for i := 1; i < len(s.heartbeats); i++ {
		if d := s.heartbeats[i].Sub(s.heartbeats[i-1]); d >= burstGap {
			intervals = append(intervals, d)
		}
	}
	if len(intervals) == 0 {
		return 0
	}
	slices.Sort(intervals)
	return intervals[len(intervals)/2]
}

func (s *eventStats) samples() []decode.Event {
	all := make([]decode.Event, len(s.kept))
	for i, ev := range s.kept {
		all[i] = ev.Event
	}
	return all
}

// suggestIdleTimeout allows for two lost heartbeats, and a bit more. It is written as in a configuration.
func suggestIdleTimeout(heartbeatInterval time.Duration) string {
	const step = 5 * time.Second
	d := max(3*step, (heartbeatInterval*5/2 + step - 1).Truncate(step))
	if d%time.Minute == 0 {
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return fmt.Sprintf("%ds", d/time.Second)
}
