package infer

import (
	_ "embed"
	"slices"
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
	Forms     []knownForm       `yaml:"forms"`     // in place of recognise, where the rows may be in several places
	Feed      preset.Definition `yaml:"feed"`
}

// knownForm is a place where the rows of a format may be, which is put into its first rule.
type knownForm struct {
	Recognise mapping.When `yaml:"recognise"`
	Each      string       `yaml:"each"`
	Symbol    string       `yaml:"symbol"`
}

// each is the format in each of its forms.
func (s knownFormat) each() (all []knownFormat) {
	if len(s.Forms) == 0 {
		return []knownFormat{s}
	}
	for _, form := range s.Forms {
		one := s
		one.Recognise = form.Recognise
		one.Feed.Map = slices.Clone(s.Feed.Map)
		one.Feed.Map[0].Each, one.Feed.Map[0].Symbol = form.Each, &mapping.Value{Path: form.Symbol}
		all = append(all, one)
	}
	return all
}

// loadShapes reads the shapes once.
var loadShapes = sync.OnceValues(func() ([]knownFormat, error) {
	var all []knownFormat
	if err := strictyaml.Decode(knownShapes, &all, nil); err != nil {
		return nil, err
	}
	var forms []knownFormat
	for _, s := range all {
		forms = append(forms, s.each()...)
	}
	return forms, nil
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
