package infer

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/tidwall/gjson"

	"livetape/feed/decode"
	"livetape/feed/decode/mapping"
	"livetape/feed/decode/preset"
	"livetape/feed/decode/strictyaml"
)

//go:embed known.yaml
var knownShapes []byte

// knownFormat is one whose members say nothing by their names.
type knownFormat struct {
	Note      string            `yaml:"note"`
	Recognise mapping.When      `yaml:"recognise"` // of one of the samples
	Pointed   string            `yaml:"pointed"`   // there is a decimal point in what stands at this path, which may be several in brackets; empty: any
	Feed      preset.Definition `yaml:"feed"`
}

// loadShapes reads the shapes once.
var loadShapes = sync.OnceValues(func() ([]knownFormat, error) {
	var all []knownFormat
	err := strictyaml.Decode(knownShapes, &all, nil)
	return all, err
})

// knownShape reads samples of a shape that is known, though not from its names.
func knownShape(feed string, samples []decode.Event) (Result, bool) {
	all, err := loadShapes()
	if err != nil {
		return Result{}, false // not reached: a test reads them
	}
	for _, s := range all {
		if !s.fits(samples) {
			continue
		}
		if n := tryDefinition(feed, s.Feed, samples).mapped; n > 0 {
			return Result{Definition: s.Feed, Notes: []string{s.Note}, Mapped: n, Total: len(samples)}, true
		}
	}
	return Result{}, false
}

func (s knownFormat) fits(samples []decode.Event) bool {
	m, err := mapping.CompileWhen(s.Recognise)
	if err != nil {
		return false // not reached either
	}
	for _, sample := range samples {
		if m.Match(sample.Type, sample.Data) && (s.Pointed == "" || strings.Contains(gjson.Get(decode.Text(sample.Data), s.Pointed).Raw, ".")) {
			return true
		}
	}
	return false
}
