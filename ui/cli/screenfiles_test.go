package cli

import (
	"os"
	"strings"
	"testing"

	"livetape/feed/decode"
)

func TestAMapIsProposedForEventsThatNothingWasFoundFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, data, want string }{
		{"JSON", `{"id":"5f0c","user":{"name":"Ann","roles":["admin","editor"]},"active":true}`, "#   user.name: \"Ann\"\n#   user.roles.0: \"admin\"\n"},
		{"broken JSON", "{\"a\x1b[31m\":", "$data"},
		{"a list", `[]`, "$data"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			yaml, err := mapFiles{}.Propose("desk", []decode.Event{{Type: "message", Data: []byte(c.data)}})
			if err != nil || !strings.Contains(yaml, "map:\n") || !strings.Contains(yaml, c.want) || strings.Contains(yaml, "\x1b") {
				t.Errorf("%v\n%s", err, yaml)
			}
		})
	}
	if _, err := (mapFiles{}).Propose("desk", nil); err == nil {
		t.Error("a map of no event")
	}
}

func TestAMapIsWrittenToAFileOfItsOwn(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, want := range []string{"a-b-c.map.yaml", "a-b-c-2.map.yaml"} {
		path, err := mapFiles{}.Write("../a/b:c", "map:\n  - last: p\n\n")
		if err != nil || path != want {
			t.Fatalf("%q, %v", path, err)
		}
		text, err := os.ReadFile(path)
		if err != nil || !strings.HasSuffix(string(text), "livetape.yaml.\nmap:\n  - last: p\n") {
			t.Errorf("%v: %q", err, text)
		}
	}
}
