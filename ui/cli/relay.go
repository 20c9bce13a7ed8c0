package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"livetape/feed/market"
	"livetape/mockserver"
	"livetape/ui/cli/relay"
)

// relayFlags are those of relay alone.
type relayFlags struct {
	maxClients int
	logEvents  int
	origins    []string
}

func (f *relayFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.IntVar(&f.maxClients, "max-clients", 20000, "streams at a time; further clients are asked to try again later")
	flags.IntVar(&f.logEvents, "log-events", 1<<16, "events kept for clients that resume")
	flags.StringArrayVar(&f.origins, "allow-origin", nil, "let pages of this `ORIGIN` alone read streams, and with credentials: https://page.example (repeatable; default: any, without)")
}

const relayHelp = `relay subscribes to feeds once, and serves them to any number of terminals, programs and browsers: URLs,
names in the configuration, a preset, or, without an argument, all feeds of the configuration. Clients
get livetape's own wire format, resume where they were, and are told how each feed behind the relay is.

Every event carries the name of its feed and the feed's own time.`

func relayCommand() *cobra.Command {
	var flags feedFlags
	var server serverFlags
	var own relayFlags
	var stateFile string
	cmd := &cobra.Command{
		Use:   "relay [FEED|URL]...",
		Short: "Serve feeds to many clients over one subscription",
		Long:  relayHelp,
		Example: `  livetape relay desk pyth
  livetape relay https://desk.example/events --listen 127.0.0.1:9000
  livetape watch http://127.0.0.1:8080/events`,
		RunE: func(cmd *cobra.Command, args []string) error {
			selection, targets, err := flags.selectTargets(cmd, args, false)
			if err != nil {
				return err
			}
			selection.warnLocalConfig(targets)
			return runRelay(cmd, server, own, targets, stateFile)
		},
	}
	server.register(cmd, "listen")
	own.register(cmd)
	flags.register(cmd)
	flags.registerSymbols(cmd)
	flags.registerList(cmd)
	registerState(cmd, &stateFile)
	return cmd
}

func runRelay(cmd *cobra.Command, flags serverFlags, own relayFlags, targets []feedTarget, stateFile string) error {
	settings, err := flags.settings(cmd)
	if err != nil {
		return err
	}
	feeds, err := startFeeds(cmd.Context(), cmd, targets, stateFile)
	if err != nil {
		return err
	}
	defer feeds.stop()
	names := targetNames(targets)
	events := feeds.set.Events()
	if keepsIDs(targets, stateFile) {
		events = feeds.withIDsKept(cmd.Context(), events)
	}
	source := relay.NewSource(relay.Options{Feeds: names, Events: events, Budget: feeds.budget})
	server, err := newMockServer(cmd, settings, mockserver.Config{
		Source: source, NoFaults: true, Title: "livetape relay: " + strings.Join(names, ", "),
		Ring: own.logEvents, MaxClients: own.maxClients, AllowOrigins: own.origins, Logger: settings.logger,
	})
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "livetape relay · %s\n\n", strings.Join(names, ", "))
	fmt.Fprintf(out, "  page    %[1]s/\n  events  %[1]s/events\n  health  %[1]s/readyz\n  metrics %[1]s/metrics\n", server.url)
	flags.printFooter(out, server)
	return server.serve(cmd.Context())
}

func targetNames(targets []feedTarget) (names []string) {
	for _, t := range targets {
		names = append(names, t.config.Name)
	}
	return names
}

// keepsIDs reports whether the last event ids of feeds are kept.
func keepsIDs(targets []feedTarget, stateFile string) bool {
	return stateFile != "" || slices.ContainsFunc(targets, func(t feedTarget) bool { return t.idFile != "" })
}

// budget is where what is kept of a feed is counted; of a feed behind a relay, with the relay's.
func (f *runningFeeds) budget(name string) market.Budget {
	relay, _, _ := strings.Cut(name, "/")
	for _, candidate := range []string{name, relay} {
		if b := f.set.Memory(candidate); b != nil {
			return b
		}
	}
	return nil
}
