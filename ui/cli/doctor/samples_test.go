package doctor_test

import (
	"testing"

	"livetape/feed"
	"livetape/feed/decode/infer"
	"livetape/feed/decode/preset"
	"livetape/feed/decode/preset/samples"
	"livetape/feed/market"
	"livetape/ui/cli/doctor"
)

// types are the content types of JSON lines, by preset.
var types = map[string]string{
	"oanda": "application/octet-stream", "tradestation": "application/vnd.tradestation.streams.v2+json", "": "application/json",
}

func TestSamplesOfRealServicesAreRecognisedOverHTTP(t *testing.T) {
	t.Parallel()
	all, err := samples.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			contentType := sseType
			if s.Format == doctor.FormatNDJSON {
				contentType = types[s.Preset]
			}
			r := examineServer(t, streamOf(contentType, step{0, s.Wire}), feed.Config{Name: s.Name}, doctor.Options{})
			if r.Reading == nil {
				t.Fatalf("nothing was read:\n%s", reportText(t, r))
			}
			if r.Stream.Format != s.Format {
				t.Errorf("the format is %s, want %s", r.Stream.Format, s.Format)
			}
			if s.Feed != nil && s.Inferred == nil || s.Anonymous {
				return
			}
			if s.Feed != nil {
				s.Expect = s.Inferred
			} else if len(r.Reading.Recognised) == 0 || r.Reading.Recognised[0] != s.Preset {
				t.Errorf("recognised as %q, want %s", r.Reading.Recognised, s.Preset)
			}
			for _, wrong := range s.Diff(decodeAsReported(t, r, s.Name, s.Events())) {
				t.Errorf("%s\n%s", wrong, r.Reading.YAML)
			}
			if want := len(s.Expect) > 0; (r.Verdict == doctor.Understood) != want {
				t.Errorf("the verdict is %s", r.Verdict)
			}
			if s.IDs != nil && r.Stream.IDs.Last != market.PlainText(s.IDs[len(s.IDs)-1], 80) {
				t.Errorf("the last id is %q, want the last of %q", r.Stream.IDs.Last, s.IDs)
			}
		})
	}
}

// decodeAsReported returns the updates in events, read as the report's YAML says.
func decodeAsReported(t *testing.T, r *doctor.Report, feed string, events []samples.Event) (updates []market.Update) {
	t.Helper()
	full, err := definitionOf(t, r).Resolve()
	if err != nil {
		t.Fatalf("%s\n%s", err, r.Reading.YAML)
	}
	decoder, err := infer.NewDecoder(feed, full)
	if err != nil {
		t.Fatalf("%s\n%s", err, r.Reading.YAML)
	}
	for _, ev := range events {
		m, err := decoder.Decode(ev.Type, ev.Data)
		if err != nil {
			t.Errorf("%s: %s", ev.Data, err)
		}
		updates = append(updates, m.Updates...)
	}
	return updates
}

// definitionOf returns the report's YAML, read strictly as a configuration reads it.
func definitionOf(t *testing.T, r *doctor.Report) preset.Definition {
	t.Helper()
	d, err := preset.Parse([]byte(r.Reading.YAML))
	if err != nil {
		t.Fatalf("%s\n%s", err, r.Reading.YAML)
	}
	if err := d.Validate(); err != nil {
		t.Errorf("the YAML is not valid as it stands: %s\n%s", err, r.Reading.YAML)
	}
	return d
}
