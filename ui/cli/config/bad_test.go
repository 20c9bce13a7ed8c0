package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"livetape/ui/cli/config"
	"livetape/ui/cli/golden"
)

func TestEveryErrorOfAFileIsShownWithItsLineAndACaret(t *testing.T) {
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
		golden.Require(t, strings.TrimSuffix(file, ".yaml")+".txt", got)
	}
}
