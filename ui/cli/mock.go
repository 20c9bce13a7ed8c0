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
	story  string // a scenario, by name or file
	start  string // of its clock
}

func (f *marketFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Uint64Var(&f.config.Seed, "seed", 1, "seed of the simulated market; the same seed tells the same story")
	flags.Float64Var(&f.config.Rate, "rate", 40, "events a second, all symbols together")
	flags.IntVar(&f.config.Symbols, "symbols", 24, "how many symbols the market has")
	flags.StringVar(&f.story, "scenario", "", "tell a story: a `NAME` of 'livetape scenarios', or a file of your own")
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
	var err error
	if config.Scenario, err = f.scenario(cmd); err != nil || config.Scenario == nil {
		return config, err
	}
	if !cmd.Flags().Changed("rate") {
		config.Rate = config.Scenario.Rate
	}
	if !cmd.Flags().Changed("symbols") {
		config.Symbols = config.Scenario.Symbols
	}
	return config, nil
}

// faultHelp lists the faults for a help text.
func faultHelp() string {
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, info := range mockserver.Faults() {
		fmt.Fprintf(table, "  %s\t%s\t%s", info.Name, info.Example, info.Help)
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
		Long:  "mock serves a simulated market as an event stream, for demos and for testing clients. Under\n/as/ it speaks as other services, for their clients: GET /as/ lists them.\n\nScenarios:\n" + scenarioHelp() + "\nFaults:\n" + faultHelp(),
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
	cmd.Flags().StringVar(&market.start, "start", "", "where the clock of a scenario begins: a `TIME`, or "+startNow+" for the time of day (default: as the scenario says)")
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
	fmt.Fprintf(out, "livetape mock server · %s · seed %d · %g events/s\n\n", title(config), config.Seed, config.Rate)
	fmt.Fprintf(out, "  page    %s/\n  events  %s/events\n  others  %s/as/  in the words of other services\n  health  %s/healthz\n", venue.url, venue.url, venue.url, venue.url)
	place.advise(out, venue.url, settled.certificate)
	return venue.serve(cmd.Context())
}
