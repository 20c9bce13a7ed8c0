package mockserver

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Fault is one way of misbehaving, for a time.
type Fault struct {
	Name  string        // one of Faults
	Value string        // how bad it is, as Faults says; empty means its default
	Share Share         // of the connections, those that come included; 0 means All
	For   time.Duration // how long, for those that last (others ignore it); 0 means the default of Faults
	Every time.Duration // again after so long, until cleared; 0 means once
}

// Share is how many of the connections a fault strikes: All, One, or from 1 to 99 percent of them.
type Share int8

// All connections, or one: the first that comes by.
const (
	All Share = 0
	One Share = -1
)

// FaultSyntax is the form that ParseFault reads, for help texts.
const FaultSyntax = "NAME[=VALUE][/SHARE][:FOR][@EVERY]"

// ParseFault reads a fault from FaultSyntax: "stall:5s@1m" stalls for 5 s every minute, "drop@20s" drops every
// 20 s, "status=429/25%" answers a quarter of the requests with 429 for its default time, "slow=50/one" slows one
// connection. The error tells a user what is wrong.
func ParseFault(text string) (Fault, error) {
	f, err := parseFault(text)
	if err == nil {
		err = f.checkText()
	}
	var unknown *unknownFaultError
	if errors.As(err, &unknown) {
		return Fault{}, err // which says the name
	}
	if err != nil {
		return Fault{}, fmt.Errorf("fault %.80q: %w", text, err)
	}
	return f, nil
}

// checkText is for a fault that somebody wrote, who meant every word.
func (f Fault) checkText() error {
	s, err := f.info()
	if err == nil && f.For > 0 && s.For == 0 {
		err = fmt.Errorf("%s is over at once: it cannot last %s; to repeat it, write %s@%s", f.Name, f.For, f.Name, f.For)
	}
	return err
}

func parseFault(text string) (f Fault, err error) {
	rest, every, repeats := strings.Cut(text, "@")
	if repeats {
		if f.Every, err = parseDuration(every); err != nil {
			return f, fmt.Errorf("how often: %w", err)
		}
	}
	rest, lasting, lasts := strings.Cut(rest, ":")
	if lasts {
		if f.For, err = parseDuration(lasting); err != nil {
			return f, fmt.Errorf("how long: %w", err)
		}
	}
	rest, share, shared := strings.Cut(rest, "/")
	if shared {
		if f.Share, err = parseShare(share); err != nil {
			return f, err
		}
	}
	name, value, valued := strings.Cut(rest, "=")
	if f.Name, f.Value = name, value; valued && value == "" {
		return f, fmt.Errorf("there is no value behind %s=", name)
	}
	return f, nil
}

func parseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%.40q is not a duration such as 5s or 1m30s", text)
	}
	return d, nil
}

func parseShare(text string) (Share, error) {
	digits, percents := strings.CutSuffix(text, "%")
	n, err := strconv.Atoi(digits)
	switch {
	case text == "all" || text == "100%":
		return All, nil
	case text == "one":
		return One, nil
	case !percents || err != nil || n < 1 || n > 99:
		return 0, fmt.Errorf("whom: %.40q is not one, all or a share such as 25%%", text)
	}
	return Share(n), nil
}

// String is s in the form that ParseFault reads.
func (s Share) String() string {
	switch s {
	case All:
		return "all"
	case One:
		return "one"
	}
	return strconv.Itoa(int(s)) + "%"
}

// String is f in the form that ParseFault reads.
func (f Fault) String() string {
	s := f.Name
	if f.Value != "" {
		s += "=" + f.Value
	}
	if f.Share != All {
		s += "/" + f.Share.String()
	}
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

// info is what f is. The error says what of it cannot be.
func (f Fault) info() (species, error) {
	s, err := speciesOf(f.Name)
	if err != nil {
		return s, err
	}
	if _, err := s.magnitude(f.Value); err != nil {
		return s, err
	}
	switch {
	case f.For < 0:
		return s, fmt.Errorf("%s cannot last %s", f.Name, f.For)
	case f.Every < 0 || f.Every > 0 && f.Every < shortestEvery:
		return s, fmt.Errorf("%s cannot come every %s, only every %s or more", f.Name, f.Every, shortestEvery)
	case f.Every > 0 && f.Name == faultClear:
		return s, errors.New("clear does not repeat")
	case f.Share < One || f.Share > 99:
		return s, fmt.Errorf("%s cannot strike %d %% of the connections", f.Name, f.Share)
	case f.Share != All && s.Whole:
		return s, fmt.Errorf("%s strikes the server as a whole, not %s of its connections", f.Name, f.Share)
	}
	return s, nil
}

// checkAtStart is for faults with which a server begins, when there is no stream yet.
func (f Fault) checkAtStart() error {
	s, err := f.info()
	if err == nil && s.For == 0 && f.Every == 0 {
		err = fmt.Errorf("%s strikes streams, and at the start there are none; say how often, as in %s@20s", f.Name, f.Name)
	}
	return err
}
