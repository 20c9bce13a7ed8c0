package mockserver_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
	"livetape/mockserver/fault"
	"livetape/mockserver/scenario"
)

// shipped is a scenario that comes with the server.
func shipped(t testing.TB, name string) *scenario.Scenario {
	t.Helper()
	s, err := scenario.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// parsed is a scenario of a few lines.
func parsed(t testing.TB, lines ...string) *scenario.Scenario {
	t.Helper()
	s, err := scenario.Parse("test.yaml", []byte(strings.Join(lines, "\n")+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// firstID stands before the first event.
func firstID(id string) string { return id[:strings.LastIndexByte(id, '-')] + "-0" }

// everything is all that a client gets that comes first thing, byte for byte, and then the truth. The market stands still.
func (s *testServer) everything() string {
	s.t.Helper()
	newest := s.Newest()
	resp := s.do(http.MethodGet, "/events", "Last-Event-ID", firstID(newest))
	defer resp.Body.Close()
	var wire bytes.Buffer
	l := &streamReader{t: s.t, body: resp.Body, lines: bufio.NewReader(io.TeeReader(resp.Body, &wire))}
	l.expect("resume")
	l.until(newest)
	return wire.String() + string(s.Snapshot())
}

func TestAScenarioAndASeedMakeTheSameBytesInAnyPortions(t *testing.T) {
	all, err := scenario.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, played := range all {
		t.Run(played.Name, func(t *testing.T) {
			run := func(seed uint64, portions ...int) string {
				s := serve(t, newMock(t, mockserver.Config{Scenario: played, Seed: seed}), loopback(t))
				for range 15 {
					for _, n := range portions {
						s.Step(n)
					}
				}
				inject(t, s, "clear") // the faults are over in the scenario's time, not in ours
				return s.everything()
			}
			first := run(7, 1000)
			if diff := cmp.Diff(first, run(7, 1, 7, 290, 702)); diff != "" {
				t.Error("the same seed told another story: ", diff)
			}
			if first == run(8, 1000) {
				t.Error("another seed told the same story")
			}
		})
	}
}

func TestAScenarioInRealTimeIsTheOneInPortions(t *testing.T) {
	const turns = 2200 // 55 s, at first with 40 a second
	config := mockserver.Config{Scenario: shipped(t, "flash-crash"), Seed: 3}
	stepped := serve(t, newMock(t, config), loopback(t))
	stepped.Step(turns)
	l := stepped.resume(firstID(stepped.Newest()))
	defer l.close()
	want := l.until(stepped.Newest())[1:]

	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, config), inMemory())
		l := s.resume(firstID(s.Newest()))
		defer l.close()
		l.expect("resume")
		s.run()
		if diff := cmp.Diff(want, l.until(stepped.Newest()), cmp.AllowUnexported(event{})); diff != "" {
			t.Error("in real time came other events: ", diff)
		}
	})
}

func TestEventsAndFaultsComeAtTheirTime(t *testing.T) {
	played := parsed(t,
		"length: 1m", "rate: 40", "chatter: 0s", "start: 2026-03-02T14:30:00Z",
		"steps:",
		"  - {at: 5s, headline: One}",
		"  - {at: 10s, rate: 10x, headline: Two}",
		"  - {at: 20s, rate: 1x, headline: Three}",
		"  - {at: 30s, fault: drop}",
	)
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Scenario: played}), inMemory())
		l := s.listen("/events")
		l.expect("snapshot")
		s.run()
		begun := time.Now()
		var at []time.Duration
		var events []event
		for {
			e, err := l.read()
			if err != nil {
				break
			}
			if e.hasID {
				events = append(events, e)
			}
			if e.Type == "news" {
				at = append(at, time.Since(begun).Round(100*time.Millisecond))
			}
		}
		at = append(at, time.Since(begun).Round(100*time.Millisecond))
		if diff := cmp.Diff([]time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 30 * time.Second}, at); diff != "" {
			t.Error("headlines and the fault came at other times: ", diff)
		}
		if got := len(events); got < 4799 || got > 4800 { // 400, 4000 and 400; the last may go with the connection
			t.Errorf("%d events came before the fault, want 4800", got)
		}
		if stamp := timeOf(t, events[len(events)-1]); stamp.Sub(played.Start).Round(100*time.Millisecond) != 30*time.Second {
			t.Errorf("the last event before the fault is of %s", stamp)
		}
	})
}

// timeOf is the time in an event's payload.
func timeOf(t testing.TB, e event) time.Time {
	t.Helper()
	var data struct{ Time time.Time }
	if err := json.Unmarshal([]byte(e.Data), &data); err != nil {
		t.Fatal(err)
	}
	return data.Time
}

func TestABurstFromOutsideChangesNoEventThatIsToBeTheSame(t *testing.T) {
	played := parsed(t, "length: 1h", "chatter: 0s", "start: 2026-03-02T14:30:00Z", "steps:", "  - {at: 20s, headline: Now}")
	// headline is when it comes, and behind how many events.
	headline := func(start time.Time) (after time.Duration, events int) {
		synctest.Test(t, func(t *testing.T) {
			ours := *played
			ours.Start = start
			s := serve(t, newMock(t, mockserver.Config{Scenario: &ours, Faults: []fault.Fault{{Name: "burst", Value: "400", For: time.Minute}}}), inMemory())
			l := s.listen("/events")
			l.expect("snapshot")
			s.run()
			begun := time.Now()
			for e := l.next(); e.Type != "news"; e = l.next() {
				events++
			}
			after = time.Since(begun).Round(100 * time.Millisecond)
			l.close()
		})
		return after, events
	}
	if after, events := headline(played.Start); after != 2*time.Second || events != 799 {
		t.Errorf("ten times as fast, the headline of 20 s came after %s and %d events, want 2s and 799", after, events)
	}
	if after, events := headline(time.Time{}); after != 20*time.Second || events != 7999 {
		t.Errorf("with the time of day, the headline of 20 s came after %s and %d events, want 20s and 7999", after, events)
	}
}

func TestAFaultStrikesBehindTheSameEventInEveryRun(t *testing.T) {
	played := parsed(t, "length: 10s", "loop: true", "start: 2026-03-02T14:30:00Z", "steps:", "  - {at: 5s, fault: restart}")
	for _, portion := range []int{1, 7, 200, 1000} {
		s := newMock(t, mockserver.Config{Scenario: played})
		first := s.Newest()
		for made := 0; made < 350; made += portion {
			s.Step(min(portion, 350-made))
		}
		epoch, n, _ := strings.Cut(s.Newest(), "-")
		if !strings.HasPrefix(epoch, strings.TrimSuffix(first, "-0")+".") || n != "150" {
			t.Errorf("in portions of %d, event 350 is %s, where a restart behind event 200 makes it the 150th of an epoch", portion, s.Newest())
		}
	}
}

func TestAClientFromAnotherRunIsNeverResumedInSilence(t *testing.T) {
	config := mockserver.Config{Scenario: shipped(t, "calm")}
	before := serve(t, newMock(t, config), loopback(t))
	before.Step(900)
	seen := before.Newest()

	again := serve(t, newMock(t, config), loopback(t))
	again.Step(100)
	l := again.resume(seen)
	defer l.close()
	var reset struct{ From string }
	if err := json.Unmarshal([]byte(l.expect("reset").Data), &reset); err != nil || reset.From != seen {
		t.Errorf("the reset is %+v, %v", reset, err)
	}
	l.expect("snapshot")

	again.Step(1000) // now the id stands for what the client has seen
	before.Step(200)
	same, other := before.resume(seen), again.resume(seen)
	defer same.close()
	defer other.close()
	same.expect("resume")
	other.expect("resume")
	if diff := cmp.Diff(same.until(before.Newest()), other.until(before.Newest()), cmp.AllowUnexported(event{})); diff != "" {
		t.Error("what follows the id is something else: ", diff)
	}

	config.Seed = 2
	third := serve(t, newMock(t, config), loopback(t))
	third.Step(1000)
	l = third.resume(seen)
	defer l.close()
	l.expect("reset")
}

func TestWithoutAStartPayloadsHaveTheTimeOfDay(t *testing.T) {
	played := shipped(t, "calm")
	played.Start = time.Time{}
	s := serve(t, newMock(t, mockserver.Config{Scenario: played, Now: stillClock}), loopback(t))
	s.Step(10)
	if again := newMock(t, mockserver.Config{Scenario: played}); strings.Contains(s.Newest(), strings.TrimSuffix(again.Newest(), "0")) {
		t.Errorf("two servers have the epoch of %s", again.Newest())
	}
	l := s.resume(firstID(s.Newest()))
	defer l.close()
	for _, e := range l.until(s.Newest())[1:] {
		if !timeOf(t, e).Equal(stillClock()) {
			t.Errorf("the time of %s is not %s", e.Data, stillClock())
		}
	}
}

func TestAScenarioWithoutStepsIsAMarketThatIsOpen(t *testing.T) {
	mock := newMock(t, mockserver.Config{Scenario: &scenario.Scenario{Name: "bare", Length: time.Minute}})
	mock.Step(100)
	want := map[string]any{"symbol": "", "state": "open"}
	got := serverState(t, mock).status[""]
	for key := range got {
		if _, ok := want[key]; !ok {
			delete(got, key)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatAClientBuildsFromAScenarioIsTheTruth(t *testing.T) {
	for _, name := range []string{"open-bell", "earnings", "flash-crash"} {
		s := serve(t, newMock(t, mockserver.Config{Scenario: shipped(t, name)}), loopback(t))
		l := s.listen("/events")
		defer l.close()
		b := newMarketState()
		b.mustApply(t, l.expect("snapshot"))
		for range 20 {
			s.Step(1000)
			b.mustApply(t, l.until(s.Newest())...)
		}
		b.news = nil // a client keeps more of them
		want := serverState(t, s.Server)
		want.news = nil
		if diff := cmp.Diff(want, b, cmp.AllowUnexported(marketState{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestAScenarioThatDoesNotFitItsServerIsRefused(t *testing.T) {
	crash := shipped(t, "flash-crash")
	for want, config := range map[string]mockserver.Config{
		"symbols: scenario flash-crash needs 24 or more":    {Scenario: crash, Symbols: 23},
		"rate: scenario flash-crash needs 1 event a second": {Scenario: crash, Rate: 0.5},
		"scenario : a length of 0s is less than 1s":         {Scenario: &scenario.Scenario{}},
	} {
		if _, err := mockserver.New(config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestABurstThatEndsWithinABatchTakesNoEventBack(t *testing.T) {
	t.Parallel()
	played := parsed(t, "length: 1h", "rate: 1", "chatter: 0s", "steps:", "  - {at: 2s, fault: burst=1000:8ms}", "  - {at: 9s, headline: Later}")
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Scenario: played}), inMemory())
		l := s.listen("/events")
		l.expect("snapshot")
		s.run()
		begun := time.Now()
		for e := l.next(); e.Type != "news"; {
			e = l.next()
		}
		if after := time.Since(begun).Round(100 * time.Millisecond); after < 8*time.Second || after > 10*time.Second {
			t.Errorf("the headline of 9 s came after %s", after)
		}
		l.close()
	})
}
