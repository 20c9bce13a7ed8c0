package cli

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"livetape/feed/memory"
	"livetape/feed/tape"
	"livetape/ui"
	"livetape/ui/cli/config"
)

type replayFlags struct {
	speed, from string
	paused      bool
	configFile  string   // what symbols are called
	watchlist   string   // show only its symbols
	only        []string // symbols
	looks       lookFlags
}

func (f *replayFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.speed, "speed", "1x", "play at this `SPEED`, from 0.1x to 1000x, or max")
	cmd.Flags().StringVar(&f.from, "from", "0s", "start at this `TIME` of the recording: 00:05:00 or 5m")
}

func (f *replayFlags) parse(cmd *cobra.Command) (speed float64, from time.Duration, err error) {
	if speed, err = tape.ParseSpeed(f.speed); err != nil {
		return 0, 0, usageErrorf(cmd, "--speed: %w", err)
	}
	if from, err = tape.ParseOffset(f.from); err != nil {
		return 0, 0, usageErrorf(cmd, "--from: %w", err)
	}
	return speed, from, nil
}

// symbols is what symbols are called, as in the recording unless a configuration is asked for, and which are shown.
func (f *replayFlags) symbols(ctx context.Context) (*config.SymbolTable, error) {
	symbols := config.NewSymbolTable()
	if f.configFile != "" || f.watchlist != "" {
		file, err := readConfig(ctx, f.configFile)
		if err != nil {
			return nil, err
		}
		if err := symbols.Load(file, config.SymbolOptions{Watchlist: f.watchlist, Pad: true}); err != nil {
			return nil, err
		}
	}
	if len(f.only) > 0 {
		symbols = symbols.Only(f.only)
	}
	return symbols, nil
}

func replayCommand() *cobra.Command {
	var flags replayFlags
	cmd := &cobra.Command{
		Use:   "replay FILE",
		Short: "Watch a recording",
		Long: `replay plays what was recorded with --record, or any capture of an event stream
(curl -N URL > file), as if it were coming in now. A recording says which preset or map its feeds
were read with; for a capture, the map is guessed, as for any feed. On the screen, p pauses, . steps
to the next event, - and + change the speed, and the left and right arrows rewind and wind forward.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageErrorf(cmd, "replay takes one file, but got %d arguments", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runReplay(cmd, args[0], flags) },
	}
	flags.register(cmd)
	registerConfig(cmd, &flags.configFile)
	registerListIn(cmd, &flags.watchlist)
	registerSymbolsIn(cmd, &flags.only)
	cmd.Flags().BoolVar(&flags.paused, "paused", false, "start paused")
	flags.looks.register(cmd)
	return cmd
}

func runReplay(cmd *cobra.Command, name string, flags replayFlags) error {
	speed, from, err := flags.parse(cmd)
	if err != nil {
		return err
	}
	looks, err := flags.looks.looks(cmd, screenConfig(cmd, flags.configFile))
	if err != nil {
		return err
	}
	reader, err := tape.Open(name)
	if err != nil {
		return err
	}
	if err := requireTerminal(cmd); err != nil {
		return cmp.Or(err, reader.Close())
	}
	symbols, err := flags.symbols(cmd.Context())
	if err != nil {
		return cmp.Or(err, reader.Close())
	}
	info := reader.Info()
	ctx, stop := context.WithCancel(cmd.Context())
	player := tape.Play(ctx, reader, tape.PlayerOptions{
		NewDecoder: recordingDecoder(symbols),
		Speed:      speed, From: from, Paused: flags.paused, WaitAtEnd: true,
	})
	defer func() {
		stop()
		awaitFeedsEnd(player.Events())
	}()
	screen := ui.Config{
		Events: player.Events(),
		Memory: func(string) *memory.Budget { return memory.NewBudget(0) },
		Deck:   player,
		Banner: replayBanner(info),
		Looks:  looks,

		Columns: flags.looks.columns,
	}
	for _, s := range info.Feeds {
		screen.Feeds = append(screen.Feeds, ui.Source{Name: s.Name, URL: s.URL})
	}
	return showScreen(ctx, stop, cmd, screen, "")
}

func replayBanner(info tape.Info) string {
	if !info.Timed {
		return fmt.Sprintf("REPLAY · no times in this file, played at %d/s", time.Second/tape.CaptureStep)
	}
	return "REPLAY · recorded " + info.Start.Local().Format("2006-01-02 15:04:05")
}
