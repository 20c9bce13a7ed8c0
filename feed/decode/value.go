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

// maxLastEventID bounds the last event id that a server repeats, in characters.
const maxLastEventID = 1024

func wrongKindError(v jsonValue, want string) error {
	return fmt.Errorf("%s is not %s", describeValue(v), want)
}

func describeValue(v jsonValue) string {
	switch v.kind {
	case kindObject:
		return "an object"
	case kindList:
		return "a list"
	}
	return market.PlainText(v.raw, 40)
}

// parseNumber reads a JSON number or a string with one, digit for digit. null, "", "-" and "NaN" are missing.
func parseNumber(v jsonValue) (market.Decimal, error) {
	switch v.kind {
	case kindNull:
		return market.Decimal{}, nil
	case kindNumber:
		return market.ParseDecimal(v.raw)
	case kindString:
		s := v.text()
		if s == "" || s == "-" || s == "NaN" {
			return market.Decimal{}, nil
		}
		return market.ParseDecimal(s)
	}
	return market.Decimal{}, wrongKindError(v, "a number")
}

// parseCount reads a whole number from 0, also as a string; null and "" are Unknown.
func parseCount(v jsonValue) (int, error) {
	digits := v.raw
	if v.kind == kindString {
		digits = v.text()
	}
	if v.kind == kindNull || digits == "" {
		return Unknown, nil
	}
	n, err := strconv.ParseUint(digits, 10, 31)
	if err != nil {
		return 0, wrongKindError(v, "a count")
	}
	return int(n), nil
}

// parsePlainText reads a string as plain text of at most limit characters; null is missing.
func parsePlainText(v jsonValue, limit int) (string, error) {
	switch v.kind {
	case kindNull:
		return "", nil
	case kindString:
		return strings.Clone(strings.TrimSpace(market.PlainText(v.text(), limit))), nil // or it would hold a large payload in memory
	}
	return "", wrongKindError(v, "text")
}

// parseIdentifier reads the name of something. It is never cut, and text that is not empty never becomes empty: an empty
// symbol is the whole market.
func parseIdentifier(v jsonValue, limit int) (string, error) {
	s, err := parsePlainText(v, len(v.raw))
	switch {
	case s == "" && v.kind == kindString && v.raw != `""`:
		return "", wrongKindError(v, "a name")
	case len(s) > limit && utf8.RuneCountInString(s) > limit:
		return "", fmt.Errorf("%s is longer than %d characters", market.PlainText(s, 40), limit)
	}
	return s, err
}

// parseTime reads an RFC 3339 time; null and "" are missing.
func parseTime(v jsonValue) (time.Time, error) {
	if v.kind == kindNull || v.raw == `""` {
		return time.Time{}, nil
	}
	if v.kind == kindString {
		if t, err := time.Parse(time.RFC3339Nano, v.text()); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, wrongKindError(v, "a time like 2006-01-02T15:04:05.999Z")
}

// parseURL reads a URL; one that is not http or https is left out.
func parseURL(v jsonValue) (string, error) {
	s, err := parsePlainText(v, len(v.raw))
	if err != nil || len(s) > market.MaxURL {
		return "", err
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", nil //nolint:nilerr // an unusable link is no reason to lose the headline
	}
	return s, nil
}

func parseSymbols(v jsonValue) ([]string, error) {
	if v.kind == kindNull {
		return nil, nil
	}
	var all []string
	var firstErr error
	err := eachItem(v.raw, func(v jsonValue) bool {
		s, err := parseIdentifier(v, market.MaxSymbol)
		firstErr = cmp.Or(firstErr, err)
		if s != "" && len(all) < market.MaxSymbols {
			all = append(all, s)
		}
		return true
	})
	return all, cmp.Or(err, firstErr)
}

func parseFeedName(v jsonValue) (string, error) { return parseIdentifier(v, market.MaxName) }

// parseImportance reads high, normal or low; any other word ranks as normal.
func parseImportance(v jsonValue) (market.Importance, error) {
	s, err := parsePlainText(v, market.MaxName)
	switch s {
	case "high":
		return market.High, err
	case "low":
		return market.Low, err
	}
	return market.Normal, err
}

// parseTradeReport takes a report of another word for none, as newer servers may send one.
func parseTradeReport(v jsonValue) (market.Report, error) {
	s, err := parsePlainText(v, market.MaxName)
	for _, r := range []market.Report{market.NewTrade, market.Correction, market.Cancel} {
		if s == r.String() {
			return r, err
		}
	}
	return market.MaybeTrade, err
}

func parseSession(v jsonValue) (market.Session, error) {
	s, err := parsePlainText(v, market.MaxName)
	switch state := market.Session(s); state {
	case "", market.Open, market.Closed, market.Halted, market.Pre, market.Post:
		return state, err
	}
	return "", wrongKindError(v, "one of open, closed, halted, pre and post")
}
