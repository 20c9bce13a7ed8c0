package infer

import (
	"strings"
	"testing"

	"livetape/feed/decode"

	"livetape/feed/decode/preset"
	"livetape/feed/decode/preset/samples"
)

func FuzzWhatIsInferredReadsItsSamples(f *testing.F) {
	all, err := samples.Load()
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range all {
		if e := s.Events(); len(e[0].Data) < 3000 {
			f.Add(e[0].Type, string(e[0].Data), string(e[len(e)-1].Data))
		}
	}
	f.Add("tick", `[["A",1.5,1714748300000]]`, `{"BTC/USD":1,"x.y*":{"$p":{"price":"1","expo":-8}}}`)
	f.Fuzz(func(t *testing.T, event, one, two string) {
		if len(one)+len(two) > 4000 {
			return
		}
		r, ok := Infer("desk", []decode.Event{{Type: event, Data: []byte(one)}, {Type: "message", Data: []byte(two)}})
		if !ok {
			return
		}
		text, err := r.YAML()
		if err != nil {
			t.Fatal(err)
		}
		d, err := preset.Parse([]byte(text))
		if err != nil {
			t.Fatalf("%s\n%s", err, text)
		}
		d.URL = "https://feed.example/stream"
		if err := d.Validate(); err != nil && d.Preset == "" {
			t.Errorf("%s\n%s", err, text)
		}
		again, err := d.Resolve()
		if err != nil {
			t.Fatal(err)
		}
		if n := tryDefinition("desk", again, []decode.Event{{Type: event, Data: []byte(one)}, {Type: "message", Data: []byte(two)}}).mapped; n != r.Mapped {
			t.Errorf("it reads %d of the samples, %d were promised\n%s", n, r.Mapped, text)
		}
	})
}

func TestInferenceOfALargeStreamIsBounded(t *testing.T) {
	var rows []string
	for range 20_000 {
		rows = append(rows, `{"sym":"A","px":1.5,"deep":{"a":{"b":{"c":[1,2,3]}}}}`)
	}
	payload := []byte(`{"data":[` + strings.Join(rows, ",") + `]}`)
	var events []decode.Event
	for range 20 {
		events = append(events, decode.Event{Type: "message", Data: payload})
	}
	r, ok := Infer("desk", events)
	if !ok || r.Total >= 20 || len(r.Definition.Map) != 1 || r.Definition.Map[0].Each != "data" {
		t.Errorf("found %+v, %v", r, ok)
	}
}
