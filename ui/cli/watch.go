package cli

import (
	"github.com/spf13/cobra"
)

func watchCommand() *cobra.Command {
	var flags feedFlags
	var record recordFlags
	var looks lookFlags
	var stateFile string
	cmd := &cobra.Command{
		Use:   "watch [FEED|URL]...",
		Short: "Watch feeds",
		Long: `watch shows the prices and news of event streams: URLs, names in the configuration, a preset,
or, without an argument, all feeds of the configuration. Events that it cannot read are counted;
the event log (the ! key) shows them as they are.

While it runs, it follows the configuration: feeds are started, stopped and changed without a
break for the others. A configuration with a mistake changes nothing, and the mistake is shown.

${NAME} in a header or in the URL is read from the environment, so that a token stays out of
the shell's history; quote it, or the shell expands it first.`,
		Example: `  livetape watch https://desk.example/events
  livetape watch https://desk.example/events -H 'Authorization: Bearer ${DESK_TOKEN}'
  livetape watch --preset stellar-trades --var pair=XLM/USDC
  livetape watch desk pyth
  livetape watch --list majors`,
		RunE: func(cmd *cobra.Command, args []string) error {
			selection, targets, err := flags.selectTargets(cmd, args, true)
			if err != nil {
				return err
			}
			if err := requireTerminal(cmd); err != nil {
				return err
			}
			selection.warnLocalConfig(targets)
			return runScreen(cmd.Context(), cmd, screenOptions{targets: targets, selection: selection, record: record, looks: looks, state: stateFile})
		},
	}
	flags.register(cmd)
	flags.registerSymbols(cmd)
	flags.registerList(cmd)
	record.register(cmd)
	looks.register(cmd)
	registerState(cmd, &stateFile)
	return cmd
}
