package tape

import (
	"context"
	"sync"
	"time"

	"livetape/feed"
	"livetape/feed/decode"
)

// PlayerOptions say how a Player begins; every zero field has a meaning.
type PlayerOptions struct {
	// NewDecoder makes the decoder of a feed; it is called anew whenever the tape is wound back,
	// since decoders may keep state, and when the feed became another. Nil: messages carry no updates.
	NewDecoder func(Source) decode.Decoder

	Speed     float64       // [Slowest] to [Fastest], or Max; 0 means 1
	From      time.Duration // where to begin: what is before is sent at once, so that the board is whole
	Paused    bool
	WaitAtEnd bool // at the end, wait for Seek or the end of the context, instead of closing the channel
}

// Player sends the events of a recording, in their own time, on a channel like that of a [feed.Set]. The
// times in the events are those of the recording. The controls may be used from any goroutine; they never block.
type Player struct {
	events chan feed.Event
	wake   chan struct{} // a control was used
	reader *Reader

	newDecoder func(Source) decode.Decoder
	decoders   map[string]decoder // the goroutine's own, by the name of the feed

	mu   sync.Mutex // guards what follows
	deck deck
	info Info
	note string
	err  error
}

// decoder is what reads the messages of one feed, as long as that stays as it is.
type decoder struct {
	decode.Decoder
	source Source
}

// Position is where a Player stands.
type Position struct {
	Offset  time.Duration // since the start of the recording; while seeking, where that leads
	Total   time.Duration // offset of the last event; 0 while it is not known
	Clock   time.Time     // what a clock showed when this was recorded, UTC: ages on screen are to be taken against it
	Speed   float64       // or Max
	Paused  bool
	Seeking bool // events are sent as fast as they are taken, to get to Offset
	Ended   bool
	Untimed bool   // the times of arrival are made up: the file has none
	Events  int    // sent since the begin of the tape
	Note    string // what there is to say at the end: that the file ends in mid-event
	Err     error  // what ended the tape early: a damaged or unreadable file
}

// queue is how many events may wait for the consumer.
const queue = 256

// Play starts to play r from where it stands, until it ends or ctx does. The Player closes r.
func Play(ctx context.Context, r *Reader, o PlayerOptions) *Player {
	p := &Player{
		events: make(chan feed.Event, queue), wake: make(chan struct{}, 1),
		reader: r, newDecoder: o.NewDecoder, info: r.Info(),
	}
	p.deck = deck{speed: 1, paused: o.Paused}
	p.deck.origin = r.Offset()
	p.deck.moveTo(p.deck.origin, time.Now())
	if o.Speed != 0 {
		p.deck.speed = clampSpeed(o.Speed)
	}
	if o.From > r.Offset() {
		p.deck.seek(o.From, time.Now())
	}
	go p.run(ctx, o.WaitAtEnd)
	return p
}

// Events is the channel on which everything arrives. It is closed at the end of the tape, or
// after the context's end.
func (p *Player) Events() <-chan feed.Event { return p.events }

// IsReset reports whether e says that the tape was wound back: whatever was made of the events before is void,
// and everything comes again from the begin. Such an event carries nothing else.
func IsReset(e feed.Event) bool {
	return e.Status == nil && e.Gap == nil && e.Message == nil && e.Pulse == nil
}

// Pause stops the tape. Events that were sent already, and not yet taken, may still arrive.
func (p *Player) Pause() { p.control((*deck).pause) }

// Resume lets the tape run again.
func (p *Player) Resume() { p.control((*deck).resume) }

// Step pauses, and sends the next event that shows something (pulses before it go along).
func (p *Player) Step() { p.control((*deck).step) }

// SetSpeed changes the pace, from here on, to x times the recorded one; Max is as fast as events are taken. What
// is out of bounds is brought to the bound.
func (p *Player) SetSpeed(x float64) {
	p.control(func(d *deck, now time.Time) { d.setSpeed(x, now) })
}

// Seek goes to offset, so that exactly the events before it have been sent since the last reset (see
// [IsReset]): forward it sends what lies between at once; backward it sends a reset and
// begins again, which takes as long as reading all that is before offset. A paused tape stays paused. Beyond the
// end it goes to the end.
func (p *Player) Seek(offset time.Duration) {
	p.control(func(d *deck, now time.Time) { d.seek(offset, now) })
}

func (p *Player) control(change func(*deck, time.Time)) {
	p.mu.Lock()
	change(&p.deck, time.Now())
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default: // the goroutine will look anyway
	}
}

// Position says where the tape stands. It never blocks.
func (p *Player) Position() Position {
	p.mu.Lock()
	defer p.mu.Unlock()
	d := &p.deck
	offset := d.position(time.Now())
	return Position{
		Offset: offset, Total: max(p.info.Total, d.last), Clock: p.info.Start.Add(offset),
		Speed: d.speed, Paused: d.paused, Seeking: d.seeking, Ended: d.ended, Untimed: !p.info.Timed,
		Events: d.delivered, Note: p.note, Err: p.err,
	}
}

// Err is what ended the tape early, once the channel is closed; nil after a whole one.
func (p *Player) Err() error { return p.Position().Err }
