package tape

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"livetape/feed"
)

func TestWhatPassesThroughIsRecordedAndClosedBeforeTheChannelIs(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.tape")
	r, err := Create(name, RecorderOptions{Feeds: desk, Start: startTime()})
	if err != nil {
		t.Fatal(err)
	}
	in := make(chan feed.Event, 4)
	out := r.Tee(t.Context(), in, func(err error) { t.Error(err) })
	want := append(oneOfEach(), ticks(20)...)
	go func() {
		defer close(in)
		for _, e := range want {
			in <- e
		}
	}()
	var passed []feed.Event
	for e := range out {
		passed = append(passed, e)
	}
	same(t, passed, want)
	got, _ := read(t, name)
	same(t, eventsOf(got), want)
}

func TestAQuietFeedIsFlushedWithinASecond(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.tape")
	synctest.Test(t, func(t *testing.T) {
		r, err := Create(name, RecorderOptions{Feeds: desk, Start: startTime()})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		in := make(chan feed.Event)
		out := r.Tee(ctx, in, func(err error) { t.Error(err) })
		e := message(time.Millisecond, "price", "1", "x")
		in <- e
		<-out
		<-time.After(flushEvery + time.Millisecond)
		synctest.Wait()
		got, _ := read(t, name)
		same(t, eventsOf(got), []feed.Event{e})
		cancel()
		if _, ok := <-out; ok {
			t.Error("an event came from nowhere")
		}
	})
}

func TestACancelledConsumerDoesNotHoldTheRecorderUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, err := Create(filepath.Join(t.TempDir(), "x.tape"), RecorderOptions{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		in := make(chan feed.Event)
		r.Tee(ctx, in, func(err error) { t.Error(err) })
		in <- ticks(1)[0] // which nobody takes
		synctest.Wait()
		cancel()
		synctest.Wait()
		if !r.closed {
			t.Error("the recording is still open")
		}
	})
}

func TestAFullDiskLetsEveryEventPass(t *testing.T) {
	r, err := Create(filepath.Join(t.TempDir(), "x.tape"), RecorderOptions{Feeds: desk, Start: startTime()})
	if err != nil {
		t.Fatal(err)
	}
	r.file.out = &smallDisk{r.file.out.(*os.File), 300}
	in := make(chan feed.Event, 100)
	for _, e := range ticks(100) {
		in <- e
	}
	close(in)
	var faults []error
	passed := 0
	for range r.Tee(t.Context(), in, func(err error) { faults = append(faults, err) }) {
		passed++
	}
	if passed != 100 || len(faults) != 2 || !errors.Is(faults[0], syscall.ENOSPC) {
		t.Errorf("%d events passed; faults, of Write and of Close: %v", passed, faults)
	}
}
