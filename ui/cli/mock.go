package cli

import (
	"fmt"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"livetape/mockserver"
	"livetape/mockserver/fault"
	"livetape/ui/cli/flags"
	"livetape/ui/cli/recorded"
	"livetape/ui/cli/sharedlog"
)

type marketFlags struct {
	config   mockserver.Config
	faults   []string
	scenario string // a name or file
	start    string // of the scenario's clock
}

func (f *marketFlags) register(cmd *cobra.Command) {
	set := cmd.Flags()
	set.Uint64Var(&f.config.Seed, "seed", 1, "seed `N` of the simulated market; the same seed, rate and symbols give the same events")
	set.Float64Var(&f.config.Rate, "rate", 40, "`N` events a second, all symbols together")
	set.IntVar(&f.config.Symbols, "symbol-count", 24, "simulate `N` symbols")
	flags.Rename(cmd, "symbols", "", "symbol-count", nil)
	set.StringVar(&f.scenario, "scenario", "", "play the scenario `NAME` (see 'livetape scenarios'), or one from a file of your own")
	registerOrigins(cmd, &f.config.AllowOrigins)
	set.StringArrayVar(&f.faults, "fault", nil, "inject `FAULT`, such as stall:5s@1m: see 'livetape help mock' (repeatable)")
}

func (f *marketFlags) mockConfig(cmd *cobra.Command) (mockserver.Config, error) {
	config := f.config
	for _, name := range []string{"seed", "rate", "symbol-count", "max-clients"} {
		if flag := cmd.Flags().Lookup(name); flag != nil && flag.Changed && flag.Value.String() == "0" {
			return config, usageErrorf(cmd, "%s: must be above 0", name)
		}
	}
	for _, text := range f.faults {
		parsed, err := fault.Parse(text)
		if err != nil {
			return config, usageErrorf(cmd, "%w", err)
		}
		config.Faults = append(config.Faults, parsed)
	}
	var err error
	if config.Scenario, err = f.loadScenario(cmd); err != nil || config.Scenario == nil {
		return config, err
	}
	if !cmd.Flags().Changed("rate") {
		config.Rate = config.Scenario.Rate
	}
	if !cmd.Flags().Changed("symbol-count") {
		config.Symbols = config.Scenario.Symbols
	}
	return config, nil
}

func faultHelp() string {
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, info := range fault.List() {
		fmt.Fprintf(table, "  %s\t%s\t%s", info.Name, info.Example, info.Help)
		if info.For > 0 {
			fmt.Fprintf(table, " (%s by default)", strings.Replace(info.For.String(), "m0s", "m", 1))
		}
		if info.Value != "" {
			fmt.Fprintf(table, "; VALUE: %s", info.Value)
		}
		fmt.Fprintln(table)
	}
	table.Flush()
	return b.String() + `
A fault is written ` + fault.Syntax + `: :FOR is how long it lasts, @EVERY repeats it,
/SHARE applies it to one connection (/one) or a part of them (/25%). POST /faults takes the same,
one per line, while the server runs.`
}

const mockHelp = `mock serves a simulated market as an event stream, for demos and for testing clients. Under
/as/ it emulates other services, for their clients: GET /as/ lists them.`

func mockCommand() *cobra.Command {
	var market marketFlags
	var replay replayFlags
	var token tokenFlags
	var server serverFlags
	var recording string
	var shared sharedlog.Flags
	cmd := &cobra.Command{
		Use:   "mock",
		Short: "Serve simulated prices and news over Server-Sent Events",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if recording != "" {
				return serveRecording(cmd, server, market.config.MaxClients, recording, replay)
			}
			var err error
			if market.config.Token, err = token.read(cmd); err != nil {
				return err
			}
			return runMock(cmd, server, market, &shared)
		},
	}
	cmd.SetHelpFunc(func(cmd *cobra.Command, args []string) { // only then, since it reads every scenario
		cmd.Long = mockHelp + "\n\nScenarios:\n" + scenarioHelp() + "\nFaults:\n" + faultHelp()
		cmd.Parent().HelpFunc()(cmd, args)
	})
	server.register(cmd)
	flags.Rename(cmd, "addr", "", "listen", nil)
	registerMaxClients(cmd, &market.config.MaxClients)
	cmd.Flags().StringVar(&recording, "replay", "", "serve the recording in `FILE` instead of a simulated market")
	token.register(cmd)
	replay.register(cmd)
	market.register(cmd)
	shared.Register(cmd.Flags())
	cmd.Flags().StringVar(&market.start, "start", "", "start the clock of a scenario at this `TIME`, or at the time of day: "+startNow+" (default: as the scenario says)")
	return cmd
}

func serveRecording(cmd *cobra.Command, flags serverFlags, maxClients int, name string, replay replayFlags) error {
	speed, from, err := replay.parse(cmd)
	if err != nil {
		return err
	}
	settings, err := flags.settings(cmd)
	if err != nil {
		return err
	}
	source, err := recorded.NewSource(name, speed, from, settings.logger)
	if err != nil {
		return err
	}
	server, err := newMockServer(cmd, settings, mockserver.Config{
		Source: source, NoFaults: true, Title: "livetape mock server: recording " + filepath.Base(name), MaxClients: maxClients, Logger: settings.logger,
	})
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "livetape mock server · recording %[1]s\n\n  page    %[2]s/\n  events  %[2]s/events\n", name, server.url)
	flags.printFooter(out, server)
	return server.serve(cmd.Context())
}

func runMock(cmd *cobra.Command, flags serverFlags, market marketFlags, shared *sharedlog.Flags) error {
	config, err := market.mockConfig(cmd)
	if err != nil {
		return err
	}
	settings, err := flags.settings(cmd)
	if err != nil {
		return err
	}
	config.Logger = settings.logger
	if err := shared.Check(); err != nil {
		return usageErrorf(cmd, "%w", err)
	}
	if err := shared.Open(&config, config.Ring); err != nil {
		return err
	}
	server, err := newMockServer(cmd, settings, config)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "livetape mock server · %s · seed %d · %g events/s\n\n", marketTitle(config), config.Seed, config.Rate)
	fmt.Fprintf(out, "  page    %[1]s/\n  events  %[1]s/events\n  untyped %[1]s/events?untyped  for pages that use onmessage\n", server.url)
	if config.Log == nil {
		fmt.Fprintf(out, "  others  %s/as/  in the formats of other services\n", server.url)
	}
	fmt.Fprintf(out, "  health  %s/healthz\n", server.url)
	flags.printFooter(out, server)
	return server.serve(cmd.Context())
}
