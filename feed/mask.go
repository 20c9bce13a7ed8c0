package feed

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
)

// Mask takes the credentials of a feed out of what its server sends: some repeat a token to whoever shows it, and a
// recording is passed on. The zero Mask takes nothing out. It is immutable.
type Mask struct{ forms [][]byte }

// shortestMasked is the length in bytes from which a credential is looked for in payloads: what is shorter could be
// a part of anything.
const shortestMasked = 8

// NewMask knows the credentials of c: in its headers, URL, body and proxy, and in environment variables whose names
// sound like one. Its errors are those of [Start].
func NewMask(c Config) (Mask, error) {
	s, err := newSource(c, os.LookupEnv)
	if err != nil {
		return Mask{}, err
	}
	secrets := append(s.addressSecrets(s.url), bodySecrets(s.body)...)
	if s.proxy != nil {
		secrets = append(secrets, s.addressSecrets(s.proxy)...)
	}
	for name := range s.header {
		secrets = append(secrets, headerSecrets(name, s.header.Get(name))...)
	}
	texts := append(slices.Collect(maps.Values(c.Header)), c.URL, c.Body)
	for _, found := range variable.FindAllString(strings.Join(texts, "\n"), -1) {
		if name := found[len("${") : len(found)-len("}")]; isSecretKey(name) {
			secrets = append(secrets, os.Getenv(name))
		}
	}
	return newMask(secrets), nil
}

// addressSecrets are the secrets of a URL; a user name is one where it stands without a password.
func (s *source) addressSecrets(u *url.URL) []string {
	if u.User == nil {
		return urlSecrets(u)
	}
	if _, both := u.User.Password(); !both {
		return urlSecrets(u)
	}
	return slices.DeleteFunc(urlSecrets(u), func(secret string) bool { return secret == u.User.Username() })
}

func newMask(secrets []string) Mask {
	var m Mask
	for _, s := range secrets {
		if len(s) < shortestMasked {
			continue
		}
		for _, form := range written(s) {
			m.forms = append(m.forms, []byte(form))
		}
	}
	return m.sorted()
}

// And is a Mask that takes out what either does.
func (m Mask) And(other Mask) Mask { return Mask{slices.Concat(m.forms, other.forms)}.sorted() }

// sorted has each form once, the longest first: it wins.
func (m Mask) sorted() Mask {
	slices.SortFunc(m.forms, func(a, b []byte) int { return cmp.Or(cmp.Compare(len(b), len(a)), bytes.Compare(a, b)) })
	m.forms = slices.CompactFunc(m.forms, bytes.Equal)
	return m
}

// Clean is text with every credential masked. Text without one is returned as it is; it is never changed.
func (m Mask) Clean(text []byte) []byte {
	for _, form := range m.forms {
		if bytes.Contains(text, form) {
			text = bytes.ReplaceAll(text, form, []byte(mask))
		}
	}
	return text
}

// CleanText is text with every credential masked.
func (m Mask) CleanText(text string) string {
	for _, form := range m.forms {
		text = strings.ReplaceAll(text, string(form), mask) // which copies only where there is something
	}
	return text
}

// String keeps the credentials from being printed.
func (m Mask) String() string { return fmt.Sprintf("mask of %d", len(m.forms)) }
