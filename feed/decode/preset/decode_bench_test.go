package preset_test

import (
	"fmt"
	"strings"
	"testing"

	"livetape/feed/decode"
	"livetape/feed/decode/preset"
	"livetape/feed/decode/preset/samples"
)

// BenchmarkDecode compares what a mapping costs with the native decoder, an event each.
func BenchmarkDecode(b *testing.B) {
	flat := `map: [{symbol: symbol, last: last, bid: bid, ask: ask, size: size, volume: volume, time: {path: time, unit: rfc3339}}]`
	native := `{"symbol":"NVDA","last":"181.46","bid":"181.45","ask":"181.47","size":"200","volume":"48211900","time":"2026-03-02T14:30:00.123456789Z"}`
	parsed, err := preset.Parse([]byte(flat))
	if err != nil {
		b.Fatal(err)
	}
	run := func(name, event, data string, d preset.Definition) {
		decoder, err := d.NewDecoder("desk", decode.Native{})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) { decodeOver(b, decoder, event, data) })
	}
	run("native", "price", native, preset.Definition{Decoder: "native"})
	run("map of the native event", "price", native, parsed)
	run("auto", "tick", native, preset.Definition{})
	all, err := samples.Load()
	if err != nil {
		b.Fatal(err)
	}
	for _, s := range all {
		d, err := s.Definition()
		if err != nil {
			b.Fatal(err)
		}
		if len(s.Expect) == 0 || s.Preset == "firebase" {
			continue
		}
		for _, e := range s.Events() {
			decoder, err := d.NewDecoder(s.Name, decode.Native{})
			if err != nil {
				b.Fatal(err)
			}
			if m, _ := decoder.Decode(e.Type, e.Data); len(m.Updates) > 0 {
				run(s.Name, e.Type, string(e.Data), d)
				break
			}
		}
	}
	var rows []string
	for i := range 100 {
		rows = append(rows, fmt.Sprintf(`{"symbol":"S%d","latestPrice":%d.5,"latestUpdate":1614947647740,"previousClose":3}`, i, i))
	}
	iex, _ := preset.Definition{Preset: "iex"}.Resolve()
	run("100 rows", "message", "["+strings.Join(rows, ",")+"]", iex)
}

func decodeOver(b *testing.B, d decode.Decoder, event, data string) {
	payload := []byte(data)
	b.SetBytes(int64(len(payload)))
	b.ReportAllocs()
	for b.Loop() {
		if m, err := d.Decode(event, payload); err != nil || len(m.Updates) == 0 {
			b.Fatalf("%+v, %v", m, err)
		}
	}
}
