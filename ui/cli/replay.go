package cli

import (
	"cmp"
	"context"
	"time"

	"github.com/spf13/cobra"

	"livetape/feed/decode"
	"livetape/feed/decode/auto"
	"livetape/feed/tape"
	"livetape/ui"
)

// replayFlags say how a recording is played.
type replayFlags struct {
	speed, from string
	paused      bool
}

func (f *replayFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.speed, "speed", "1x", "pace, from 0.1x to 1000x, or max")
	cmd.Flags().StringVar(&f.from, "from", "0s", "where to begin: 00:05:00 or 5m")
}

// parse reads the flags.
func (f *replayFlags) parse(cmd *cobra.Command) (speed float64, from time.Duration, err error) {
	if speed, err = tape.ParseSpeed(f.speed); err != nil {
		return 0, 0, misused(cmd, "speed: %w", err)
	}
	if from, err = tape.ParseOffset(f.from); err != nil {
		return 0, 0, misused(cmd, "from: %w", err)
	}
	return speed, from, nil
}

func replayCommand() *cobra.Command {
	var flags replayFlags
	cmd := &cobra.Command{
		Use:   "replay FILE",
		Short: "Watch a recording",
		Long: `replay plays what was recorded with --record, or any capture of an event stream
(curl -N URL > file), as if it came now. On the screen, p pauses, . goes event by event,
- and + change the pace, and the left and right arrows wind the tape.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return misused(cmd, "replay takes one file, but got %d arguments", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runReplay(cmd, args[0], flags) },
	}
	flags.register(cmd)
	cmd.Flags().BoolVar(&flags.paused, "paused", false, "begin with the tape paused")
	return cmd
}

func runReplay(cmd *cobra.Command, name string, flags replayFlags) error {
	speed, from, err := flags.parse(cmd)
	if err != nil {
		return err
	}
	reader, err := tape.Open(name)
	if err != nil {
		return err
	}
	if err := needTerminal(cmd); err != nil {
		return cmp.Or(err, reader.Close())
	}
	info := reader.Info()
	ctx, stop := context.WithCancel(cmd.Context())
	player := tape.Play(ctx, reader, tape.PlayerOptions{
		Decoder: func(feed string) decode.Decoder { return auto.New(feed, nil) },
		Speed:   speed, From: from, Paused: flags.paused, Hold: true,
	})
	defer func() {
		stop()
		drain(player.Events())
	}()
	config := ui.Config{
		Events: player.Events(),
		Deck:   player,
		Banner: "REPLAY · recorded " + info.Start.Local().Format("2006-01-02 15:04:05"),
	}
	for _, s := range info.Feeds {
		config.Feeds = append(config.Feeds, ui.Source(s))
	}
	return show(ctx, stop, cmd, config)
}
