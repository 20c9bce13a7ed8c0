package cli

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"livetape/feed/market"
	"livetape/mockserver"
	"livetape/mockserver/access"
	"livetape/ui/cli/relay"
	"livetape/ui/cli/sharedlog"
)

// relayFlags are those of relay alone.
type relayFlags struct {
	maxClients int
	logEvents  int
	origins    []string
	insecure   bool
	variable   string // of a token
	tokens     string // file of tokens
	shared     sharedlog.Flags
}

func (f *relayFlags) register(cmd *cobra.Command) {
	f.shared.Register(cmd.Flags())
	registerMaxClients(cmd, &f.maxClients)
	registerOrigins(cmd, &f.origins)
	cmd.Flags().IntVar(&f.logEvents, "log-events", 1<<16, "keep `N` events for clients that resume")
	cmd.Flags().BoolVar(&f.insecure, "insecure", false, "serve other machines without a token or without TLS")
	registerToken(cmd, &f.variable, &f.tokens)
}

func registerMaxClients(cmd *cobra.Command, most *int) {
	cmd.Flags().IntVar(most, "max-clients", 20000, "serve at most `N` streams at a time; further clients are asked to try again later")
}

func registerOrigins(cmd *cobra.Command, origins *[]string) {
	cmd.Flags().StringArrayVar(origins, "allow-origin", nil, "let only pages of `ORIGIN`, such as https://page.example, read streams, and with credentials (repeatable; default: all pages, without credentials)")
}

// readers are those who may read; nil for everybody.
func (f *relayFlags) readers(cmd *cobra.Command, log *slog.Logger) (*access.Readers, error) {
	if cmd.Flags().Changed("token-file") && !cmd.Flags().Changed("token") {
		readers, err := access.Open(f.tokens, log)
		if err != nil {
			return nil, fmt.Errorf("--token-file: %w", err)
		}
		return readers, nil
	}
	token, err := (&tokenFlags{f.variable, f.tokens}).read(cmd)
	if err != nil || token == "" {
		return nil, err
	}
	return access.One(token), nil
}

// checkExposure refuses to serve others than this machine without a token and TLS.
func (f *relayFlags) checkExposure(cmd *cobra.Command, settings serverSettings, hasToken bool) error {
	host, _, err := net.SplitHostPort(settings.addr)
	ip := net.ParseIP(host)
	isLocal := host == "localhost" || ip != nil && ip.IsLoopback()
	if err != nil || isLocal || f.insecure || hasToken && settings.certificate != nil {
		return nil // what is wrong with the address, is said when it is listened on
	}
	var missing []string
	if !hasToken {
		missing = append(missing, "token (--token-file)")
	}
	if settings.certificate == nil {
		missing = append(missing, "TLS (--tls-cert and --tls-key)")
	}
	return usageErrorf(cmd, "--listen %s can be reached from other machines, and there is no %s: add it, listen on 127.0.0.1 behind a proxy, or say --insecure",
		settings.addr, strings.Join(missing, " and no "))
}

const relayHelp = `relay subscribes to feeds once, and serves them to any number of terminals, programs and browsers: URLs,
names in the configuration, a preset, or, without an argument, all feeds of the configuration. Clients
get livetape's own wire format, resume where they left off, and are told the state of each feed.

Every event carries the name of its feed and the feed's own time.`

func relayCommand() *cobra.Command {
	var sources feedFlags
	var server serverFlags
	var own relayFlags
	var stateFile string
	cmd := &cobra.Command{
		Use:   "relay [FEED|URL]...",
		Short: "Serve feeds to many clients over one subscription",
		Long:  relayHelp,
		Example: `  livetape relay desk pyth
  livetape relay https://desk.example/events --listen 127.0.0.1:9000
  livetape relay desk --log nats://127.0.0.1:4222/DESK
  livetape relay --serve-only --log nats://127.0.0.1:4222/DESK
  livetape watch http://127.0.0.1:8080/events`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if own.shared.ServeOnly() {
				if len(args) > 0 {
					return usageErrorf(cmd, "--serve-only serves what others publish: it takes no feeds")
				}
				return runRelay(cmd, server, own, nil, "")
			}
			selection, targets, err := sources.selectTargets(cmd, args, false)
			if err != nil {
				return err
			}
			selection.warnLocalConfig(targets)
			return runRelay(cmd, server, own, targets, stateFile)
		},
	}
	server.register(cmd)
	own.register(cmd)
	sources.register(cmd)
	sources.registerSymbols(cmd)
	sources.registerList(cmd)
	registerState(cmd, &stateFile)
	return cmd
}

func runRelay(cmd *cobra.Command, flags serverFlags, own relayFlags, targets []feedTarget, stateFile string) error {
	settings, err := flags.settings(cmd)
	if err != nil {
		return err
	}
	if err := own.shared.Check(); err != nil {
		return usageErrorf(cmd, "%w", err)
	}
	readers, err := own.readers(cmd, settings.logger)
	if err != nil {
		return err
	}
	if err := own.checkExposure(cmd, settings, readers != nil); err != nil {
		return err
	}
	title := strings.Join(targetNames(targets), ", ")
	if own.shared.ServeOnly() {
		title = "what others publish"
	}
	config := mockserver.Config{
		NoFaults: true, Readers: readers, Title: "livetape relay: " + title,
		Ring: own.logEvents, MaxClients: own.maxClients, AllowOrigins: own.origins, Logger: settings.logger,
	}
	stop, err := own.setSource(cmd, &config, targets, stateFile)
	if err != nil {
		return err
	}
	defer stop()
	server, err := newMockServer(cmd, settings, config)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "livetape relay · %s\n\n", title)
	fmt.Fprintf(out, "  page    %[1]s/\n  events  %[1]s/events\n  health  %[1]s/readyz\n  metrics %[1]s/metrics\n", server.url)
	flags.printFooter(out, server)
	return server.serve(cmd.Context())
}

// setSource has a server relay feeds: at once or, where the log is shared, whenever it may publish to that. Stop ends the
// subscription.
func (f *relayFlags) setSource(cmd *cobra.Command, c *mockserver.Config, targets []feedTarget, stateFile string) (stop func(), err error) {
	if f.shared.IsSet() {
		names := targetNames(targets)
		c.Source = &relay.Leased{Feeds: names, Start: func(ctx context.Context, lastIDs map[string]string) (relay.Options, func(), error) {
			feeds, err := startFeeds(ctx, cmd, resumedTargets(targets, lastIDs), "")
			if err != nil {
				return relay.Options{}, nil, err
			}
			return relay.Options{Feeds: names, Events: feeds.set.Events(), Budget: feeds.budget}, feeds.stop, nil
		}}
		return func() {}, f.shared.Open(c, f.logEvents)
	}
	feeds, err := startFeeds(cmd.Context(), cmd, targets, stateFile)
	if err != nil {
		return nil, err
	}
	events := feeds.set.Events()
	if keepsIDs(targets, stateFile) {
		events = feeds.withIDsKept(cmd.Context(), events)
	}
	c.Source = relay.NewSource(relay.Options{Feeds: targetNames(targets), Events: events, Budget: feeds.budget})
	return feeds.stop, nil
}

// resumedTargets are targets that go on after the ids in a shared log, which are kept nowhere else.
func resumedTargets(targets []feedTarget, lastIDs map[string]string) []feedTarget {
	resumed := slices.Clone(targets)
	for n := range resumed {
		resumed[n].idFile = ""
		if id := lastIDs[resumed[n].config.Name]; id != "" {
			resumed[n].config.LastEventID = id
		}
	}
	return resumed
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
