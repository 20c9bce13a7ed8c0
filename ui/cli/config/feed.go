package config

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"livetape/feed"
	"livetape/feed/decode/configerr"
	"livetape/feed/decode/preset"
)

// Environment is what feeds take from outside their configuration.
type Environment struct {
	Lookup  func(variable string) (string, bool) // nil: the environment
	Dir     string                               // what relative file names are seen from; empty: the working directory
	Symbols *SymbolTable                         // what symbols are called; nil: as the feeds call them
}

// Config makes of the feed called name what package feed runs. It reads the files that the feed names, and the
// error wraps a [configerr.Error] for whatever is missing; it never holds a secret.
func (f Feed) Config(name string, w Environment) (feed.Config, error) {
	var errs configerr.List
	given := f.withToken(w, &errs)
	given.Headers = canonicalHeaders(given.Headers)
	full, err := given.Resolve()
	if err != nil {
		return feed.Config{}, err
	}
	request, err := full.Request()
	errs.Join(nil, err)
	decoder, err := full.NewDecoder(name)
	errs.Join(nil, err)
	config := feed.Config{
		Name:        name,
		URL:         request.URL,
		Method:      request.Method,
		Header:      request.Headers,
		Body:        request.Body,
		Format:      feed.Format(full.Format),
		Resume:      full.Resume,
		AsksSymbols: len(full.Symbols) > 0,
		IdleTimeout: full.IdleLimit(),
		MaxEvent:    full.EventLimit(),
		Decoder:     decoder,
		Proxy:       f.Proxy,
	}
	f.setConnection(&config, w, &errs)
	if w.Symbols != nil && decoder != nil {
		config.Decoder = w.Symbols.Decoder(decoder)
	}
	f.checkVariables(request, w, &errs)
	if err := errs.Err(); err != nil {
		return feed.Config{}, err
	}
	return config, config.Validate()
}

// setConnection says how the connection is made, and made again.
func (f Feed) setConnection(config *feed.Config, w Environment, errs *configerr.List) {
	var err error
	if config.RetryMin, err = parseRetry(f.RetryMin, minRetryMin); err != nil {
		errs.Add(configerr.Path{"retry_min"}, "%s", err)
	}
	if config.RetryMax, err = parseRetry(f.RetryMax, minRetryMax); err != nil {
		errs.Add(configerr.Path{"retry_max"}, "%s", err)
	}
	if f.TLSCA != "" {
		config.CAFiles = []string{w.filePath(f.TLSCA)}
		if err := checkCertificates(config.CAFiles[0]); err != nil {
			errs.Add(configerr.Path{"tls_ca"}, "%s", err)
		}
	}
}

// checkCertificates reports why a file cannot be one of certificates.
func checkCertificates(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !x509.NewCertPool().AppendCertsFromPEM(text) {
		return fmt.Errorf("%s holds no certificate in PEM form", path)
	}
	return nil
}

var (
	variablePattern = regexp.MustCompile(`\$\{([^}]*)\}`)
	wholeVariable   = regexp.MustCompile(`^\$\{[A-Za-z_][A-Za-z0-9_]*\}$`)
)

// checkVariables reports every variable that is not set, or that cannot be sent, where it stands.
func (f Feed) checkVariables(r preset.Request, w Environment, errs *configerr.List) {
	told := map[string]bool{}
	check := func(at configerr.Path, text string) {
		for _, m := range variablePattern.FindAllStringSubmatch(text, -1) {
			value, ok := w.lookup(m[1])
			switch {
			case told[m[1]]:
			case !ok || value == "":
				told[m[1]] = true
				errs.Add(at, "environment variable %s is not set or empty", m[1])
			case at[0] != "body" && strings.ContainsFunc(value, isControl):
				told[m[1]] = true
				errs.Add(at, "environment variable %s holds a line break or another control character", m[1])
			}
		}
	}
	check(configerr.Path{"token"}, f.Token)
	check(configerr.Path{"proxy"}, f.Proxy)
	check(configerr.Path{"url"}, r.URL)
	for _, name := range sortedKeys(r.Headers) {
		check(configerr.Path{"headers", name}, r.Headers[name])
	}
	check(configerr.Path{"body"}, r.Body)
}

// isControl reports whether a character cannot be part of a header or an address.
func isControl(r rune) bool { return r < ' ' || r == 0x7f }

func (w Environment) lookup(name string) (string, bool) {
	if w.Lookup == nil {
		return os.LookupEnv(name)
	}
	return w.Lookup(name)
}

// withToken puts the token where it is to be sent.
func (f Feed) withToken(w Environment, errs *configerr.List) Feed {
	value := f.Token
	if f.TokenFile != "" {
		var err error
		if value, err = ReadToken(w.filePath(f.TokenFile)); err != nil {
			errs.Add(configerr.Path{"token_file"}, "%s", err)
			value = "missing" // the rest is checked all the same
		}
	}
	if value == "" {
		return f
	}
	filled := map[string]string{}
	used := hasTokenPlaceholder(f.URL) || hasTokenPlaceholder(f.Body)
	for name, text := range f.Headers {
		used = used || hasTokenPlaceholder(text)
		filled[name] = fillToken(text, value)
	}
	if !used {
		filled["Authorization"] = "Bearer " + value
	}
	f.Headers = filled
	if f.TokenFile == "" { // the URL and the body name the variable
		f.URL = fillToken(f.URL, value)
		f.Body = fillToken(f.Body, value)
	}
	return f
}

// tokenPlaceholder is {token}, and not a variable of that name.
var tokenPlaceholder = regexp.MustCompile(`\$?\{token\}`)

func fillToken(text, value string) string {
	return tokenPlaceholder.ReplaceAllStringFunc(text, func(word string) string {
		if word[0] == '$' {
			return word
		}
		return value
	})
}

func hasTokenPlaceholder(text string) bool { return fillToken(text, "") != text }

// canonicalHeaders spells the names of headers as the presets do, so that what they say is replaced.
func canonicalHeaders(headers map[string]string) map[string]string {
	spelled := make(map[string]string, len(headers))
	for _, name := range sortedKeys(headers) {
		spelled[http.CanonicalHeaderKey(name)] = headers[name]
	}
	return spelled
}

// maxToken bounds a token file, in bytes.
const maxToken = 16 << 10

// ReadToken reads a token from a file of one line. Its errors hold nothing of what the file holds.
func ReadToken(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(text))
	switch {
	case token == "":
		return "", fmt.Errorf("%s is empty", path)
	case len(token) > maxToken:
		return "", fmt.Errorf("%s is too long for a token", path)
	case strings.ContainsFunc(token, isControl):
		return "", fmt.Errorf("%s has more than one line, or control characters in it", path)
	case strings.Contains(token, "${"):
		return "", fmt.Errorf("%s holds ${, which no token does", path)
	}
	return token, nil
}

// filePath is where a file is that a configuration names.
func (w Environment) filePath(name string) string {
	if rest, ok := strings.CutPrefix(name, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(w.Dir, name)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
