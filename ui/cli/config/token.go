package config

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"livetape/feed/connection"
	"livetape/feed/decode/configerr"
)

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
		filled[name] = replaceTokenPlaceholder(text, value)
	}
	if !used {
		filled["Authorization"] = "Bearer " + value
	}
	f.Headers, f.URL, f.Body = filled, replaceTokenPlaceholder(f.URL, value), replaceTokenPlaceholder(f.Body, value)
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
		if _, err := exec.LookPath(Program(context.Background(), env.Dir, f.TokenCommand).Path); err != nil {
			errs.Add(configerr.Path{"token_command"}, "there is no program %q to run", f.TokenCommand[0])
		}
	}
}

// tokenPlaceholder is {token}, and not a variable of that name.
var tokenPlaceholder = regexp.MustCompile(`\$?\{token\}`)

func replaceTokenPlaceholder(text, value string) string {
	return tokenPlaceholder.ReplaceAllStringFunc(text, func(word string) string {
		if word[0] == '$' {
			return word
		}
		return value
	})
}

func hasTokenPlaceholder(text string) bool { return replaceTokenPlaceholder(text, "") != text }

// maxToken bounds a token file, in bytes.
const maxToken = 16 << 10

// ReadToken reads a token from a file of one line. Its errors show nothing of the content.
func ReadToken(path string) (string, error) {
	text, _, err := readAtMost(path, maxToken)
	if err != nil {
		return "", err
	}
	return parseToken(path, text)
}

// parseToken is the token in a text of one line, of which no error shows anything.
func parseToken(source string, text []byte) (string, error) {
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

// Program is a command of the configuration, a program and its arguments, to be run without a shell. A path is relative to
// dir, in which it runs.
func Program(ctx context.Context, dir string, command []string) *exec.Cmd {
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
	cmd := Program(ctx, dir, command)
	out := cappedBuffer{limit: maxToken + 1}
	cmd.Stdout = &out
	err := cmd.Run()
	var failed *exec.ExitError
	switch {
	case len(out.text) > maxToken:
	case ctx.Err() != nil:
		return "", fmt.Errorf("%s gave no token in time", command[0])
	case errors.As(err, &failed):
		return "", fmt.Errorf("%s failed (%w): run it by hand to see why", command[0], failed)
	case err != nil && !errors.Is(err, exec.ErrWaitDelay): // it may leave a process behind, as an agent
		return "", fmt.Errorf("%s could not be run", command[0])
	}
	return parseToken("the output of "+command[0], out.text)
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
