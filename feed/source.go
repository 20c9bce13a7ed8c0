package feed

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"livetape/feed/redact"
)

// source is a Config made ready: everything expanded and checked, and what must stay secret known. It
// never changes.
type source struct {
	Config
	url      *url.URL
	header   http.Header    // canonical names; for the url's own origin only
	body     string         // of a POST; for the url's own origin only
	proxy    *url.URL       // nil: by the environment's variables
	roots    *x509.CertPool // nil: the system's
	redactor redact.Redactor

	credential string // what authenticates, in words: "the Authorization header"; empty for nothing
	variable   string // the environment variable that holds it; empty for none
}

// newSource expands c with the variables that lookup knows. Errors never hold a value.
func newSource(c Config, lookup func(string) (string, bool)) (*source, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	s := &source{Config: c.withDefaults(), header: make(http.Header)}
	env := &environment{lookup: lookup}
	var errs []error
	for _, fill := range []func(*environment) error{s.fillURL, s.fillHeader, s.fillBody, s.fillProxy} {
		errs = append(errs, fill(env))
	}
	roots, err := trusted(c.CAFiles)
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, fmt.Errorf("feed %s: %w", c.Name, err)
	}
	s.roots, s.redactor = roots, env.secrets.Redactor()
	return s, nil
}

// fillURL sets url from the configured one.
func (s *source) fillURL(env *environment) error {
	expanded, _, err := env.expand(s.URL, func(before, value string) string {
		if strings.Contains(before, "?") {
			return url.QueryEscape(value)
		}
		return value
	})
	if err != nil {
		return fmt.Errorf("url: %w", err)
	}
	u, err := redact.ParseURL(expanded)
	if err != nil {
		return fmt.Errorf("url: %w once its ${…} are filled in", err)
	}
	s.url = u
	switch names := redact.CredentialVariables(s.URL); {
	case len(names) == 1:
		s.useVariable(names[0])
	case u.User != nil:
		s.credential = "the user name or password in the URL"
	}
	env.secrets.AddURL(u)
	return nil
}

// fillHeader sets header from the configured one.
func (s *source) fillHeader(env *environment) error {
	var errs []error
	for _, name := range sortedKeys(s.Header) {
		value, names, err := env.expand(s.Header[name], nil)
		if err == nil {
			err = checkHeader(name, value)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("header %q: %w", name, err))
			continue
		}
		s.header.Set(name, value)
		env.secrets.AddHeader(name, value)
		s.nameCredential(name, names)
	}
	return errors.Join(errs...)
}

// nameCredential notes which header, or better which variable, holds the secret that a server may refuse.
func (s *source) nameCredential(header string, variables []string) {
	switch {
	case !redact.IsSecretHeader(header):
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
