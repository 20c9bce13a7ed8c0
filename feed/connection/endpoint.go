package connection

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"livetape/feed/redact"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Endpoint is a Config made ready: everything in it is expanded and checked, what must stay secret is known, and its
// connections are kept. Its methods may be called from any goroutine.
type Endpoint struct {
	config Config
	url    *url.URL
	header http.Header    // canonical names; for the url's own origin only
	body   string         // of a POST; for the url's own origin only
	proxy  *url.URL       // nil: by the environment's variables
	roots  *x509.CertPool // nil: the system's

	certificate *tls.Certificate // for the url's own origin only; nil for none
	cookies     originCookies
	base        http.RoundTripper
	own         *ownTransport // base, unless the Config has a client with one
	foreign     *ownTransport // without the certificate; nil where there is none

	mu       sync.Mutex
	secrets  redact.Secrets // without the token
	redactor redact.Redactor
	masked   int // changes of the token that redactor knows

	credential string // what authenticates, in words: "the Authorization header"; empty for nothing
	variable   string // the environment variable that holds it; empty for none
}

// Endpoint makes the server of a feed ready to be asked, with the variables that lookup knows. Errors never hold a value.
func (c Config) Endpoint(lookup func(variable string) (string, bool)) (*Endpoint, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	e := &Endpoint{config: c.withDefaults(), header: make(http.Header)}
	env := &environment{lookup: lookup, token: c.Token != nil}
	var errs []error
	for _, fill := range []func(*environment) error{e.fillURL, e.fillHeader, e.fillBody, e.fillProxy, e.fillTLS} {
		errs = append(errs, fill(env))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, c.withFeedName(err)
	}
	e.cookies.origin = e.url
	e.secrets, e.redactor = env.secrets, env.secrets.Redactor()
	if c.Client != nil && c.Client.Transport != nil {
		e.base = c.Client.Transport
	} else {
		e.own = newOwnTransport(e, e.certificate)
		e.base = e.own
	}
	if e.certificate != nil {
		e.foreign = newOwnTransport(e, nil)
	}
	return e, nil
}

// Redactor knows what is secret in the Config, and of its token every value that it ever had.
func (e *Endpoint) Redactor() redact.Redactor {
	if e.config.Token == nil {
		return e.redactor
	}
	seen, changes := e.config.Token.seenValues()
	e.mu.Lock()
	defer e.mu.Unlock()
	if changes != e.masked {
		all := e.secrets.Clone()
		for _, token := range seen {
			all.AddVariable("token", token)
			for name, values := range e.header {
				all.AddHeader(name, strings.ReplaceAll(values[0], tokenPlaceholder, token))
			}
		}
		e.redactor, e.masked = all.Redactor(), changes
	}
	return e.redactor
}

// Address is what is asked: the URL, the body and the headers with their ${NAME}s filled in, but without credentials. It tells
// whether a last event id means the same as in another run.
func (e *Endpoint) Address() string {
	text := e.url.String() + "\n" + e.body
	for _, name := range slices.Sorted(maps.Keys(e.header)) {
		if !redact.IsSecretHeader(name) {
			text += "\n" + name + ": " + e.header.Get(name)
		}
	}
	return e.Redactor().PayloadText(text)
}

// CloseConnections drops every connection, also those that a body is still read from. Those of the Config's own client are
// not touched. The Endpoint can be used again.
func (e *Endpoint) CloseConnections() {
	for _, t := range []*ownTransport{e.own, e.foreign} {
		if t != nil {
			t.close()
		}
	}
}

func (e *Endpoint) fillURL(env *environment) error {
	expanded, _, err := env.expand(e.config.URL, func(before, value string) string {
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
	e.url = u
	switch names := redact.CredentialVariables(e.config.URL); {
	case len(names) == 1:
		e.setTokenVariable(names[0])
	case u.User != nil:
		e.credential = "the user name or password in the URL"
	}
	env.secrets.AddURL(u)
	return nil
}

func (e *Endpoint) fillHeader(env *environment) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(e.config.Header)) {
		value, names, err := env.expand(e.config.Header[name], nil)
		if err == nil {
			err = checkHeader(name, value)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("header %q: %w", name, err))
			continue
		}
		e.header.Set(name, value)
		env.secrets.AddHeader(name, value)
		e.nameCredential(name, names)
	}
	return errors.Join(errs...)
}

// nameCredential notes which header, or better which variable, holds the secret that a server may refuse.
func (e *Endpoint) nameCredential(header string, variables []string) {
	switch {
	case slices.Contains(variables, TokenVariable):
		e.credential, e.variable = "the token of "+e.config.Token.source, ""
	case !redact.IsSecretHeader(header):
	case len(variables) > 0:
		e.setTokenVariable(variables[len(variables)-1])
	default:
		e.credential, e.variable = "the "+http.CanonicalHeaderKey(header)+" header", ""
	}
}

func (e *Endpoint) setTokenVariable(name string) {
	e.credential, e.variable = "the token in "+name, name
}
