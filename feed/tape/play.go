package tape

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"livetape/feed"
)

func (p *Player) run(ctx context.Context, hold bool) {
	defer close(p.events)
	defer func() { _ = p.reader.Close() }() // it was only read
	p.decoders = map[string]decoder{}
	if p.begin(ctx) != nil {
		return
	}
	for {
		e, err := p.reader.Next()
		if err == nil {
			p.decode(&e)
			err = p.play(ctx, e)
		} else {
			err = p.finish(ctx, err, hold)
		}
		if errors.Is(err, errWind) {
			err = p.windBack(ctx)
		}
		if err != nil {
			return
		}
	}
}

// What ends the play of one event other than its delivery.
var (
	errWind = errors.New("wind back")
	errOver = errors.New("over")
)

// play waits until e is due and sends it.
func (p *Player) play(ctx context.Context, e Entry) error {
	for {
		p.mu.Lock()
		what, wait := p.deck.decide(e.Offset, time.Now())
		p.mu.Unlock()
		sent := false
		switch what {
		case deliver:
			sent = p.send(ctx, e.Event)
		case wind:
			return errWind
		default:
			p.rest(ctx, what, wait)
		}
		if sent {
			p.mu.Lock()
			p.deck.took(e.Offset, e.Pulse == nil, time.Now())
			p.mu.Unlock()
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// send sends e unless a control is used or ctx ends before it is taken.
func (p *Player) send(ctx context.Context, e feed.Event) bool {
	select {
	case p.events <- e:
		return true
	case <-p.wake:
	case <-ctx.Done():
	}
	return false
}

// surely sends e unless ctx ends before it is taken.
func (p *Player) surely(ctx context.Context, e feed.Event) error {
	for !p.send(ctx, e) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// begin says of a capture, which does not say so itself, that the stream was live.
func (p *Player) begin(ctx context.Context) error {
	info := p.reader.Info()
	if info.Timed {
		return nil
	}
	live := &feed.Status{State: feed.Live, Since: info.Start, LastByte: info.Start, Connections: 1}
	return p.surely(ctx, feed.Event{Feed: info.Feeds[0].Name, At: info.Start, Status: live})
}

// rest waits for a time, a control or the end of ctx.
func (p *Player) rest(ctx context.Context, what verdict, wait time.Duration) {
	var due <-chan time.Time
	if what == sleep {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-due:
	case <-p.wake:
	case <-ctx.Done():
	}
}

// windBack begins again, and says so.
func (p *Player) windBack(ctx context.Context) error {
	if err := p.reader.Seek(0); err != nil {
		return p.fail(err)
	}
	p.decoders = map[string]decoder{}
	if err := p.surely(ctx, feed.Event{At: p.reader.Info().Start}); err != nil {
		return err
	}
	if err := p.begin(ctx); err != nil {
		return err
	}
	p.mu.Lock()
	p.deck.rewound(time.Now())
	p.note, p.err = "", nil
	p.mu.Unlock()
	return nil
}

// finish notes how the tape ended, and waits for a reason to wind back if it is to hold.
func (p *Player) finish(ctx context.Context, err error, hold bool) error {
	p.mu.Lock()
	p.deck.end(time.Now())
	p.info = p.reader.Info()
	p.note = p.reader.Stats().note()
	if err != io.EOF {
		p.err = err
	}
	p.mu.Unlock()
	for {
		p.mu.Lock()
		rewind := p.deck.rewind
		p.mu.Unlock()
		switch {
		case ctx.Err() != nil || !hold && !rewind:
			return errOver
		case rewind:
			return errWind
		}
		p.rest(ctx, stay, 0)
	}
}

func (p *Player) fail(err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
	return err
}

// note says in words what is not whole; empty when everything is.
func (t ReadStats) note() string {
	switch {
	case t.Half > 0:
		return "the file ends in mid-event, which was left out"
	case t.Cut:
		return "the file was cut off behind its last whole event"
	case t.Skipped > 0:
		return fmt.Sprintf("%d notes could not be read", t.Skipped)
	}
	return ""
}

// decode fills in what the feed's decoder makes of a message.
func (p *Player) decode(e *Entry) {
	m := e.Message
	if m == nil || m.Err != nil || p.newDecoder == nil {
		return
	}
	d, known := p.decoders[e.Feed]
	if source := p.reader.source(e.Feed); !known || d.source != source {
		d = decoder{p.newDecoder(source), source}
		p.decoders[e.Feed] = d
	}
	if d.Decoder == nil {
		return
	}
	got, err := d.Decode(m.Type, m.Data)
	m.Updates, m.Unmapped, m.Err = got.Updates, got.Unmapped, err
}
