package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"livetape/ui/cli/flags"
	"livetape/ui/cli/loadgen"
)

type benchFlags struct {
	feed   feedFlags
	plan   loadgen.Plan
	output *flags.Text
}

// unsupportedFeedFlags have no effect on a load.
var unsupportedFeedFlags = [...]string{"name", "idle-timeout", "max-event"}

func benchCommand() *cobra.Command {
	var b benchFlags
	cmd := &cobra.Command{
		Use:   "bench FEED|URL",
		Short: "Load a server with many clients, and account for every event",
		Long: `bench connects many clients to an event stream, listens once all are connected or refused, and
reports: connections made, refused and dropped; events delivered, lost, duplicated and out of order; the latency from the time in
the payload to the arrival; bytes; and how evenly the clients were served.

A server like 'livetape mock' numbers its events, so each client is judged exactly, by those
numbers. Other ids are judged by comparing the clients. What cannot be known is reported as such,
not as 0. docs/bench.md explains the measurements. ctrl+c ends it with the report so far.

${NAME} in a header or in the URL is read from the environment. Secrets are not shown.`,
		Example: `  livetape bench http://127.0.0.1:8080/events --clients 1000 --for 10s
  livetape bench https://desk.example/events --clients 200 --reconnect -o json`,
		Args: func(cmd *cobra.Command, _ []string) error { return b.validate(cmd) },
		RunE: b.run,
	}
	b.feed.register(cmd)
	b.feed.registerSymbols(cmd)
	set := cmd.Flags()
	set.IntVar(&b.plan.Clients, "clients", 100, "connect `N` clients")
	registerFor(cmd, &b.plan.For, 10*time.Second)
	set.DurationVar(&b.plan.Ramp, "ramp", 0, "spread the connecting over `DURATION`; 0 for as fast as the server accepts")
	set.IntVar(&b.plan.Share, "share", 1, "have `N` clients share a connection, where the server speaks HTTP/2")
	set.BoolVar(&b.plan.Reconnect, "reconnect", false, "clients that lose their stream reconnect and resume")
	b.output = reportFormat(cmd)
	flags.Rename(cmd, "json", "", "output", func(string) string { return "json" })
	for _, name := range unsupportedFeedFlags {
		set.Lookup(name).Hidden = true
	}
	return cmd
}

func (f *benchFlags) validate(cmd *cobra.Command) error {
	for _, name := range unsupportedFeedFlags {
		if cmd.Flags().Changed(name) {
			return usageErrorf(cmd, "--%s has no effect on bench", name)
		}
	}
	switch p := f.plan; {
	case p.Clients < 1 || p.Clients > loadgen.MaxClients:
		return usageErrorf(cmd, "--clients is %d; it must be between 1 and %d", p.Clients, loadgen.MaxClients)
	case p.For <= 0:
		return usageErrorf(cmd, "--for is %s; it must be over 0", p.For)
	case p.Ramp < 0:
		return usageErrorf(cmd, "--ramp is %s; it must be at least 0", p.Ramp)
	case p.Share < 1:
		return usageErrorf(cmd, "--share is %d; it must be at least 1", p.Share)
	}
	return nil
}

func (f *benchFlags) run(cmd *cobra.Command, args []string) error {
	target, err := f.feed.selectOne(cmd, args)
	if err != nil {
		return err
	}
	config := target.config
	if len(f.feed.symbols) > 0 && !target.serverFilters {
		return usageErrorf(cmd, "--symbols: %s cannot be asked for symbols, and bench counts all that it sends", config.Name)
	}
	f.plan.Feed = config
	if err := loadgen.RaiseFileLimit(f.plan.Clients); err != nil {
		return usageErrorf(cmd, "%w", err)
	}
	progress := benchProgress{statusLine: newStatusLine(cmd.ErrOrStderr()), clients: f.plan.Clients}
	report, err := loadgen.Run(cmd.Context(), f.plan, progress.show)
	if err != nil {
		return usageErrorf(cmd, "%w", err)
	}
	progress.clear()
	nobody := report.NoneConnected()
	write := report.Text
	switch {
	case f.output.String() == "json":
		write = report.JSON
	case nobody != nil:
		return nobody
	}
	if err := write(cmd.OutOrStdout()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if nobody != nil {
		return nobody
	}
	if !report.OK {
		return exitCodeError(ExitError)
	}
	return nil
}

type benchProgress struct {
	statusLine
	clients int
	events  uint64 // when last shown
}

func (p *benchProgress) show(now loadgen.Progress) {
	p.draw(fmt.Sprintf("%3.0f s  %d of %d connected  %d events/s", now.Elapsed.Seconds(), now.Connected, p.clients, now.Events-p.events))
	p.events = now.Events
}
