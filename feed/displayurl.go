package feed

import (
	"errors"
	"net/url"
	"regexp"
	"strings"

	"livetape/feed/market"
)

// notAnURL stands for what is no URL: it might be a secret in the wrong place.
const notAnURL = "(not a valid URL)"

// displayLimit bounds an URL on screen, in runes.
const displayLimit = 500

var variable = regexp.MustCompile(`\$\{[A-Za-z_][A-Za-z0-9_]*\}`)

// DisplayURL makes a feed's URL, as written in its configuration, fit to be shown and logged: without user and
// password, without a fragment, the values of query keys that sound like credentials masked. A
// ${NAME} stays as written. What is no http or https URL is not shown at all.
func DisplayURL(raw string) string {
	if _, err := parseURL(withStandIns(raw)); err != nil {
		return notAnURL
	}
	raw, _, _ = strings.Cut(raw, "#")
	raw, query, hasQuery := strings.Cut(raw, "?")
	shown := withoutUser(raw)
	if hasQuery {
		shown += "?" + maskQuery(query)
	}
	return market.PlainText(shown, displayLimit)
}

// withStandIns puts something harmless in the place of every ${NAME}, so that the rest can be parsed.
func withStandIns(raw string) string {
	if first := variable.FindStringIndex(raw); first != nil && first[0] == 0 {
		raw = "http://0" + raw[first[1]:]
	}
	return variable.ReplaceAllString(raw, "0")
}

// parseURL takes absolute http and https URLs only. What url.Parse has to say is not passed on, since it quotes
// the parts.
func parseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("is not of the form https://host/path")
	}
	return u, nil
}

// withoutUser cuts user and password out of scheme://user:password@host/path.
func withoutUser(raw string) string {
	user := userOf(raw)
	if user == "" {
		return raw
	}
	scheme, rest, _ := strings.Cut(raw, "://")
	return scheme + "://" + rest[len(user):]
}

// userOf is the user:password@ of scheme://user:password@host/path; "" without one.
func userOf(raw string) string {
	_, rest, _ := strings.Cut(raw, "://")
	authority, _, _ := strings.Cut(rest, "/")
	return authority[:strings.LastIndexByte(authority, '@')+1]
}

func maskQuery(query string) string {
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		key, value, found := strings.Cut(pair, "=")
		literal := variable.ReplaceAllString(value, "") != ""
		if found && literal && isSecretKey(key) {
			pairs[i] = key + "=" + mask
		}
	}
	return strings.Join(pairs, "&")
}
