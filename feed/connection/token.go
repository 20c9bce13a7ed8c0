package connection

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// TokenVariable stands between "${" and "}" in a Header where the Config's Token goes. No variable of the environment has
// such a name.
const TokenVariable = "the token"

const tokenPlaceholder = "${" + TokenVariable + "}"

// Token is a credential that is read when it is first sent, and again when a server refuses it. All connections that use it
// share it; its methods may be called from any goroutine.
type Token struct {
	source string // in words
	read   func(context.Context) (string, error)

	reading sync.Mutex
	mu      sync.Mutex
	values  []string // that it ever had, the present one last: a server may repeat any of them
	changes int      // how often values changed
	stale   bool
}

// NewToken makes a Token of what read returns. Source says in words where that comes from: "token_file /run/desk". The
// errors of read never hold a secret.
func NewToken(source string, read func(context.Context) (string, error)) *Token {
	return &Token{source: source, read: read, stale: true}
}

// tokenTime bounds how long a token may take to be read.
const tokenTime = 20 * time.Second

// maxTokenValues bounds how many values are remembered: some programs give another each time.
const maxTokenValues = 32

// value reads the token if it is stale.
func (t *Token) value(ctx context.Context) (string, error) {
	t.reading.Lock()
	defer t.reading.Unlock()
	if value, fresh := t.currentValue(); fresh {
		return value, nil
	}
	ctx, cancel := context.WithTimeout(ctx, tokenTime)
	defer cancel()
	value, err := t.read(ctx)
	if err != nil {
		return "", &tokenError{t.source, err}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	values := slices.DeleteFunc(slices.Clone(t.values), func(v string) bool { return v == value })
	values = append(values, value)
	t.values = values[max(0, len(values)-maxTokenValues):]
	t.changes++
	t.stale = false
	return value, nil
}

func (t *Token) currentValue() (value string, fresh bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stale {
		return "", false
	}
	return t.values[len(t.values)-1], true
}

// seenValues gives all values, and how often they have changed.
func (t *Token) seenValues() (values []string, changes int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.values, t.changes
}

// RenewToken has the next request read the token anew. It reports false where the feed has none that can be read again.
func (e *Endpoint) RenewToken() bool {
	if e.config.Token == nil {
		return false
	}
	e.config.Token.mu.Lock()
	defer e.config.Token.mu.Unlock()
	e.config.Token.stale = true
	return true
}

// withToken is a header's value with the token in its place.
func (e *Endpoint) withToken(ctx context.Context, value string) (string, error) {
	if e.config.Token == nil || !strings.Contains(value, tokenPlaceholder) {
		return value, nil
	}
	token, err := e.config.Token.value(ctx)
	return strings.ReplaceAll(value, tokenPlaceholder, token), err
}

// tokenError says that a token could not be read.
type tokenError struct {
	source string
	err    error
}

func (e *tokenError) Error() string { return fmt.Sprintf("%s: %v", e.source, e.err) }

func explainToken(err error) explanation {
	if no := (*tokenError)(nil); errors.As(err, &no) {
		return explanation{Refused, no.Error(), "fix that, then press r or start again: the token is read again"}
	}
	return explanation{}
}
