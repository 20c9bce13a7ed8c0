package preset_test

import (
	"slices"
	"testing"

	"livetape/feed/decode"
	"livetape/feed/decode/infer"
	"livetape/feed/decode/preset"
	"livetape/feed/decode/preset/samples"
	"livetape/feed/market"
)

func TestEverySampleOfARealServiceIsReadByItsPreset(t *testing.T) {
	t.Parallel()
	all, err := samples.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			d, err := s.Definition()
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Validate(); err != nil {
				t.Errorf("the definition is not valid: %s", err)
			}
			decoder, err := infer.NewDecoder(s.Name, d)
			if err != nil {
				t.Fatal(err)
			}
			var updates []market.Update
			var ids []string
			for _, e := range s.Events() {
				m, err := decoder.Decode(e.Type, e.Data)
				if err != nil {
					t.Errorf("%s %s: %s", e.Type, e.Data, err)
				}
				if len(m.Updates) == 0 && m.Unmapped == "" && m.Notice == "" && !m.End && !m.Heartbeat {
					t.Errorf("%s %s yields nothing, and no reason", e.Type, e.Data)
				}
				updates = append(updates, m.Updates...)
				if e.ID != "" && !slices.Contains(ids, e.ID) {
					ids = append(ids, e.ID)
				}
			}
			for _, wrong := range s.Diff(updates) {
				t.Error(wrong)
			}
			if !slices.Equal(ids, s.IDs) {
				t.Errorf("the ids are %q, want %q", ids, s.IDs)
			}
		})
	}
}

// said decodes events with a preset and gives every message.
func said(t *testing.T, d preset.Definition, events ...[2]string) []decode.Message {
	t.Helper()
	decoder, err := infer.NewDecoder("desk", d)
	if err != nil {
		t.Fatal(err)
	}
	var all []decode.Message
	for _, e := range events {
		m, err := decoder.Decode(e[0], []byte(e[1]))
		if err != nil {
			m.Unmapped = "error: " + err.Error()
		}
		all = append(all, m)
	}
	return all
}
