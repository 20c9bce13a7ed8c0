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
	mu    sync.Mutex
	feeds []tape.Source
}

func newRecordedFeeds(targets []target) (*recordedFeeds, error) {
	r := &recordedFeeds{}
	for _, t := range targets {
		if err := r.add(t); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *recordedFeeds) add(t target) error {
	definition, err := decoderDefinition(t.origin)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s := tape.Source{Name: t.config.Name, URL: redact.URL(t.config.URL), Mapping: definition}
	for i, before := range r.feeds {
		if before.Name == s.Name {
			r.feeds[i] = s
			return nil
		}
	}
	r.feeds = append(r.feeds, s)
	return nil
}

func (r *recordedFeeds) all() []tape.Source {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]tape.Source(nil), r.feeds...)
}

func (r *recordedFeeds) source(name string) tape.Source {
	for _, s := range r.all() {
		if s.Name == name {
			return s
		}
	}
	return tape.Source{Name: name}
}

// decoderDefinition is the part of a feed's definition that says how its payloads are decoded, as one line; empty where
// nothing is said. It holds no secret, since none is needed to decode.
func decoderDefinition(f config.Feed) (string, error) {
	return preset.Definition{Preset: f.Preset, Decoder: f.Decoder, Spec: f.Spec}.OneLine()
}

// recordingDecoder makes the decoder of a recorded feed. Where that fails, as for the recording of a newer livetape,
// each event says so.
func recordingDecoder(symbols *config.SymbolTable) func(tape.Source) decode.Decoder {
	return func(s tape.Source) decode.Decoder {
		if s.Mapping == "" {
			return symbols.Decoder(infer.NewReader(s.Name, nil))
		}
		d, err := preset.Parse([]byte(s.Mapping))
		if err == nil {
			d, err = d.Resolve()
		}
		if err != nil {
			return failingDecoder{err}
		}
		decoder, err := infer.NewDecoder(s.Name, d)
		if err != nil {
			return failingDecoder{err}
		}
		return symbols.Decoder(decoder)
	}
}

type failingDecoder struct{ cause error }

// Decode implements [decode.Decoder].
func (d failingDecoder) Decode(string, []byte) (decode.Message, error) {
	return decode.Message{}, d.cause
}
