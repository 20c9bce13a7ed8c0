package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/charmbracelet/lipgloss"
	"github.com/spf13/cobra"

	"livetape/ui/cli/config"
	"livetape/ui/cli/doctor"
	"livetape/ui/cli/flags"
	"livetape/ui/humanize"
)

type checkFlags struct {
	feed   feedFlags
	listen time.Duration
	count  int // events
	output *flags.Text
	write  string
}

func checkCommand() *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check FEED|URL",
		Short: "Examine a feed: connection, stream, resuming, and how to read it",
		Long: `check connects to a feed, listens for a few seconds, connects once more to see whether the
server resumes, and reports what it found, what is wrong and what to do about it: the route to the
server, the answer, proxies that hold events back, ids, heartbeats, delays, malformed lines. The
report ends with the preset that fits, or with a map for the payloads, as YAML to paste into a
configuration. It waits for an answer as long as it listens, but no longer than 15 s, unless --timeout
says otherwise. Findings are printed as they come. ctrl+c ends it with the report so far.

${NAME} in a header or in the URL is read from the environment. Secrets are not shown or written.`,
		Example: `  livetape check https://desk.example/events
  livetape check https://desk.example/events -H 'X-Api-Key: ${DESK_TOKEN}'
  livetape check https://desk.example/events --for 60s -o json
  livetape check https://desk.example/events --write desk.yaml`,
		Args: func(cmd *cobra.Command, _ []string) error { return f.validate(cmd) },
		RunE: f.run,
	}
	f.feed.register(cmd)
	f.feed.registerSymbols(cmd)
	registerFor(cmd, &f.listen, doctor.DefaultFor)
	registerCount(cmd, &f.count)
	flags.Rename(cmd, "events", "", "count", nil)
	f.output = reportFormat(cmd)
	flags.Rename(cmd, "json", "", "output", func(string) string { return "json" })
	cmd.Flags().StringVar(&f.write, "write", "", "write a configuration with the preset or map that was found to `FILE`, which must not exist yet")
	return cmd
}

// maxListen bounds --for: an examination is no recording.
const maxListen = time.Hour

func (f *checkFlags) validate(cmd *cobra.Command) error {
	if f.listen <= 0 || f.listen > maxListen {
		return usageErrorf(cmd, "--for is %s; it must be over 0 and at most %s", f.listen, maxListen)
	}
	if err := checkCount(cmd, f.count); err != nil || f.write == "" {
		return err
	}
	if _, err := os.Lstat(f.write); !errors.Is(err, fs.ErrNotExist) {
		return usageErrorf(cmd, "--write %s: the file exists and is not overwritten", f.write)
	}
	return nil
}

func (f *checkFlags) run(cmd *cobra.Command, args []string) error {
	target, err := f.feed.selectOne(cmd, args)
	if err != nil {
		return err
	}
	options := doctor.Options{For: f.listen, Events: f.count, Format: f.feed.streamFormat()}
	if !target.serverFilters {
		options.Symbols = f.feed.symbols
	}
	if d := target.origin.Definition; d.Preset != "" || d.Decoder != "" || d.Map != nil {
		options.Definition = &d
	}
	if err := target.config.Validate(); err != nil {
		return usageErrorf(cmd, "%w", err)
	}
	progress := f.newProgress(cmd, target.config.URL)
	options.Found, options.Progress = progress.found, progress.count
	report, err := doctor.Examine(cmd.Context(), target.config, options)
	progress.end()
	if err != nil {
		return usageErrorf(cmd, "%w", err)
	}
	if err := f.printReport(cmd, progress.printer, report); err != nil {
		return err
	}
	return verdictError(report.Verdict)
}

// checkProgress prints a report as it is made, with a counter on a terminal. An examination and a ticker use it.
type checkProgress struct {
	mu      sync.Mutex
	line    statusLine
	printer *doctor.Printer // nil for JSON
	phase   string
	events  int
	began   time.Time
	stop    chan struct{}
	stopped sync.WaitGroup
}

func (f *checkFlags) newProgress(cmd *cobra.Command, url string) *checkProgress {
	p := &checkProgress{line: newStatusLine(cmd.ErrOrStderr()), began: time.Now(), stop: make(chan struct{})}
	if out := rawOutput(cmd); f.output.String() != "json" { // a report is plain but for its colours
		p.printer = doctor.NewPrinter(out, lipgloss.NewRenderer(out), url)
	}
	if p.line.terminal != nil {
		p.stopped.Go(p.tick)
	}
	return p
}

func (p *checkProgress) tick() {
	ticker := time.NewTicker(time.Second / 4)
	defer ticker.Stop()
	for {
		select {
		case <-p.stop:
			return
		case now := <-ticker.C:
			p.mu.Lock()
			p.line.draw(fmt.Sprintf("%3.0f s  %s · %s", now.Sub(p.began).Seconds(), p.phase, humanize.Plural(p.events, "event")))
			p.mu.Unlock()
		}
	}
}

func (p *checkProgress) found(s doctor.Section) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.line.clear()
	if p.printer != nil {
		p.printer.Section(s)
	}
}

func (p *checkProgress) count(phase string, events int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.phase, p.events = phase, events
}

func (p *checkProgress) end() {
	close(p.stop)
	p.stopped.Wait()
	p.line.clear()
}

func (f *checkFlags) printReport(cmd *cobra.Command, printer *doctor.Printer, report *doctor.Report) error {
	var err error
	if printer == nil {
		err = report.JSON(rawOutput(cmd))
	} else {
		err = printer.End(report)
	}
	if err != nil || f.write == "" {
		return err
	}
	text := report.File()
	if text == "" {
		fmt.Fprintf(cmd.ErrOrStderr(), "nothing was found to write to %s\n", f.write)
		return nil
	}
	if err := config.WriteNew(f.write, text, 0o644); err != nil {
		return fmt.Errorf("write what was found: %w", err)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "written to %s\n", f.write)
	return nil
}

// exitCodeError ends the program with an exit code and without a message: everything has been said.
type exitCodeError int

func (e exitCodeError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

func verdictError(v doctor.Verdict) error {
	switch v {
	case doctor.Unmapped:
		return exitCodeError(ExitUnmapped)
	case doctor.NotAStream:
		return exitCodeError(ExitNotAStream)
	case doctor.Refused:
		return exitCodeError(ExitRefused)
	}
	return nil
}
