package decode

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"livetape/feed/market"
)

// maxFrom bounds the last event id that a server repeats, in characters.
const maxFrom = 1024

// maxDepth is how deep lists and objects may nest.
const maxDepth = 64

var (
	errNotJSON = errors.New("the data is not JSON")
	errTooDeep = fmt.Errorf("the data nests deeper than %d", maxDepth)
)

// parse checks the whole payload: gjson itself takes what it likes from broken JSON.
func parse(data []byte) (gjson.Result, error) {
	if tooDeep(data) {
		return gjson.Result{}, errTooDeep
	}
	if !gjson.ValidBytes(data) {
		return gjson.Result{}, errNotJSON
	}
	return gjson.ParseBytes(data), nil
}

// tooDeep guards the recursion of what reads the payload after it.
func tooDeep(data []byte) bool {
	if len(data) <= maxDepth {
		return false
	}
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

// each calls take for every member of an object, until it returns an error, which then names the key.
func each(object gjson.Result, take func(key string, v gjson.Result) error) error {
	if !object.IsObject() {
		return wrong(object, "an object")
	}
	var err error
	object.ForEach(func(k, v gjson.Result) bool {
		if err = take(k.Str, v); err != nil {
			err = fmt.Errorf("%s: %w", k.Str, err)
		}
		return err == nil
	})
	return err
}

func wrong(v gjson.Result, want string) error {
	return fmt.Errorf("%s is not %s", shown(v), want)
}

func shown(v gjson.Result) string {
	switch {
	case v.Type == gjson.Null:
		return "null"
	case v.IsObject():
		return "an object"
	case v.IsArray():
		return "a list"
	}
	return market.PlainText(v.Raw, 40)
}

// number reads a JSON number or a string with one, digit for digit. null, "", "-" and "NaN" are missing.
func number(v gjson.Result) (market.Decimal, error) {
	switch v.Type {
	case gjson.Null:
		return market.Decimal{}, nil
	case gjson.Number:
		return market.ParseDecimal(v.Raw)
	case gjson.String:
		if v.Str == "" || v.Str == "-" || v.Str == "NaN" {
			return market.Decimal{}, nil
		}
		return market.ParseDecimal(v.Str)
	}
	return market.Decimal{}, wrong(v, "a number")
}

// count reads a whole number from 0; null is Unknown.
func count(v gjson.Result) (int, error) {
	if v.Type == gjson.Null {
		return Unknown, nil
	}
	n := 0
	for _, c := range v.Raw {
		if c < '0' || c > '9' || n > 1e15 {
			return 0, wrong(v, "a count")
		}
		n = n*10 + int(c-'0')
	}
	return n, nil
}

// text reads a string as plain text of at most limit characters; null is missing.
func text(v gjson.Result, limit int) (string, error) {
	switch v.Type {
	case gjson.Null:
		return "", nil
	case gjson.String:
		return strings.TrimSpace(market.PlainText(v.Str, limit)), nil
	}
	return "", wrong(v, "text")
}

// ownText is text that is kept: it must not hold on to a large payload.
func ownText(v gjson.Result, limit int) (string, error) {
	s, err := text(v, limit)
	return strings.Clone(s), err
}

// identity reads text that names something, which therefore is never cut.
func identity(v gjson.Result, limit int) (string, error) {
	s, err := text(v, limit+1)
	if err == nil && len(s) > limit && len([]rune(s)) > limit {
		return "", fmt.Errorf("%s is longer than %d characters", market.PlainText(s, 40), limit)
	}
	return s, err
}

// instant reads an RFC 3339 time; null and "" are missing.
func instant(v gjson.Result) (time.Time, error) {
	if v.Type == gjson.Null || v.Type == gjson.String && v.Str == "" {
		return time.Time{}, nil
	}
	if v.Type == gjson.String {
		if t, err := time.Parse(time.RFC3339Nano, v.Str); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, wrong(v, "a time like 2006-01-02T15:04:05.999Z")
}

// link reads a URL; one that is not http or https is left out.
func link(v gjson.Result) (string, error) {
	s, err := ownText(v, maxURL+1)
	if err != nil || len(s) > maxURL {
		return "", err
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", nil //nolint:nilerr // an unusable link is no reason to lose the headline
	}
	return s, nil
}

func symbols(v gjson.Result) ([]string, error) {
	if v.Type == gjson.Null {
		return nil, nil
	}
	if !v.IsArray() {
		return nil, wrong(v, "a list")
	}
	var list []string
	var err error
	v.ForEach(func(_, v gjson.Result) bool {
		var s string
		if s, err = identity(v, maxSymbol); s != "" {
			list = append(list, strings.Clone(s))
		}
		return err == nil && len(list) < maxSymbols
	})
	return list, err
}

// importance reads high, normal or low; any other word ranks as normal.
func importance(v gjson.Result) (market.Importance, error) {
	s, err := text(v, maxName)
	switch s {
	case "high":
		return market.High, err
	case "low":
		return market.Low, err
	}
	return market.Normal, err
}

func session(v gjson.Result) (market.Session, error) {
	s, err := text(v, maxName)
	switch state := market.Session(s); state {
	case "", market.Open, market.Closed, market.Halted, market.Pre, market.Post:
		return state, err
	}
	return "", wrong(v, "one of open, closed, halted, pre and post")
}
