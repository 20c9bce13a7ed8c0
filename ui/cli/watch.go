package cli

import (
	"log"

	"github.com/spf13/cobra"

	"livetape/ui"
	"livetape/ui/cli/config"
	"livetape/ui/cli/state"
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
  livetape watch https://desk.example/events -H 'X-Api-Key: ${DESK_TOKEN}'
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

// loadSettings reads what the user has set up on the screen, if there is a place for it.
func loadSettings() (map[string]string, error) {
	path := state.SettingsPath()
	if path == "" {
		return nil, nil
	}
	return state.NewSettings(path).Load()
}

// keepSettings has a screen begin as it was left, and keep what is changed on it. The function that it returns waits until
// all is kept.
func keepSettings(screen *ui.Config) (wait func()) {
	path := state.SettingsPath()
	if path == "" {
		return func() {}
	}
	settings := state.NewSettings(path)
	kept, err := settings.Load()
	if err != nil {
		log.Print(err)
	}
	screen.Settings, screen.SaveSettings = kept, settings.Save
	return settings.Wait
}

// lists are the watchlists of the configuration.
func (s *targetSelection) lists() []ui.List {
	if s == nil {
		return nil
	}
	return s.symbols.Lists()
}

// withConfig has the screen show the feeds as the configuration says; file may be nil.
func (o screenOptions) withConfig(file *config.File, screen ui.Config) ui.Config {
	screen.Feeds = screenSources(o.targets, o.selection)
	screen.Origin, screen.Lists, screen.Positions = o.selection.configName(), o.selection.lists(), o.selection.positions()
	screen.Rewind = file.RewindLimit()
	if file != nil {
		screen.Columns, screen.Sort, screen.Fold = file.Columns, file.Sort, file.Fold
	}
	if len(o.looks.columns) > 0 {
		screen.Columns = o.looks.columns
	}
	return screen
}
