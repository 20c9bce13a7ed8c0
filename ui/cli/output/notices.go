package output

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui"
	"livetape/ui/humanize"
)

// Notices prints on standard error what is not data: one line each, in the words of the screen's event log. It also
// knows when the last feed has ended for good.
type Notices struct {
	out    io.Writer
	quiet  bool
	open   int   // feeds that have not ended
	failed error // of the feed that failed last

	duplicates map[string]duplicateCount // by feed
	changes    map[string]*changeCount   // of connections, by feed
	reasons    map[string]int            // how often events could not be used, by feed and reason
	unusable   map[string]int            // the same, by feed
	unwanted   map[string]*unwantedCount // by feed
}

// The bounds of what a bad stream can fill standard error with.
const (
	maxChanges = 20  // of one connection within a second
	maxReasons = 100 // that are counted apart
	maxReason  = 300 // characters of one
	maxPayload = 160 // characters of a payload
)

// NewNotices makes the notices of so many feeds. Quiet leaves out that a stream is well.
func NewNotices(out io.Writer, feeds int, quiet bool) *Notices {
	return &Notices{out: out, quiet: quiet, open: feeds, duplicates: map[string]duplicateCount{}, changes: map[string]*changeCount{}, reasons: map[string]int{}, unusable: map[string]int{}, unwanted: map[string]*unwantedCount{}}
}

// Say prints one line about a feed or a file. A write error is no reason to stop: the data go another way.
func (n *Notices) Say(name, text string) {
	fmt.Fprintf(n.out, "livetape: %s: %s\n", market.PlainText(name, maxReason), text)
}

// Status prints how a feed is, and reports whether the last feed has now ended for good. If that one failed, nothing
// is printed: the command ends with [Notices.Failure].
func (n *Notices) Status(name string, s feed.Status) (ended bool) {
	n.Duplicates(name, s.Duplicates)
	n.sayDuplicates(name)
	if s.State.HasEnded() {
		if s.State == feed.Failed {
			n.failed = errors.New(name + ": " + ui.StatusText(s))
		}
		n.open--
		ended = n.open == 0
	}
	if (!ended || s.State != feed.Failed) && !(n.quiet && isHealthy(s)) {
		n.sayChange(name, ui.StatusText(s))
	}
	return ended
}

// Relayed prints how a feed behind a relay is. Its end is none of the relay's.
func (n *Notices) Relayed(name string, s feed.Status) {
	if !(n.quiet && isHealthy(s)) {
		n.sayChange(name, ui.StatusText(s))
	}
}

// duplicateCount counts the events of a feed that were left out.
type duplicateCount struct{ dropped, said uint64 }

// Duplicates takes how many events of a feed have been left out so far. [Notices.Status] and [Notices.Summarize] say so.
func (n *Notices) Duplicates(name string, dropped uint64) {
	n.duplicates[name] = duplicateCount{dropped, n.duplicates[name].said}
}

func (n *Notices) sayDuplicates(name string) {
	if d := n.duplicates[name]; d.dropped > d.said {
		n.duplicates[name] = duplicateCount{d.dropped, d.dropped}
		n.Say(name, humanize.Plural(d.dropped-d.said, "event")+" left out: the server had sent the same before the reconnect")
	}
}

// changeCount counts the changes of one feed's connection within a second.
type changeCount struct {
	since          time.Time
	said, withheld int
}

// sayChange prints a change of a connection, unless there were many within a second: a server may ask to be connected to
// again at once, a hundred times a second.
func (n *Notices) sayChange(name, text string) {
	c := n.changes[name]
	if c == nil {
		c = &changeCount{}
		n.changes[name] = c
	}
	if now := time.Now(); now.Sub(c.since) >= time.Second {
		n.sayWithheld(name, c)
		*c = changeCount{since: now}
	}
	if c.said++; c.said > maxChanges {
		c.withheld++
		return
	}
	n.Say(name, text)
}

func (n *Notices) sayWithheld(name string, c *changeCount) {
	if c.withheld > 0 {
		n.Say(name, "… and "+strconv.Itoa(c.withheld)+" more changes within a second")
	}
}

// Failure is the error of the feed that failed last; nil when none has.
func (n *Notices) Failure() error { return n.failed }

func isHealthy(s feed.Status) bool {
	return s.State == feed.Connecting || s.State == feed.Live || s.State == feed.Waiting && s.Planned
}

// Gap prints what a reconnect missed.
func (n *Notices) Gap(name string, gap *feed.Gap) { n.sayChange(name, ui.GapText(gap)) }

// Unusable prints why an event gave no update, or not all of them. Of a reason that comes again and again, the 10th,
// 100th, 1000th … time is printed.
func (n *Notices) Unusable(name string, m *feed.Message) {
	reason := m.Unmapped
	if m.Err != nil {
		reason = m.Err.Error()
	}
	n.unusable[name]++
	line := market.PlainText(m.Type, 32)
	if m.ID != "" {
		line += " #" + market.PlainText(m.ID, 40)
	}
	line += " [" + market.PlainText(reason, maxReason) + "]"
	if len(m.Data) > 0 {
		line += " " + market.PlainText(string(m.Data[:min(len(m.Data), 4*maxPayload)]), maxPayload)
	}
	n.sayRarely(name, reason, line)
}

// ServerSays prints what a server says of its stream: the 1st, 10th, 100th … time that it says so.
func (n *Notices) ServerSays(name, notice string) {
	line := "the server says: " + market.PlainText(notice, maxReason)
	n.sayRarely(name, line, line)
}

// unwantedCount counts the updates of a feed while none has been printed.
type unwantedCount struct {
	since   time.Time
	updates int
	said    bool
}

// unwantedAfter is how long updates come of which none is printed until that is said: whoever waits for a --count would wait on.
const unwantedAfter = 5 * time.Second

// NonePrinted takes how many updates came at once, while none of any feed has been printed yet. It says so, once a feed.
func (n *Notices) NonePrinted(name string, updates int, at time.Time) {
	c := n.unwanted[name]
	if c == nil {
		c = &unwantedCount{since: at}
		n.unwanted[name] = c
	}
	if c.updates += updates; c.said || at.Sub(c.since) < unwantedAfter {
		return
	}
	c.said = true
	n.Say(name, humanize.Plural(c.updates, "update")+" in "+humanize.Duration(at.Sub(c.since))+", and --events or --symbols lets none of them through")
}

// sayRarely prints a line when its reason has come 1, 10, 100 … times.
func (n *Notices) sayRarely(name, reason, line string) {
	times := n.count(name, reason)
	if !isPowerOfTen(times) {
		return
	}
	if times > 1 {
		line += " (" + strconv.Itoa(times) + " so far)"
	}
	n.Say(name, line)
}

// count is how often a reason has come. Reasons beyond the bound are counted together.
func (n *Notices) count(name, reason string) int {
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

// Summarize prints, at the end, how many events were left out or could not be used.
func (n *Notices) Summarize() {
	for name := range n.duplicates {
		n.sayDuplicates(name)
	}
	for name, c := range n.changes {
		n.sayWithheld(name, c)
	}
	for name, events := range n.unusable {
		if events > 1 {
			n.Say(name, strconv.Itoa(events)+" events could not be used, or not wholly")
		}
	}
}
