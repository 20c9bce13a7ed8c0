package decode

import (
	"cmp"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"livetape/feed/market"
)

// maxFrom bounds the last event id that a server repeats, in characters.
const maxFrom = 1024

func wrong(v value, want string) error {
	return fmt.Errorf("%s is not %s", shown(v), want)
}

func shown(v value) string {
	switch v.kind {
	case object:
		return "an object"
	case list:
		return "a list"
	}
	return market.PlainText(v.raw, 40)
}

// number reads a JSON number or a string with one, digit for digit. null, "", "-" and "NaN" are missing.
func number(v value) (market.Decimal, error) {
	switch v.kind {
	case null:
		return market.Decimal{}, nil
	case numeral:
		return market.ParseDecimal(v.raw)
	case quoted:
		s := v.str()
		if s == "" || s == "-" || s == "NaN" {
			return market.Decimal{}, nil
		}
		return market.ParseDecimal(s)
	}
	return market.Decimal{}, wrong(v, "a number")
}

// count reads a whole number from 0, also as a string; null and "" are Unknown.
func count(v value) (int, error) {
	digits := v.raw
	if v.kind == quoted {
		digits = v.str()
	}
	if v.kind == null || digits == "" {
		return Unknown, nil
	}
	n, err := strconv.ParseUint(digits, 10, 31)
	if err != nil {
		return 0, wrong(v, "a count")
	}
	return int(n), nil
}

// text reads a string as plain text of at most limit characters; null is missing.
func text(v value, limit int) (string, error) {
	switch v.kind {
	case null:
		return "", nil
	case quoted:
		return strings.TrimSpace(market.PlainText(v.str(), limit)), nil
	}
	return "", wrong(v, "text")
}

// ownText is text that is kept: it must not hold on to a large payload.
func ownText(v value, limit int) (string, error) {
	s, err := text(v, limit)
	return strings.Clone(s), err
}

// identity reads text that names something. It is never cut, and what is not empty does not become
// empty: an empty symbol is the whole market.
func identity(v value, limit int) (string, error) {
	s, err := text(v, len(v.raw))
	switch {
	case s == "" && v.kind == quoted && v.raw != `""`:
		return "", wrong(v, "a name")
	case len(s) > limit && utf8.RuneCountInString(s) > limit:
		return "", fmt.Errorf("%s is longer than %d characters", market.PlainText(s, 40), limit)
	}
	return s, err
}

// instant reads an RFC 3339 time; null and "" are missing.
func instant(v value) (time.Time, error) {
	if v.kind == null || v.raw == `""` {
		return time.Time{}, nil
	}
	if v.kind == quoted {
		if t, err := time.Parse(time.RFC3339Nano, v.str()); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, wrong(v, "a time like 2006-01-02T15:04:05.999Z")
}

// link reads a URL; one that is not http or https is left out.
func link(v value) (string, error) {
	s, err := ownText(v, len(v.raw))
	if err != nil || len(s) > market.MaxURL {
		return "", err
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", nil //nolint:nilerr // an unusable link is no reason to lose the headline
	}
	return s, nil
}

func symbols(v value) ([]string, error) {
	if v.kind == null {
		return nil, nil
	}
	var all []string
	var fault error
	err := items(v.raw, func(v value) {
		s, err := identity(v, market.MaxSymbol)
		if err != nil && fault == nil {
			fault = err
		}
		if s != "" && len(all) < market.MaxSymbols {
			all = append(all, strings.Clone(s))
		}
	})
	return all, cmp.Or(err, fault)
}

// importance reads high, normal or low; any other word ranks as normal.
func importance(v value) (market.Importance, error) {
	s, err := text(v, market.MaxName)
	switch s {
	case "high":
		return market.High, err
	case "low":
		return market.Low, err
	}
	return market.Normal, err
}

func session(v value) (market.Session, error) {
	s, err := text(v, market.MaxName)
	switch state := market.Session(s); state {
	case "", market.Open, market.Closed, market.Halted, market.Pre, market.Post:
		return state, err
	}
	return "", wrong(v, "one of open, closed, halted, pre and post")
}
