package mockserver

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// activeFault is a fault that is on, or that comes again.
type activeFault struct {
	fault Fault
	left  time.Duration // for which it is on; 0 when it is not
	next  time.Duration // until it comes again; 0 for never
}

// active are the faults that are on, the latest last, and then those that are only due again.
func (fs *faults) active() (all []activeFault) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	now := time.Now()
	for _, k := range fs.condition().lasting {
		if left := k.until.Sub(now); left > 0 {
			all = append(all, activeFault{fault: k.fault, left: left})
		}
	}
	for _, a := range fs.repeats {
		next := max(a.at.Sub(now), time.Nanosecond) // it may be late, but it does come
		if on := slices.IndexFunc(all, func(f activeFault) bool { return f.fault == a.fault }); on >= 0 {
			all[on].next = next
		} else {
			all = append(all, activeFault{fault: a.fault, next: next})
		}
	}
	return all
}

// spells are the bursts and skews of a scenario, which keeps their time itself.
func (s *script) spells() (all []activeFault) {
	if s == nil {
		return nil
	}
	if left := s.burst.until - s.clock; left > 0 {
		all = append(all, activeFault{fault: Fault{Name: faultBurst, Value: fmt.Sprint(s.burst.value)}, left: left})
	}
	if left := s.skewed.until - s.clock; left > 0 {
		all = append(all, activeFault{fault: Fault{Name: faultSkew, Value: time.Duration(s.skewed.value).String()}, left: left})
	}
	return all
}

// activeFaults are all that are on or come again, those of a scenario included.
func (s *Server) activeFaults() []activeFault {
	s.making.Lock()
	spells := s.script.spells()
	s.making.Unlock()
	return append(spells, s.faults.active()...)
}

// String is f with what is left of its time, in a line.
func (f activeFault) String() string {
	text := f.fault.String()
	if f.left > 0 {
		text += ", on for " + seconds(f.left).String()
	}
	if f.next > 0 {
		text += ", again in " + seconds(f.next).String()
	}
	return text
}

// seconds is d in whole seconds, and never none: what is on is on.
func seconds(d time.Duration) time.Duration { return max(d.Round(time.Second), time.Second) }

// writeActive lists the faults that are on or come again as text.
func (s *Server) writeActive(w io.Writer) {
	active := s.activeFaults()
	if len(active) == 0 {
		fmt.Fprint(w, "No fault is on.\n\n")
		return
	}
	fmt.Fprint(w, "Faults at work:\n")
	for _, f := range active {
		fmt.Fprintf(w, "  %s\n", f)
	}
	fmt.Fprintln(w)
}

// activeJSON is one of them for menus. Times are in ms; what is not there is never.
type activeJSON struct {
	Fault string `json:"fault"` // in FaultSyntax
	Name  string `json:"name"`
	Left  int64  `json:"left_ms,omitempty"`
	Next  int64  `json:"next_ms,omitempty"`
}

func (s *Server) activeAsJSON() []activeJSON {
	all := []activeJSON{} // an empty list, not null
	for _, f := range s.activeFaults() {
		all = append(all, activeJSON{f.fault.String(), f.fault.Name, milliseconds(f.left), milliseconds(f.next)})
	}
	return all
}

// milliseconds is d rounded up: what is left is never 0.
func milliseconds(d time.Duration) int64 { return int64((d + time.Millisecond - 1) / time.Millisecond) }
