package cli

import (
	"log"

	"livetape/ui"
	"livetape/ui/cli/config"
	"livetape/ui/cli/state"
)

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

// withTable has the screen begin with the lists, the columns and the order that the configuration has; file may be nil.
func (o screenOptions) withTable(file *config.File, screen ui.Config) ui.Config {
	screen.Lists = o.selection.lists()
	if file != nil {
		screen.Columns, screen.Sort = file.Columns, file.Sort
	}
	return screen
}
