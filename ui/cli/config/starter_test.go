package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"livetape/ui/cli/config"
)

func TestTheFileToBeginWithIsRightAndSoIsAllThatItHasInComments(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "dir", "livetape.yaml")
	if err := config.WriteStarter(path); err != nil {
		t.Fatal(err)
	}
	f, err := config.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Names(); len(got) != 1 || got[0] != "xlm" {
		t.Errorf("the feeds are %v", got)
	}
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile(`(?m)^( *)# ((?:  )*(?:- )?[\w/]+:(?: |$).*)$`)
	whole := example.ReplaceAllString(string(source), "$1$2")
	if f, err = config.Parse(path, []byte(whole)); err != nil {
		t.Fatalf("with all comments taken away: %v", err)
	}
	if got := strings.Join(f.Names(), " "); got != "xlm desk pyth" {
		t.Errorf("the feeds are %s", got)
	}
	if len(f.Feeds["desk"].Map) != 1 || f.Symbols["BTC/USD"].Decimals != 2 || len(f.Watchlists["majors"]) != 3 {
		t.Errorf("the file says %+v", f)
	}
}

func TestAFileThatIsThereIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "livetape.yaml")
	write(t, path, "mine")
	err := config.WriteStarter(path)
	if err == nil || err.Error() != path+" is there already, and is left as it is" {
		t.Errorf("it says %v", err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "mine" {
		t.Errorf("the file says %q, %v", text, err)
	}
}
