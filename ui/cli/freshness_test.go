package cli_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestAStreamThatStopsIsNotLive has a server send ten events a second, and then heartbeats alone or nothing.
func TestAStreamThatStopsIsNotLive(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, after, stream, watch, never string }{
		{"heartbeats alone", `{"every":1,"send":": beat\n\n"}`, `QUIET no event for \d`, `◌ QUIET no event for \d+ s \(usual gap 0\.\d s\); heartbeats come`, `SILENT`},
		{"nothing", `{"hold":true}`, `silent · nothing received for`, `◌ SILENT nothing received for \d+ s`, `QUIET`},
		{"heartbeats of a closed market", `{"send":"event: status\ndata: {\"symbol\":\"\",\"state\":\"closed\",\"time\":\"2026-03-02T16:00:00Z\"}\n\n"},{"every":1,"send":": beat\n\n"}`, `"state":"closed"`, `● LIVE 0/s.* market closed since `, `QUIET|SILENT`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tick := `{"send":"event: price\ndata: {\"symbol\":\"QRS\",\"last\":\"41.0\"}\n\n"},{"wait":0.1},`
			text := `{"serve":{"answers":[{"headers":{"Content-Type":"text/event-stream"},"steps":[` + strings.Repeat(tick, 12) + c.after + `]}]},
				"runs":[{"as":"stream","args":["stream","{url}","--preset","livetape","--output","json","--for","9s"]},{"as":"watch","watch":["watch","{url}","--preset","livetape"],"for":9}]}`
			var w wireCase
			if err := json.Unmarshal([]byte(text), &w); err != nil {
				t.Fatal(err)
			}
			w.Says = []textExpectation{{outputsOf{[]string{"stream"}}, c.stream, "all", "", "so"}, {outputsOf{[]string{"watch"}}, c.watch, "", "last", "so"}}
			w.NeverSays = []textExpectation{{outputsOf{[]string{"watch"}}, c.never, "", "last", ""}}
			w.require(t, 3)
		})
	}
}
