package preset_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"livetape/feed/decode"
	"livetape/feed/decode/preset"
	"livetape/feed/decode/preset/samples"
	"livetape/feed/decode/strictyaml"
	"livetape/feed/market"
)

// definitions are those of all presets.
func definitions(t testing.TB) (all []preset.Definition) {
	for _, name := range preset.Names() {
		d, err := preset.Definition{Preset: name}.Resolve()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	return all
}

func decoderOf(t testing.TB, d preset.Definition) decode.Decoder {
	decoder, err := d.NewDecoder("desk", decode.Native{})
	if err != nil {
		t.Fatal(err)
	}
	return decoder
}

func FuzzAnyPayloadThroughEveryPreset(f *testing.F) {
	all, err := samples.Load()
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range all {
		for _, e := range s.Events() {
			if len(e.Data) < 3000 {
				f.Add(e.Type, string(e.Data))
			}
		}
	}
	presets := definitions(f)
	f.Fuzz(func(t *testing.T, event, data string) {
		for _, p := range presets {
			name, d := p.Preset, decoderOf(t, p)
			for range 2 {
				m, err := d.Decode(event, []byte(data))
				if err == nil && len(m.Updates) == 0 && m.Unmapped == "" && m.Notice == "" && !m.End && !m.Heartbeat && !m.Finished && m.Continuity == nil && event != "snapshot" {
					t.Errorf("%s: nothing, and no reason, of %s %q", name, event, data)
				}
				for _, u := range m.Updates {
					if q, ok := u.(market.Quote); ok && (q.Symbol == "" || utf8.RuneCountInString(q.Symbol) > market.MaxSymbol || strings.ContainsAny(q.Symbol, "\x1b\n")) {
						t.Errorf("%s: the symbol is %q", name, q.Symbol)
					}
				}
				if len(m.Updates) > 8*(len(data)+1) || utf8.RuneCountInString(m.Notice) > 256 {
					t.Errorf("%s: %d updates and a notice of %d bytes of %d", name, len(m.Updates), len(m.Notice), len(data))
				}
			}
		}
	})
}

func FuzzAnyTextAsADefinition(f *testing.F) {
	for _, name := range preset.Names() {
		p, err := preset.Find(name)
		if err != nil {
			f.Fatal(err)
		}
		text, err := preset.Format(p.Feed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add("preset: pyth\nsymbols: [BTC/USD]\nvars: {base: 'http://x'}\nmap:\n  - last: {path: a, unti: 5}\n")
	f.Add("a: &x [*x]")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4000 {
			return
		}
		d, err := preset.Parse([]byte(text))
		if err == nil {
			err = d.Validate()
		}
		if err != nil {
			if got := strictyaml.Annotate(err, "livetape.yaml", []byte(text)); got == "" {
				t.Error("an error that is not shown")
			}
			return
		}
		again, err := preset.Format(d)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := preset.Parse(again); err != nil {
			t.Errorf("%s\nwas written as\n%s\n%s", text, again, err)
		}
	})
}
