package doctor

import (
	"errors"
	"slices"
	"time"

	"livetape/feed/decode"
	"livetape/feed/decode/infer"
	"livetape/feed/decode/preset"
	"livetape/feed/market"
)

// reading is what the payloads of a stream mean, read by a definition.
type reading struct {
	found      bool // there is a definition that reads something
	given      bool // it is the feed's own
	result     infer.Result
	instead    *infer.Result // what reads the events where the feed's own settings do not; nil: nothing, or no need
	recognised []string      // presets whose service sends such events

	updates []arrived
	ignored []reason // why events yield nothing
	faulty  []reason // what of payloads could not be used
	notices []string
}

// arrived is an update and when its event came.
type arrived struct {
	market.Update
	at    time.Time
	event int // which of the kept ones
}

// reason is why something was not read, and how often.
type reason struct {
	Reason string `json:"reason"`
	Count  int    `json:"count"`
}

// maxReasons bounds how many reasons are told apart.
const maxReasons = 8

// maxSigns is how many events are looked at for signs of a service.
const maxSigns = 100

// read finds out what reads the events of an observation, and reads them.
func read(feed string, given *preset.Definition, o *observation) reading {
	samples := o.tally.samples()
	r := reading{recognised: infer.Recognise(samples[:min(len(samples), maxSigns)])}
	switch {
	case given != nil:
		r.given, r.result = true, infer.Result{Definition: *given, Total: len(samples)}
	default:
		r.result, r.found = infer.Infer(feed, samples)
		switch { // what reads nothing says why
		case r.found:
		case len(r.recognised) > 0:
			r.result.Definition = preset.Definition{Preset: r.recognised[0]}
		default:
			r.result.Definition = preset.Definition{Decoder: "auto"}
		}
	}
	decoder, err := decoderOf(feed, r.result.Definition)
	if err != nil {
		r.faulty = []reason{{err.Error(), len(samples)}}
		return r
	}
	mapped := r.decode(decoder, o.tally.kept)
	if r.given {
		r.result.Mapped, r.found = mapped, mapped > 0
		if other, ok := infer.Infer(feed, samples); ok && mapped == 0 {
			r.instead = &other
		}
	}
	return r
}

func decoderOf(feed string, d preset.Definition) (decode.Decoder, error) {
	full, err := d.Resolve()
	if err != nil {
		return nil, err
	}
	return infer.NewDecoder(feed, full)
}

// decode reads events and gives how many of them say something.
func (r *reading) decode(decoder decode.Decoder, events []event) (mapped int) {
	for i, ev := range events {
		m, err := decoder.Decode(ev.kind, ev.data)
		for _, u := range m.Updates {
			r.updates = append(r.updates, arrived{u, ev.at, i})
		}
		switch {
		case err != nil:
			r.faulty = counted(r.faulty, innermost(err).Error())
		case len(m.Updates) == 0 && m.Unmapped != "":
			r.ignored = counted(r.ignored, m.Unmapped)
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

// innermost is the first of errors that were joined: a payload with a hundred bad rows is one fault.
func innermost(err error) error {
	var several interface{ Unwrap() []error }
	if errors.As(err, &several) && len(several.Unwrap()) > 0 {
		return several.Unwrap()[0]
	}
	return err
}

func counted(all []reason, text string) []reason {
	for i := range all {
		if all[i].Reason == text {
			all[i].Count++
			return all
		}
	}
	if len(all) < maxReasons {
		return append(all, reason{text, 1})
	}
	all[maxReasons-1] = reason{"other reasons", all[maxReasons-1].Count + 1}
	return all
}
