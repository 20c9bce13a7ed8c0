package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/ui/cli/config"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestEveryFaultOfAFileIsShownWithItsLineAndACaret(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 25 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, err = config.Parse("livetape.yaml", source)
		if err == nil {
			t.Errorf("%s: nothing is wrong with it", file)
			continue
		}
		got := err.Error() + "\n"
		if strings.Contains(got, "s3cret") {
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
