package doctor

import (
	"errors"
	"slices"
	"strings"
	"time"

	"livetape/feed/decode"
	"livetape/feed/decode/infer"
	"livetape/feed/decode/preset"
	"livetape/feed/market"
)

type decodedPayloads struct {
	found     bool // the definition reads something
	given     bool // the definition is the feed's own
	result    infer.Result
	suggested *infer.Result // reads the events that the feed's own definition does not; nil: nothing does, or no need
	presets   []string      // whose service sends such events

	mapHelps     bool // a map may read what is not read
	updates      []timedUpdate
	unread       int           // events of which a part or all should be read, and is not
	ignored      []reasonCount // why events have no update
	decodeErrors []reasonCount
	notices      []string
}

type timedUpdate struct {
	market.Update
	receivedAt time.Time
	event      int // index of the kept event
}

type reasonCount struct {
	Reason string `json:"reason"`
	Count  int    `json:"count"`
}

const maxReasons = 8

// maxRecognised is how many events are examined to recognise a service.
const maxRecognised = 100

// readPayloads reads the events of an observation by the definition that is given, by the preset that fits, or as a screen
// reads a feed that nobody described.
func readPayloads(feed string, given *preset.Definition, o *observation) decodedPayloads {
	samples := o.stats.samples()
	r := decodedPayloads{
		given: given != nil, mapHelps: slices.ContainsFunc(samples, func(e decode.Event) bool { return infer.MapHelps(e.Type, e.Data) }),
		presets: infer.Recognise(samples[:min(len(samples), maxRecognised)]),
	}
	var by preset.Definition // the zero one finds a map itself, and says why it reads nothing
	if r.given {
		by = *given
		r.result = infer.Result{Definition: by, Total: len(samples)}
	} else {
		r.result, r.found = infer.Infer(feed, samples)
		if !r.found && len(r.presets) > 0 {
			r.result.Definition = preset.Definition{Preset: r.presets[0]}
		}
		if r.result.Definition.Preset != "" {
			by = r.result.Definition
		}
	}
	decoder, err := newDecoder(feed, by)
	if err != nil {
		r.decodeErrors = []reasonCount{{err.Error(), len(samples)}}
		return r
	}
	if learner, ok := decode.LearnerOf(decoder); ok {
		learner.Learn(samples)
	}
	mapped := r.decode(decoder, o.stats.kept)
	if !r.given {
		r.found = r.found && r.result.Problem == ""
		return r
	}
	r.result.Mapped, r.found = mapped, mapped > 0
	if other, ok := infer.Infer(feed, samples); ok && !r.found {
		r.suggested = &other
	}
	return r
}

func newDecoder(feed string, d preset.Definition) (decode.Decoder, error) {
	full, err := d.Resolve()
	if err != nil {
		return nil, err
	}
	return infer.NewDecoder(feed, full)
}

func (r *decodedPayloads) decode(decoder decode.Decoder, events []event) (mapped int) {
	for i, ev := range events {
		m, err := decoder.Decode(ev.Type, ev.Data)
		for _, u := range m.Updates {
			r.updates = append(r.updates, timedUpdate{u, ev.At, i})
		}
		switch {
		case err != nil:
			r.decodeErrors = countReason(r.decodeErrors, firstError(err).Error())
		case m.Unmapped != "":
			r.ignored = countReason(r.ignored, m.Unmapped)
		}
		if err != nil || m.Unmapped != "" {
			r.unread++
		}
		if len(m.Updates) > 0 {
			mapped++
		}
		if m.Notice != "" && len(r.notices) < maxReasons && !slices.Contains(r.notices, m.Notice) {
			r.notices = append(r.notices, m.Notice)
		}
	}
	return mapped
}

// firstError returns the first of joined errors: a payload with a hundred bad rows counts once.
func firstError(err error) error {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) && len(joined.Unwrap()) > 0 {
		return joined.Unwrap()[0]
	}
	return err
}

func countReason(all []reasonCount, text string) []reasonCount {
	for i := range all {
		if all[i].Reason == text {
			all[i].Count++
			return all
		}
	}
	if len(all) < maxReasons {
		return append(all, reasonCount{text, 1})
	}
	all[maxReasons-1] = reasonCount{"other reasons", all[maxReasons-1].Count + 1}
	return all
}

// keepOnly drops the updates of other symbols. No symbols means all.
func (r *decodedPayloads) keepOnly(symbols []string) {
	if len(symbols) == 0 {
		return
	}
	requested := func(symbol string) bool {
		return slices.ContainsFunc(symbols, func(s string) bool { return strings.EqualFold(s, symbol) })
	}
	r.updates = slices.DeleteFunc(r.updates, func(u timedUpdate) bool { return !market.MatchesSymbols(u.Update, requested) })
}
