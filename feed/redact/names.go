package redact

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// secretEndings are how names of credentials end, also where words are written together: "accesstoken", "PHPSESSID".
var secretEndings = []string{
	"token", "tok", "key", "secret", "password", "passwd", "passphrase", "passcode", "signature", "authorization", "credential", "credentials",
	"session", "sessionid", "sessid", "cookie", "jwt", "csrf", "xsrf", "keyid", "appid", "assertion", "samlresponse", "crumb",
}

// secretWords are words of names of credentials, where they stand by themselves: "sess", "tokenV2", "OK-ACCESS-SIGN".
var secretWords = []string{
	"auth", "oauth", "pass", "pwd", "pw", "sig", "sign", "sid", "sess", "bearer", "code", "hmac", "otp", "totp", "mfa",
	"token", "tkn", "tok", "secret", "password", "session", "cred", "creds", "ticket", "cookie", "jwt", "apikey", "sso",
}

// IsSecretName reports whether the name of a query parameter, a variable or a member of a body sounds as if its value
// were a credential.
func IsSecretName(name string) bool {
	words := wordsOf(name)
	joined := strings.Join(words, "")
	return slices.ContainsFunc(secretEndings, func(e string) bool { return strings.HasSuffix(joined, e) }) ||
		slices.ContainsFunc(words, func(w string) bool { return slices.Contains(secretWords, w) })
}

// wordsOf are the words of a name, in lower case and without numbers: "sess", "id" of "sessId", "sess-id" and "sess_id2".
func wordsOf(name string) []string {
	var spaced strings.Builder
	before := ' '
	for _, r := range name {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			spaced.WriteByte(' ')
		}
		spaced.WriteRune(r)
		before = r
	}
	return strings.FieldsFunc(strings.ToLower(spaced.String()), func(r rune) bool { return !unicode.IsLetter(r) })
}

// IsSecretHeader reports whether a header's value may be a credential. It rather takes one too many: what is no secret
// seldom stands in such a header.
func IsSecretHeader(name string) bool {
	lower := strings.ToLower(name)
	contains := func(part string) bool { return strings.Contains(lower, part) }
	return IsSecretName(name) || slices.ContainsFunc([]string{"key", "token", "secret", "auth", "pass", "session", "credential", "cookie"}, contains)
}

// isHarmlessParameter reports whether a query parameter, as written, says what is asked for, never who asks.
func isHarmlessParameter(name string) bool {
	plain, err := url.QueryUnescape(name)
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

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
