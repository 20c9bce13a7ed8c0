package config

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

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
			case reported[m[1]]:
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

// withToken puts the token where it is sent: for {token} in the URL, the headers and the body; else into an Authorization
// header.
func (f Feed) withToken(env Environment, errs *configerr.List) Feed {
	value := f.Token
	if f.TokenFile != "" {
		var err error
		if value, err = ReadToken(env.filePath(f.TokenFile)); err != nil {
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

// maxToken bounds a token file, in bytes.
const maxToken = 16 << 10

// ReadToken reads a token from a file of one line. Its errors show nothing of the content.
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
		if f.Token == "" && f.TokenFile == "" || name != "Authorization" {
			add(full.Headers[name])
		}
	}
	add(full.Body)
	add(f.Proxy)
	if f.TokenFile != "" {
		all = append(all, "the file "+f.TokenFile)
	}
	return all
}
