package feed

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// mask is what stands where a secret was.
const mask = "•••"

// redactor takes a feed's secrets out of text that came from elsewhere (error texts, bodies of refusals).
// It is immutable and safe for concurrent use.
type redactor struct {
	long  *strings.Replacer // wherever they stand
	short []string          // as whole words only, or "1" would eat every 1
}

// shortSecret is the length in bytes from which a secret is recognised inside a word.
const shortSecret = 4

func newRedactor(secrets []string) redactor {
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) }) // the longest match wins
	var r redactor
	var pairs []string
	for _, s := range secrets {
		switch {
		case len(s) >= shortSecret:
			for _, form := range written(s) {
				pairs = append(pairs, form, mask)
			}
		case s != "":
			r.short = append(r.short, s)
		}
	}
	r.long = strings.NewReplacer(pairs...)
	return r
}

// written are the forms in which a secret comes back: as it is, in addresses, and in JSON, of which some libraries
// escape more than RFC 8259 §7 wants.
func written(secret string) []string {
	inJSON := escapedFor(kindJSON, secret)
	return []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), inJSON,
		strings.ReplaceAll(inJSON, "/", `\/`),                             // PHP
		strings.NewReplacer("=", `\u003d`, "'", `\u0027`).Replace(inJSON), // Gson
		strings.NewReplacer("+", `\u002B`, "'", `\u0027`).Replace(inJSON), // System.Text.Json
	}
}

func (r redactor) clean(text string) string {
	text = r.long.Replace(text)
	for _, s := range r.short {
		text = replaceWord(text, s)
	}
	return text
}

// replaceWord masks word wherever no letter or digit touches it.
func replaceWord(text, word string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, word)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		if endsInWord(before) || startsInWord(after) {
			out.WriteString(word)
		} else {
			out.WriteString(mask)
		}
		text = after
	}
}

func endsInWord(s string) bool {
	runes := []rune(s)
	return len(runes) > 0 && isWordRune(runes[len(runes)-1])
}

func startsInWord(s string) bool {
	for _, r := range s {
		return isWordRune(r)
	}
	return false
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// isSecretKey reports whether a query key or header name sounds as if its value were a credential.
func isSecretKey(name string) bool {
	name = strings.ToLower(name)
	for _, ending := range []string{"token", "key", "secret", "password", "passwd", "passphrase", "signature", "authorization", "credential", "credentials", "session", "cookie", "jwt"} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	words := strings.FieldsFunc(name, func(r rune) bool { return !isWordRune(r) })
	return slices.ContainsFunc(words, func(w string) bool {
		return slices.Contains([]string{"auth", "pass", "pwd", "sig", "sid", "sessionid", "bearer", "code", "hmac"}, w)
	})
}

// urlSecrets are the parts of an expanded URL that must never be shown.
func urlSecrets(u *url.URL) []string {
	var secrets []string
	if u.User != nil {
		password, _ := u.User.Password()
		pair := u.User.Username() + ":" + password
		sent := base64.StdEncoding.EncodeToString([]byte(pair)) // as http.Client sends it
		secrets = append(secrets, u.User.String(), u.User.Username(), password, pair, sent)
	}
	return append(secrets, formSecrets(u.RawQuery)...)
}

// formSecrets are the values in a query or a form that must never be shown.
func formSecrets(form string) []string {
	var secrets []string
	for _, pair := range strings.FieldsFunc(form, isSeparator) {
		key, value, found := strings.Cut(pair, "=")
		if !found && !isHarmlessKey(pair) { // without a key
			key, value = "token", pair
		}
		name, err := url.QueryUnescape(key)
		if err == nil && !isSecretKey(name) {
			continue
		}
		secrets = append(secrets, value)
		if plain, err := url.QueryUnescape(value); err == nil {
			secrets = append(secrets, plain)
		}
	}
	return secrets
}

// isSeparator reports whether r stands between the pairs of a query; the semicolon is the older way to write it.
func isSeparator(r rune) bool { return r == '&' || r == ';' }

// isSecretHeader reports whether a header's value may be a credential: better one too many, since what is no secret
// seldom stands in such a header.
func isSecretHeader(name string) bool {
	lower := strings.ToLower(name)
	sounds := func(part string) bool { return strings.Contains(lower, part) }
	return isSecretKey(name) || slices.ContainsFunc([]string{"key", "token", "secret", "auth", "pass", "session", "credential", "cookie"}, sounds)
}

// headerSecrets are the values of a header that must never be shown: of one that may hold a credential, the whole, what
// follows the scheme of an Authorization, and what these hold. Those of others stand in what servers say of themselves
// (text/html).
func headerSecrets(name, value string) []string {
	if !isSecretHeader(name) {
		return nil
	}
	secrets := []string{value}
	scheme, credential, _ := strings.Cut(value, " ")
	credential = strings.TrimSpace(credential)
	switch {
	case strings.EqualFold(name, "Cookie"):
		return append(secrets, cookieSecrets(value)...)
	case strings.EqualFold(scheme, "Basic"):
		secrets = append(secrets, basicSecrets(credential)...)
	}
	return append(secrets, credential)
}

// basicSecrets are user:password and the password alone of a Basic credential (RFC 7617 §2).
func basicSecrets(credential string) []string {
	decoded, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(credential, "="))
	if err != nil {
		return nil
	}
	pair := string(decoded)
	_, password, _ := strings.Cut(pair, ":")
	return []string{pair, password}
}

// cookieSecrets are the values of a Cookie field (RFC 6265 §4.2.1).
func cookieSecrets(field string) []string {
	var secrets []string
	for _, part := range strings.Split(field, ";") {
		_, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		secrets = append(secrets, value, strings.Trim(value, `"`))
	}
	return secrets
}
