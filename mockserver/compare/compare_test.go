package main

import (
	"math"
	"os"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == roleFlag {
		main() // as a process of a measurement
		return
	}
	os.Exit(m.Run())
}

func TestEveryPartMeasures(t *testing.T) {
	b, err := newBench(true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.close) // after the parts, which run side by side
	for _, p := range parts() {
		t.Run(p.name, func(t *testing.T) {
			own := &bench{scale: b.scale, dir: b.dir, livetape: b.livetape, part: p.name}
			t.Parallel()
			if err := p.measure(own); err != nil {
				t.Fatal(err)
			}
			if len(own.results.Rows)+len(own.results.Plots) == 0 {
				t.Error("it has no result")
			}
			for _, r := range own.results.Rows {
				if r.Value < 0 || math.IsNaN(r.Value) || math.IsInf(r.Value, 0) || r.Part != p.name || (r.Limit == nil) != (r.Verdict == "") {
					t.Errorf("%+v", r)
				}
			}
		})
	}
}

func TestEveryClientOfEitherServerGetsEveryEvent(t *testing.T) {
	t.Parallel()
	for _, name := range []string{livetapeServer, r3labsServer} {
		r, err := (&bench{}).loadServer(name, load{clients: 5, rate: 200, lasts: time.Second, grace: time.Second})
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
	t.Parallel()
	r, err := (&bench{}).loadServer(livetapeServer, load{clients: 5, rate: 2000, lasts: time.Second, grace: time.Second, stalled: true})
	if err != nil {
		t.Fatal(err)
	}
	if r.lost != 0 || r.delivered == 0 {
		t.Errorf("%d delivered, %d lost", r.delivered, r.lost)
	}
}

func TestABudgetIsMetUpToItsLimit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		limit *limit
		value float64
		want  string
	}{
		{atMost(1.5), 1.4, "ok"}, {atMost(1.5), 1.5, "ok"}, {atMost(1.5), 1.6, "missed"},
		{atLeast(4), 4.1, "ok"}, {atLeast(4), 4, "ok"}, {atLeast(4), 3.9, "missed"},
	} {
		if got := c.limit.judge(c.value); got != c.want {
			t.Errorf("%g with %s: %s", c.value, c.limit.text("×"), got)
		}
	}
}

func TestFreshResultsTakeThePlaceOfThoseOfTheSamePart(t *testing.T) {
	t.Parallel()
	old := results{Machine: "old", Rows: []row{{Part: "feed", What: "1"}, {Part: "server", What: "2"}}, Plots: []plot{{File: "rate"}}}
	got := old.mergedWith(results{Machine: "new", Rows: []row{{Part: "server", What: "3"}}})
	if len(got.Rows) != 2 || got.Rows[0].What != "1" || got.Rows[1].What != "3" || got.Machine != "new" || len(got.Plots) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestThePageAndItsPicturesAreThoseOfTheData(t *testing.T) {
	t.Parallel()
	r, err := readResults(docs)
	if err != nil {
		t.Fatal(err)
	}
	page := read(t, docs+"/performance.md")
	if filled, err := fillIn(page, r); err != nil || filled != page {
		t.Errorf("the page is not that of the data: run go run . -draw (%v)", err)
	}
	for _, p := range r.Plots {
		if read(t, pictureFile(docs, p)) != p.svg() {
			t.Errorf("%s.svg is not that of the data: run go run . -draw", p.File)
		}
		if !strings.Contains(page, "performance/"+p.File+".svg") {
			t.Errorf("the page does not show %s.svg", p.File)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
