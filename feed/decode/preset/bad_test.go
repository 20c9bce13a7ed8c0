package preset_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/decode/preset"
	"livetape/feed/decode/strictyaml"
)

var update = flag.Bool("update", false, "write the golden files anew")

// problems are the annotated errors of a feed; empty without any.
func problems(source string) string {
	d, err := preset.Parse([]byte(source))
	if err == nil {
		err = d.Validate()
	}
	if err == nil {
		return ""
	}
	return strictyaml.Annotate(err, "livetape.yaml", []byte(source))
}

func TestEveryErrorIsShownWithItsLineAndACaret(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got := problems(string(source))
		if got == "" {
			t.Errorf("%s: nothing is wrong with it", file)
			continue
		}
		if strings.Contains(got, "s3cret") && !strings.Contains(file, "source-line") {
			t.Errorf("%s: the secret is shown:\n%s", file, got)
		}
		golden := strings.TrimSuffix(file, ".yaml") + ".txt"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s: want (-), got (+):\n%s", file, diff)
		}
	}
}
