package preset_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/decode/preset"
)

func TestALineSaysAllOfADefinition(t *testing.T) {
	t.Parallel()
	presets, err := preset.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range presets {
		line, err := p.Feed.OneLine()
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(line, "\r\n") {
			t.Errorf("%s is several lines: %s", p.Name, line)
		}
		got, err := preset.Parse([]byte(line))
		if err != nil {
			t.Errorf("%s: %v in %s", p.Name, err, line)
			continue
		}
		if diff := cmp.Diff(p.Feed, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", p.Name, diff)
		}
	}
	if line, err := (preset.Definition{}).OneLine(); line != "" || err != nil {
		t.Errorf("nothing is said in the line %q: %v", line, err)
	}
}

func TestALineKeepsTextOfEveryKind(t *testing.T) {
	t.Parallel()
	var d preset.Definition
	d.Events = []string{"a\nb", "\r", "\u2028", "é\"'\\", "yes", "1.0", "{x}: y # z", "\x00", " ", "null", "~"}
	line, err := d.OneLine()
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(line, "\r\n") {
		t.Errorf("several lines: %q", line)
	}
	got, err := preset.Parse([]byte(line))
	if err != nil {
		t.Fatalf("%v in %s", err, line)
	}
	if diff := cmp.Diff(d, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
