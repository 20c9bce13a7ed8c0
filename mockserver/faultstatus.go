package mockserver

import (
	"fmt"
	"io"
	"time"

	"livetape/mockserver/fault"
)

// spells are the bursts and skews of a scenario, which keeps their time itself.
func (s *script) spells() (all []fault.Status) {
	if s == nil {
		return nil
	}
	if left := s.burst.until - s.clock; left > 0 {
		all = append(all, fault.Status{Fault: fault.Fault{Name: fault.Burst, Value: fmt.Sprint(s.burst.value)}, Left: left})
	}
	if left := s.skewed.until - s.clock; left > 0 {
		all = append(all, fault.Status{Fault: fault.Fault{Name: fault.Skew, Value: time.Duration(s.skewed.value).String()}, Left: left})
	}
	return all
}

// activeFaults are all that are on or come again, those of a scenario included.
func (s *Server) activeFaults() []fault.Status {
	s.making.Lock()
	spells := s.script.spells()
	s.making.Unlock()
	return append(spells, s.faults.Status()...)
}

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
	Fault string `json:"fault"` // in fault.Syntax
	Name  string `json:"name"`
	Left  int64  `json:"left_ms,omitempty"`
	Next  int64  `json:"next_ms,omitempty"`
}

func (s *Server) activeAsJSON() []activeJSON {
	all := []activeJSON{} // an empty list, not null
	for _, f := range s.activeFaults() {
		all = append(all, activeJSON{f.Fault.String(), f.Fault.Name, milliseconds(f.Left), milliseconds(f.Next)})
	}
	return all
}

// milliseconds is d rounded up: what is left is never 0.
func milliseconds(d time.Duration) int64 { return int64((d + time.Millisecond - 1) / time.Millisecond) }
