package feed

import (
	"livetape/feed/connection"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

// failed is an attempt that ended in a network error.
func failed() attemptOutcome {
	return attemptOutcome{Outcome: connection.Outcome{Ending: connection.Broken, RetryAfter: connection.NoRetryAfter}}
}

func answered(status int) attemptOutcome {
	return attemptOutcome{Outcome: connection.Outcome{Ending: connection.EndingOf(status), Status: status, RetryAfter: connection.NoRetryAfter}}
}

func fresh() retryHistory { return retryHistory{retry: defaultRetry} }

func TestEachEndingLeadsToItsState(t *testing.T) {
	const most = 1.0 // stands for the largest random number: the whole back-off
	sent := func(o attemptOutcome) attemptOutcome { o.sentID = true; return o }
	renewed := func(o attemptOutcome) attemptOutcome { o.newToken = true; return o }
	live := func(o attemptOutcome) attemptOutcome { o.live, o.delivered = true, true; return o }
	asked := func(o attemptOutcome, after time.Duration) attemptOutcome { o.RetryAfter = after; return o }
	proven := retryHistory{retry: defaultRetry, wasLive: true}
	for _, c := range []struct {
		what string
		past retryHistory
		o    attemptOutcome
		want retryStep
	}{
		{"a clean end waits exactly the reconnection time and is no failure", fresh(), live(attemptOutcome{Outcome: connection.Outcome{Ending: connection.Ended}}), retryStep{state: Waiting, wait: time.Second, planned: true}},
		{"a clean end forgets the failures before it", retryHistory{retry: time.Second, failures: 7}, attemptOutcome{Outcome: connection.Outcome{Ending: connection.Ended}, live: true}, retryStep{state: Waiting, wait: time.Second, planned: true}},
		{"a clean end obeys retry:", retryHistory{retry: 250 * time.Millisecond}, live(attemptOutcome{Outcome: connection.Outcome{Ending: connection.Ended}}), retryStep{state: Waiting, wait: 250 * time.Millisecond, planned: true}},
		{"a network error is a failure, which waits the reconnection time and up to as much on top", fresh(), failed(), retryStep{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"204 is the end", fresh(), answered(204), retryStep{state: Closed}},
		{"408 waits", fresh(), answered(408), retryStep{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"425 waits", fresh(), answered(425), retryStep{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"500 waits", fresh(), answered(500), retryStep{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"503 waits", fresh(), answered(503), retryStep{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"599 waits", fresh(), answered(599), retryStep{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"503 obeys Retry-After", fresh(), asked(answered(503), 7*time.Second), retryStep{state: Waiting, wait: 7 * time.Second, attempt: 1}},
		{"Retry-After is capped", fresh(), asked(answered(503), time.Hour), retryStep{state: Waiting, wait: 5 * time.Minute, attempt: 1}},
		{"429 waits a minute", fresh(), answered(429), retryStep{state: Waiting, wait: time.Minute, attempt: 1}},
		{"429 obeys Retry-After", fresh(), asked(answered(429), 2*time.Second), retryStep{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"401 fails", fresh(), answered(401), retryStep{state: Failed, attempt: 1}},
		{"403 fails", fresh(), answered(403), retryStep{state: Failed, attempt: 1}},
		{"404 fails", fresh(), answered(404), retryStep{state: Failed, attempt: 1}},
		{"410 fails", fresh(), answered(410), retryStep{state: Failed, attempt: 1}},
		{"418 fails", fresh(), answered(418), retryStep{state: Failed, attempt: 1}},
		{"206 fails", fresh(), answered(206), retryStep{state: Failed, attempt: 1}},
		{"304 fails", fresh(), answered(304), retryStep{state: Failed, attempt: 1}},
		{"600 fails", fresh(), answered(600), retryStep{state: Failed, attempt: 1}},
		{"401 waits after it was live", proven, answered(401), retryStep{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"401 waits for the token to be read anew", fresh(), renewed(answered(401)), retryStep{state: Waiting, wait: time.Second, attempt: 1, note: "reading the token again"}},
		{"401 to the token read anew fails", retryHistory{retry: time.Second, readToken: true}, renewed(answered(401)), retryStep{state: Failed, attempt: 1}},
		{"401 to the token read anew waits after it was live", retryHistory{retry: time.Second, readToken: true, wasLive: true}, renewed(answered(401)), retryStep{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"403 with Retry-After fails", fresh(), asked(answered(403), 7*time.Second), retryStep{state: Failed, attempt: 1}},
		{"403 with Retry-After waits so long after it was live", proven, asked(answered(403), 7*time.Second), retryStep{state: Waiting, wait: 7 * time.Second, attempt: 1}},
		{"404 waits after it was live", proven, answered(404), retryStep{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"409 waits after it was live", proven, answered(409), retryStep{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"a bad certificate waits after it was live", proven, attemptOutcome{Outcome: connection.Outcome{Ending: connection.Refused, RetryAfter: connection.NoRetryAfter}}, retryStep{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"an error of livetape itself fails even then", proven, attemptOutcome{Outcome: connection.Outcome{Ending: connection.Refused, RetryAfter: connection.NoRetryAfter, Stack: "x"}}, retryStep{state: Failed, attempt: 1}},
		{"400 after an id was sent asks once without", fresh(), sent(answered(400)), retryStep{state: Waiting, wait: time.Second, attempt: 1, forget: true, note: "asking once without the last event id"}},
		{"410 after an id was sent asks once without", proven, sent(answered(410)), retryStep{state: Waiting, wait: time.Second, attempt: 1, forget: true, note: "asking once without the last event id"}},
		{"412 after an id was sent asks once without", proven, sent(answered(412)), retryStep{state: Waiting, wait: time.Second, attempt: 1, forget: true, note: "asking once without the last event id"}},
		{"416 after an id was sent asks once without", proven, sent(answered(416)), retryStep{state: Waiting, wait: time.Second, attempt: 1, forget: true, note: "asking once without the last event id"}},
		{"422 after an id was sent asks once without", proven, sent(answered(422)), retryStep{state: Waiting, wait: time.Second, attempt: 1, forget: true, note: "asking once without the last event id"}},
		{"431 after an id was sent asks once without", proven, sent(answered(431)), retryStep{state: Waiting, wait: time.Second, attempt: 1, forget: true, note: "asking once without the last event id"}},
		{"404 after an id was sent has nothing to do with it", fresh(), sent(answered(404)), retryStep{state: Failed, attempt: 1}},
		{"410 without an id fails", fresh(), answered(410), retryStep{state: Failed, attempt: 1}},
		{"410 without the id, too, fails", retryHistory{retry: time.Second, askedWithoutID: true}, sent(answered(410)), retryStep{state: Failed, attempt: 1}},
		{"a page instead of a stream fails", fresh(), attemptOutcome{Outcome: connection.Outcome{Ending: connection.NotAStream}}, retryStep{state: Failed, attempt: 1}},
		{"a page where a stream was is a captive portal, and waits", proven, attemptOutcome{Outcome: connection.Outcome{Ending: connection.NotAStream, RetryAfter: connection.NoRetryAfter}}, retryStep{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"the user's retry is at once and keeps the counter", retryHistory{retry: time.Second, failures: 4}, attemptOutcome{Outcome: connection.Outcome{Ending: connection.Canceled}}, retryStep{state: Connecting, attempt: 4}},
		{"the user's retry of a good connection starts from 0", retryHistory{retry: time.Second, failures: 4}, live(attemptOutcome{Outcome: connection.Outcome{Ending: connection.Canceled}}), retryStep{state: Connecting}},
	} {
		if got, _ := c.past.next(c.o, most); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.what, got, c.want)
		}
	}
}

func TestBackOffDoublesToItsCapOnTopOfTheReconnectionTime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		retry time.Duration
		want  []time.Duration // the longest wait after each failure
	}{
		{time.Second, []time.Duration{2 * time.Second, 3 * time.Second, 5 * time.Second, 9 * time.Second, 17 * time.Second, 31 * time.Second, 31 * time.Second}},
		{3 * time.Second, []time.Duration{6 * time.Second, 9 * time.Second, 15 * time.Second, 27 * time.Second, 33 * time.Second}},
		{time.Minute, []time.Duration{90 * time.Second, 90 * time.Second, 90 * time.Second}},
		{0, []time.Duration{minWait, 2 * minWait, minBarrenWait, minBarrenWait}},
	} {
		h := retryHistory{retry: c.retry}
		for i, want := range c.want {
			var got retryStep
			got, h = h.next(failed(), 1)
			if got.wait != want || got.attempt != i+1 {
				t.Errorf("retry %s, failure %d: wait %s, attempt %d, want %s", c.retry, i+1, got.wait, got.attempt, want)
			}
		}
	}
}

func TestTheUsersBoundsHoldForEveryWaitButARetryAfter(t *testing.T) {
	for _, c := range []struct {
		what        string
		least, most time.Duration
		retry       time.Duration
		o           attemptOutcome
		failures    int
		random      float64
		want        time.Duration
	}{
		{"a clean end and a short retry:", 5 * time.Second, 0, 10 * time.Millisecond, attemptOutcome{Outcome: connection.Outcome{Ending: connection.Ended}, live: true, delivered: true}, 0, 0, 5 * time.Second},
		{"a clean end and a long retry:", 0, 2 * time.Second, time.Minute, attemptOutcome{Outcome: connection.Outcome{Ending: connection.Ended}, live: true, delivered: true}, 0, 0, 2 * time.Second},
		{"the shortest jitter", 5 * time.Second, 0, time.Second, failed(), 3, 0, 5 * time.Second},
		{"a back-off capped lower", 0, 3 * time.Second, time.Second, failed(), 9, 1, 3 * time.Second},
		{"a back-off capped higher", 0, 2 * time.Minute, time.Second, failed(), 20, 1, 2 * time.Minute},
		{"a long retry: after a failure", 0, 3 * time.Second, time.Minute, failed(), 0, 1, 3 * time.Second},
		{"one bound for both", 4 * time.Second, 4 * time.Second, time.Second, failed(), 5, 0.3, 4 * time.Second},
		{"a Retry-After is obeyed", 0, 3 * time.Second, time.Second, attemptOutcome{Outcome: connection.Outcome{Ending: connection.Unavailable, Status: 503, RetryAfter: time.Minute}}, 0, 0, time.Minute},
		{"a Retry-After below the least", 3 * time.Second, 0, time.Second, attemptOutcome{Outcome: connection.Outcome{Ending: connection.Unavailable, Status: 503, RetryAfter: 0}}, 0, 0, 3 * time.Second},
	} {
		h := retryHistory{retry: c.retry, failures: c.failures, least: c.least, most: c.most}
		if got, _ := h.next(c.o, c.random); got.wait != c.want {
			t.Errorf("%s: waits %s, want %s", c.what, got.wait, c.want)
		}
	}
}

func TestNoWaitIsShorterThanTheReconnectionTime(t *testing.T) {
	h := retryHistory{retry: time.Second, failures: 3}
	for _, c := range []struct {
		random float64
		want   time.Duration
	}{{0, time.Second}, {0.25, 3 * time.Second}, {0.5, 5 * time.Second}} {
		if got, _ := h.next(failed(), c.random); got.wait != c.want {
			t.Errorf("random %g: wait %s, want %s", c.random, got.wait, c.want)
		}
	}
}

func TestAGoodConnectionResetsTheBackOff(t *testing.T) {
	for _, c := range []struct {
		what string
		o    attemptOutcome
		want int
	}{
		{"nothing delivered, and short", attemptOutcome{Outcome: connection.Outcome{Ending: connection.Broken}, live: true, liveFor: 29 * time.Second}, 6},
		{"nothing delivered, but live for 30 s", attemptOutcome{Outcome: connection.Outcome{Ending: connection.Broken}, live: true, liveFor: 30 * time.Second}, 1},
		{"an event delivered", attemptOutcome{Outcome: connection.Outcome{Ending: connection.Broken}, live: true, delivered: true}, 1},
	} {
		c.o.RetryAfter = connection.NoRetryAfter
		if got, _ := (retryHistory{retry: time.Second, failures: 5}).next(c.o, 1); got.attempt != c.want {
			t.Errorf("%s: attempt %d, want %d", c.what, got.attempt, c.want)
		}
	}
}

func TestTheThirdBarrenConnectionInARowWaitsASecond(t *testing.T) {
	endings := map[string]attemptOutcome{
		"clean ends with comments only": {Outcome: connection.Outcome{Ending: connection.Ended}, live: true},
		"refused connects":              failed(),
		"Retry-After: 0":                {Outcome: connection.Outcome{Ending: connection.Unavailable, Status: 503, RetryAfter: 0}},
	}
	for what, o := range endings {
		h := retryHistory{}
		var waits [4]time.Duration
		for i := range waits {
			var s retryStep
			s, h = h.next(o, 0)
			waits[i] = s.wait
		}
		if want := [4]time.Duration{minWait, minWait, minBarrenWait, minBarrenWait}; waits != want {
			t.Errorf("%s: waits %v, want %v", what, waits, want)
		}
		o.delivered = true
		if s, _ := h.next(o, 0); s.wait != minWait {
			t.Errorf("%s, but one delivered: wait %s, want %s", what, s.wait, minWait)
		}
	}
}

func TestAFeedThatIsRefusedWaitsUpToFiveMinutesMore(t *testing.T) {
	t.Parallel()
	h := retryHistory{retry: time.Second, wasLive: true, failures: 20}
	if got, _ := h.next(answered(404), 1); got.wait != refusedCap+time.Second {
		t.Errorf("waits %s", got.wait)
	}
}

func TestItNeverGivesUpByElapsedTime(t *testing.T) {
	h := fresh()
	random := rand.New(rand.NewPCG(1, 2))
	for n := 1; n <= 100_000; n++ {
		var s retryStep
		s, h = h.next(failed(), random.Float64())
		if s.state != Waiting || s.attempt != n || s.wait < time.Second || s.wait > time.Second+backoffCap {
			t.Fatalf("failure %d: %+v", n, s)
		}
	}
}

func TestTheThirdEarlyCleanEndInARowWithoutAnEventIsNotPlanned(t *testing.T) {
	empty := attemptOutcome{Outcome: connection.Outcome{Ending: connection.Ended}, live: true}
	good := attemptOutcome{Outcome: connection.Outcome{Ending: connection.Ended}, live: true, delivered: true}
	for _, c := range []struct {
		what string
		past []attemptOutcome
		want bool
	}{
		{"the second", []attemptOutcome{empty}, true},
		{"the third", []attemptOutcome{empty, empty}, false},
		{"the fifth", []attemptOutcome{empty, empty, empty, empty}, false},
		{"the user's retry between them changes nothing", []attemptOutcome{empty, empty, {Outcome: connection.Outcome{Ending: connection.Canceled}, live: true}}, false},
		{"failures are no clean ends", []attemptOutcome{failed(), failed(), failed()}, true},
		{"an event between them", []attemptOutcome{empty, empty, good}, true},
		{"a quiet stream that lasted, between them", []attemptOutcome{empty, empty, {Outcome: connection.Outcome{Ending: connection.Ended}, live: true, liveFor: provenAfter}}, true},
	} {
		h := retryHistory{retry: 20 * time.Second}
		for _, o := range c.past {
			_, h = h.next(o, 0)
		}
		got, _ := h.next(empty, 0)
		if got.planned != c.want || (got.cause == emptyCause) == c.want || got.state != Waiting || got.wait != 20*time.Second || got.attempt != 0 {
			t.Errorf("%s: %+v, want planned %t", c.what, got, c.want)
		}
		if last, _ := h.next(good, 0); !last.planned || last.cause != "" {
			t.Errorf("%s, then an end after an event: %+v", c.what, last)
		}
	}
}

func TestAClockSetForwardEndsAWaitWithinASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		c := newCountdown(Status{State: Waiting, Since: began, RetryAt: began.Add(time.Minute)})
		defer c.stop()
		c.at = c.at.Add(-time.Hour) // as the clock on the wall has it now
		for <-c.tick; !c.isOver(); <-c.tick {
		}
		if waited := time.Since(began); waited > time.Second {
			t.Errorf("it waited for %s", waited)
		}
	})
}
