package config_test

import (
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/ui/cli/config"
)

func TestAFileOfTheWorkingDirectoryThatOthersMayWriteIsRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no modes")
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile(config.FileName, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if path, err := config.Find(""); err != nil || path != config.FileName {
		t.Errorf("found %q, %v", path, err)
	}
	if err := os.Chmod(config.FileName, 0o666); err != nil {
		t.Fatal(err)
	}
	const want = "livetape.yaml in this directory is not used: everybody may write to it, and it says where secrets are sent; if it is yours, say --config ./livetape.yaml"
	if _, err := config.Find(""); err == nil || err.Error() != want {
		t.Errorf("it says %v", err)
	}
	if path, err := config.Find("./livetape.yaml"); err != nil || path != "./livetape.yaml" {
		t.Errorf("asked for, it is %q, %v", path, err)
	}
}

func TestAFileOfTheWorkingDirectoryThatIsAnothersIsRefused(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only the superuser gives files away")
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile(config.FileName, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(config.FileName, 12345, -1); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Find(""); err == nil || !strings.Contains(err.Error(), "it belongs to another user (uid 12345)") {
		t.Errorf("it says %v", err)
	}
}

func TestWhatAFeedDisclosesIsNamed(t *testing.T) {
	t.Setenv("DESK_TOKEN", "s3cret")
	for source, want := range map[string][]string{
		"url: 'https://desk.example/events?k=${DESK_KEY}', token: '${DESK_TOKEN}'":                           {"desk.example", "DESK_TOKEN", "DESK_KEY"},
		"url: 'http://desk.example:81/', headers: {X-A: '${A}-${B}', X-C: '${A}'}, proxy: 'http://u:${P}@p'": {"desk.example:81", "A", "B", "P"},
		"url: 'https://${HOST}/', token_file: ~/.ssh/key":                                                    {"", "HOST", "the file ~/.ssh/key"},
		"preset: pyth":                      {"pyth.dourolabs.app", "PYTH_API_KEY"},
		"preset: pyth, token: '${OWN}'":     {"pyth.dourolabs.app", "OWN"},
		"url: 'https://desk.example/'":      {"desk.example"},
		"preset: iex, vars: {host: h.test}": {"h.test", "IEX_TOKEN"},
	} {
		f := parse(t, t.TempDir(), "feeds:\n  desk: {"+source+"}\n").Feeds["desk"]
		if diff := cmp.Diff(want, append([]string{f.Host()}, f.SecretSources()...)); diff != "" {
			t.Errorf("%s: want (-), got (+):\n%s", source, diff)
		}
	}
}
