package tape

import (
	"context"
	"time"

	"livetape/feed"
)

// Tee records everything that comes in and passes it on, in order. It returns at once; the channel
// that it returns is closed when in is, or ctx ends, and by then the recording is closed, too.
//
// failed is told, from another goroutine, what goes wrong (see [Recorder.Write]); the events flow on.
// The Recorder belongs to Tee from now on.
func (r *Recorder) Tee(ctx context.Context, in <-chan feed.Event, failed func(error)) <-chan feed.Event {
	out := make(chan feed.Event, cap(in))
	report := func(err error) {
		if err != nil {
			failed(err)
		}
	}
	go func() {
		defer close(out)
		defer func() { report(r.Close()) }()
		r.pass(ctx, in, out, report)
	}()
	return out
}

func (r *Recorder) pass(ctx context.Context, in <-chan feed.Event, out chan<- feed.Event, report func(error)) {
	quiet := time.NewTicker(flushEvery)
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-quiet.C:
			report(r.Flush())
		case e, ok := <-in:
			if !ok {
				return
			}
			report(r.Write(e))
			select {
			case out <- e:
			case <-ctx.Done():
				return
			}
		}
	}
}
