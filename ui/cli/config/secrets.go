package config

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"livetape/feed/connection"
	"livetape/feed/decode/configerr"
	"livetape/feed/decode/preset"
	"livetape/feed/redact"
)

var (
	variablePattern = regexp.MustCompile(`\$\{([^}]*)\}`)
	wholeVariable   = regexp.MustCompile(`^\$\{[A-Za-z_][A-Za-z0-9_]*\}$`)
)

// checkVariables reports variables that are not set or cannot be sent, each where it is first used.
func (f Feed) checkVariables(r preset.Request, env Environment, errs *configerr.List) {
	reported := map[string]bool{}
	check := func(at configerr.Path, text string) {
		for _, m := range variablePattern.FindAllStringSubmatch(text, -1) {
			value, ok := env.lookup(m[1])
			switch {
			case reported[m[1]], m[1] == connection.TokenVariable:
			case !ok || value == "":
				reported[m[1]] = true
				errs.Add(at, "environment variable %s is not set or empty", m[1])
			case at[0] != "body" && strings.ContainsFunc(value, isControl):
				reported[m[1]] = true
				errs.Add(at, "environment variable %s holds a line break or another control character", m[1])
			}
		}
	}
	check(configerr.Path{"token"}, f.Token)
	check(configerr.Path{"proxy"}, f.Proxy)
	check(configerr.Path{"url"}, r.URL)
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		check(configerr.Path{"headers", name}, r.Headers[name])
	}
	check(configerr.Path{"body"}, r.Body)
}

// isControl reports whether a character cannot be in a header or an address.
func isControl(r rune) bool { return r < ' ' || r == 0x7f }

func (env Environment) lookup(name string) (string, bool) {
	if env.Lookup == nil {
		return os.LookupEnv(name)
	}
	return env.Lookup(name)
}

// SecretSources are the names of what the feed sends to its server and is not in its configuration: environment variables,
// and a file with a token. It never holds a secret.
func (f Feed) SecretSources() []string {
	full, err := f.Resolve()
	if err != nil {
		return nil // Validate says why
	}
	var all []string
	add := func(text string) {
		for _, name := range redact.Variables(text) {
			if !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	add(f.Token)
	add(full.URL)
	for _, name := range slices.Sorted(maps.Keys(full.Headers)) {
		if f.Token == "" && f.TokenFile == "" && f.TokenCommand == nil || name != "Authorization" {
			add(full.Headers[name])
		}
	}
	add(full.Body)
	add(f.Proxy)
	if f.TokenFile != "" {
		all = append(all, "the file "+f.TokenFile)
	}
	if len(f.TokenCommand) > 0 {
		all = append(all, "the output of "+f.TokenCommand[0])
	}
	if f.TLS.Cert != "" {
		all = append(all, "the certificate "+f.TLS.Cert)
	}
	return all
}
