// Package fault is what the mock server does wrong on request, for tests of its clients.
//
// [List] describes the faults and [Parse] reads one from a command line. A [Schedule] starts them and repeats those that
// repeat. Each start is an [Activation]; those that a connection can meet now are an [Active].
package fault

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Fault is something that the server does wrong, for a time.
type Fault struct {
	Name  string        // as in List
	Value string        // a parameter, as Info.Value says; empty means its default
	Share Share         // of the connections, present and future; 0 means All
	For   time.Duration // how long, if it lasts (others ignore it); 0 means Info.For
	Every time.Duration // repeats after this time, until cleared; 0 means once
}

// Share is how many of the connections a fault hits: All, One, or 1 to 99 percent of them.
type Share int8

// All connections, or one: the first that the fault meets.
const (
	All Share = 0
	One Share = -1
)

// Syntax is the form that Parse reads, for help texts.
const Syntax = "NAME[=VALUE][/SHARE][:FOR][@EVERY]"

// Parse reads a fault in the form of Syntax: "stall:5s@1m" stalls for 5 s every minute, "drop@20s" drops every
// 20 s, "status=429/25%" answers a quarter of the requests with 429 for its default time, "slow=50/one" slows one
// connection. The error is for the user.
func Parse(text string) (Fault, error) {
	f, err := parse(text)
	var d definition
	if err == nil {
		if d, err = findDefinition(f.Name); err != nil {
			return Fault{}, err // it contains the name
		}
		_, _, err = f.resolve()
	}
	if err == nil && f.For > 0 && d.For == 0 { // Inject ignores that, but in a text it is a mistake
		err = fmt.Errorf("%s is over at once: it cannot last %s; to repeat it, write %s@%s", f.Name, f.For, f.Name, f.For)
	}
	if err != nil {
		return Fault{}, fmt.Errorf("fault %.80q: %w", text, err)
	}
	return f, nil
}

func parse(text string) (f Fault, err error) {
	rest, every, repeats := strings.Cut(text, "@")
	if repeats {
		if f.Every, err = parseDuration(every); err != nil {
			return f, fmt.Errorf("how often: %w", err)
		}
	}
	rest, duration, lasts := strings.Cut(rest, ":")
	if lasts {
		if f.For, err = parseDuration(duration); err != nil {
			return f, fmt.Errorf("how long: %w", err)
		}
	}
	rest, share, shared := strings.Cut(rest, "/")
	if shared {
		if f.Share, err = parseShare(share); err != nil {
			return f, err
		}
	}
	name, value, hasValue := strings.Cut(rest, "=")
	if f.Name, f.Value = name, value; hasValue && value == "" {
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

// String is s in the form that Parse reads.
func (s Share) String() string {
	switch s {
	case All:
		return "all"
	case One:
		return "one"
	}
	return strconv.Itoa(int(s)) + "%"
}

// String is f in the form that Parse reads.
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

// minEvery keeps a fault that repeats from being all that happens.
const minEvery = 10 * time.Millisecond

// resolve finds the definition of f, and reads its value. The error says which field of f is impossible.
func (f Fault) resolve() (d definition, v parsedValue, err error) {
	if d, err = findDefinition(f.Name); err == nil {
		v, err = d.parse(f.Value)
	}
	switch {
	case err != nil:
	case f.For < 0:
		err = fmt.Errorf("%s cannot last %s", f.Name, f.For)
	case f.Every < 0 || f.Every > 0 && f.Every < minEvery:
		err = fmt.Errorf("%s cannot come every %s, only every %s or more", f.Name, f.Every, minEvery)
	case f.Every > 0 && f.Name == Clear:
		err = errors.New("clear does not repeat")
	case f.Share < One || f.Share > 99:
		err = fmt.Errorf("%s cannot hit %d %% of the connections", f.Name, f.Share)
	case f.Share != All && d.ServerWide:
		err = fmt.Errorf("%s hits the whole server, not %s of its connections", f.Name, f.Share)
	}
	return d, v, err
}

// CheckAtStart is for a fault that a server starts with, when it has no stream yet.
func (f Fault) CheckAtStart() error {
	d, _, err := f.resolve()
	if err == nil && d.For == 0 && f.Every == 0 {
		err = fmt.Errorf("%s hits open streams, and at the start there are none; repeat it, as in %s@20s", f.Name, f.Name)
	}
	return err
}

// Number is the parsed value of a fault that Parse gave: the rate of a Burst, the nanoseconds of a Skew.
func (f Fault) Number() int64 {
	_, v, _ := f.resolve()
	return v.number
}

// Duration is how long a fault that Parse gave lasts; 0 means that it is over at once.
func (f Fault) Duration() time.Duration {
	d, _ := findDefinition(f.Name)
	if d.For == 0 {
		return 0
	}
	return cmp.Or(f.For, d.For)
}
