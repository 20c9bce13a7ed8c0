package cli

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui"
)

// notes tells on standard error what is not data: one line each, in the words of the screen's event log.
type notes struct {
	out     io.Writer
	reasons map[string]int // how often events were of no use, by feed and reason
	useless map[string]int // the same, by feed
}

// The bounds of what a bad stream can fill standard error with.
const (
	maxReasons = 100 // that are told apart
	maxReason  = 300 // characters of one
	maxPayload = 160 // characters of a payload
)

func newNotes(out io.Writer) *notes {
	return &notes{out: out, reasons: map[string]int{}, useless: map[string]int{}}
}

// say writes one line. That nobody reads it is no reason to stop: the data go another way.
func (n *notes) say(name, text string) {
	fmt.Fprintf(n.out, "livetape: %s: %s\n", market.PlainText(name, maxReason), text)
}

// message tells why an event gave no update, or not all of them. Of a reason that comes again and again, the
// 10th, 100th, 1000th … time is told.
func (n *notes) message(name string, m *feed.Message) {
	reason := m.Unmapped
	if m.Fault != nil {
		reason = m.Fault.Error()
	}
	n.useless[name]++
	times := n.count(name, reason)
	if !isPowerOfTen(times) {
		return
	}
	line := market.PlainText(m.Type, 32)
	if m.ID != "" {
		line += " #" + market.PlainText(m.ID, 40)
	}
	line += " [" + market.PlainText(reason, maxReason) + "]"
	if len(m.Data) > 0 {
		line += " " + market.PlainText(string(m.Data[:min(len(m.Data), 4*maxPayload)]), maxPayload)
	}
	if times > 1 {
		line += " (" + strconv.Itoa(times) + " so far)"
	}
	n.say(name, line)
}

// word tells what a server says of its stream: the 1st, 10th, 100th … time that it says so.
func (n *notes) word(name, notice string) {
	line := "the server says: " + market.PlainText(notice, maxReason)
	times := n.count(name, line)
	if !isPowerOfTen(times) {
		return
	}
	if times > 1 {
		line += " (" + strconv.Itoa(times) + " so far)"
	}
	n.say(name, line)
}

// count is how often a reason has come, or all that there was no more room to tell apart.
func (n *notes) count(name, reason string) int {
	key := name + "\x00" + reason
	if _, known := n.reasons[key]; !known && len(n.reasons) >= maxReasons {
		key = name
	}
	n.reasons[key]++
	return n.reasons[key]
}

func isPowerOfTen(n int) bool {
	for n >= 10 && n%10 == 0 {
		n /= 10
	}
	return n == 1
}

// total tells, at the end, how many events gave no update.
func (n *notes) total() {
	for name, events := range n.useless {
		if events > 1 {
			n.say(name, strconv.Itoa(events)+" events could not be used, or not wholly")
		}
	}
}

// ends follows how feeds end for good.
type ends struct {
	open   int   // feeds that have not
	failed error // of the one that failed last: what to know when nothing more will come
}

// take takes a feed's status, and reports whether that ends the last of the feeds.
func (e *ends) take(name string, s feed.Status) (last bool) {
	if !isEnd(s) {
		return false
	}
	if s.State == feed.Failed {
		e.failed = errors.New(name + ": " + ui.StatusWords(s))
	}
	e.open--
	return e.open == 0
}

func isEnd(s feed.Status) bool { return s.State == feed.Failed || s.State == feed.Closed }
