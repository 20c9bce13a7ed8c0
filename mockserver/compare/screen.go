package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// screenSize is a terminal's, in cells.
type screenSize struct{ width, height int }

func (s screenSize) String() string { return fmt.Sprintf("%d×%d", s.width, s.height) }

func measureScreen(b *bench) error {
	if err := measureBusyScreen(b); err != nil {
		return err
	}
	if err := measureNaive(b); err != nil {
		return err
	}
	for _, c := range []struct {
		what  string
		size  screenSize
		rate  float64
		limit float64
	}{
		{"40 events/s, 24 symbols", screenSize{120, 40}, 40, 1.5},
		{"40 events/s, 24 symbols", screenSize{200, 60}, 40, 2},
		{"connected, no events", screenSize{120, 40}, 1e-6, 0.3},
	} {
		begin := b.machine.now()
		s, err := b.watch(c.size, c.rate, 24, 1)
		if err != nil {
			return err
		}
		b.add(begin, row{
			What: fmt.Sprintf("livetape watch, %s, %s", c.what, c.size), Value: s.watch, Unit: "% of a core", Limit: atMost(c.limit),
			Detail: fmt.Sprintf("%.0f B/s to the terminal; r3labs/sse %.2f %%", s.written, s.raw),
		})
	}
	return nil
}

func measureBusyScreen(b *bench) error {
	begin := b.machine.now()
	size := screenSize{120, 40}
	s, err := b.watch(size, b.rate, 200, 1)
	if err != nil {
		return err
	}
	b.add(begin, row{
		What:  fmt.Sprintf("livetape watch, %g events/s, 200 symbols, %s, against r3labs/sse that decodes nothing", b.rate, size),
		Value: s.watch / s.raw, Unit: "×", Limit: atMost(1.5),
		Detail: fmt.Sprintf("%.1f %% and %.1f %% of a core; %.1f %% of the events counted; %.0f B/s to the terminal", s.watch, s.raw, 100*s.counted, s.written),
	})
	return nil
}

// measureNaive has the naive program watch the same feed.
func measureNaive(b *bench) error {
	begin := b.machine.now()
	server, url, err := b.startMock(b.rate, 200)
	if err != nil {
		return err
	}
	defer server.end()
	raw, err := b.start(roleCommand("follow", url))
	if err != nil {
		return err
	}
	defer raw.end()
	cmd := roleCommand("naive", url)
	cmd.Env = b.command().Env
	t, err := b.openTerminal(120, 40, cmd)
	if err != nil {
		return err
	}
	defer t.close()
	s, err := b.follow(t, raw)
	if err != nil {
		return err
	}
	b.add(begin, row{
		What:  fmt.Sprintf("a Bubble Tea program with a message an event, %g events/s, against r3labs/sse", b.rate),
		Value: s.watch / s.raw, Unit: "×",
		Detail: fmt.Sprintf("%.1f %% and %.1f %% of a core; %.1f %% of the events counted", s.watch, s.raw, 100*s.counted),
	})
	return nil
}

// watched is what it took to watch for a while, in per cent of one core.
type watched struct {
	watch, raw float64
	counted    float64 // events counted on the screen, as a part of those that r3labs/sse has read
	written    float64 // bytes a second to the terminal
}

// watch has livetape watch some feeds that have so many events a second together, while r3labs/sse reads one of them in
// another process.
func (b *bench) watch(size screenSize, rate float64, symbols, feeds int) (w watched, err error) {
	var urls []string
	for range feeds {
		server, url, err := b.startMock(rate/float64(feeds), symbols)
		if err != nil {
			return w, err
		}
		defer server.end()
		urls = append(urls, url)
	}
	raw, err := b.start(roleCommand("follow", urls[0]))
	if err != nil {
		return w, err
	}
	defer raw.end()
	t, err := b.openTerminal(size.width, size.height, b.command(append([]string{"watch"}, urls...)...))
	if err != nil {
		return w, err
	}
	defer t.close()
	return b.follow(t, raw)
}

// follow measures a screen, and r3labs/sse beside it, once both have events.
func (b *bench) follow(t *terminal, raw *process) (w watched, err error) {
	if err := t.waitForEvents(1, startLimit); err != nil {
		return w, err
	}
	time.Sleep(b.settle)
	screen, written := t.text()
	read, err := raw.ask()
	if err != nil {
		return w, err
	}
	began := time.Now()
	used, err := share(b.window, t.pid(), raw.cmd.Process.Pid)
	if err != nil {
		return w, err
	}
	took := time.Since(began)
	screenAfter, writtenAfter := t.text()
	readAfter, err := raw.ask()
	if err != nil {
		return w, err
	}
	return watched{
		watch: used[0], raw: used[1],
		counted: float64(eventsOn(screenAfter)-eventsOn(screen)) / float64(max(readAfter-read, 1)),
		written: float64(writtenAfter-written) / took.Seconds(),
	}, nil
}

// ask is the number that a process prints for a line of input.
func (p *process) ask() (int, error) {
	if _, err := fmt.Fprintln(p.in); err != nil {
		return 0, err
	}
	line, err := p.readLine()
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(line))
}

// measureMemory has livetape take many events of 500 symbols, with charts and the tape on the screen.
func measureMemory(b *bench) error {
	begin := b.machine.now()
	server, url, err := b.startMock(200_000, 500)
	if err != nil {
		return err
	}
	defer server.end()
	t, err := b.openTerminal(200, 60, b.command("watch", url))
	if err != nil {
		return err
	}
	defer t.close()
	if err := t.waitForEvents(1, startLimit); err != nil {
		return err
	}
	if err := t.press("tt"); err != nil { // the tape of all symbols, beside the details with their chart
		return err
	}
	var at []string
	var last float64
	for _, events := range b.memory {
		if err := t.waitForEvents(events, 20*time.Minute); err != nil {
			return err
		}
		last = float64(residentMemory(t.pid())) / (1 << 20)
		fmt.Fprintf(os.Stderr, "%.1f MiB after %d events\n", last, events)
		at = append(at, fmt.Sprintf("%.1f MiB after %d events", last, events))
	}
	b.add(begin, row{What: "livetape watch, 500 symbols, 200×60, charts and tape: resident memory", Value: last, Unit: "MiB", Limit: atMost(64), Detail: strings.Join(at, ", ")})
	return nil
}
