package state_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"livetape/ui/cli/state"
)

// savingFile, set in the environment, makes the test binary an instance that saves settings to that file.
const savingFile = "LIVETAPE_TEST_SETTINGS"

func TestMain(m *testing.M) {
	if path := os.Getenv(savingFile); path != "" {
		saveMany(path, os.Getenv("LIVETAPE_TEST_INSTANCE"))
	}
	os.Exit(m.Run())
}

const savesPerInstance = 20

func saveMany(path, instance string) {
	for i := range savesPerInstance {
		if err := state.NewSettings(path).Save(map[string]string{fmt.Sprintf("pin %s%d", instance, i): "1", "sort": instance}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(0)
}

func TestTwoProcessesLoseNothingOfEachOther(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "livetape", "settings.json")
	var running sync.WaitGroup
	for _, instance := range []string{"A", "B"} {
		running.Go(func() {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), savingFile+"="+path, "LIVETAPE_TEST_INSTANCE="+instance)
			if text, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", instance, err, text)
			}
		})
	}
	running.Wait()
	values, err := state.NewSettings(path).Load()
	if err != nil || len(values) != 2*savesPerInstance+1 || len(values["sort"]) != 1 {
		t.Errorf("%d are left, %v: %v", len(values), err, values)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 2 {
		t.Errorf("beside the lock, there are %v, %v", left, err)
	}
}

func TestAnInstanceChangesItsOwnSettingsAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "settings.json")
	for _, changes := range []map[string]string{{"theme": "dark", "sort": "chg%"}, {"sort": "", "pin NVDA": "1"}, {}} {
		if err := state.NewSettings(path).Save(changes); err != nil {
			t.Fatal(err)
		}
	}
	got, err := state.NewSettings(path).Load()
	if want := map[string]string{"theme": "dark", "pin NVDA": "1"}; err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestWhatIsNoFileOfSettingsIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "mine", `{"livetape_state": 1}`, `{"livetape_settings": 9}`} {
		path := filepath.Join(t.TempDir(), "settings.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s := state.NewSettings(path)
		_, loadErr := s.Load()
		saveErr := s.Save(map[string]string{"sort": "last"})
		for _, err := range []error{loadErr, saveErr} {
			if err == nil || !strings.HasPrefix(err.Error(), "settings "+path+": it is") {
				t.Errorf("%q: %v", text, err)
			}
		}
		if kept, err := os.ReadFile(path); err != nil || string(kept) != text {
			t.Errorf("%q has become %q, %v", text, kept, err)
		}
	}
}

func TestWithoutAFileThereAreNoSettings(t *testing.T) {
	t.Parallel()
	if values, err := state.NewSettings(filepath.Join(t.TempDir(), "none", "settings.json")).Load(); err != nil || len(values) > 0 {
		t.Errorf("%v, %v", values, err)
	}
}
