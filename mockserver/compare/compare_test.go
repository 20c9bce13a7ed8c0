package main

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if slices.Contains(os.Args, "-serve") {
		main() // as a server process of run
		return
	}
	os.Exit(m.Run())
}

func TestEveryClientOfEitherServerGetsEveryEvent(t *testing.T) {
	for _, name := range []string{livetapeServer, r3labsServer} {
		r, err := run(name, load{clients: 5, rate: 200, lasts: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		if r.lost != 0 || r.delivered == 0 || r.delivered%5 != 0 {
			t.Errorf("%s: %d delivered, %d lost", name, r.delivered, r.lost)
		}
		if r.latency.P50 <= 0 || r.latency.P999 < r.latency.P50 || r.cpu <= 0 || r.resident <= 0 {
			t.Errorf("%s: latencies %g to %g ms, CPU %s, %d bytes", name, r.latency.P50, r.latency.P999, r.cpu, r.resident)
		}
	}
}

func TestOneClientThatNeverReadsTakesNothingFromOthersOfLivetape(t *testing.T) {
	r, err := run(livetapeServer, load{clients: 5, rate: 2000, lasts: time.Second, stalled: true})
	if err != nil {
		t.Fatal(err)
	}
	if r.lost != 0 || r.delivered == 0 {
		t.Errorf("%d delivered, %d lost", r.delivered, r.lost)
	}
}

func TestTheTableNamesBothServers(t *testing.T) {
	var b strings.Builder
	if err := compare(&b, load{clients: 2, rate: 100, lasts: 100 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	if strings.Count(b.String(), livetapeServer) != 2 || strings.Count(b.String(), r3labsServer) != 2 {
		t.Error(b.String())
	}
}
