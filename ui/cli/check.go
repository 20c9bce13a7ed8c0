package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/charmbracelet/lipgloss"
	"github.com/spf13/cobra"

	"livetape/ui/cli/config"
	"livetape/ui/cli/doctor"
)

// The exit codes of check, besides ExitOK (connected and understood) and ExitUsage.
const (
	ExitUnmapped   = 3 // connected, but nothing received is a price or a headline
	ExitNotAStream = 4 // an answer that is not an event stream
	ExitRefused    = 5 // no answer, or a refusal
)

type checkFlags struct {
	feed   feedFlags
	listen time.Duration
	events int
	format string
	json   bool
	write  string
}

func checkCommand() *cobra.Command {
	var flags checkFlags
	cmd := &cobra.Command{
		Use:   "check FEED|URL",
		Short: "Examine a feed: connection, stream, resuming, and how to read it",
		Long: `check connects to a feed, listens for a few seconds, connects once more to see whether the
server resumes, and reports what it found, what is wrong and what to do about it: the route to the
server, the answer, proxies that hold events back, ids, heartbeats, delays, malformed lines. The
report ends with the preset that fits, or with a map for the payloads, as YAML to paste into a
configuration. ctrl+c ends it with the report so far.

${NAME} in a header or in the URL is read from the environment. Secrets are not shown or written.`,
		Example: `  livetape check https://desk.example/events
  livetape check https://desk.example/events -H 'Authorization: Bearer ${DESK_TOKEN}' --for 60s
  livetape check https://desk.example/events --write desk.yaml`,
		Args: func(cmd *cobra.Command, _ []string) error { return flags.validate(cmd) },
		RunE: func(cmd *cobra.Command, args []string) error { return flags.run(cmd, args) },
	}
	flags.feed.register(cmd)
	flags.feed.registerSymbols(cmd)
	cmd.Flags().DurationVar(&flags.listen, "for", doctor.DefaultFor, "how long to listen, and to wait for an answer, which is waited for 15 s at the longest")
	cmd.Flags().IntVar(&flags.events, "events", 0, "stop listening after so many events; 0 for no limit")
	cmd.Flags().StringVar(&flags.format, "format", "auto", "what the stream is: auto, sse or ndjson (one JSON value a line)")
	cmd.Flags().BoolVar(&flags.json, "json", false, "report as JSON")
	cmd.Flags().StringVar(&flags.write, "write", "", "write a configuration with the preset or map that was found to a new `FILE`")
	cmd.SetUsageTemplate(cmd.UsageTemplate() + checkExitCodes)
	return cmd
}

const checkExitCodes = `
Exit codes:
  0  connected and understood
  1  something went wrong here, such as a file that cannot be written
  2  usage error
  3  connected, but nothing received is a price or a headline
  4  an answer that is not an event stream
  5  refused or unreachable
  128+n  ended by signal n, with the report so far
`

// maxListen bounds --for: an examination is no recording.
const maxListen = time.Hour

func (f checkFlags) validate(cmd *cobra.Command) error {
	switch {
	case f.listen <= 0 || f.listen > maxListen:
		return usageErrorf(cmd, "--for is %s; it must be over 0 and at most %s", f.listen, maxListen)
	case f.events < 0:
		return usageErrorf(cmd, "--events is %d; it must be at least 0", f.events)
	case f.format != "auto" && f.format != doctor.FormatSSE && f.format != doctor.FormatNDJSON:
		return usageErrorf(cmd, "--format is %q; it must be auto, sse or ndjson", f.format)
	case f.write == "":
		return nil
	}
	if _, err := os.Lstat(f.write); !errors.Is(err, fs.ErrNotExist) {
		return usageErrorf(cmd, "--write %s: the file exists and is not overwritten", f.write)
	}
	return nil
}

func (f checkFlags) run(cmd *cobra.Command, args []string) error {
	target, err := f.feed.selectOne(cmd, args)
	if err != nil {
		return err
	}
	options := doctor.Options{For: f.listen, Events: f.events}
	if !target.serverFilters {
		options.Symbols = f.feed.symbols
	}
	if d := target.origin.Definition; d.Preset != "" || d.Decoder != "" || d.Map != nil {
		options.Definition = &d
	}
	if f.format != "auto" {
		options.Format = f.format
	}
	report, err := doctor.Examine(cmd.Context(), target.config, options)
	if err != nil {
		return usageErrorf(cmd, "%w", err)
	}
	if err := f.printReport(cmd, report); err != nil {
		return err
	}
	return verdictError(report.Verdict)
}

func (f checkFlags) printReport(cmd *cobra.Command, report *doctor.Report) error {
	out := rawOutput(cmd) // a report is plain but for its colours
	var err error
	if f.json {
		err = report.JSON(out)
	} else {
		err = report.Text(out, lipgloss.NewRenderer(out))
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
