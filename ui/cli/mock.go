package cli

import (
	"fmt"
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
	for _, name := range []string{"seed", "rate", "symbols", "max-clients"} {
		if flag := cmd.Flags().Lookup(name); flag != nil && flag.Changed && flag.Value.String() == "0" {
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
	var secret tokenFlags
	var place venueFlags
	var recording string
	cmd := &cobra.Command{
		Use:   "mock",
		Short: "Serve simulated prices and news over Server-Sent Events",
		Long:  "mock serves a simulated market as an event stream, for demos and for testing clients.\n\nFaults:\n" + faultHelp(),
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if recording != "" {
				return serveRecording(cmd, place, recording, replay)
			}
			var err error
			if market.config.Token, err = secret.token(cmd); err != nil {
				return err
			}
			return runMock(cmd, place, market)
		},
	}
	place.register(cmd)
	cmd.Flags().IntVar(&market.config.MaxClients, "max-clients", 20000, "streams at a time; whoever comes then is told to come again")
	cmd.Flags().StringVar(&recording, "replay", "", "serve the recording in `FILE` instead of a simulated market")
	secret.register(cmd)
	replay.register(cmd)
	market.register(cmd)
	return cmd
}

// serveRecording serves what was recorded, to each client from its begin.
func serveRecording(cmd *cobra.Command, place venueFlags, name string, flags replayFlags) error {
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
	settled, err := place.settle(cmd)
	if err != nil {
		return err
	}
	venue, err := takeAddress(cmd, place.addr, mux, settled.errorLog())
	if err != nil {
		return err
	}
	venue.secure(settled.certificate)
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "livetape mock server · recording %s\n\n  events  %s/events\n", name, venue.url)
	place.advise(out, venue.url, settled.certificate)
	return venue.serve(cmd.Context())
}

func runMock(cmd *cobra.Command, place venueFlags, market marketFlags) error {
	out := cmd.OutOrStdout()
	config, err := market.mockConfig(cmd)
	if err != nil {
		return err
	}
	settled, err := place.settle(cmd)
	if err != nil {
		return err
	}
	config.Logger = settled.logger
	venue, err := openVenue(cmd, place.addr, config, settled.errorLog())
	if err != nil {
		return err
	}
	venue.secure(settled.certificate)
	fmt.Fprintf(out, "livetape mock server · simulated prices · seed %d · %g events/s\n\n", market.config.Seed, market.config.Rate)
	fmt.Fprintf(out, "  events  %s/events\n  health  %s/healthz\n", venue.url, venue.url)
	place.advise(out, venue.url, settled.certificate)
	return venue.serve(cmd.Context())
}
