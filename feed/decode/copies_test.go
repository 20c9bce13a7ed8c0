package decode_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"livetape/feed/decode"
	"livetape/feed/decode/infer"
	"livetape/feed/decode/mapping"
)

// TestADecoderMakesNoCopyOfALargePayload measures what is allocated for payloads of 16 MiB, in which there is little to read.
func TestADecoderMakesNoCopyOfALargePayload(t *testing.T) {
	row := mapping.Rule{Symbol: &mapping.Value{Path: "s"}, Last: &mapping.Value{Path: "p"}}
	mapped, err := mapping.Compile("desk", mapping.Spec{Notice: "error", End: mapping.When{"end": {Is: []string{"yes"}}}, Map: []mapping.Rule{row}})
	if err != nil {
		t.Fatal(err)
	}
	padding := `"rest":"` + strings.Repeat("x", 16<<20) + `"`
	for name, c := range map[string]struct {
		decoder         decode.Decoder
		eventType, data string
		updates         int
	}{
		"livetape's own":      {decode.Native{}, "price", `{"symbol":"A","last":"1",` + padding + `}`, 1},
		"a map":               {mapping.WithControlMessages(mapping.PerValue(mapped)), "message", `{"s":"A","p":1,` + padding + `}`, 1},
		"a map, several maps": {mapping.PerValue(mapped), "message", `{"s":"A","p":1,` + padding + `}{"s":"B","p":1}`, 2},
		"no map yet":          {infer.NewReader("desk", nil), "message", `{"s":"A","p":1,` + padding + `}`, 0},
	} {
		runtime.GC() // of the pages that the event before took
		data := []byte(c.data)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		m, err := c.decoder.Decode(c.eventType, data)
		runtime.ReadMemStats(&after)
		if err != nil || len(m.Updates) != c.updates {
			t.Errorf("%s: %d updates, %v", name, len(m.Updates), err)
		}
		if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 6<<20 { // the race detector's among it
			t.Errorf("%s: %d MiB were allocated", name, allocated>>20)
		}
	}
}

// TestDecodedUpdatesDoNotKeepTheData changes the data afterwards: what shows that would hold megabytes in memory for a symbol.
func TestDecodedUpdatesDoNotKeepTheData(t *testing.T) {
	t.Parallel()
	at := func(path string) *mapping.Value { return &mapping.Value{Path: path} }
	mapped, err := mapping.Compile("desk", mapping.Spec{Map: []mapping.Rule{
		{Symbol: at("symbol"), Name: at("name"), Currency: at("currency"), Last: at("last")},
		{Kind: "news", ID: at("id"), Headline: at("headline"), Source: at("source"), URL: at("url"), Symbols: at("symbols")},
		{Kind: "status", Symbol: at("symbol"), State: at("state"), Reason: at("reason")},
		{Kind: "reading", Symbol: at("symbol"), Values: mapping.Paths{"last"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		decoder         decode.Decoder
		eventType, data string
	}{
		{decode.Native{}, "price", `{"symbol":"NVDA","last":"181.46","name":"NVIDIA","currency":"USD"}`},
		{decode.Native{}, "news", `{"id":"n1","headline":"Nvidia up","summary":"At noon.","source":"Wire","url":"https://wire.example/1","symbols":["NVDA"]}`},
		{decode.Native{}, "status", `{"symbol":"NVDA","state":"halted","reason":"news"}`},
		{decode.Native{}, "snapshot", `{"prices":[{"symbol":"NVDA","last":"181.46","name":"NVIDIA"}]}`},
		{decode.Native{}, "resume", `{"from":"e1-7","replayed":3}`},
		{mapped, "message", `{"symbol":"NVDA","last":"181.46","name":"NVIDIA","currency":"USD","id":"n1","headline":"Nvidia up","source":"Wire","url":"https://wire.example/1","symbols":["NVDA"],"state":"halted","reason":"news"}`},
	} {
		data := []byte(c.data)
		m, err := c.decoder.Decode(c.eventType, data)
		if err != nil || len(m.Updates) == 0 && m.Continuity == nil {
			t.Fatalf("%s: %v, %v", c.data, m, err)
		}
		before := fmt.Sprintf("%+v %+v", m.Updates, m.Continuity)
		clear(data)
		if after := fmt.Sprintf("%+v %+v", m.Updates, m.Continuity); after != before {
			t.Errorf("%s: %q is now %q", c.eventType, before, after)
		}
	}
}
