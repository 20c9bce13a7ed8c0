package cli

import (
	"github.com/spf13/cobra"

	"livetape/feed"
)

func watchCommand() *cobra.Command {
	var flags feedFlags
	var record recordFlags
	cmd := &cobra.Command{
		Use:   "watch URL",
		Short: "Watch a feed",
		Long: `watch shows the prices and news of one event stream. Events that it does not understand are
counted, and shown as they are in the event log (the ! key).

${NAME} in a header or in the URL is read from the environment, so that a token stays out of
the shell's history; quote it, or the shell expands it first.`,
		Example: `  livetape watch https://desk.example/events
  livetape watch https://desk.example/events -H 'Authorization: Bearer ${DESK_TOKEN}'`,
		Args: oneURL,
		RunE: func(cmd *cobra.Command, args []string) error {
			config, err := flags.feed(cmd, args[0])
			if err != nil {
				return err
			}
			if err := needTerminal(cmd); err != nil {
				return err
			}
			return watch(cmd.Context(), cmd, watching{feeds: []feed.Config{config}, record: record})
		},
	}
	flags.register(cmd)
	record.register(cmd)
	return cmd
}
