package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/vt"
)

func measureLatency(b *bench) error {
	for _, c := range []struct{ rate, limit float64 }{{b.rate, 50}, {40, 100}} {
		begin := b.machine.now()
		late, err := b.stampsOnScreen(c.rate)
		if err != nil {
			return err
		}
		b.add(begin, row{
			What:  fmt.Sprintf("an event's stamp until it is on the terminal, %g events/s: p99", c.rate),
			Value: late[len(late)*99/100], Unit: "ms", Limit: atMost(c.limit),
			Detail: fmt.Sprintf("p50 %.1f ms; %d stamps", late[len(late)/2], len(late)),
		})
	}
	return measureStart(b)
}

// clocks is how many symbols have a stamp as their price. They take turns, so that a stamp stays until it is drawn.
const clocks = 8

// stampsOnScreen is how long after their stamps prices are on the terminal, in milliseconds, the shortest first.
func (b *bench) stampsOnScreen(rate float64) ([]float64, error) {
	server, url, err := b.startServer("stamps", rate)
	if err != nil {
		return nil, err
	}
	defer server.end()
	t, err := b.openTerminal(120, 40, b.command("watch", url))
	if err != nil {
		return nil, err
	}
	defer t.close()
	if err := t.waitFor(startLimit, "the stamps", func(screen string) bool { return strings.Contains(screen, "CLOCK7") }); err != nil {
		return nil, err
	}
	time.Sleep(b.settle)
	var late []float64
	seen := make(map[string]string) // the last stamp of a symbol
	t.onChange(func(at time.Time, screen *vt.Emulator) {
		for _, found := range stamp.FindAllStringSubmatch(screen.String(), -1) {
			symbol, text := found[1], strings.ReplaceAll(found[2], ",", "")
			before, ok := seen[symbol]
			if text == before {
				continue
			}
			seen[symbol] = text
			if sent, err := strconv.ParseFloat(text, 64); err == nil && ok {
				late = append(late, inDay(at)-sent)
			}
		}
	})
	time.Sleep(2 * b.window)
	t.onChange(nil)
	if len(late) == 0 {
		return nil, fmt.Errorf("no stamp came on the screen at %g events/s", rate)
	}
	slices.Sort(late)
	return late, nil
}

var stamp = regexp.MustCompile(`(CLOCK\d) [^│\n]*?([\d,]+\.\d{3})`)

// inDay is a time in milliseconds since midnight.
func inDay(t time.Time) float64 {
	const day = 24 * time.Hour
	return float64(t.UnixNano()%int64(day)) / float64(time.Millisecond)
}

// serveStamps is the role of a server of so many events a second. Some 40 of them, at random moments, are stamps: prices that
// are the time.
func serveStamps(args []string) error {
	rate, err := strconv.ParseFloat(args[0], 64)
	if err != nil {
		return err
	}
	return serveUntilInputEnds(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		flush := http.NewResponseController(w).Flush
		stamps, others := 0, 0
		next := time.Now()
		for began := next; flush() == nil; {
			time.Sleep(min(time.Until(next), time.Millisecond))
			for ; float64(others) < time.Since(began).Seconds()*(rate-40); others++ {
				fmt.Fprintf(w, "event: price\nid: %d\ndata: {\"symbol\":\"SYM%03d\",\"last\":\"%d.46\",\"bid\":\"181.45\",\"ask\":\"181.47\",\"volume\":\"48211900\"}\n\n", others, others%200, 100+others%50)
			}
			if now := time.Now(); !now.Before(next) {
				fmt.Fprintf(w, "event: price\ndata: {\"symbol\":\"CLOCK%d\",\"last\":\"%.3f\"}\n\n", stamps%clocks, inDay(now))
				next = now.Add(rand.N(time.Second / 20))
				stamps++
			}
		}
	})
}

// measureStart is the time from the start of the demo to the first price on the screen.
func measureStart(b *bench) error {
	begin := b.machine.now()
	took := time.Hour
	for range b.turns {
		began := time.Now()
		t, err := b.openTerminal(120, 40, b.command("demo"))
		if err != nil {
			return err
		}
		err = t.waitFor(startLimit, "a price", firstPrice.MatchString)
		took = min(took, time.Since(began))
		t.close()
		if err != nil {
			return err
		}
	}
	b.add(begin, row{What: "start of livetape demo until the first price is on the terminal", Value: float64(took.Microseconds()) / 1000, Unit: "ms", Limit: atMost(100), Detail: fmt.Sprintf("the best of %d", b.turns)})
	return nil
}

var firstPrice = regexp.MustCompile(`(?m)^[ │▸▌>‼★~]*([A-Z]{3,5}) .*\d\.\d\d`)
