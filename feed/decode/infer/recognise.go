package infer

import (
	"slices"
	"strings"

	"livetape/feed/decode"

	"livetape/feed/decode/mapping"
	"livetape/feed/decode/preset"
)

// Recognise are the presets whose service sends such events, the likeliest first.
func Recognise(samples []decode.Event) []string {
	all, err := preset.All()
	if err != nil {
		return nil // not reached: presets are part of the program
	}
	count := map[string]int{}
	var names []string
	for _, p := range all {
		signs := featuresOf(p)
		for _, s := range samples {
			if slices.ContainsFunc(signs, func(sign presetFeature) bool { return sign.fits(s) }) {
				count[p.Name]++
			}
		}
		if count[p.Name] > 0 {
			names = append(names, p.Name)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return count[b] - count[a] })
	return names
}

// presetFeature is what tells an event of a service.
type presetFeature struct {
	begins  []string // how its id may begin; nil: anyhow
	payload *mapping.Matcher
}

func featuresOf(p preset.Preset) (signs []presetFeature) {
	for _, w := range p.Signatures {
		s := presetFeature{begins: w["$id"].Is}
		rest := mapping.When{}
		for at, c := range w {
			if at != "$id" {
				rest[at] = c
			}
		}
		if len(rest) > 0 {
			m, err := mapping.CompileWhen(rest)
			if err != nil {
				continue // not reached: a test compiles the conditions of all presets
			}
			s.payload = m
		}
		signs = append(signs, s)
	}
	return signs
}

func (s presetFeature) fits(sample decode.Event) bool {
	if s.begins != nil && !slices.ContainsFunc(s.begins, func(begin string) bool { return strings.HasPrefix(sample.ID, begin) }) {
		return false
	}
	return s.payload == nil || s.payload.Match(sample.Type, sample.Data)
}
