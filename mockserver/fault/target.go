package fault

import (
	"slices"
	"time"
)

// Target is one connection as faults hit it. It is for one goroutine.
type Target struct {
	schedule *Schedule
	number   uint64 // of the connection
	seen     uint64 // serial of the newest activation that it knows
}

// Target returns the connection with a number. Faults that are over at once and came before do not hit it.
func (s *Schedule) Target(number uint64) *Target {
	return &Target{schedule: s, number: number, seen: s.Active().count}
}

// Active is all that is wrong with the server now.
func (t *Target) Active() *Active { return t.schedule.Active() }

// On is the activation of a fault that lasts and hits the connection now, or nil.
func (t *Target) On(name string) *Activation { return t.Active().On(name, t.number) }

// Random is a number below n, by the schedule's seed.
func (t *Target) Random(n int64) int64 { return t.schedule.Random(n) }

// NextInstant is the next activation of a that hit the connection, was over at once, and was not given before; nil for none.
func (t *Target) NextInstant(a *Active) *Activation {
	if t.seen == a.count {
		return nil
	}
	for _, one := range a.instant {
		if one.serial > t.seen {
			t.seen = one.serial
			if one.hitsClient(t.number) {
				return one
			}
		}
	}
	t.seen = a.count
	return nil
}

// WillEnd reports whether NextInstant will give a fault that ends the connection.
func (t *Target) WillEnd() bool {
	return slices.ContainsFunc(t.Active().instant, func(a *Activation) bool {
		return a.serial > t.seen && (a.Name == Drop || a.Name == EOF) && a.hitsClient(t.number)
	})
}

// Write sends b in pieces as Slow and Split say, and what is left at once when they are over or the connection ends,
// which end reports for reasons other than faults.
func (t *Target) Write(b []byte, send func([]byte) error, end func() bool) error {
	for len(b) > 0 {
		size, pause := t.pieceSize(b)
		if size < len(b) && (t.WillEnd() || end()) {
			return send(b)
		}
		if err := send(b[:size]); err != nil {
			return err
		}
		if b = b[size:]; pause > 0 {
			time.Sleep(pause)
		}
	}
	return nil
}

// pieceSize is how much of b goes next, and how long that takes: ten pieces a second if slow, one byte if split.
func (t *Target) pieceSize(b []byte) (size int, pause time.Duration) {
	if slow := t.On(Slow); slow != nil {
		size = min(len(b), max(1, int(slow.Number())/10))
		return size, time.Second * time.Duration(size) / time.Duration(slow.Number())
	}
	if t.On(Split) != nil {
		return 1, 0
	}
	return len(b), 0
}
