package mockserver

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Fault is one way of misbehaving, by name, for a time.
type Fault struct {
	Name  string        // one of Faults
	For   time.Duration // how long, for those that last; 0 means the default of Faults
	Every time.Duration // again after so long, until cleared; 0 means once
}

// FaultInfo describes a fault for help texts and menus.
type FaultInfo struct {
	Name, Help string
	For        time.Duration // how long it lasts unless said otherwise; 0 for one that is over at once
}

// The names of the faults.
const (
	faultDrop    = "drop"
	faultEOF     = "eof"
	faultStall   = "stall"
	fault503     = "503"
	fault204     = "204"
	faultGarbage = "garbage"
	faultClear   = "clear"
)

// Faults lists the faults that Inject knows.
func Faults() []FaultInfo {
	return []FaultInfo{
		{faultDrop, "reset every connection in mid-event", 0},
		{faultEOF, "end every stream cleanly", 0},
		{faultStall, "keep connections open, but send nothing, not even heartbeats", 30 * time.Second},
		{fault503, "end every stream and answer 503 Service Unavailable", 10 * time.Second},
		{fault204, "end every stream and answer 204 No Content: do not come back", 10 * time.Second},
		{faultGarbage, "mix malformed payloads among the events", 10 * time.Second},
		{faultClear, "end the faults that last or repeat", 0},
	}
}

// FaultSyntax is the form that ParseFault reads, for help texts.
const FaultSyntax = "NAME[:FOR][@EVERY]"

// ParseFault reads a fault from FaultSyntax: "stall:5s@1m" stalls for 5 s every minute, "drop@20s" drops every
// 20 s, "503" answers 503 for its default time. The error tells a user what is wrong.
func ParseFault(text string) (Fault, error) {
	var f Fault
	rest, every, repeats := strings.Cut(text, "@")
	name, lasting, lasts := strings.Cut(rest, ":")
	f.Name = name
	var err error
	if lasts {
		if f.For, err = parseDuration(lasting); err != nil {
			return Fault{}, fmt.Errorf("fault %.80q: how long: %w", text, err)
		}
	}
	if repeats {
		if f.Every, err = parseDuration(every); err != nil {
			return Fault{}, fmt.Errorf("fault %.80q: how often: %w", text, err)
		}
	}
	info, err := f.info()
	if err == nil && lasts && info.For == 0 {
		err = fmt.Errorf("%s is over at once: it cannot last %s; to repeat it, write %s@%s", name, lasting, name, lasting)
	}
	if err != nil {
		return Fault{}, fmt.Errorf("fault %.80q: %w", text, err)
	}
	return f, nil
}

// String is f in the form that ParseFault reads.
func (f Fault) String() string {
	s := f.Name
	if f.For > 0 {
		s += ":" + f.For.String()
	}
	if f.Every > 0 {
		s += "@" + f.Every.String()
	}
	return s
}

// shortestEvery keeps a fault that repeats from being all that happens.
const shortestEvery = 10 * time.Millisecond

func parseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%.40q is not a duration such as 5s or 1m30s", text)
	}
	return d, nil
}

// info is what Faults says about f. The error says what of f cannot be.
func (f Fault) info() (FaultInfo, error) {
	var names []string
	for _, info := range Faults() {
		if info.Name == f.Name {
			return info, f.check()
		}
		names = append(names, info.Name)
	}
	return FaultInfo{}, fmt.Errorf("there is no fault %.40q; the faults are %s", f.Name, strings.Join(names, ", "))
}

func (f Fault) check() error {
	switch {
	case f.For < 0:
		return fmt.Errorf("%s cannot last %s", f.Name, f.For)
	case f.Every < 0 || f.Every > 0 && f.Every < shortestEvery:
		return fmt.Errorf("%s cannot come every %s, only every %s or more", f.Name, f.Every, shortestEvery)
	case f.Every > 0 && f.Name == faultClear:
		return errors.New("clear does not repeat")
	}
	return nil
}

// checkAtStart is for faults with which a server begins, when there is no stream yet.
func (f Fault) checkAtStart() error {
	info, err := f.info()
	if err == nil && info.For == 0 && f.Every == 0 {
		err = fmt.Errorf("%s strikes streams, and at the start there are none; say how often, as in %s@20s", f.Name, f.Name)
	}
	return err
}
