package jetstream_test

import (
	"context"
	"regexp"
	"sync"
	"testing"
	"time"

	"livetape/mockserver"
	"livetape/mockserver/hub"
	"livetape/mockserver/hub/jetstream"
)

var payloadTime = regexp.MustCompile(`,"time":"[^"]*"`)

// dataOf are the payloads of the events of a log, without their times.
func dataOf(t *testing.T, log hub.Log) (all []string) {
	t.Helper()
	for id := log.Oldest(); ; {
		events, _, err := log.Read(id, make([]*hub.Event, 0, 200))
		if err != nil {
			t.Fatal(err)
		}
		if len(events) == 0 {
			return all
		}
		for _, e := range events {
			all = append(all, payloadTime.ReplaceAllString(string(e.Data()), ""))
			id = e.ID
		}
	}
}

// TestAMockServerGoesOnWhereTheOneBeforeEnded has two mock servers make one market, one after the other, as a third does alone.
func TestAMockServerGoesOnWhereTheOneBeforeEnded(t *testing.T) {
	t.Parallel()
	url := startNATS(t).ClientURL()
	run := func(least int) *jetstream.Stream {
		stream, err := jetstream.Open(testConfig(url, "MOCK"))
		if err != nil {
			t.Fatal(err)
		}
		s, err := mockserver.New(mockserver.Config{
			Seed: 5, Rate: 500, Log: stream.Log(),
			Share: func(made mockserver.Source) mockserver.Source { return stream.Source(made) },
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		var running sync.WaitGroup
		running.Go(func() {
			if err := s.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		eventually(t, "events are made", func() bool { return len(dataOf(t, stream.Log())) >= least })
		stop()
		running.Wait()
		return stream
	}
	first := run(100)
	epoch, before := first.Log().Epoch(), len(dataOf(t, first.Log()))
	second := run(before + 200)
	got := dataOf(t, second.Log())
	if second.Log().Epoch() != epoch {
		t.Error("another epoch began, though the first server had stopped orderly")
	}

	alone := hub.NewRing("alone", 1<<14, 0)
	s, err := mockserver.New(mockserver.Config{Seed: 5, Rate: 500, Log: alone, Epoch: "market5", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	s.Step(len(got))
	want := dataOf(t, alone)
	opening := 0
	for opening < len(got) && got[opening] != want[0] {
		opening++ // the market as it stood before the first event
	}
	if opening == len(got) {
		t.Fatalf("the first event of the market is not in the log: %s", want[0])
	}
	for n, data := range got[opening:] {
		if data != want[n] {
			t.Fatalf("event %d is %s, want %s", n, data, want[n])
		}
	}
}
