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
	var logs logFlags
	var secure tlsFlags
	var secret tokenFlags
	var addr, recording string
	cmd := &cobra.Command{
		Use:   "mock",
		Short: "Serve simulated prices and news over Server-Sent Events",
		Long:  "mock serves a simulated market as an event stream, for demos and for testing clients. Under\n/as/ it speaks as other services, for their clients: GET /as/ lists them.\n\nScenarios:\n" + scenarioHelp() + "\nFaults:\n" + faultHelp(),
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if recording != "" {
				return serveRecording(cmd, addr, recording, replay)
			}
			logger, err := logs.logger(cmd)
			if err != nil {
				return err
			}
			market.config.Logger = logger
			if market.config.Token, err = secret.token(cmd); err != nil {
				return err
			}
			return runMock(cmd, addr, market, secure)
		},
	}
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1:8080", "address to listen on; port 0 picks a free one")
	cmd.Flags().IntVar(&market.config.MaxClients, "max-clients", 20000, "streams at a time; whoever comes then is told to come again")
	cmd.Flags().StringVar(&recording, "replay", "", "serve the recording in `FILE` instead of a simulated market")
	logs.register(cmd)
	secure.register(cmd)
	secret.register(cmd)
	replay.register(cmd)
	market.register(cmd)
	cmd.Flags().StringVar(&market.start, "start", "", "where the clock of a scenario begins: a `TIME`, or "+startNow+" for the time of day (default: as the scenario says)")
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

func runMock(cmd *cobra.Command, addr string, market marketFlags, secure tlsFlags) error {
	out := cmd.OutOrStdout()
	config, err := market.mockConfig(cmd)
	if err != nil {
		return err
	}
	certificate, err := secure.certificate(cmd, addr)
	if err != nil {
		return err
	}
	venue, err := openVenue(cmd, addr, config, slog.NewLogLogger(config.Logger.Handler(), slog.LevelWarn))
	if err != nil {
		return err
	}
	if certificate != nil {
		venue.secure(*certificate)
	}
	fmt.Fprintf(out, "livetape mock server · %s · seed %d · %g events/s\n\n", title(config), config.Seed, config.Rate)
	fmt.Fprintf(out, "  page    %s/\n  events  %s/events\n  others  %s/as/  in the words of other services\n  health  %s/healthz\n", venue.url, venue.url, venue.url, venue.url)
	if certificate != nil {
		fmt.Fprintf(out, "  SHA-256 %s\n", fingerprint(*certificate))
	}
	fmt.Fprintf(out, "\nWatch it:  livetape watch %s%s/events\nStop it:   ctrl+c\n", secure.trust(), venue.url)
	return venue.serve(cmd.Context())
}
