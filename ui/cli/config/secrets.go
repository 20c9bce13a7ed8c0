package config

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

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

// withToken puts the token where it is sent: for {token} in the URL, the headers and the body; else into an Authorization
// header.
func (f Feed) withToken() Feed {
	value := f.Token
	if f.TokenFile != "" || len(f.TokenCommand) > 0 {
		value = "${" + connection.TokenVariable + "}"
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
	f.Headers, f.URL, f.Body = filled, fillToken(f.URL, value), fillToken(f.Body, value)
	return f
}

// token is what token_file or token_command give; nil without either.
func (f Feed) token(env Environment) *connection.Token {
	switch {
	case f.TokenFile != "":
		return connection.NewToken("token_file "+f.TokenFile, func(context.Context) (string, error) { return ReadToken(env.filePath(f.TokenFile)) })
	case len(f.TokenCommand) > 0:
		return connection.NewToken("token_command", func(ctx context.Context) (string, error) { return runTokenCommand(ctx, env.Dir, f.TokenCommand) })
	}
	return nil
}

// checkTokenSource reports a file or a program that is not there. The program is not run.
func (f Feed) checkTokenSource(env Environment, errs *configerr.List) {
	if f.TokenFile != "" {
		if _, err := ReadToken(env.filePath(f.TokenFile)); err != nil {
			errs.Add(configerr.Path{"token_file"}, "%s", err)
		}
	}
	if len(f.TokenCommand) > 0 {
		if _, err := exec.LookPath(tokenProgram(context.Background(), env.Dir, f.TokenCommand).Path); err != nil {
			errs.Add(configerr.Path{"token_command"}, "there is no program %q to run", f.TokenCommand[0])
		}
	}
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
	text, _, err := readAtMost(path, maxToken)
	if err != nil {
		return "", err
	}
	return asToken(path, text)
}

// asToken is the token in a text of one line, of which no error shows anything.
func asToken(source string, text []byte) (string, error) {
	token := strings.TrimSpace(string(text))
	switch {
	case token == "":
		return "", fmt.Errorf("%s is empty", source)
	case len(token) > maxToken:
		return "", fmt.Errorf("%s is too long for a token", source)
	case strings.ContainsFunc(token, isControl):
		return "", fmt.Errorf("%s has more than one line, or control characters in it", source)
	case strings.Contains(token, "${"):
		return "", fmt.Errorf("%s holds ${, which no token does", source)
	}
	return token, nil
}

func tokenProgram(ctx context.Context, dir string, command []string) *exec.Cmd {
	name := command[0]
	if strings.ContainsRune(name, filepath.Separator) {
		name = Environment{Dir: dir}.filePath(name)
	}
	cmd := exec.CommandContext(ctx, name, command[1:]...)
	cmd.Dir = dir
	cmd.WaitDelay = time.Second // what it leaves running may hold its output open
	return cmd
}

// runTokenCommand runs a program and takes the one line that it prints for a token. What it says on standard error, which
// may quote a secret, is shown nowhere.
func runTokenCommand(ctx context.Context, dir string, command []string) (string, error) {
	cmd := tokenProgram(ctx, dir, command)
	out := cappedBuffer{limit: maxToken + 1}
	cmd.Stdout = &out
	err := cmd.Run()
	var failed *exec.ExitError
	switch {
	case len(out.text) > maxToken:
	case ctx.Err() != nil:
		return "", fmt.Errorf("%s gave no token in time", command[0])
	case errors.As(err, &failed):
		return "", fmt.Errorf("%s failed (%s): run it by hand to see why", command[0], failed)
	case err != nil:
		return "", fmt.Errorf("%s could not be run", command[0])
	}
	return asToken("the output of "+command[0], out.text)
}

// cappedBuffer takes no more than so many bytes.
type cappedBuffer struct {
	text  []byte
	limit int
}

// Write implements io.Writer.
func (b *cappedBuffer) Write(p []byte) (int, error) {
	n := min(len(p), b.limit-len(b.text))
	if b.text = append(b.text, p[:n]...); n < len(p) {
		return n, io.ErrShortWrite
	}
	return n, nil
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
