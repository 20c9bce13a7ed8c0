// Package preset knows real feeds: a [Preset] is a ready [Definition] of one, without its secrets.
//
// A definition that names a preset starts from it ([Definition.Resolve]) and may replace any part of it. A valid one
// ([Definition.Validate]) gives the request for the server ([Definition.Request]) and the decoder for what it sends
// ([Definition.NewDecoder]).
package preset

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"livetape/feed/decode/configerr"
	"livetape/feed/decode/mapping"
	"livetape/feed/decode/strictyaml"
)

//go:embed presets/*.yaml
var presetFiles embed.FS

// Preset is a feed that livetape knows.
type Preset struct {
	Name       string         `yaml:"-"`
	About      string         `yaml:"about"`     // what it gives, in one line
	Needs      string         `yaml:"needs"`     // what the user has to bring
	Example    string         `yaml:"example"`   // a command that uses it
	Signatures []mapping.When `yaml:"recognise"` // an event of which all of one set holds is one of this feed; $id is how the event id begins
	Feed       Definition     `yaml:"feed"`
}

// Names are the names of all presets, in alphabetical order.
func Names() []string {
	entries, err := presetFiles.ReadDir("presets")
	if err != nil {
		return nil // not reached: the directory is part of the program
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(names)
	return names
}

// Find returns the preset of that name. The error suggests the name that may be meant.
func Find(name string) (Preset, error) {
	if !slices.Contains(Names(), name) {
		return Preset{}, fmt.Errorf("there is no preset %q%s", name, configerr.DidYouMean(name, Names(), map[string]string{"stellar": "stellar-trades", "hermes": "pyth", "native": "livetape"}))
	}
	return loadPreset(name)
}

func loadPreset(name string) (Preset, error) {
	source, err := presetFiles.ReadFile(path.Join("presets", name+".yaml"))
	if err != nil {
		return Preset{}, fmt.Errorf("preset %s: %w", name, err)
	}
	var p Preset
	if err := strictyaml.Decode(source, &p, nil); err != nil {
		return Preset{}, fmt.Errorf("preset %s: %w", name, err)
	}
	p.Name = name
	return p, nil
}

// All returns all presets, in the order of Names. They are shared: do not change them.
func All() ([]Preset, error) { return allPresets() }

var allPresets = sync.OnceValues(loadAll)

func loadAll() ([]Preset, error) {
	var all []Preset
	for _, name := range Names() {
		p, err := loadPreset(name)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}
