package config

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"livetape/feed"
	"livetape/feed/connection"
	"livetape/feed/decode/configerr"
	"livetape/feed/decode/infer"
	"livetape/feed/redact"
)

// Environment is what a feed needs from outside its configuration.
type Environment struct {
	Lookup  func(variable string) (string, bool) // nil: the environment
	Dir     string                               // which file names are relative to; empty: the working directory
	Symbols *SymbolTable                         // what symbols are called; nil: as the feeds call them
}

func (env Environment) filePath(name string) string {
	if rest, ok := strings.CutPrefix(name, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(env.Dir, name)
}

// Config makes the configuration that package feed runs under a name. It reads the files that the feed names. The error
// wraps a [configerr.Error] for each thing that is missing, and never holds a secret.
func (f Feed) Config(name string, env Environment) (feed.Config, error) {
	var errs configerr.List
	f.checkTokenSource(env, &errs)
	given := f.withToken()
	given.Headers = canonicalHeaders(given.Headers)
	full, err := given.Resolve()
	if err != nil {
		return feed.Config{}, err
	}
	request, err := full.Request()
	errs.Join(nil, err)
	decoder, err := infer.NewDecoder(name, full)
	errs.Join(nil, err)
	config := feed.Config{
		Name:        name,
		URL:         request.URL,
		Method:      request.Method,
		Header:      request.Headers,
		Body:        request.Body,
		Format:      connection.Format(full.Format),
		Resume:      full.ResumeMethod(),
		AsksSymbols: len(full.Symbols) > 0,
		IdleTimeout: full.IdleLimit(),
		QuietAfter:  full.QuietLimit(),
		MaxEvent:    full.EventLimit(),
		Memory:      full.MemoryLimit(),
		Decoder:     decoder,
		Proxy:       f.Proxy,
		Token:       f.token(env),
	}
	f.setConnection(&config, env, &errs)
	if env.Symbols != nil && decoder != nil {
		config.Decoder = env.Symbols.Decoder(decoder)
	}
	f.checkVariables(request, env, &errs)
	if err := errs.Err(); err != nil {
		return feed.Config{}, err
	}
	return config, config.Validate()
}

func (f Feed) setConnection(config *feed.Config, env Environment, errs *configerr.List) {
	config.RetryMin, config.RetryMax = f.checkConnection(errs)
	if f.TLSCA != "" {
		config.CAFiles = []string{env.filePath(f.TLSCA)}
		if _, err := connection.ReadAuthorities(config.CAFiles...); err != nil {
			errs.Add(configerr.Path{"tls_ca"}, "%s", err)
		}
	}
	if f.TLS.Cert != "" && f.TLS.Key != "" { // Validate says when one is missing
		config.CertFile, config.KeyFile = env.filePath(f.TLS.Cert), env.filePath(f.TLS.Key)
		if _, err := connection.ReadCertificate(config.CertFile, config.KeyFile); err != nil {
			errs.Add(configerr.Path{"tls"}, "%s", err)
		}
	}
}

// canonicalHeaders spells the names of headers as the presets do, so that they replace those of the presets.
func canonicalHeaders(headers map[string]string) map[string]string {
	spelled := make(map[string]string, len(headers))
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		spelled[http.CanonicalHeaderKey(name)] = headers[name]
	}
	return spelled
}

// Host is the host of the feed's URL; empty when it comes from a variable.
func (f Feed) Host() string {
	full, err := f.Resolve()
	if err != nil {
		return ""
	}
	request, _ := full.Request() // what is wrong in it, Validate says
	at, err := url.Parse(redact.URL(request.URL))
	if err != nil || strings.ContainsAny(at.Host, "${}") {
		return ""
	}
	return at.Host
}

// CanAskForSymbols reports whether the feed's server is asked for symbols. Then it filters, and the answer may have other
// names for them.
func (f Feed) CanAskForSymbols() bool {
	full, err := f.Resolve() // its error is said by Validate
	return err == nil && strings.Contains(full.URL+full.Body, "{symbols}")
}

// Warnings are what is right, and yet may not do what is meant: a line each.
func (f *File) Warnings() (lines []string) {
	for _, name := range f.order {
		asked, err := f.withWatchlist(name)
		if err == nil && len(asked.Symbols) > 0 && !asked.CanAskForSymbols() {
			key := "symbols"
			if asked.Watchlist != "" {
				key = "watchlist"
			}
			lines = append(lines, fmt.Sprintf("feeds.%s.%s: the server cannot be asked for symbols, there is no {symbols} in url or body: the list only orders the rows", name, key))
		}
	}
	return lines
}
