// Package notify tells the user of alerts: by the terminal's bell, by notifications of the terminal and of the desktop,
// and by programs of the user's.
package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/gen2brain/beeep"

	"livetape/feed/market"
	"livetape/ui/alert"
	"livetape/ui/cli/config"
)

// Bounds on what alerts set off. What is beyond them is not sent, and Options.Failed says so.
const (
	maxRunning = 4                // programs and desktop notices at once
	maxMinute  = 30               // alerts that are sent in a minute
	maxTime    = 10 * time.Second // of a program
)

// Alerts are the rules of a configuration.
type Alerts struct {
	Rules []alert.Rule
	Dir   string // in which their programs run, and to which their paths are relative
}

// Engine watches for the rules; nil where there are none.
func (a Alerts) Engine() *alert.Engine {
	if len(a.Rules) == 0 {
		return nil
	}
	return alert.New(a.Rules)
}

// Options say where alerts are sent.
type Options struct {
	Terminal io.Writer    // for bells and notifications of the terminal, in one Write each; nil for none
	Dir      string       // in which programs run, and to which their paths are relative
	Failed   func(string) // told, in words, what could not be sent. It is called from any goroutine, and must not block

	Desktop func(title, text string) error // nil for that of the desktop
}

// Notifier sends alerts. Its methods may be called from any goroutine.
type Notifier struct {
	options Options
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
	free    chan struct{} // holds a value for each more that may run

	mu     sync.Mutex
	minute time.Time // when the minute that is counted began
	sent   int       // in it
}

// New makes a notifier. Close it.
func New(ctx context.Context, o Options) *Notifier {
	if o.Desktop == nil {
		o.Desktop = func(title, text string) error { return beeep.Notify(title, text, "") }
	}
	n := &Notifier{options: o, free: make(chan struct{}, maxRunning)}
	n.ctx, n.cancel = context.WithCancel(ctx)
	for range maxRunning {
		n.free <- struct{}{}
	}
	return n
}

// closeTimeout is how long Close waits: what a program left behind may hold its output open for longer.
const closeTimeout = 50 * time.Millisecond

// Close ends what still runs. Nothing is sent from then on.
func (n *Notifier) Close() {
	n.cancel()
	ended := make(chan struct{})
	go func() {
		n.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(closeTimeout):
	}
}

// Wait returns when what runs has ended by itself: after maxTime at the latest.
func (n *Notifier) Wait() { n.running.Wait() }

// Send tells the user of an alert in the ways that its rule names. It does not wait for programs.
func (n *Notifier) Send(f alert.Firing) {
	a := f.Rule.Actions
	if !a.Bell && !a.Terminal && !a.Desktop && len(a.Exec) == 0 || n.ctx.Err() != nil {
		return
	}
	if !n.countOne(f.At) {
		n.fail(f, fmt.Errorf("there were more than %d alerts in a minute", maxMinute))
		return
	}
	n.writeToTerminal(f)
	if a.Desktop {
		n.start(f, func(ctx context.Context) error { return n.notifyDesktop(ctx, f) })
	}
	if len(a.Exec) > 0 {
		n.start(f, func(ctx context.Context) error { return n.runProgram(ctx, f) })
	}
}

func (n *Notifier) countOne(at time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if d := market.Elapsed(n.minute, at); d >= time.Minute || d < 0 {
		n.minute, n.sent = at, 0
	}
	n.sent++
	return n.sent <= maxMinute
}

// writeToTerminal rings, and sends both sequences by which terminals notify: iTerm2's OSC 9, which Windows Terminal,
// kitty and WezTerm know too, and rxvt's OSC 777. A terminal passes over the one it does not know.
func (n *Notifier) writeToTerminal(f alert.Firing) {
	if n.options.Terminal == nil {
		return
	}
	var out strings.Builder
	if f.Rule.Actions.Terminal {
		text := market.PlainText(f.Text, market.MaxHeadline)
		fmt.Fprintf(&out, "\x1b]9;%s\a\x1b]777;notify;livetape;%s\a", text, strings.ReplaceAll(text, ";", ","))
	}
	if f.Rule.Actions.Bell {
		out.WriteByte('\a')
	}
	if out.Len() == 0 {
		return
	}
	if _, err := io.WriteString(n.options.Terminal, out.String()); err != nil {
		n.fail(f, err)
	}
}

// start runs send beside the feeds, if not too many run already.
func (n *Notifier) start(f alert.Firing, send func(context.Context) error) {
	select {
	case <-n.free:
	default:
		n.fail(f, fmt.Errorf("%d programs and notices are still running", maxRunning))
		return
	}
	n.running.Go(func() {
		defer func() { n.free <- struct{}{} }()
		ctx, cancel := context.WithTimeout(n.ctx, maxTime)
		defer cancel()
		if err := send(ctx); err != nil && n.ctx.Err() == nil {
			n.fail(f, err)
		}
	})
}

// notifyDesktop does not wait longer for the desktop than for a program. One that never answers keeps a goroutine.
func (n *Notifier) notifyDesktop(ctx context.Context, f alert.Firing) error {
	done := make(chan error, 1)
	go func() { done <- n.options.Desktop("livetape", market.PlainText(f.Text, market.MaxHeadline)) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("the desktop did not answer in %s", maxTime)
	}
}

func (n *Notifier) fail(f alert.Firing, err error) {
	n.options.Failed(fmt.Sprintf("alert not sent (%s): %s", market.PlainText(f.Text, market.MaxHeadline), err))
}

// runProgram runs the program of a rule with what happened in its environment. What comes from a feed is never part of
// its arguments.
func (n *Notifier) runProgram(ctx context.Context, f alert.Firing) error {
	name := f.Rule.Actions.Exec[0]
	cmd := config.Program(ctx, n.options.Dir, f.Rule.Actions.Exec)
	cmd.Env = append(os.Environ(),
		"LIVETAPE_ALERT="+market.PlainText(f.Text, market.MaxHeadline),
		"LIVETAPE_RULE="+f.Rule.Name,
		"LIVETAPE_FEED="+f.Feed,
		"LIVETAPE_SYMBOL="+market.PlainText(f.Symbol, market.MaxSymbol),
		"LIVETAPE_PRICE="+f.Price.String(),
		"LIVETAPE_TIME="+f.At.UTC().Format(time.RFC3339Nano),
	)
	var said bytes.Buffer
	cmd.Stderr = &limitedWriter{&said}
	err := cmd.Run()
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay):
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%s took more than %s", name, maxTime)
	case said.Len() > 0:
		return fmt.Errorf("%s: %w: %s", name, err, market.PlainText(strings.TrimSpace(said.String()), maxSaid))
	}
	return fmt.Errorf("run %s: %w", name, err)
}

// maxSaid is how much of what a program says of its failure is told, in bytes.
const maxSaid = 200

// limitedWriter takes everything and keeps the beginning.
type limitedWriter struct{ kept *bytes.Buffer }

func (w *limitedWriter) Write(p []byte) (int, error) {
	w.kept.Write(p[:min(len(p), maxSaid-w.kept.Len())])
	return len(p), nil
}
