package ui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed"
)

const (
	fastInterval = time.Second / 30      // between two messages of feed events
	slowInterval = time.Second / 14      // the same where few events come: nobody reads faster
	slowLimit    = time.Second / 11      // after which they do not wait for the next one
	fewEvents    = 100                   // a second, up to which few come
	burstTime    = time.Millisecond      // in which the events that a server sends together arrive
	longestNap   = 16 * time.Millisecond // between two looks at the channel
)

// framePace makes one message of the events that come within a frame's time: each message costs a frame. The first event
// after a pause does not wait. One command at a time uses it.
type framePace struct {
	last time.Time // when the last message was made
	slow bool      // few events come
	nap  time.Duration
}

// listenEvents waits for one event, then gathers those that follow. An event waits for 33 ms where many come, and for 91 ms
// where few do.
func listenEvents(in <-chan feed.Event, pace *framePace, now clockFunc) tea.Cmd {
	if in == nil {
		return nil
	}
	return func() tea.Msg {
		first, ok := <-in
		if !ok {
			return feedClosedMsg{now()}
		}
		room := 128
		if pace.slow {
			room = 8
		}
		batch := append(make([]feed.Event, 0, room), first)
		if pace.slow {
			batch = pace.await(batch, in)
		}
		batch = pace.gather(batch, in)
		return feedBatchMsg{batch, now()}
	}
}

// await takes events one by one until a message is due. It is made when an event wakes the program up anyway: to wake it up
// once more costs more than to draw.
func (p *framePace) await(batch []feed.Event, in <-chan feed.Event) []feed.Event {
	limit := time.NewTimer(time.Until(p.last.Add(slowLimit)))
	defer limit.Stop()
	for time.Since(p.last) < slowInterval && len(batch) < maxBatch {
		select {
		case e, ok := <-in:
			if !ok {
				return batch
			}
			batch = append(batch, e)
		case <-limit.C:
			return batch
		}
	}
	return batch
}

// gather appends to batch until the frame's time is over. It sleeps and then takes what has come, since to be woken by each
// event costs more. A close is left to the next listenEvents.
func (p *framePace) gather(batch []feed.Event, in <-chan feed.Event) []feed.Event {
	until := time.Now().Add(burstTime)
	if due := p.last.Add(fastInterval); due.After(until) {
		until = due
	}
	for {
		taken := len(batch)
		var open bool
		batch, open = takeWaiting(batch, in)
		left := time.Until(until)
		if !open || len(batch) == maxBatch || left <= 0 {
			break
		}
		p.adjustNap(len(batch)-taken, cap(in))
		time.Sleep(min(left, p.nap))
	}
	end := time.Now()
	p.slow = float64(len(batch)) <= fewEvents*end.Sub(p.last).Seconds()
	p.last = end
	return batch
}

// adjustNap keeps the channel from being full while nobody looks.
func (p *framePace) adjustNap(taken, room int) {
	switch {
	case taken > room/4:
		p.nap /= 2
	case taken < room/16:
		p.nap *= 2
	}
	p.nap = min(max(p.nap, longestNap/64), longestNap)
}

// takeWaiting appends what waits in the channel. It reports false when that was closed.
func takeWaiting(batch []feed.Event, in <-chan feed.Event) ([]feed.Event, bool) {
	for len(batch) < maxBatch {
		select {
		case e, ok := <-in:
			if !ok {
				return batch, false
			}
			batch = append(batch, e)
		default:
			return batch, true
		}
	}
	return batch, true
}
