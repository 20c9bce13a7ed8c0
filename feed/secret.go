package feed

import (
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
	for _, s := range slices.Compact(secrets) {
		switch {
		case len(s) >= shortSecret:
			pairs = append(pairs, s, mask, url.QueryEscape(s), mask, url.PathEscape(s), mask)
		case s != "":
			r.short = append(r.short, s)
		}
	}
	r.long = strings.NewReplacer(pairs...)
	return r
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
		secrets = append(secrets, u.User.String(), u.User.Username(), password)
	}
	return append(secrets, formSecrets(u.RawQuery)...)
}

// formSecrets are the values in a query or a form that must never be shown.
func formSecrets(form string) []string {
	var secrets []string
	for _, pair := range strings.Split(form, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(value); isSecretKey(key) {
			secrets = append(secrets, value)
			if err == nil {
				secrets = append(secrets, plain)
			}
		}
	}
	return secrets
}

// headerSecrets are the values of a header that must never be shown: the whole, and what follows the
// scheme of an Authorization.
func headerSecrets(value string) []string {
	_, credential, _ := strings.Cut(value, " ")
	return []string{value, strings.TrimSpace(credential)}
}
