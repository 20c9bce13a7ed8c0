package cli

import (
	"sync"

	"livetape/feed/decode"
	"livetape/feed/decode/infer"
	"livetape/feed/decode/preset"
	"livetape/feed/redact"
	"livetape/feed/tape"
	"livetape/ui/cli/config"
)

// recordedFeeds are the feeds that a recording is of, with how each is decoded. Feeds may be added while it is used.
type recordedFeeds struct {
	initial []tape.Source
	byName  sync.Map // of tape.Source
}

func newRecordedFeeds(targets []feedTarget) (*recordedFeeds, error) {
	r := &recordedFeeds{}
	for _, t := range targets {
		if err := r.addTarget(t); err != nil {
			return nil, err
		}
		r.initial = append(r.initial, r.source(t.config.Name))
	}
	return r, nil
}

// addTarget takes in a target. How it is decoded is a part of its definition, as one line, and holds no secret.
func (r *recordedFeeds) addTarget(t feedTarget) error {
	mapping, err := preset.Definition{Preset: t.origin.Preset, Decoder: t.origin.Decoder, Spec: t.origin.Spec}.OneLine()
	r.byName.Store(t.config.Name, tape.Source{Name: t.config.Name, URL: redact.URL(t.config.URL), Mapping: mapping})
	return err
}

func (r *recordedFeeds) source(name string) tape.Source {
	if s, ok := r.byName.Load(name); ok {
		return s.(tape.Source)
	}
	return tape.Source{Name: name}
}

// recordingDecoder makes the decoder of a recorded feed. Where that fails, as for the recording of a newer livetape,
// each event says so.
func recordingDecoder(symbols *config.SymbolTable) func(tape.Source) decode.Decoder {
	return func(s tape.Source) decode.Decoder {
		decoder, err := decoderOf(s)
		if err != nil {
			return failingDecoder{err}
		}
		return symbols.Decoder(decoder)
	}
}

func decoderOf(s tape.Source) (decode.Decoder, error) {
	d, err := preset.Parse([]byte(s.Mapping))
	if err == nil {
		d, err = d.Resolve()
	}
	if err != nil {
		return nil, err
	}
	return infer.NewDecoder(s.Name, d)
}

type failingDecoder struct{ cause error }

// Decode implements [decode.Decoder].
func (d failingDecoder) Decode(string, []byte) (decode.Message, error) {
	return decode.Message{}, d.cause
}
