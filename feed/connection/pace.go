package connection

import (
	"context"
	"net/http"
	"time"
)

// A body whose bytes come in many small pieces is read a little later, so that they gather: to be woken for each of
// 10,000 events a second costs more than to read and decode them.
const (
	readPause     = 8 * time.Millisecond
	burstOfReads  = 8                      // reads within burstTime that begin the pauses
	burstTime     = 50 * time.Millisecond  // so from 160 reads a second
	blockedByRead = 500 * time.Microsecond // a read that takes longer found nothing: the burst is over
)

// readPacer decides when to read. It is used by the reading goroutine alone, and does nothing where it is nil.
type readPacer struct {
	began   time.Time // of the burst
	reads   int       // small ones since
	pausing bool
	drained bool // the last read took all that there was
	timer   *time.Timer
}

// takesAll reports whether a read takes all that has come, if there is room: else a pause before each would let it pile up.
// Over TLS, HTTP/1 takes one record, and some servers make one of each event. Of a caller's client nothing is known.
func (e *Endpoint) takesAll(resp *http.Response) bool {
	return e.own != nil && (resp.TLS == nil || resp.ProtoMajor > 1)
}

// wait pauses before a read where that is worth it, at most until ctx ends.
func (p *readPacer) wait(ctx context.Context) {
	if p == nil || !p.pausing || !p.drained {
		return
	}
	if p.timer == nil {
		p.timer = time.NewTimer(readPause)
	} else {
		p.timer.Reset(readPause)
	}
	select {
	case <-p.timer.C:
	case <-ctx.Done():
		p.timer.Stop()
	}
}

// note takes down a read of n bytes, for which there was room.
func (p *readPacer) note(n, room int, asked, read time.Time) {
	if p == nil {
		return
	}
	if p.drained = n < room/2; !p.drained {
		return
	}
	if p.pausing {
		p.pausing = read.Sub(asked) < blockedByRead
		p.reads = 0
		return
	}
	if p.reads == 0 || read.Sub(p.began) > burstTime {
		p.began, p.reads = read, 0
	}
	p.reads++
	p.pausing = p.reads >= burstOfReads
}
