package cli_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"livetape/feed"
	"livetape/feed/decode"
	"livetape/mockserver"
	"livetape/mockserver/fault"
)

var (
	soakFor    = flag.Duration("soak", 0, "how long to soak by hand")
	soakSeed   = flag.Uint64("soak-seed", 7, "of the faults, and of all that is done to the screen")
	faultsOver = flag.Int("soak-faults", 10_000, "faults over all that time, half of them for each of two feeds")
)

// TestTenMinuteSoak drives two feeds of one set, and the built binary on the same two servers, through seeded faults of
// every kind, while clocks are stepped, and the binary's terminal is resized and its process stopped.
func TestTenMinuteSoak(t *testing.T) {
	if *soakFor <= 0 {
		t.Skip("run by hand, with -soak 10m -timeout 30m")
	}
	ctx, cancel := context.WithTimeout(t.Context(), *soakFor+15*time.Minute)
	defer cancel()
	feeds := startSoakedFeeds(ctx, t, cancel)
	screen := startSoakedScreen(t, feeds)
	soaking, stopSoaking := context.WithCancel(ctx)
	defer stopSoaking()
	var filled sync.WaitGroup
	filled.Add(len(feeds))
	began := time.Now()
	samples := sampleMemory(soaking, t, screen.cmd.Process.Pid, &filled)
	soakTogether(soaking, t, feeds, screen, &filled, stopSoaking)
	took := time.Since(began)
	all := <-samples
	screen.requireTruth(t, feeds)
	report(t, took, feeds, screen, all)
}

// soakTogether soaks the feeds, and disturbs the screen until both are done.
func soakTogether(soaking context.Context, t *testing.T, feeds []*soakedFeed, screen *soakedScreen, filled *sync.WaitGroup, stopSoaking func()) {
	t.Helper()
	var left atomic.Int32
	left.Store(int32(len(feeds)))
	t.Run("while", func(t *testing.T) {
		for n, f := range feeds {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				defer func() {
					close(f.done)
					if left.Add(-1) == 0 {
						stopSoaking()
					}
				}()
				f.t = t
				f.fillBoundedMemory(filled)
				f.soak(rand.New(rand.NewPCG(uint64(n), *soakSeed)))
			})
		}
		t.Run("screen", func(t *testing.T) {
			t.Parallel()
			screen.disturb(soaking, t, rand.New(rand.NewPCG(9, *soakSeed)))
		})
	})
}

// soakedFeed is one of the two feeds, with what happened to it.
type soakedFeed struct {
	*subscriber
	url    string
	routed chan feed.Event
	done   chan struct{} // closed when it takes no more events

	kinds          map[string]int // faults, by name
	compared       int            // how often the board was
	taken          int            // events, each once
	lost, doubled  int            // of which no fault is the cause
	lostByFault    int            // by gap, restart, reorder when a connection ends within a pair, and where the last event id is refused
	doubledByFault int            // by dup and noid

	before string // the fault before this one
}

// startSoakedFeeds starts two servers and a set of two feeds.
func startSoakedFeeds(ctx context.Context, t *testing.T, cancel func()) []*soakedFeed {
	t.Helper()
	var feeds []*soakedFeed
	var configs []feed.Config
	var stops []func()
	for n, name := range []string{"left", "right"} {
		mock, err := mockserver.New(mockserver.Config{
			Seed: uint64(3 + n), Epoch: name, Rate: noRate, Symbols: 12, Ring: 8192, Retry: shortRetry,
			Heartbeat: 20 * time.Millisecond, Now: uniqueTimes(),
		})
		if err != nil {
			t.Fatal(err)
		}
		running := make(chan error, 1)
		go func() { running <- mock.Run(ctx) }()
		addr, closeServer := serveRefusable(t, mock, mock.Handler())
		stops = append(stops, closeServer, func() {
			if err := <-running; err != nil {
				t.Error(err)
			}
		})
		f := &soakedFeed{
			subscriber: newSubscriber(name, mock), url: "http://" + addr + "/events", routed: make(chan feed.Event),
			done: make(chan struct{}), kinds: map[string]int{},
		}
		f.t, f.ctx, f.events = t, ctx, f.routed
		feeds = append(feeds, f)
		configs = append(configs, feed.Config{Name: name, URL: f.url, IdleTimeout: 500 * time.Millisecond, Decoder: decode.Native{}})
	}
	set, err := feed.Start(ctx, configs...)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range feeds {
		f.set = set
	}
	routing := make(chan struct{})
	go func() { defer close(routing); route(ctx, set, feeds) }()
	t.Cleanup(func() {
		cancel()
		<-routing
		for _, stop := range stops {
			stop()
		}
	})
	return feeds
}

// uniqueTimes gives every event a time of its own, near the present.
func uniqueTimes() func() time.Time {
	var mu sync.Mutex
	var last time.Time
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		if now := time.Now().Round(0); now.After(last.Add(time.Microsecond)) {
			last = now
		} else {
			last = last.Add(time.Microsecond)
		}
		return last
	}
}

// route gives each feed its events, until the set ends.
func route(ctx context.Context, set *feed.Set, feeds []*soakedFeed) {
	for event := range set.Events() {
		for _, f := range feeds {
			if f.name != event.Feed {
				continue
			}
			select {
			case f.routed <- event:
			case <-f.done:
			case <-ctx.Done():
			}
		}
	}
}

// fillBoundedMemory fills the ring of the server and all that a client remembers: what grows afterwards has no bound.
func (f *soakedFeed) fillBoundedMemory(filled *sync.WaitGroup) {
	f.t.Helper()
	defer filled.Done()
	f.catchUp()
	for range 140 {
		f.mock.Step(1000)
		f.catchUp()
		clear(f.seen)
	}
}

// soak injects half of the faults over the time.
func (f *soakedFeed) soak(chance *rand.Rand) {
	rounds, began := (*faultsOver+1)/2, time.Now()
	for n := range rounds {
		f.await(time.Until(began.Add(*soakFor*time.Duration(n)/time.Duration(rounds))), false, never)
		f.goThrough(randomFault(chance), chance)
	}
	f.await(time.Until(began.Add(*soakFor)), false, never)
	f.clockStep = 0
	for range 200 { // whatever can trade does
		f.step(20)
		f.catchUp()
	}
	f.goThrough(fault.Restart, chance)
}

func never() bool { return false }

// randomFault is a fault of any kind, as a user writes it.
func randomFault(chance *rand.Rand) string {
	all := fault.List()
	info := all[chance.IntN(len(all))]
	values := map[string][]string{
		fault.Slow: {"2000", "20000"}, fault.HTTPStatus: {"401", "403", "404", "408", "410", "429", "500", "502"},
		fault.Redirect: {"301-same", "307-same", "302-other", "308-other", "302-loop"}, fault.Huge: {"1", "2", "3"},
		fault.Retry: {"0", "250", "3600000"}, fault.Burst: {"500", "5000"}, fault.Skew: {"1h", "-1h"},
	}
	text := info.Name
	if values := values[text]; values != nil {
		text += "=" + values[chance.IntN(len(values))]
	}
	if info.For > 0 {
		text += ":1h" // until it is cleared
	}
	return text
}

// What faults do by their nature.
var (
	endsStreams = []string{fault.Drop, fault.EOF, fault.Stall, fault.Unavailable, fault.NoContent, fault.HTTPStatus,
		fault.Redirect, fault.ContentType, fault.Gzip, fault.Restart, fault.Refuse, fault.OtherNode}
	losesEvents   = []string{fault.Gap, fault.Restart, fault.OtherNode}
	doublesEvents = []string{fault.Duplicate, fault.NoID, fault.OtherNode}
	refusesID     = fault.HTTPStatus + "=410" // once it has, nobody asks for what was missed
	// upsetsBoard are those after which only a fresh snapshot tells the truth: an older quote came last, or one never came.
	upsetsBoard = []string{fault.Gap, fault.Reorder}
)

// goThrough has the server go through one fault, and judges what came of it.
func (f *soakedFeed) goThrough(text string, chance *rand.Rand) {
	f.t.Helper()
	name, _, _ := strings.Cut(text, ":")
	name, _, _ = strings.Cut(name, "=")
	f.kinds[name]++
	epoch, from := cutID(f.t, f.mock.Newest())
	connections, arrived := f.status.Connections, f.arrived
	if chance.IntN(10) == 0 {
		f.clockStep, f.stepped = time.Duration(chance.IntN(11)-5)*time.Hour, true
	}
	if name == fault.Skew {
		f.clockStep = 0 // or a time ahead of the clock would be a believable one
	}
	f.step(1 + chance.IntN(10))
	f.inject(text)
	f.step(1 + chance.IntN(20))
	f.await(2*time.Second, false, func() bool {
		if slices.Contains(endsStreams, name) {
			return f.status.State != feed.Live || f.status.Connections > connections
		}
		return f.arrived > arrived
	})
	if slices.Contains(endsStreams, name) && chance.IntN(8) == 0 {
		f.await(3*shortRetry, false, never) // so long that it meets those who try again
	}
	f.step(1 + chance.IntN(10))
	if name == fault.NoID { // behind an event with its id, none of them would come again
		f.await(2*time.Second, false, func() bool { _, to := cutID(f.t, f.mock.Newest()); return f.arrived-arrived >= to-from })
	}
	f.inject(fault.Clear)
	switch name {
	case fault.NoID:
		f.inject(fault.EOF) // what came without its id comes again with it
		f.await(2*time.Second, false, func() bool { return f.status.State != feed.Live || f.status.Connections > connections })
	case fault.Burst:
		f.await(50*time.Millisecond, false, never) // a batch may be under way
	case fault.Skew:
		f.setBack = time.Now()
	}
	f.step(1 + chance.IntN(5))
	loses := func() bool {
		return slices.Contains(losesEvents, name) || strings.HasPrefix(text, refusesID) && f.saidNotResumed()
	}
	f.catchUpWithAll(epoch, from, loses)
	f.count(name, epoch, from, loses() || name == fault.Reorder && f.status.Connections > connections)
	if slices.Contains(upsetsBoard, name) {
		f.goThrough(fault.Restart, chance)
	} else {
		f.compared++
		f.requireTruth()
	}
	if f.before = name; f.t.Failed() {
		f.t.Fatalf("after %s, fault %d; the feed is %+v", text, f.faults(), f.status)
	}
}

// saidNotResumed reports whether the feed said since the last fault that a connection does not go on where it was.
func (f *soakedFeed) saidNotResumed() bool {
	return slices.ContainsFunc(f.gaps, func(g feed.Gap) bool { return g.Kind == feed.NotResumed })
}

func (f *soakedFeed) faults() (n int) {
	for _, times := range f.kinds {
		n += times
	}
	return n
}

// await takes events until done, or for so long; with press it has the feed retry at once whenever it waits or has ended.
func (f *soakedFeed) await(atMost time.Duration, press bool, done func() bool) bool {
	f.t.Helper()
	timer := time.NewTimer(atMost)
	defer timer.Stop()
	for {
		if waits := f.status.State == feed.Waiting || f.status.State.HasEnded(); waits && press && !f.pressed {
			f.press("r")
		}
		if done() {
			return true
		}
		select {
		case event := <-f.events:
			if f.take(event); event.Status != nil && f.status.State.HasEnded() {
				f.pressed = false
			}
		case <-timer.C:
			return false
		case <-f.ctx.Done():
			f.t.Fatalf("the time is over: the feed is %+v", f.status)
		}
	}
}

// catchUpWithAll takes events until the feed is live and every event since the fault has come, or the newest of an epoch
// or a stream that lacks some.
func (f *soakedFeed) catchUpWithAll(epoch string, from int, loses func() bool) {
	f.t.Helper()
	caughtUp := func() bool {
		newest := f.mock.Newest()
		if f.status.State != feed.Live || f.newest != newest && f.seen[newest] == 0 {
			return false
		}
		now, to := cutID(f.t, newest)
		return loses() || now != epoch || f.distinct(epoch, from) == to-from
	}
	for range 300 {
		if f.await(100*time.Millisecond, true, caughtUp) {
			return
		}
		if loses() {
			f.step(1) // the newest may have been left out
		}
	}
	f.t.Errorf("30 s after a fault the feed is %+v, at %s of %s, after %+v", f.status, f.newest, f.mock.Newest(), f.gaps)
}

// distinct is how many events of an epoch came behind a number.
func (f *soakedFeed) distinct(epoch string, behind int) (n int) {
	for id := range f.seen {
		if e, number := cutID(f.t, id); e == epoch && number > behind {
			n++
		}
	}
	return n
}

// count adds what was lost and doubled since the fault, and forgets the events.
func (f *soakedFeed) count(name, epoch string, from int, loses bool) {
	arrived := 0
	for _, times := range f.seen {
		arrived += times
	}
	fresh := len(f.seen)
	now, to := cutID(f.t, f.mock.Newest())
	lost, doubled := 0, arrived-fresh
	if now == epoch {
		fresh = f.distinct(epoch, from)
		lost, doubled = to-from-fresh, arrived-fresh
	}
	f.taken += fresh
	if loses {
		f.lostByFault, lost = f.lostByFault+lost, 0
	}
	if slices.Contains(doublesEvents, name) || slices.Contains(doublesEvents, f.before) { // the last copy may come late
		f.doubledByFault, doubled = f.doubledByFault+doubled, 0
	}
	if lost != 0 || doubled != 0 {
		f.t.Errorf("%s: %d events lost and %d doubled", name, lost, doubled)
	}
	f.lost, f.doubled = f.lost+lost, f.doubled+doubled
	clear(f.seen)
	f.gaps, f.statuses = nil, nil
}

// soakedScreen is the built binary in a terminal, and all that was done to it.
type soakedScreen struct {
	*terminal
	clock                          steppableClock
	steps, resizes, stops, presses int
	ahead                          time.Duration
}

func startSoakedScreen(t *testing.T, feeds []*soakedFeed) *soakedScreen {
	t.Helper()
	program, environment, clock := startClock(t)
	file := filepath.Join(t.TempDir(), "livetape.yaml")
	text := "feeds:\n"
	for _, f := range feeds {
		text += fmt.Sprintf("  %s: {url: '%s', preset: livetape}\n", f.name, f.url)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "watch", "--config", file)
	cmd.Env = []string{environment}
	s := &soakedScreen{terminal: startTerminal(t, 160, 50, cmd), clock: clock}
	s.waitFor("both feeds live", bothLive)
	return s
}

// bothLive reads the table of feeds, which a screen of this size has below its panes.
func bothLive(screen string) bool { return strings.Count(screen, "● LIVE") >= 2 }

// disturb steps the clock, resizes the terminal, stops and continues the process, and presses keys that only show
// something, or retry.
func (s *soakedScreen) disturb(ctx context.Context, t *testing.T, chance *rand.Rand) {
	keys := []string{"j", "k", "g", "G", "\t", "?", "\x1b", "!", "f", "R", "R"}
	for wait := func(most int) bool {
		select {
		case <-time.After(time.Duration(chance.IntN(most)) * time.Millisecond):
			return true
		case <-ctx.Done():
			return false
		}
	}; wait(300); {
		switch chance.IntN(4) {
		case 0:
			s.ahead = time.Duration(chance.IntN(7200)-3600) * time.Second
			s.clock.step(t, s.ahead)
			s.steps++
		case 1:
			s.resize(40+chance.IntN(180), 10+chance.IntN(60))
			s.resizes++
		case 2:
			s.signal(syscall.SIGSTOP)
			wait(1000)
			s.signal(syscall.SIGCONT)
			s.stops++
		case 3:
			s.press(keys[chance.IntN(len(keys))])
			s.presses++
		}
	}
}

func (s *soakedScreen) resize(width, height int) {
	s.t.Helper()
	s.mu.Lock()
	s.screen.Resize(width, height)
	s.mu.Unlock()
	if err := pty.Setsize(s.pty, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}); err != nil {
		s.t.Fatal(err)
	}
}

// requireTruth waits until both feeds are live on the screen with the prices of their servers. A price that a fault or a
// step of the clock dated ahead is believed for a minute, so that the market goes on meanwhile.
func (s *soakedScreen) requireTruth(t *testing.T, feeds []*soakedFeed) {
	t.Helper()
	s.resize(160, 50)
	var screen string
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); {
		s.press("\x1b") // closes what is open; with another key right behind it, it would be a part of that one
		for _, f := range feeds {
			f.mock.Step(100)
			f.inject(fault.Restart)
		}
		var shown bool
		screen, shown = s.showsWithin(3*time.Second, func(screen string) bool {
			return bothLive(screen) && len(missingPrices(screen, feeds)) == 0
		})
		if shown {
			return
		}
		s.press("R")
	}
	t.Errorf("the screen lacks %q:\n%s", missingPrices(screen, feeds), screen)
}

// missingPrices are the rows of the servers that the screen does not show.
func missingPrices(screen string, feeds []*soakedFeed) (missing []string) {
	screen = withAllZeros(strings.ReplaceAll(screen, ",", ""))
	for _, f := range feeds {
		for _, r := range serverTruth(f.t, f.mock, f.name).Rows() {
			shown := false
			for line := range strings.Lines(screen) {
				shown = shown || strings.Contains(line, r.Symbol+" ") && strings.Contains(line, r.Last.Value.String())
			}
			if !shown {
				missing = append(missing, f.name+" "+r.Symbol+" "+r.Last.Value.String())
			}
		}
	}
	return missing
}

// withAllZeros writes out the zeros that a screen counts: 0.0₄12 is 0.000012.
func withAllZeros(screen string) string {
	return countedZeros.ReplaceAllStringFunc(screen, func(text string) string {
		n := 0
		for _, digit := range strings.TrimPrefix(text, "0.0") {
			n = 10*n + int(digit-'₀')
		}
		return "0." + strings.Repeat("0", n)
	})
}

var countedZeros = regexp.MustCompile(`0\.0[₀-₉]+`)

// memorySample is what the test, with servers and clients, and the built binary take.
type memorySample struct {
	at         time.Duration
	heap       uint64 // bytes after a collection
	goroutines int
	resident   int // KiB, of the binary
}

// sampleMemory samples every 30 s, or ten times in a shorter run, from when the feeds are filled until ctx ends.
func sampleMemory(ctx context.Context, t *testing.T, pid int, filled *sync.WaitGroup) <-chan []memorySample {
	out := make(chan []memorySample, 1)
	go func() {
		var all []memorySample
		defer func() { out <- all }()
		filled.Wait()
		began, ticker := time.Now(), time.NewTicker(min(30*time.Second, *soakFor/10))
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			one := leastOfASecond()
			one.at, one.resident = time.Since(began), residentKiB(pid)
			t.Logf("%6s  heap %.1f MiB  %d goroutines  the binary %d MiB", one.at.Round(time.Second), float64(one.heap)/(1<<20), one.goroutines, one.resident>>10)
			all = append(all, one)
		}
	}()
	return out
}

// leastOfASecond is the least of some readings: each has what is under way, such as a huge event, or a connection.
func leastOfASecond() (least memorySample) {
	readings := time.NewTicker(100 * time.Millisecond)
	defer readings.Stop()
	least.heap, least.goroutines = math.MaxUint64, math.MaxInt
	for range 10 {
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		least.heap, least.goroutines = min(least.heap, stats.HeapAlloc), min(least.goroutines, runtime.NumGoroutine())
		<-readings.C
	}
	return least
}

func residentKiB(pid int) (kib int) {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(status)) {
		if n, _ := fmt.Sscanf(line, "VmRSS: %d kB", &kib); n == 1 {
			return kib
		}
	}
	return 0
}

// requireFlat checks that the least of the last third is not above that of the first by more than a fifth: what only grows
// raises the least, too, and how many connections there are at the moment does not.
func requireFlat(t *testing.T, what string, all []memorySample, value func(memorySample) float64) string {
	t.Helper()
	first, last := leastOfThirds(all, value)
	if last > 1.2*first {
		t.Errorf("%s: at least %.1f in the last third, and %.1f in the first", what, last, first)
	}
	return fmt.Sprintf("%s: at least %.1f in the first third, %.1f in the last", what, first, last)
}

func leastOfThirds(all []memorySample, value func(memorySample) float64) (first, last float64) {
	var values []float64
	for _, one := range all {
		values = append(values, value(one))
	}
	third := (len(all) + 2) / 3
	return slices.Min(values[:third]), slices.Min(values[len(all)-third:])
}

func report(t *testing.T, took time.Duration, feeds []*soakedFeed, screen *soakedScreen, all []memorySample) {
	t.Helper()
	var b strings.Builder
	kinds := map[string]int{}
	fmt.Fprintf(&b, "soaked for %s\n", took.Round(time.Second))
	for _, f := range feeds {
		for name, times := range f.kinds {
			kinds[name] += times
		}
		fmt.Fprintf(&b, "feed %s: %d faults, %d events over %d connections, %d lost and %d doubled; by faults %d lost and %d doubled; "+
			"%d duplicates dropped; the board equal to the server's truth %d times\n", f.name, f.faults(), f.taken, f.status.Connections,
			f.lost, f.doubled, f.lostByFault, f.doubledByFault, f.found.Duplicates, f.compared)
	}
	for _, info := range fault.List() {
		if kinds[info.Name] == 0 {
			t.Errorf("no %s was injected", info.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		fmt.Fprintf(&b, "%s %d  ", name, kinds[name])
	}
	fmt.Fprintf(&b, "\nscreen: %d clock steps (at the end %s), %d resizes, %d stops, %d keys\n", screen.steps, screen.ahead, screen.resizes, screen.stops, screen.presses)
	fmt.Fprintln(&b, requireFlat(t, "heap in MiB", all, func(s memorySample) float64 { return float64(s.heap) / (1 << 20) }))
	fmt.Fprintln(&b, requireFlat(t, "goroutines", all, func(s memorySample) float64 { return float64(s.goroutines) }))
	full := all[len(all)/3:] // by then, all that it keeps for reconnects is there
	fmt.Fprintln(&b, requireFlat(t, "resident MiB of the binary, once it is full", full, func(s memorySample) float64 { return float64(s.resident) / 1024 }))
	t.Log(b.String())
}
