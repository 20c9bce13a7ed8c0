package cli

import (
	"context"
	"log"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"livetape/feed"
	"livetape/feed/decode"
	"livetape/feed/decode/preset"
	"livetape/mockserver"
	"livetape/mockserver/fault"
	"livetape/ui"
	"livetape/ui/cli/config"
)

func demoCommand() *cobra.Command {
	var market marketFlags
	var record recordFlags
	var looks lookFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Watch a simulated market, served in this process (the default)",
		Long: `demo starts the mock server on a free port of the loopback interface and watches it over
real HTTP. Press F on the screen to make the server misbehave.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDemo(cmd, market, record, looks) },
	}
	market.register(cmd)
	market.start = startNow // a demo should look live
	record.register(cmd)
	looks.register(cmd)
	return cmd
}

func runDemo(cmd *cobra.Command, market marketFlags, record recordFlags, looks lookFlags) error {
	if err := requireTerminal(cmd); err != nil {
		return err
	}
	config, err := market.mockConfig(cmd)
	if err != nil {
		return err
	}
	server, err := newMockServer(cmd, serverSettings{addr: "127.0.0.1:0", errorLog: log.Default()}, config)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(cmd.Context())
	served := make(chan error, 1)
	go func() { served <- server.serve(ctx) }()

	err = runScreen(ctx, cmd, screenOptions{
		targets: []feedTarget{demoTarget(server)},
		banner:  "DEMO · " + marketTitle(config),
		faults:  demoFaults(server.mock),
		record:  record,
		looks:   looks,
	})
	stop()
	if serveErr := <-served; err == nil {
		err = serveErr
	}
	return err
}

// demoTarget is the feed of the server in this process. Its idle timeout is short, so that a stall soon shows all its
// states. Its snapshot may be large, since a market may have many symbols.
func demoTarget(s *embeddedServer) feedTarget {
	return feedTarget{
		config: feed.Config{
			Name:        "demo",
			URL:         s.url + "/events",
			IdleTimeout: 40 * time.Second,
			MaxEvent:    16 << 20,
			Decoder:     decode.Native{},
		},
		origin: config.Feed{Definition: preset.Definition{Decoder: "native"}},
	}
}

func demoFaults(mock *mockserver.Server) []ui.FaultMenuItem {
	var faults []ui.FaultMenuItem
	for _, info := range fault.List() {
		faults = append(faults, ui.FaultMenuItem{
			Name:   info.Name,
			Help:   faultMenuHelp(info),
			Inject: func(context.Context) error { return mock.Inject(fault.Fault{Name: info.Name}) },
		})
	}
	return faults
}

// faultMenuHelp says what picking a fault does: the menu uses its defaults.
func faultMenuHelp(info fault.Info) string {
	text := info.Help
	if info.Default != "" {
		text += ": " + info.Default
	}
	if info.For > 0 {
		text += ", for " + strconv.Itoa(int(info.For.Seconds())) + " s"
	}
	return text
}
