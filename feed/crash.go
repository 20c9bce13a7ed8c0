package feed

import (
	"fmt"
	"io"
	"runtime/debug"

	"livetape/feed/market"
)

// crash is an error of livetape itself, which was caught so that the other feeds, and the terminal, live on.
type crash struct {
	reason string
	stack  string
}

// reasonLimit bounds the reason of a crash in runes, so that what to do about it stays on the line.
const reasonLimit = 100

// newCrash is called while panicking.
func newCrash(p any) *crash {
	return &crash{fmt.Sprint(p), string(debug.Stack())}
}

func (c *crash) Error() string {
	return "livetape itself failed: " + market.PlainText(c.reason, reasonLimit)
}

// outcome says what it failed on. The feed is given up: what it would do next is not known.
func (c *crash) outcome(s *source, on string) outcome {
	return outcome{
		ending: refused, retryAfter: notAsked, stack: c.stack,
		cause:  fmt.Sprintf("livetape itself failed on %s: %s; please report it", on, s.safeUpTo(reasonLimit, c.reason)),
		advice: "connect again to go on",
	}
}

// unpanicking makes an error of a panic, in whatever goroutine it is read from.
type unpanicking struct{ io.Reader }

func (r unpanicking) Read(p []byte) (n int, err error) {
	defer func() {
		if p := recover(); p != nil {
			n, err = 0, newCrash(p)
		}
	}()
	return r.Reader.Read(p)
}
