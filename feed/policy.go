package feed

import (
	"cmp"
	"net/http"
	"time"

	"livetape/feed/connection"
)

// The reconnect policy in numbers.
const (
	defaultRetry = time.Second         // the reconnection time until the server says its own
	maxRetry     = connection.MaxRetry // a retry: beyond it counts as this
	backoffCap   = 30 * time.Second    // on top of the reconnection time
	refusedCap   = 5 * time.Minute     // the same, for a feed that was live and is refused now
	tooManyWait  = time.Minute         // after a 429 without Retry-After
	provenAfter  = 30 * time.Second    // a connection that was live so long was a good one

	minWait       = connection.MinRetryMin // no wait is shorter, whatever the server says
	minBarrenWait = time.Second            // nor shorter than this after barrenLimit barren connections in a row
	barrenLimit   = 3

	emptyLimit = 3 // clean ends in a row, each soon and without an event: from then on they are not planned
)

// attemptOutcome is all that the policy knows of one connection attempt.
type attemptOutcome struct {
	connection.Outcome
	delivered    bool // at least one event
	live         bool // an event stream began
	liveFor      time.Duration
	sentID       bool // it asked to resume
	newToken     bool // refused with 401, and its token is read anew for the next
	disconnected bool // Canceled: for good
}

// retryHistory is what the policy remembers from one attempt to the next.
type retryHistory struct {
	failures int  // in a row
	barren   int  // connections in a row that delivered no event
	empty    int  // clean ends in a row, each soon and without an event
	wasLive  bool // an event stream has begun at least once in this run

	askedWithoutID bool          // since it was live last, a last event id was refused
	readToken      bool          // since it was live last, the token was read anew
	retry          time.Duration // the server's reconnection time, or the default

	least, most time.Duration // bounds of all waits but a Retry-After; 0 for none but those of the policy
}

// retryStep is what the policy wants done next.
type retryStep struct {
	state   State // Waiting, Closed, Finished, Failed; Connecting means at once
	wait    time.Duration
	attempt int
	planned bool
	forget  bool   // the last event id: the server refuses it
	note    string // what is tried next, behind the cause; "" for nothing new
	cause   string // in place of the outcome's own; "" for that
}

// emptyCause is said of a server that gives nothing, however cleanly.
const emptyCause = "the server ends every stream without sending an event"

// next is the whole policy: what follows on an outcome. Random is in [0, 1).
func (h retryHistory) next(o attemptOutcome, random float64) (retryStep, retryHistory) {
	h = h.learnFromOutcome(o)
	switch o.Ending {
	case connection.Stopped:
		return retryStep{state: Closed}, h
	case connection.Finished:
		return retryStep{state: Finished}, h
	case connection.Canceled:
		return retryStep{state: Connecting, attempt: h.failures}, h
	case connection.Ended:
		h.failures = 0
		return h.afterCleanEnd(), h
	}
	h.failures++
	s := retryStep{state: Waiting, attempt: h.failures}
	switch refused := o.Ending == connection.Refused || o.Ending == connection.NotAStream; {
	case o.sentID && mayRefuseID(o.Status) && !h.askedWithoutID:
		h.askedWithoutID = true
		s.forget, s.wait, s.note = true, h.clampWait(h.retry), "asking once without the last event id"
	case o.newToken && !h.readToken:
		h.readToken = true
		s.wait, s.note = h.clampWait(h.retry), "reading the token again"
	case o.Stack != "", refused && !h.wasLive:
		return retryStep{state: Failed, attempt: h.failures}, h
	case refused:
		s.wait = h.retryDelay(o, random, cmp.Or(h.most, refusedCap))
	default:
		s.wait = h.retryDelay(o, random, cmp.Or(h.most, backoffCap))
	}
	s.wait = h.withMinimumWait(s.wait)
	return s, h
}

// mayRefuseID reports whether a status may mean that the server does not take the last event id: it is too old, or too long.
func mayRefuseID(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusGone, http.StatusPreconditionFailed, http.StatusRequestedRangeNotSatisfiable, http.StatusUnprocessableEntity,
		http.StatusRequestHeaderFieldsTooLarge:
		return true
	}
	return false
}

// afterCleanEnd waits exactly the reconnection time, also after an end that is one too many to be planned.
func (h retryHistory) afterCleanEnd() retryStep {
	s := retryStep{state: Waiting, wait: h.withMinimumWait(h.clampWait(h.retry)), planned: true}
	if h.empty >= emptyLimit {
		s.planned, s.cause = false, emptyCause
	}
	return s
}

// learnFromOutcome takes in what the outcome says about the server, whatever follows from it.
func (h retryHistory) learnFromOutcome(o attemptOutcome) retryHistory {
	h.wasLive = h.wasLive || o.live && o.Ending != connection.NotAStream
	h.askedWithoutID, h.readToken = h.askedWithoutID && !o.live, h.readToken && !o.live
	switch {
	case o.delivered:
		h.barren = 0
	case o.Ending != connection.Canceled:
		h.barren++
	}
	switch {
	case o.Ending == connection.Canceled && !o.delivered:
	case o.Ending == connection.Ended && !o.delivered && o.liveFor < provenAfter:
		h.empty++
	default:
		h.empty = 0
	}
	if o.delivered || o.liveFor >= provenAfter {
		h.failures = 0
	}
	return h
}

// retryDelay is the wait after a failure: what the server asked for, or else the reconnection time (WHATWG HTML §9.2.3) and
// on top of it a random part of the back-off, so that many clients do not return at the same moment.
func (h retryHistory) retryDelay(o attemptOutcome, random float64, limit time.Duration) time.Duration {
	switch {
	case o.RetryAfter >= 0:
		return min(o.RetryAfter, connection.MaxRetryAfter)
	case o.Status == http.StatusTooManyRequests:
		return tooManyWait
	}
	return h.clampWait(h.retry + time.Duration(random*float64(h.backoff(limit))))
}

// backoff is the reconnection time, doubled with each failure but the first, up to limit.
func (h retryHistory) backoff(limit time.Duration) time.Duration {
	bound := max(h.retry, minWait)
	for n := 1; n < h.failures && bound < limit; n++ {
		bound *= 2
	}
	return min(bound, limit)
}

func (h retryHistory) clampWait(wait time.Duration) time.Duration {
	if h.most > 0 {
		wait = min(wait, h.most)
	}
	return max(wait, h.least)
}

func (h retryHistory) withMinimumWait(wait time.Duration) time.Duration {
	if h.barren >= barrenLimit {
		wait = max(wait, minBarrenWait)
	}
	return max(wait, h.least, minWait)
}
