package cli

import (
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"livetape/feed/tape"
	"livetape/mockserver"
)

// marketFlags are the flags that demo and mock share.
type marketFlags struct {
	config mockserver.Config
	faults []string
}

func (f *marketFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Uint64Var(&f.config.Seed, "seed", 1, "seed of the simulated market; the same seed tells the same story")
	flags.Float64Var(&f.config.Rate, "rate", 40, "events a second, all symbols together")
	flags.IntVar(&f.config.Symbols, "symbols", 24, "how many symbols the market has")
	flags.StringArrayVar(&f.faults, "fault", nil, "a `"+mockserver.FaultSyntax+"` to misbehave by, such as stall:5s@1m (repeatable)")
}

// mockConfig is what the flags say.
func (f *marketFlags) mockConfig(cmd *cobra.Command) (mockserver.Config, error) {
	config := f.config
	for _, name := range []string{"seed", "rate", "symbols"} {
		if flag := cmd.Flags().Lookup(name); flag.Changed && flag.Value.String() == "0" {
			return config, misused(cmd, "%s: must be above 0", name)
		}
	}
	for _, text := range f.faults {
		fault, err := mockserver.ParseFault(text)
		if err != nil {
			return config, usageError{err, hint(cmd)}
		}
		config.Faults = append(config.Faults, fault)
	}
	return config, nil
}

// faultHelp lists the faults for a help text.
func faultHelp() string {
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, info := range mockserver.Faults() {
		fmt.Fprintf(table, "  %s\t%s", info.Name, info.Help)
		if info.For > 0 {
			fmt.Fprintf(table, " (%s unless you say)", info.For)
		}
		if info.Value != "" {
			fmt.Fprintf(table, "; VALUE: %s", info.Value)
		}
		fmt.Fprintln(table)
	}
	table.Flush()
	return b.String() + `
A fault is written ` + mockserver.FaultSyntax + `: :FOR says how long it lasts, @EVERY makes it
come again, /SHARE strikes one connection (/one) or a part of them (/25%). POST /faults takes the
same, a line each, while the server runs.`
}

func mockCommand() *cobra.Command {
	var market marketFlags
	var replay replayFlags
	var addr, recording string
	cmd := &cobra.Command{
		Use:   "mock",
		Short: "Serve simulated prices and news over Server-Sent Events",
		Long:  "mock serves a simulated market as an event stream, for demos and for testing clients.\n\nFaults:\n" + faultHelp(),
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if recording != "" {
				return serveRecording(cmd, addr, recording, replay)
			}
			return runMock(cmd, addr, market)
		},
	}
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1:8080", "address to listen on; port 0 picks a free one")
	cmd.Flags().StringVar(&recording, "replay", "", "serve the recording in `FILE` instead of a simulated market")
	replay.register(cmd)
	market.register(cmd)
	return cmd
}

// serveRecording serves what was recorded, to each client from its begin.
func serveRecording(cmd *cobra.Command, addr, name string, flags replayFlags) error {
	speed, from, err := flags.parse(cmd)
	if err != nil {
		return err
	}
	server, err := tape.NewServer(name, speed, from)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /events", server)
	venue, err := takeAddress(cmd, addr, mux, errorLog(cmd))
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "livetape mock server · recording %s\n\n  events  %s/events\n\n", name, venue.url)
	fmt.Fprintf(out, "Watch it:  livetape watch %s/events\nStop it:   ctrl+c\n", venue.url)
	return venue.serve(cmd.Context())
}

// errorLog is where a server in this process complains.
func errorLog(cmd *cobra.Command) *log.Logger {
	return slog.NewLogLogger(slog.NewTextHandler(cmd.ErrOrStderr(), nil), slog.LevelWarn)
}

func runMock(cmd *cobra.Command, addr string, market marketFlags) error {
	out := cmd.OutOrStdout()
	config, err := market.mockConfig(cmd)
	if err != nil {
		return err
	}
	venue, err := openVenue(cmd, addr, config, errorLog(cmd))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "livetape mock server · simulated prices · seed %d · %g events/s\n\n", market.config.Seed, market.config.Rate)
	fmt.Fprintf(out, "  page    %s/\n  events  %s/events\n  health  %s/healthz\n\n", venue.url, venue.url, venue.url)
	fmt.Fprintf(out, "Watch it:  livetape watch %s/events\nStop it:   ctrl+c\n", venue.url)
	return venue.serve(cmd.Context())
}
