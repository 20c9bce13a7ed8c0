package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"livetape/feed"
	"livetape/ui/cli/loadgen"
)

// benchFlags say how to load a server.
type benchFlags struct {
	feed feedFlags
	plan loadgen.Plan
	json bool
}

// meaningless are flags of feeds that say nothing to a load.
var meaningless = [...]string{"name", "idle-timeout", "max-event"}

func benchCommand() *cobra.Command {
	var flags benchFlags
	cmd := &cobra.Command{
		Use:   "bench FEED|URL",
		Short: "Load a server with many clients, and say what became of every event",
		Long: `bench connects many clients to an event stream, listens, and reports: connections made, refused
and dropped; events delivered, lost, duplicated and out of order; the latency from the time in
the payload to the arrival; bytes; and how alike the clients fared.

Of a server like 'livetape mock', which counts its events, each client is judged by that count,
exactly. Ids of any other kind are judged by what all clients saw together. What cannot be known
is said, and not shown as 0. docs/bench.md tells how it is measured. ctrl+c ends it with the
report so far.

${NAME} in a header or in the URL is read from the environment. Secrets are not shown.`,
		Example: `  livetape bench http://127.0.0.1:8080/events --clients 1000 --for 10s
  livetape bench https://desk.example/events --clients 200 --ramp 5s --reconnect --json`,
		Args: func(cmd *cobra.Command, _ []string) error { return flags.validate(cmd) },
		RunE: func(cmd *cobra.Command, args []string) error { return flags.run(cmd, args) },
	}
	flags.feed.register(cmd)
	f := cmd.Flags()
	f.IntVar(&flags.plan.Clients, "clients", 100, "how many clients connect")
	f.DurationVar(&flags.plan.For, "for", 10*time.Second, "how long to listen once all are connected or refused")
	f.DurationVar(&flags.plan.Ramp, "ramp", 0, "spread the connecting over this time; 0 for as fast as the server takes it")
	f.IntVar(&flags.plan.Share, "share", 1, "how many clients share a connection, where the server speaks HTTP/2")
	f.BoolVar(&flags.plan.Reconnect, "reconnect", false, "clients that lose their stream come back and resume")
	f.BoolVar(&flags.json, "json", false, "report as JSON")
	for _, name := range meaningless {
		f.Lookup(name).Hidden = true
	}
	cmd.SetUsageTemplate(cmd.UsageTemplate() + benchExitCodes)
	return cmd
}

const benchExitCodes = `
Exit codes:
  0  all was delivered, or nothing is known to be wrong
  1  events were lost, doubled or out of order, or clients refused, dropped or stalled
  2  the command line does not fit, or this machine allows fewer connections
  128+n  ended by signal n, with the report so far
`

func (f benchFlags) validate(cmd *cobra.Command) error {
	for _, name := range meaningless {
		if cmd.Flags().Changed(name) {
			return misused(cmd, "--%s means nothing to bench", name)
		}
	}
	switch p := f.plan; {
	case p.Clients < 1 || p.Clients > loadgen.MostClients:
		return misused(cmd, "--clients %d is not between 1 and %d", p.Clients, loadgen.MostClients)
	case p.For <= 0:
		return misused(cmd, "--for %s is not above 0", p.For)
	case p.Ramp < 0:
		return misused(cmd, "--ramp %s is below 0", p.Ramp)
	case p.Share < 1:
		return misused(cmd, "--share %d is not above 0", p.Share)
	}
	return nil
}

func (f benchFlags) run(cmd *cobra.Command, args []string) error {
	target, err := f.feed.one(cmd, args)
	if err != nil {
		return err
	}
	config := target.config
	if config.Format == feed.NDJSON {
		return misused(cmd, "%s sends JSON lines, and only event streams can be measured", config.Name)
	}
	f.plan.Feed = config
	if err := loadgen.MakeRoom(f.plan.Clients); err != nil {
		return usageError{err, hint(cmd)}
	}
	progress := loadProgress{footline: newFootline(cmd.ErrOrStderr()), clients: f.plan.Clients}
	report, err := loadgen.Run(cmd.Context(), f.plan, progress.tell)
	if err != nil {
		return usageError{err, hint(cmd)}
	}
	progress.end()
	nobody := report.Nobody()
	if nobody != nil && !f.json {
		return nobody
	}
	tell := report.Text
	if f.json {
		tell = report.JSON
	}
	if err := tell(cmd.OutOrStdout()); err != nil {
		return err
	}
	if nobody != nil {
		return nobody
	}
	if !report.OK {
		return quietExit(ExitError)
	}
	return nil
}

// loadProgress says at the foot of a terminal how the load is, every second.
type loadProgress struct {
	footline
	clients int
	events  uint64 // when it last said so
}

func (p *loadProgress) tell(now loadgen.Progress) {
	p.draw(fmt.Sprintf("%3.0f s  %d of %d connected  %d events/s", now.Elapsed.Seconds(), now.Connected, p.clients, now.Events-p.events))
	p.events = now.Events
}
