package redact

import (
	"errors"
	"net/url"
	"regexp"
	"strings"

	"livetape/feed/market"
)

// notAURL stands for what is no URL: it might be a secret in the wrong place.
const notAURL = "(not a valid URL)"

// urlLimit bounds a URL on screen, in runes.
const urlLimit = 500

// variable matches ${NAME}, which stands for a variable of the environment.
var variable = regexp.MustCompile(`\$\{[A-Za-z_][A-Za-z0-9_]*\}`)

// Variables names the variables of the environment in text, in order.
func Variables(text string) []string {
	var names []string
	for _, found := range variable.FindAllString(text, -1) {
		names = append(names, found[len("${"):len(found)-len("}")])
	}
	return names
}

// URL makes a feed's URL, as written in its configuration, fit to be shown and logged: without user and password, without
// a fragment, the values in its query masked but those of known, harmless parameters (symbols, types, limit). A ${NAME} stays
// as written. What is no http or https URL is not shown at all.
func URL(raw string) string {
	if _, err := ParseURL(FillVariables(raw)); err != nil {
		return notAURL
	}
	return market.PlainText(withoutSecrets(raw, func(string, string) string { return Mark }), urlLimit)
}

// PortableURL is a feed's URL as it can stand in a configuration that is passed on: whole, but without user and
// password and without a fragment, and with what replace gives in the place of each value in the query that may be a
// credential. Replace is given the name of the parameter, "" for a value without one. Values of known, harmless parameters stay as
// they are, so that such a URL works unchanged. The URL must be valid.
func PortableURL(raw string, replace func(name string) string) string {
	return withoutSecrets(raw, func(name, value string) string {
		if isHarmlessParameter(name) && !holdsCredential(value) {
			return value
		}
		return replace(name)
	})
}

// withoutSecrets is a URL without user, password and fragment, and with hide's word for what may be secret in its query.
func withoutSecrets(raw string, hide func(name, value string) string) string {
	raw, _, _ = strings.Cut(raw, "#")
	raw, query, hasQuery := strings.Cut(raw, "?")
	if user := userOf(raw); user != "" {
		scheme, rest, _ := strings.Cut(raw, "://")
		raw = scheme + "://" + rest[len(user):]
	}
	if hasQuery {
		raw += "?" + maskQuery(query, hide)
	}
	return raw
}

// holdsCredential reports whether a value, which may be a URL or a query itself, has a user or a credential in it, or
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
	return nested && strings.Contains(query, "?") || strings.Contains(query, "=") && len(formCredentials(query)) > 0
}

// FillVariables puts something harmless in the place of every ${NAME} in a URL, so that the rest can be parsed.
func FillVariables(raw string) string {
	if first := variable.FindStringIndex(raw); first != nil && first[0] == 0 {
		raw = "http://0" + raw[first[1]:]
	}
	return variable.ReplaceAllString(raw, "0")
}

// ParseURL takes absolute http and https URLs only. Its error does not quote them, as that of url.Parse does.
func ParseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("is not of the form https://host/path")
	}
	return u, nil
}

// userOf is user:password@ in scheme://user:password@host/path; empty for none.
func userOf(raw string) string {
	_, rest, _ := strings.Cut(raw, "://")
	authority, _, _ := strings.Cut(rest, "/")
	return authority[:strings.LastIndexByte(authority, '@')+1]
}

// CredentialVariables names the variables where credentials stand in a URL: before the host, and in the query except as
// values of harmless parameters. One in host or path says where the feed is.
func CredentialVariables(raw string) []string {
	raw, _, _ = strings.Cut(raw, "#")
	raw, query, _ := strings.Cut(raw, "?")
	places := []string{userOf(raw)}
	for _, pair := range strings.FieldsFunc(query, isSeparator) {
		if name, _, _ := strings.Cut(pair, "="); !isHarmlessParameter(name) {
			places = append(places, pair)
		}
	}
	return Variables(strings.Join(places, "&"))
}

// queryPair matches what stands between two separators of a query.
var queryPair = regexp.MustCompile(`[^&;]+`)

// maskQuery puts hide's word in the place of each value that may be secret. A value without a name has the name "".
func maskQuery(query string, hide func(name, value string) string) string {
	return queryPair.ReplaceAllStringFunc(query, func(pair string) string {
		name, value, found := strings.Cut(pair, "=")
		switch {
		case !mayBeSecret(pair):
			return pair
		case !found:
			return hide("", pair)
		}
		return name + "=" + hide(name, value)
	})
}

// isSeparator reports whether r stands between the pairs of a query; the semicolon is the older way to write it.
func isSeparator(r rune) bool { return r == '&' || r == ';' }

// mayBeSecret reports whether a pair of a query has a literal value other than that of a known, harmless parameter: nobody
// can list the names that a token may have.
func mayBeSecret(pair string) bool {
	name, value, found := strings.Cut(pair, "=")
	if !found {
		return isLiteral(pair) && !isHarmlessParameter(pair)
	}
	return isLiteral(value) && (!isHarmlessParameter(name) || isNested(value))
}

// isLiteral reports whether text says more than the names of variables.
func isLiteral(text string) bool { return variable.ReplaceAllString(text, "") != "" }

// isNested reports whether a value holds a URL or a query of its own, in which anything can stand, or might: what does
// not decode, or is encoded once more.
func isNested(value string) bool {
	plain, err := url.QueryUnescape(value)
	return err != nil || strings.Contains(plain, "//") || strings.ContainsAny(plain, "?&=@%#")
}
