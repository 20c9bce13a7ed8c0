package tape

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"livetape/feed"
	"livetape/feed/decode"
)

// PlayerOptions say how a Player begins; every zero field has a meaning.
type PlayerOptions struct {
	// NewDecoder makes the decoder of a feed. It is called anew whenever the recording starts over, since decoders
	// may keep state, and when the source changes. Nil: messages carry no updates.
	NewDecoder func(Source) decode.Decoder

	Speed     float64       // [MinSpeed] to [MaxSpeed], or Unlimited; 0 means 1
	From      time.Duration // where to begin: what is before is sent at once, so that the board is complete
	Paused    bool
	WaitAtEnd bool // for Seek or the end of the context, instead of closing the channel
}

// Player sends the events of a recording, at their recorded pace, on a channel like that of a [feed.Set]. The
// times in the events are those of the recording. The controls may be used from any goroutine; they never block.
type Player struct {
	events chan feed.Event
	wake   chan struct{} // a control was used
	reader *Reader

	newDecoder func(Source) decode.Decoder
	decoders   map[string]sourceDecoder // by the name of the feed; the goroutine's own

	mu       sync.Mutex // guards what follows
	playback playback
	info     Info
	note     string
	err      error
}

type sourceDecoder struct {
	decode.Decoder
	source Source
}

// Position is where a Player stands.
type Position struct {
	Offset  time.Duration // since the start of the recording; while seeking, the target
	Total   time.Duration // offset of the last event; 0 while it is not known
	Clock   time.Time     // the time at which this was recorded, UTC: compute ages on screen from it
	Speed   float64       // or Unlimited
	Paused  bool
	Seeking bool // events are sent as fast as they are taken, to get to Offset
	Ended   bool
	Untimed bool   // the times of arrival are made up: the file has none
	Events  int    // sent since the beginning of the recording
	Note    string // at the end, what was not whole, as that the file ends in the middle of an event
	Err     error  // what ended the playback early: a damaged or unreadable file
}

// maxQueued is how many events may wait for the consumer.
const maxQueued = 256

// Play starts to play r from its present offset, until it ends or ctx does. The Player closes r.
func Play(ctx context.Context, r *Reader, o PlayerOptions) *Player {
	p := &Player{
		events: make(chan feed.Event, maxQueued), wake: make(chan struct{}, 1),
		reader: r, newDecoder: o.NewDecoder, info: r.Info(),
	}
	p.playback = playback{speed: 1, paused: o.Paused, start: r.Offset()}
	p.playback.moveTo(r.Offset(), time.Now())
	if o.Speed != 0 {
		p.playback.speed = clampSpeed(o.Speed)
	}
	if o.From > r.Offset() {
		p.playback.seek(o.From, time.Now())
	}
	go p.run(ctx, o.WaitAtEnd)
	return p
}

// Events is the channel on which everything arrives. It is closed at the end of the recording, or
// after the context's end.
func (p *Player) Events() <-chan feed.Event { return p.events }

// IsReset reports whether e says that the recording starts over: discard whatever was made of the events before,
// since all of them come again. Such an event carries nothing else.
func IsReset(e feed.Event) bool {
	return e.Status == nil && e.Gap == nil && e.Message == nil && e.Pulse == nil
}

// Pause stops the playback. Events that were sent already, and not yet taken, may still arrive.
func (p *Player) Pause() { p.control((*playback).pause) }

// Resume goes on after Pause or Step.
func (p *Player) Resume() { p.control((*playback).resume) }

// Step pauses, and sends the next visible event (pulses before it go along).
func (p *Player) Step() { p.control((*playback).step) }

// SetSpeed changes the pace, from here on, to x times the recorded one; Unlimited is as fast as events are taken.
// A speed out of bounds is set to the bound.
func (p *Player) SetSpeed(x float64) {
	p.control(func(b *playback, now time.Time) { b.setSpeed(x, now) })
}

// Seek goes to offset, so that exactly the events before it have been sent since the last reset (see
// [IsReset]): forward it sends what lies between at once; backward it sends a reset and
// starts over, which takes as long as reading all that is before offset. A paused playback stays paused. An offset
// after the end means the end.
func (p *Player) Seek(offset time.Duration) {
	p.control(func(b *playback, now time.Time) { b.seek(offset, now) })
}

func (p *Player) control(change func(*playback, time.Time)) {
	p.mu.Lock()
	change(&p.playback, time.Now())
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default: // the goroutine is woken already
	}
}

// Position says where the playback stands. It never blocks.
func (p *Player) Position() Position {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := &p.playback
	offset, total := b.position(time.Now()), p.info.Total
	if total > 0 {
		total = max(total, b.last)
	}
	return Position{
		Offset: offset, Total: total, Clock: p.info.Start.Add(offset),
		Speed: b.speed, Paused: b.paused, Seeking: b.seeking, Ended: b.ended, Untimed: !p.info.Timed,
		Events: b.sent, Note: p.note, Err: p.err,
	}
}

// Err is what ended the playback early, once the channel is closed; nil after a whole recording.
func (p *Player) Err() error { return p.Position().Err }

func (p *Player) run(ctx context.Context, waitAtEnd bool) {
	defer close(p.events)
	stop := context.AfterFunc(ctx, func() { _ = p.reader.Close() }) // ends what is being read
	defer func() {
		if stop() {
			_ = p.reader.Close() // it was only read
		}
	}()
	p.decoders = map[string]sourceDecoder{}
	if p.reportLive(ctx) != nil {
		return
	}
	for {
		e, err := p.reader.Next()
		if err == nil {
			p.applyDecoder(&e)
			err = p.play(ctx, e)
		} else {
			err = p.finish(ctx, err, waitAtEnd)
		}
		if errors.Is(err, errStartOver) {
			err = p.startOver(ctx)
		}
		if err != nil {
			return
		}
	}
}

// What ends the playback of one event other than its delivery.
var (
	errStartOver = errors.New("start over")
	errEnded     = errors.New("ended")
)

func (p *Player) play(ctx context.Context, e Entry) error {
	for ctx.Err() == nil {
		p.mu.Lock()
		next, due := p.playback.decide(e.Offset, time.Now())
		p.mu.Unlock()
		switch {
		case next == startOver:
			return errStartOver
		case next != send:
			p.waitForControl(ctx, next, due)
		case p.send(ctx, e.Event):
			p.mu.Lock()
			p.playback.noteSent(e.Offset, e.Pulse == nil, time.Now())
			p.mu.Unlock()
			return nil
		}
	}
	return ctx.Err()
}

func (p *Player) send(ctx context.Context, e feed.Event) bool {
	select {
	case p.events <- e:
		return true
	case <-p.wake:
	case <-ctx.Done():
	}
	return false
}

func (p *Player) mustSend(ctx context.Context, e feed.Event) error {
	for !p.send(ctx, e) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// reportLive reports the stream of a capture as live, since the capture does not.
func (p *Player) reportLive(ctx context.Context) error {
	info := p.reader.Info()
	if info.Timed {
		return nil
	}
	live := &feed.Status{State: feed.Live, Since: info.Start, LastByte: info.Start, Connections: 1}
	return p.mustSend(ctx, feed.Event{Feed: info.Feeds[0].Name, At: info.Start, Status: live})
}

// waitForControl waits for a control, the end of ctx or, asleep, a time.
func (p *Player) waitForControl(ctx context.Context, how nextAction, d time.Duration) {
	var due <-chan time.Time
	if how == sleep {
		timer := time.NewTimer(d)
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-due:
	case <-p.wake:
	case <-ctx.Done():
	}
}

func (p *Player) startOver(ctx context.Context) error {
	if err := p.reader.Seek(0); err != nil {
		p.setError(ctx, err)
		return err
	}
	p.decoders = map[string]sourceDecoder{}
	if err := p.mustSend(ctx, feed.Event{At: p.reader.Info().Start}); err != nil {
		return err
	}
	if err := p.reportLive(ctx); err != nil {
		return err
	}
	p.mu.Lock()
	p.playback.noteRewound(time.Now())
	p.note, p.err = "", nil
	p.mu.Unlock()
	return nil
}

// finish notes how the recording ended, and, if it is to wait at the end, waits until it has to start over.
func (p *Player) finish(ctx context.Context, err error, waitAtEnd bool) error {
	p.mu.Lock()
	p.playback.noteEnd(time.Now())
	p.info = p.reader.Info()
	p.note = p.reader.Stats().damageNote()
	p.mu.Unlock()
	if !errors.Is(err, io.EOF) {
		p.setError(ctx, err)
	}
	for {
		p.mu.Lock()
		rewind := p.playback.rewind
		p.mu.Unlock()
		switch {
		case ctx.Err() != nil || !waitAtEnd && !rewind:
			return errEnded
		case rewind:
			return errStartOver
		}
		p.waitForControl(ctx, wait, 0)
	}
}

// setError keeps what ended the playback early. An error after the context's end is the context's.
func (p *Player) setError(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
}

// damageNote says in words what was not whole; empty when everything was.
func (s ReadStats) damageNote() string {
	switch {
	case s.MidEvent:
		return "the file ends in the middle of an event, which was left out"
	case s.Cut:
		return "the file was cut off after its last whole event"
	case s.Unreadable > 0:
		return fmt.Sprintf("%d comments could not be read", s.Unreadable)
	}
	return ""
}

// applyDecoder adds what the feed's decoder makes of a message.
func (p *Player) applyDecoder(e *Entry) {
	if g := e.Gap; g != nil && (g.Kind != feed.Resumed || g.Missed != 0) {
		decode.ForgetBooks(p.decoders[e.Feed].Decoder, g.Kind == feed.Unreplayed)
	}
	m := e.Message
	if m == nil || m.Err != nil || p.newDecoder == nil {
		return
	}
	d, known := p.decoders[e.Feed]
	if source := p.reader.source(e.Feed); !known || d.source != source {
		d = sourceDecoder{p.newDecoder(source), source}
		p.decoders[e.Feed] = d
	}
	if d.Decoder == nil {
		return
	}
	got, err := d.Decode(m.Type, m.Data)
	m.Updates, m.Unmapped, m.Reports, m.Err = got.Updates, got.Unmapped, got.Reports, err
}
