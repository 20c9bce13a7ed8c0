package cli

import (
	"io"
	"log"
	"os"
	"strings"
	"sync"

	"livetape/feed/connection"
	"livetape/feed/market"
)

// processLog takes what the standard logger of the process is given. net/http writes there, with up to 32 KiB of what a
// server sent beside an answer. While a screen is drawn, a line goes to its event log; else to standard error.
type processLog struct {
	mu        sync.Mutex
	out       io.Writer
	screen    chan<- string          // nil: no screen is drawn
	endpoints []*connection.Endpoint // what is secret of them is masked
	lines     int                    // written to out
}

const (
	maxLoggedLine  = 300 // characters
	maxLoggedLines = 100 // on standard error: a server can cause any number
)

// CaptureLog makes the standard logger of the process safe for a terminal. It is for the start of the process.
func CaptureLog(stderr io.Writer) {
	log.SetFlags(0)
	log.SetOutput(&processLog{out: stderr})
}

// Write implements io.Writer for one line of a log.
func (l *processLog) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := inWords(string(line))
	for _, e := range l.endpoints {
		text = e.Redactor().Message(text)
	}
	text = market.PlainText(text, maxLoggedLine)
	if l.screen != nil {
		select {
		case l.screen <- text:
		default: // the screen has not read the last ones yet
		}
		return len(line), nil
	}
	if l.lines++; l.lines > maxLoggedLines {
		return len(line), nil
	}
	_, err := io.WriteString(l.out, "livetape: "+text+"\n")
	return len(line), err
}

// inWords says what net/http has to say of a server that does not keep to the length of its answer.
func inWords(line string) string {
	surplus, found := strings.CutPrefix(line, "Unsolicited response received on idle HTTP channel starting with ")
	if !found {
		return line
	}
	surplus, _, _ = strings.Cut(surplus, "; err=")
	return "a server sent more than the Content-Length of its answer says, which is not read: " + surplus
}

func maskInLog(targets []feedTarget) {
	l, captured := log.Writer().(*processLog)
	if !captured {
		return
	}
	var endpoints []*connection.Endpoint
	for _, t := range targets {
		if endpoint, err := t.config.Endpoint(os.LookupEnv); err == nil { // an error is reported when the feed starts
			endpoints = append(endpoints, endpoint)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.endpoints = append(l.endpoints, endpoints...) // those before are kept: their connections may still be open
}

// logToScreen sends what the process logs to a screen until done is called.
func logToScreen() (lines <-chan string, done func()) {
	l, captured := log.Writer().(*processLog)
	if !captured {
		return nil, func() {}
	}
	screen := make(chan string, 16)
	l.setScreen(screen)
	return screen, func() { l.setScreen(nil) }
}

func (l *processLog) setScreen(screen chan<- string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.screen = screen
}
