package cli

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"strconv"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"livetape/feed"
	"livetape/feed/decode"
	"livetape/feed/decode/preset"
	"livetape/mockserver"
	"livetape/ui"
	"livetape/ui/cli/config"
)

func demoCommand() *cobra.Command {
	var market marketFlags
	var record recordFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Watch a simulated market, served in this process (the default)",
		Long: `demo starts the mock server on a free port of the loopback interface and watches it over
real HTTP. Press F on the screen to make the server misbehave.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDemo(cmd, market, record) },
	}
	market.register(cmd)
	market.start = startNow // a demo is to look live
	record.register(cmd)
	return cmd
}

func runDemo(cmd *cobra.Command, market marketFlags, record recordFlags) error {
	if err := needTerminal(cmd); err != nil {
		return err
	}
	config, err := market.mockConfig(cmd)
	if err != nil {
		return err
	}
	var serverLog lockedBuffer // the screen is the user's: complaints of the server are told afterwards
	venue, err := openVenue(cmd, "127.0.0.1:0", config, log.New(&serverLog, "", 0))
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(cmd.Context())
	served := make(chan error, 1)
	go func() { served <- venue.serve(ctx) }()

	err = watch(ctx, cmd, watching{
		feeds:  []target{demoFeed(venue)},
		banner: "DEMO · " + title(config),
		faults: demoFaults(venue.mock),
		record: record,
	})
	stop()
	if serveErr := <-served; err == nil {
		err = serveErr
	}
	fmt.Fprint(cmd.ErrOrStderr(), serverLog.String())
	return err
}

// demoFeed is the server in this process. It is soon thought silent, so that a stall shows all of its course, and
// its snapshot may be large, for a market may have many symbols.
func demoFeed(v *venue) target {
	return target{
		config: feed.Config{
			Name:        "demo",
			URL:         v.url + "/events",
			IdleTimeout: 40 * time.Second,
			MaxEvent:    16 << 20,
			Decoder:     decode.Native{},
		},
		origin: config.Feed{Definition: preset.Definition{Decoder: "native"}},
	}
}

func demoFaults(mock *mockserver.Server) []ui.FaultMenuItem {
	var faults []ui.FaultMenuItem
	for _, info := range mockserver.Faults() {
		faults = append(faults, ui.FaultMenuItem{
			Name: info.Name,
			Help: menuHelp(info),
			Inject: func(context.Context) error {
				return mock.Inject(mockserver.Fault{Name: info.Name})
			},
		})
	}
	return faults
}

// menuHelp says what picking a fault does, as it is then: by its defaults.
func menuHelp(info mockserver.FaultInfo) string {
	text := info.Help
	if info.Usual != "" {
		text += ": " + info.Usual
	}
	if info.For > 0 {
		text += ", for " + strconv.Itoa(int(info.For.Seconds())) + " s"
	}
	return text
}

// lockedBuffer is a bytes.Buffer that several goroutines may write to.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
