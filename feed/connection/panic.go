package connection

import (
	"fmt"
	"io"
	"livetape/feed/market"
	"runtime/debug"
)

// Panic is an error of livetape itself, which was recovered so that the other feeds, and the terminal, live on.
type Panic struct {
	reason string
	stack  string
}

// reasonLimit bounds the reason of a Panic in runes, so that what to do about it stays on the line.
const reasonLimit = 100

// NewPanic makes a Panic of what recover returned. It is called while panicking.
func NewPanic(recovered any) *Panic {
	return &Panic{fmt.Sprint(recovered), string(debug.Stack())}
}

func (p *Panic) Error() string {
	return "livetape itself failed: " + market.PlainText(p.reason, reasonLimit)
}

// Outcome says what livetape failed on. The feed is given up: what it would do next is not known.
func (p *Panic) Outcome(e *Endpoint, on string) Outcome {
	return Outcome{
		Ending: Refused, RetryAfter: NoRetryAfter, Stack: p.stack,
		Cause:  fmt.Sprintf("livetape itself failed on %s: %s; please report it", on, e.Clean(p.reason, reasonLimit)),
		Advice: "reconnect to go on",
	}
}

// recoveringReader makes an error of a panic, in whatever goroutine it is read from.
type recoveringReader struct{ io.Reader }

func (r recoveringReader) Read(p []byte) (n int, err error) {
	defer func() {
		if p := recover(); p != nil {
			n, err = 0, NewPanic(p)
		}
	}()
	return r.Reader.Read(p)
}
