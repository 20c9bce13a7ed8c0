package config_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"livetape/ui/cli/config"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	one    = "feeds:\n  one: {url: https://a.example/}\n"
	two    = one + "  two: {url: https://b.example/}\n"
	broken = "feeds:\n  one: {ulr: https://a.example/}\n"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// replace puts a new file in the place of an old one, as editors do.
func replace(t *testing.T, path, text string) {
	t.Helper()
	write(t, path+".new", text)
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// follow watches a file until the test ends.
func follow(t *testing.T, path string) <-chan config.Change {
	t.Helper()
	f, err := config.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	changes, err := config.Watch(ctx, f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		for range changes {
		}
	})
	return changes
}

// next is the names of the feeds after the next change, or what is wrong with it.
func next(t *testing.T, changes <-chan config.Change) string {
	t.Helper()
	c := <-changes
	if c.File == nil {
		return c.Err.Error()
	}
	if c.Err != nil {
		t.Error(c.Err)
	}
	return strings.Join(c.File.Names(), " ")
}

func TestEveryKindOfChangeIsSeenOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "livetape.yaml")
	write(t, path, one)
	changes := follow(t, path)

	write(t, path, two)
	if got := next(t, changes); got != "one two" {
		t.Errorf("after writing: %s", got)
	}
	replace(t, path, one)
	if got := next(t, changes); got != "one" {
		t.Errorf("after replacing: %s", got)
	}
	replace(t, path, broken)
	if got := next(t, changes); !strings.Contains(got, `livetape.yaml:2:9: unknown key "ulr"`) {
		t.Errorf("of a broken file: %s", got)
	}
	write(t, path, one)
	if got := next(t, changes); got != "one" {
		t.Errorf("mended: %s", got)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if got := next(t, changes); !strings.Contains(got, "livetape.yaml: no such file") {
		t.Errorf("of a file that is gone: %s", got)
	}
	write(t, path, one)
	if got := next(t, changes); got != "one" {
		t.Errorf("back again: %s", got)
	}
	write(t, filepath.Join(filepath.Dir(path), "other"), "x") // neither this
	replace(t, path, one)                                     // nor this is a change
	write(t, path, two)
	if got := next(t, changes); got != "one two" {
		t.Errorf("after what was no change: %s", got)
	}
}

func TestAChangeBetweenReadingAndWatchingIsSeen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "livetape.yaml")
	write(t, path, one)
	f, err := config.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, two)
	ctx, stop := context.WithCancel(context.Background())
	changes, err := config.Watch(ctx, f)
	if err != nil {
		t.Fatal(err)
	}
	if got := next(t, changes); got != "one two" {
		t.Errorf("it says %s", got)
	}
	stop()
	for range changes {
	}
}

// TestAMountedConfigMapIsFollowed swaps directories as the kubelet does: ..data is a link to a directory of its time,
// and is replaced.
func TestAMountedConfigMapIsFollowed(t *testing.T) {
	dir := t.TempDir()
	publish := func(version, text string) {
		t.Helper()
		if err := os.Mkdir(filepath.Join(dir, version), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, version, "livetape.yaml"), text)
		if err := os.Symlink(version, filepath.Join(dir, "..data_tmp")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")); err != nil {
			t.Fatal(err)
		}
	}
	publish("..v1", one)
	path := filepath.Join(dir, "livetape.yaml")
	if err := os.Symlink("..data/livetape.yaml", path); err != nil {
		t.Fatal(err)
	}
	changes := follow(t, path)
	publish("..v2", two)
	if err := os.RemoveAll(filepath.Join(dir, "..v1")); err != nil {
		t.Fatal(err)
	}
	if got := next(t, changes); got != "one two" {
		t.Errorf("after the first swap: %s", got)
	}
	publish("..v3", one)
	if got := next(t, changes); got != "one" {
		t.Errorf("after the second: %s", got)
	}
}

func TestALinkToAFileElsewhereIsFollowed(t *testing.T) {
	there, here := t.TempDir(), t.TempDir()
	write(t, filepath.Join(there, "mine.yaml"), one)
	path := filepath.Join(here, "livetape.yaml")
	if err := os.Symlink(filepath.Join(there, "mine.yaml"), path); err != nil {
		t.Fatal(err)
	}
	changes := follow(t, path)
	replace(t, filepath.Join(there, "mine.yaml"), two)
	if got := next(t, changes); got != "one two" {
		t.Errorf("it says %s", got)
	}
}
