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
	"livetape/ui/cli/flags"
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
configuration. It waits for an answer as long as it
listens, and 15 s at the longest, unless --timeout says so. ctrl+c ends it with the report so far.

${NAME} in a header or in the URL is read from the environment. Secrets are not shown or written.`,
		Example: `  livetape check https://desk.example/events
  livetape check https://desk.example/events -H 'X-Api-Key: ${DESK_TOKEN}'
  livetape check https://desk.example/events --for 60s -o json
  livetape check https://desk.example/events --write desk.yaml`,
		Args: func(cmd *cobra.Command, _ []string) error { return f.validate(cmd) },
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.feed.register(cmd)
	f.feed.registerSymbols(cmd)
	registerFor(cmd, &f.listen, doctor.DefaultFor)
	registerCount(cmd, &f.count)
	flags.Rename(cmd, "events", "", "count", nil)
	f.output = reportFormat(cmd)
	flags.Rename(cmd, "json", "", "output", func(string) string { return "json" })
	cmd.Flags().StringVar(&f.write, "write", "", "write a configuration with the preset or map that was found to a new `FILE`")
	return cmd
}

// maxListen bounds --for: an examination is no recording.
const maxListen = time.Hour

func (f checkFlags) validate(cmd *cobra.Command) error {
	switch {
	case f.listen <= 0 || f.listen > maxListen:
		return usageErrorf(cmd, "--for is %s; it must be over 0 and at most %s", f.listen, maxListen)
	case checkCount(cmd, f.count) != nil:
		return checkCount(cmd, f.count)
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
	options := doctor.Options{For: f.listen, Events: f.count, Format: f.feed.streamFormat()}
	if !target.serverFilters {
		options.Symbols = f.feed.symbols
	}
	if d := target.origin.Definition; d.Preset != "" || d.Decoder != "" || d.Map != nil {
		options.Definition = &d
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
	if f.output.String() == "json" {
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
