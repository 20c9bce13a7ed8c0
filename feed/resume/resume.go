// Package resume finds out what a server did with a last event id, by the evidence: to have sent an id proves nothing.
//
// A [Judge] sees the ids of a feed in the order in which they come. After a reconnect, [ByHeader] judges by the
// answer, and [Judge.ByEvent] by the first event with an id.
package resume

import (
	"net/http"
	"strings"
)

// Verdict is what a server did with a last event id.
type Verdict int8

// The verdicts.
const (
	Unknown    Verdict = iota // nothing tells
	Resumed                   // the stream goes on behind the id
	NotResumed                // it begins elsewhere
	Skipped                   // it goes on, but some events are missing
)

// Finding is a verdict with its evidence.
type Finding struct {
	Verdict Verdict
	Missed  uint64 // Skipped: how many events
	Reason  string // NotResumed, Unknown: how it shows, in words; may quote an id, which comes from the server
}

// byOneProven is how many ids must each have followed the one before by one until a jump means that events are missing.
const byOneProven = 2

// Judge knows the ids of a feed. The zero Judge has seen none.
type Judge struct {
	last       string // id that came
	steps      int    // from one id to the next
	jumps      bool   // a step was not by one
	unordered  bool   // a step was not upwards
	first      string // id of this connection
	events     int    // with an id, of this connection
	lastFirst  string // the same of the connection before
	lastEvents int
}

// Reconnect begins a new connection.
func (j *Judge) Reconnect() {
	if j.events > 0 {
		j.lastFirst, j.lastEvents = j.first, j.events
	}
	j.first, j.events = "", 0
}

// See takes in the id of an event. What an earlier connection gave is for [Judge.SeeAgain].
func (j *Judge) See(id string) {
	if j.countID(id); j.events > 1 { // what lies between two connections says nothing of the server's ids
		step := compareIDs(j.last, id)
		j.steps++
		j.jumps = j.jumps || step.distance != 1
		j.unordered = j.unordered || step.order <= 0
	}
	j.last = id
}

// SeeAgain takes in the id of an event that an earlier connection gave.
func (j *Judge) SeeAgain(id string) {
	j.countID(id)
	j.last = id
}

func (j *Judge) countID(id string) {
	if j.events++; j.events == 1 {
		j.first = id
	}
}

// ByHeader judges by the Last-Event-ID field of the answer, with which some servers say behind which event the stream
// begins (Mercure, "State Reconciliation"). It reports false without one.
func ByHeader(sent string, answer http.Header) (Finding, bool) {
	begins := answer.Get("Last-Event-ID")
	switch {
	case sent == "" || begins == "":
		return Finding{}, false
	case begins == sent:
		return Finding{Verdict: Resumed}, true
	}
	return Finding{Verdict: NotResumed, Reason: "the server does not have that id, and begins at " + begins}, true
}

// ByEvent judges by the first event with an id that follows a reconnect at which sent was sent. Again says that an earlier
// connection gave the same event, and used that one gave another event of that id.
func (j *Judge) ByEvent(sent, id string, again, used bool) Finding {
	step := compareIDs(sent, id)
	switch {
	case again && id == j.lastFirst && id != sent && j.lastEvents > 1:
		return Finding{Verdict: NotResumed, Reason: "everything comes again"}
	case again:
		return Finding{Verdict: Resumed}
	case step.order < 0 && !j.unordered, used && id != sent:
		return Finding{Verdict: NotResumed, Reason: "ids start again: " + id + " after " + sent}
	case j.jumps || j.unordered || j.steps < byOneProven || step.distance == 0:
		return Finding{}
	case step.distance == 1:
		return Finding{Verdict: Resumed}
	}
	return Finding{Verdict: Skipped, Missed: step.distance - 1}
}

// idStep is what lies between two ids.
type idStep struct {
	order    int    // 1: upwards, -1: downwards, 0: the same, or not to be compared
	distance uint64 // upwards, by nothing but the last number in it; 0 when that is not so
}

// compareIDs compares two ids by the numbers in them, the first of which weighs most: 7 and 12, a-7 and a-12,
// 1718200000-42 and 1718200001-1. What stands between the numbers must be the same.
func compareIDs(a, b string) (s idStep) {
	for a != "" && b != "" {
		textA, textB := digitsBegin(a), digitsBegin(b)
		if a[:textA] != b[:textB] {
			return idStep{}
		}
		a, b = a[textA:], b[textB:]
		endA, endB := digitsEnd(a), digitsEnd(b)
		if s.order == 0 {
			s = compareNumbers(a[:endA], b[:endB])
		} else {
			s.distance = 0 // not by the last number alone
		}
		a, b = a[endA:], b[endB:]
	}
	if a != b {
		return idStep{}
	}
	return s
}

func digitsBegin(s string) int {
	if i := strings.IndexAny(s, "0123456789"); i >= 0 {
		return i
	}
	return len(s)
}

func digitsEnd(s string) int {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return i
		}
	}
	return len(s)
}

// compareNumbers compares numbers of any length. The distance is right where it is less than 10^18.
func compareNumbers(a, b string) idStep {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	switch {
	case a == b:
		return idStep{}
	case len(a) > len(b), len(a) == len(b) && a > b:
		return idStep{order: -1}
	}
	return idStep{order: 1, distance: numberDistance(a, b)}
}

// numberDistance is b - a, or 0 where that does not fit.
func numberDistance(a, b string) uint64 {
	const digits = 18
	if cut := len(b) - digits; cut > 0 {
		if len(a) != len(b) || a[:cut] != b[:cut] {
			return 0
		}
		a, b = a[cut:], b[cut:]
	}
	return parseDigits(b) - parseDigits(a)
}

func parseDigits(digits string) (n uint64) {
	for _, d := range []byte(digits) {
		n = 10*n + uint64(d-'0')
	}
	return n
}
