package feed

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// source is a Config made ready: everything expanded and checked, and what must stay secret known. It
// never changes.
type source struct {
	Config
	url    *url.URL
	header http.Header    // canonical names; for the url's own origin only
	body   string         // of a POST; for the url's own origin only
	proxy  *url.URL       // nil: by the environment's variables
	roots  *x509.CertPool // nil: the system's
	secret redactor

	credential string // what authenticates, in words: "the Authorization header"; empty for nothing
	variable   string // the environment variable that holds it; empty for none
}

// newSource expands c with the variables that lookup knows. Errors never hold a value.
func newSource(c Config, lookup func(string) (string, bool)) (*source, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	s := &source{Config: c.withDefaults(), header: make(http.Header)}
	var secrets []string
	var faults []error
	for _, fill := range []func(func(string) (string, bool)) ([]string, error){s.fillURL, s.fillHeader, s.fillBody, s.fillProxy} {
		more, err := fill(lookup)
		secrets, faults = append(secrets, more...), append(faults, err)
	}
	roots, err := trusted(c.CAFiles)
	if err := errors.Join(append(faults, err)...); err != nil {
		return nil, fmt.Errorf("feed %s: %w", c.Name, err)
	}
	s.roots, s.secret = roots, newRedactor(secrets)
	return s, nil
}

// fillURL sets url from the configured one and gives what of it is secret.
func (s *source) fillURL(lookup func(string) (string, bool)) ([]string, error) {
	var secrets []string
	expanded, names, err := expand(s.URL, lookup, func(before, value string) string {
		secrets = append(secrets, value)
		if strings.Contains(before, "?") {
			return url.QueryEscape(value)
		}
		return value
	})
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	u, err := parseURL(expanded)
	if err != nil {
		return nil, fmt.Errorf("url: %w once its ${…} are filled in", err)
	}
	s.url = u
	switch {
	case len(names) == 1 && !strings.HasPrefix(s.URL, "${"):
		s.useVariable(names[0])
	case u.User != nil:
		s.credential = "the user name or password in the URL"
	}
	return append(secrets, urlSecrets(u)...), nil
}

// fillHeader sets header from the configured one and gives what of it is secret.
func (s *source) fillHeader(lookup func(string) (string, bool)) ([]string, error) {
	var secrets []string
	var faults []error
	for _, name := range sortedKeys(s.Header) {
		value, names, err := expand(s.Header[name], lookup, func(_, value string) string {
			secrets = append(secrets, value)
			return value
		})
		if err == nil {
			err = checkHeader(name, value)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("header %q: %w", name, err))
			continue
		}
		s.header.Set(name, value)
		secrets = append(secrets, headerSecrets(value)...)
		s.nameCredential(name, names)
	}
	return secrets, errors.Join(faults...)
}

// nameCredential notes which header, or better which variable, holds the secret that a server may refuse.
func (s *source) nameCredential(header string, variables []string) {
	switch {
	case !isSecretKey(header):
	case len(variables) > 0:
		s.useVariable(variables[len(variables)-1])
	default:
		s.credential, s.variable = "the "+http.CanonicalHeaderKey(header)+" header", ""
	}
}

func (s *source) useVariable(name string) {
	s.credential, s.variable = "the token in "+name, name
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
