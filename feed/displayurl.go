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
// password, without a fragment, the values in its query masked but those of known, harmless keys (symbols, types, limit). A
// ${NAME} stays as written. What is no http or https URL is not shown at all.
func DisplayURL(raw string) string {
	if _, err := parseURL(withStandIns(raw)); err != nil {
		return notAnURL
	}
	raw, _, _ = strings.Cut(raw, "#")
	raw, query, hasQuery := strings.Cut(raw, "?")
	shown := withoutUser(raw)
	if hasQuery {
		shown += "?" + rewriteQuery(query, maskPair)
	}
	return market.PlainText(shown, displayLimit)
}

// PortableURL is a feed's URL as it can stand in a configuration that is passed on: whole, but without user and
// password and without a fragment, and with what stand gives in the place of each value in the query that may be a
// credential. Stand is given the key, "" for a value without one. Values of known, harmless keys stay as they are, so
// that such an URL works unchanged. The URL must be valid.
func PortableURL(raw string, stand func(key string) string) string {
	raw, _, _ = strings.Cut(raw, "#")
	raw, query, hasQuery := strings.Cut(raw, "?")
	whole := withoutUser(raw)
	if hasQuery {
		whole += "?" + rewriteQuery(query, func(pair string) string { return portablePair(pair, stand) })
	}
	return whole
}

func portablePair(pair string, stand func(key string) string) string {
	key, value, found := strings.Cut(pair, "=")
	if maskPair(pair) == pair || found && isHarmlessKey(key) && !holdsCredential(value) {
		return pair
	}
	if !found {
		return stand("")
	}
	return key + "=" + stand(key)
}

// holdsCredential reports whether a value, which may be an URL or a query itself, has a user or a credential in it, or
// may have: what does not decode, or is encoded once more.
func holdsCredential(value string) bool {
	plain, err := url.QueryUnescape(value)
	if err != nil || strings.ContainsAny(plain, "@%") {
		return true
	}
	_, query, nested := strings.Cut(plain, "?")
	if !nested {
		query = plain
	}
	return nested && strings.Contains(query, "?") || strings.Contains(query, "=") && len(formSecrets(query)) > 0
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

// rewriteQuery changes each pair of a query, and leaves what stands between them as it is.
func rewriteQuery(query string, change func(pair string) string) string {
	var out strings.Builder
	for len(query) > 0 {
		end := strings.IndexAny(query, "&;")
		if end < 0 {
			end = len(query)
		}
		out.WriteString(change(query[:end]))
		rest := query[end:]
		separator := min(1, len(rest))
		out.WriteString(rest[:separator])
		query = rest[separator:]
	}
	return out.String()
}

// maskPair masks a literal value but for one of a known, harmless key: nobody can list the names that a token may have.
func maskPair(pair string) string {
	key, value, found := strings.Cut(pair, "=")
	switch {
	case !found && (!isLiteral(pair) || isHarmlessKey(pair)), !isLiteral(value) && found:
		return pair
	case !found:
		return mask
	case isHarmlessKey(key) && !isNested(value):
		return pair
	}
	return key + "=" + mask
}

// isLiteral reports whether text says more than the names of variables.
func isLiteral(text string) bool { return variable.ReplaceAllString(text, "") != "" }

// isNested reports whether a value holds an URL or a query of its own, in which anything can stand, or might: what does
// not decode, or is encoded once more.
func isNested(value string) bool {
	plain, err := url.QueryUnescape(value)
	return err != nil || strings.Contains(plain, "//") || strings.ContainsAny(plain, "?&=@%#")
}

// isHarmlessKey reports whether a query key, as written, says what is asked for, never who asks.
func isHarmlessKey(key string) bool {
	plain, err := url.QueryUnescape(key)
	if err != nil {
		return false
	}
	switch strings.TrimSuffix(strings.ToLower(plain), "[]") {
	case "symbol", "symbols", "instrument", "instruments", "type", "types", "event", "events",
		"channel", "channels", "topic", "topics", "stream", "streams", "id", "ids", "interval", "chain", "method",
		"limit", "cursor", "order", "since", "from", "snapshot", "lasteventid", "last-event-id",
		"encoding", "format", "v", "version", "parsed", "benchmarks_only", "allow_unordered", "ignore_invalid_price_ids",
		"address", "addresses", "network", "networks", "pool", "pools", "pair", "pairs", "market", "markets",
		"currency", "currencies", "exchange", "exchanges", "side", "depth", "level", "levels", "granularity",
		"lang", "locale", "country", "category", "categories", "section", "sector", "sort", "offset", "page", "size", "count",
		"orderby", "limittolast", "limittofirst", "print",
		"base_asset_type", "base_asset_code", "base_asset_issuer", "counter_asset_type", "counter_asset_code", "counter_asset_issuer",
		"selling_asset_type", "selling_asset_code", "selling_asset_issuer", "buying_asset_type", "buying_asset_code", "buying_asset_issuer":
		return true
	}
	return false
}
