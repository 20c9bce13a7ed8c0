package feed

import (
	"livetape/feed/connection"
	"math/rand/v2"
	"testing"
	"time"
)

// failed is an attempt that ended in a network error.
func failed() outcome {
	return outcome{Outcome: connection.Outcome{Ending: connection.Broken, RetryAfter: connection.NoRetryAfter}}
}

func answered(status int) outcome {
	return outcome{Outcome: connection.Outcome{Ending: connection.EndingOf(status), Status: status, RetryAfter: connection.NoRetryAfter}}
}

func fresh() history { return history{retry: defaultRetry} }

func TestEachEndingLeadsToItsState(t *testing.T) {
	const most = 1.0 // stands for the largest random number: the whole back-off
	sent := func(o outcome) outcome { o.sentID = true; return o }
	renewed := func(o outcome) outcome { o.newToken = true; return o }
	live := func(o outcome) outcome { o.live, o.delivered = true, true; return o }
	asked := func(o outcome, after time.Duration) outcome { o.RetryAfter = after; return o }
	proven := history{retry: defaultRetry, wasLive: true}
	for _, c := range []struct {
		what string
		past history
		o    outcome
		want step
	}{
		{"a clean end waits exactly the reconnection time and is no failure", fresh(), live(outcome{Outcome: connection.Outcome{Ending: connection.Ended}}), step{state: Waiting, wait: time.Second, planned: true}},
		{"a clean end forgets the failures before it", history{retry: time.Second, failures: 7}, outcome{Outcome: connection.Outcome{Ending: connection.Ended}, live: true}, step{state: Waiting, wait: time.Second, planned: true}},
		{"a clean end obeys retry:", history{retry: 250 * time.Millisecond}, live(outcome{Outcome: connection.Outcome{Ending: connection.Ended}}), step{state: Waiting, wait: 250 * time.Millisecond, planned: true}},
		{"a network error is a failure, which waits the reconnection time and up to as much on top", fresh(), failed(), step{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"204 is the end", fresh(), answered(204), step{state: Closed}},
		{"408 waits", fresh(), answered(408), step{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"425 waits", fresh(), answered(425), step{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"500 waits", fresh(), answered(500), step{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"503 waits", fresh(), answered(503), step{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"599 waits", fresh(), answered(599), step{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"503 obeys Retry-After", fresh(), asked(answered(503), 7*time.Second), step{state: Waiting, wait: 7 * time.Second, attempt: 1}},
		{"Retry-After is capped", fresh(), asked(answered(503), time.Hour), step{state: Waiting, wait: 5 * time.Minute, attempt: 1}},
		{"429 waits a minute", fresh(), answered(429), step{state: Waiting, wait: time.Minute, attempt: 1}},
		{"429 obeys Retry-After", fresh(), asked(answered(429), 2*time.Second), step{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"401 fails", fresh(), answered(401), step{state: Failed, attempt: 1}},
		{"403 fails", fresh(), answered(403), step{state: Failed, attempt: 1}},
		{"404 fails", fresh(), answered(404), step{state: Failed, attempt: 1}},
		{"410 fails", fresh(), answered(410), step{state: Failed, attempt: 1}},
		{"418 fails", fresh(), answered(418), step{state: Failed, attempt: 1}},
		{"206 fails", fresh(), answered(206), step{state: Failed, attempt: 1}},
		{"304 fails", fresh(), answered(304), step{state: Failed, attempt: 1}},
		{"600 fails", fresh(), answered(600), step{state: Failed, attempt: 1}},
		{"401 waits after it was live", proven, answered(401), step{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"401 waits for the token to be read anew", fresh(), renewed(answered(401)), step{state: Waiting, wait: time.Second, attempt: 1, note: "the token is read anew"}},
		{"401 to the token read anew fails", history{retry: time.Second, readToken: true}, renewed(answered(401)), step{state: Failed, attempt: 1}},
		{"401 to the token read anew waits after it was live", history{retry: time.Second, readToken: true, wasLive: true}, renewed(answered(401)), step{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"403 with Retry-After fails", fresh(), asked(answered(403), 7*time.Second), step{state: Failed, attempt: 1}},
		{"403 with Retry-After waits so long after it was live", proven, asked(answered(403), 7*time.Second), step{state: Waiting, wait: 7 * time.Second, attempt: 1}},
		{"404 waits after it was live", proven, answered(404), step{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"409 waits after it was live", proven, answered(409), step{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"a bad certificate waits after it was live", proven, outcome{Outcome: connection.Outcome{Ending: connection.Refused, RetryAfter: connection.NoRetryAfter}}, step{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"an error of livetape itself fails even then", proven, outcome{Outcome: connection.Outcome{Ending: connection.Refused, RetryAfter: connection.NoRetryAfter, Stack: "x"}}, step{state: Failed, attempt: 1}},
		{"400 after an id was sent asks once without", fresh(), sent(answered(400)), step{state: Waiting, wait: time.Second, attempt: 1, forget: true, note: "asking once without the last event id"}},
		{"410 after an id was sent asks once without", proven, sent(answered(410)), step{state: Waiting, wait: time.Second, attempt: 1, forget: true, note: "asking once without the last event id"}},
		{"412 after an id was sent asks once without", proven, sent(answered(412)), step{state: Waiting, wait: time.Second, attempt: 1, forget: true, note: "asking once without the last event id"}},
		{"431 after an id was sent asks once without", proven, sent(answered(431)), step{state: Waiting, wait: time.Second, attempt: 1, forget: true, note: "asking once without the last event id"}},
		{"404 after an id was sent has nothing to do with it", fresh(), sent(answered(404)), step{state: Failed, attempt: 1}},
		{"410 without an id fails", fresh(), answered(410), step{state: Failed, attempt: 1}},
		{"410 without the id, too, fails", history{retry: time.Second, askedWithoutID: true}, sent(answered(410)), step{state: Failed, attempt: 1}},
		{"a page instead of a stream fails", fresh(), outcome{Outcome: connection.Outcome{Ending: connection.NotAStream}}, step{state: Failed, attempt: 1}},
		{"a page where a stream was is a captive portal, and waits", proven, outcome{Outcome: connection.Outcome{Ending: connection.NotAStream, RetryAfter: connection.NoRetryAfter}}, step{state: Waiting, wait: 2 * time.Second, attempt: 1}},
		{"the user's retry is at once and keeps the counter", history{retry: time.Second, failures: 4}, outcome{Outcome: connection.Outcome{Ending: connection.Canceled}}, step{state: Connecting, attempt: 4}},
		{"the user's retry of a good connection starts from 0", history{retry: time.Second, failures: 4}, live(outcome{Outcome: connection.Outcome{Ending: connection.Canceled}}), step{state: Connecting}},
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
		h := history{retry: c.retry}
		for i, want := range c.want {
			var got step
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
		o           outcome
		failures    int
		random      float64
		want        time.Duration
	}{
		{"a clean end and a short retry:", 5 * time.Second, 0, 10 * time.Millisecond, outcome{Outcome: connection.Outcome{Ending: connection.Ended}, live: true, delivered: true}, 0, 0, 5 * time.Second},
		{"a clean end and a long retry:", 0, 2 * time.Second, time.Minute, outcome{Outcome: connection.Outcome{Ending: connection.Ended}, live: true, delivered: true}, 0, 0, 2 * time.Second},
		{"the shortest jitter", 5 * time.Second, 0, time.Second, failed(), 3, 0, 5 * time.Second},
		{"a back-off capped lower", 0, 3 * time.Second, time.Second, failed(), 9, 1, 3 * time.Second},
		{"a back-off capped higher", 0, 2 * time.Minute, time.Second, failed(), 20, 1, 2 * time.Minute},
		{"a long retry: after a failure", 0, 3 * time.Second, time.Minute, failed(), 0, 1, 3 * time.Second},
		{"one bound for both", 4 * time.Second, 4 * time.Second, time.Second, failed(), 5, 0.3, 4 * time.Second},
		{"a Retry-After is obeyed", 0, 3 * time.Second, time.Second, outcome{Outcome: connection.Outcome{Ending: connection.Unavailable, Status: 503, RetryAfter: time.Minute}}, 0, 0, time.Minute},
		{"a Retry-After below the least", 3 * time.Second, 0, time.Second, outcome{Outcome: connection.Outcome{Ending: connection.Unavailable, Status: 503, RetryAfter: 0}}, 0, 0, 3 * time.Second},
	} {
		h := history{retry: c.retry, failures: c.failures, least: c.least, most: c.most}
		if got, _ := h.next(c.o, c.random); got.wait != c.want {
			t.Errorf("%s: waits %s, want %s", c.what, got.wait, c.want)
		}
	}
}

func TestNoWaitIsShorterThanTheReconnectionTime(t *testing.T) {
	h := history{retry: time.Second, failures: 3}
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
		o    outcome
		want int
	}{
		{"nothing delivered, and short", outcome{Outcome: connection.Outcome{Ending: connection.Broken}, live: true, liveFor: 29 * time.Second}, 6},
		{"nothing delivered, but live for 30 s", outcome{Outcome: connection.Outcome{Ending: connection.Broken}, live: true, liveFor: 30 * time.Second}, 1},
		{"an event delivered", outcome{Outcome: connection.Outcome{Ending: connection.Broken}, live: true, delivered: true}, 1},
	} {
		c.o.RetryAfter = connection.NoRetryAfter
		if got, _ := (history{retry: time.Second, failures: 5}).next(c.o, 1); got.attempt != c.want {
			t.Errorf("%s: attempt %d, want %d", c.what, got.attempt, c.want)
		}
	}
}

func TestTheThirdBarrenConnectionInARowWaitsASecond(t *testing.T) {
	endings := map[string]outcome{
		"clean ends with comments only": {Outcome: connection.Outcome{Ending: connection.Ended}, live: true},
		"refused connects":              failed(),
		"Retry-After: 0":                {Outcome: connection.Outcome{Ending: connection.Unavailable, Status: 503, RetryAfter: 0}},
	}
	for what, o := range endings {
		h := history{}
		var waits [4]time.Duration
		for i := range waits {
			var s step
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
	h := history{retry: time.Second, wasLive: true, failures: 20}
	if got, _ := h.next(answered(404), 1); got.wait != refusedCap+time.Second {
		t.Errorf("waits %s", got.wait)
	}
}

func TestItNeverGivesUpByElapsedTime(t *testing.T) {
	h := fresh()
	random := rand.New(rand.NewPCG(1, 2))
	for n := 1; n <= 100_000; n++ {
		var s step
		s, h = h.next(failed(), random.Float64())
		if s.state != Waiting || s.attempt != n || s.wait < time.Second || s.wait > time.Second+backoffCap {
			t.Fatalf("failure %d: %+v", n, s)
		}
	}
}

func TestTheThirdEarlyCleanEndInARowWithoutAnEventIsNotPlanned(t *testing.T) {
	empty := outcome{Outcome: connection.Outcome{Ending: connection.Ended}, live: true}
	good := outcome{Outcome: connection.Outcome{Ending: connection.Ended}, live: true, delivered: true}
	for _, c := range []struct {
		what string
		past []outcome
		want bool
	}{
		{"the second", []outcome{empty}, true},
		{"the third", []outcome{empty, empty}, false},
		{"the fifth", []outcome{empty, empty, empty, empty}, false},
		{"the user's retry between them changes nothing", []outcome{empty, empty, {Outcome: connection.Outcome{Ending: connection.Canceled}, live: true}}, false},
		{"failures are no clean ends", []outcome{failed(), failed(), failed()}, true},
		{"an event between them", []outcome{empty, empty, good}, true},
		{"a quiet stream that lasted, between them", []outcome{empty, empty, {Outcome: connection.Outcome{Ending: connection.Ended}, live: true, liveFor: provenAfter}}, true},
	} {
		h := history{retry: 20 * time.Second}
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
