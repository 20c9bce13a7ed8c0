package cli

import (
	"sync"

	"livetape/feed"
	"livetape/feed/decode"
	"livetape/feed/decode/auto"
	"livetape/feed/decode/preset"
	"livetape/feed/redact"
	"livetape/feed/tape"
	"livetape/ui/cli/config"
)

// roster knows, for a recording, the feeds that are watched, and how each is read. Feeds may join while it is used.
type roster struct {
	mu    sync.Mutex
	feeds []tape.Source
	masks map[string]redact.Redactor // by the name of the feed
}

func newRoster(targets []target) (*roster, error) {
	r := &roster{masks: map[string]redact.Redactor{}}
	for _, t := range targets {
		if err := r.join(t); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// join adds a feed, or makes the one of its name another.
func (r *roster) join(t target) error {
	text, err := reading(t.origin)
	if err != nil {
		return err
	}
	mask, err := feed.NewRedactor(t.config)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.masks[t.config.Name] = mask.And(r.masks[t.config.Name]) // events of the one before may still wait
	s := tape.Source{Name: t.config.Name, URL: redact.URL(t.config.URL), Mapping: text}
	for i, before := range r.feeds {
		if before.Name == s.Name {
			r.feeds[i] = s
			return nil
		}
	}
	r.feeds = append(r.feeds, s)
	return nil
}

func (r *roster) all() []tape.Source {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]tape.Source(nil), r.feeds...)
}

// mask takes the credentials of the feed called name out of what it sends.
func (r *roster) mask(name string) redact.Redactor {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.masks[name]
}

// source is what is known of the feed called name.
func (r *roster) source(name string) tape.Source {
	for _, s := range r.all() {
		if s.Name == name {
			return s
		}
	}
	return tape.Source{Name: name}
}

// reading is the part of a feed's definition that says how its payloads are read, as one line; empty where nothing is
// said. No secret can be in it: none is needed to read.
func reading(f config.Feed) (string, error) {
	return preset.Definition{Preset: f.Preset, Decoder: f.Decoder, Spec: f.Spec}.Line()
}

// decoderOf is what reads the payloads of a feed of a recording. Where that cannot be made, as for the recording of
// a newer livetape, each event says so.
func decoderOf(book *config.SymbolTable) func(tape.Source) decode.Decoder {
	return func(s tape.Source) decode.Decoder {
		if s.Mapping == "" {
			return book.Decoder(auto.New(s.Name, nil))
		}
		d, err := preset.Parse([]byte(s.Mapping))
		if err == nil {
			d, err = d.Resolve()
		}
		if err != nil {
			return unreadable{err}
		}
		decoder, err := d.NewDecoder(s.Name)
		if err != nil {
			return unreadable{err}
		}
		return book.Decoder(decoder)
	}
}

// unreadable is a decoder of payloads that nobody knows to read.
type unreadable struct{ cause error }

// Decode implements [decode.Decoder].
func (u unreadable) Decode(string, []byte) (decode.Message, error) {
	return decode.Message{}, u.cause
}
