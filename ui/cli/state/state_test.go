package state_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"livetape/feed"
	"livetape/ui/cli/state"
)

func open(t *testing.T, path string) *state.File {
	t.Helper()
	f, err := state.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// idOf is the id from which a feed would resume.
func idOf(f *state.File, c feed.Config) string {
	f.Apply(&c)
	return c.LastEventID
}

var desk = feed.Config{Name: "desk", URL: "https://desk.example/"}

func TestAnIDIsKeptForItsFeedAndAddressAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ids")
	f := open(t, path)
	if id := idOf(f, desk); id != "" {
		t.Errorf("before anything was kept, it is %q", id)
	}
	f.Note("desk", "7")
	f.Commit()
	f.Note("desk", "8") // never safe
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f = open(t, path)
	for _, c := range []struct {
		what string
		feed feed.Config
		want string
	}{
		{"the same", desk, "7"},
		{"another name", feed.Config{Name: "other", URL: desk.URL}, ""},
		{"another address", feed.Config{Name: "desk", URL: "https://elsewhere.example/"}, ""},
		{"an id of its own", feed.Config{Name: "desk", URL: desk.URL, LastEventID: "3"}, "3"},
		{"one that cannot resume", feed.Config{Name: "desk", URL: desk.URL, Resume: feed.ResumeNever}, ""},
	} {
		if id := idOf(f, c.feed); id != c.want {
			t.Errorf("%s: %q, want %q", c.what, id, c.want)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if f = open(t, path); idOf(f, desk) != "7" {
		t.Error("a run without an event lost the id")
	}
}

func TestAnAddressIsWhatIsAskedButForItsCredentials(t *testing.T) {
	before := feed.Config{Name: "desk", URL: "https://desk.example/${DESK_PAIR}?token=${DESK_TOKEN}", Header: map[string]string{"X-Depth": "${DESK_DEPTH}"}}
	set := func(pair, token, depth string) {
		for name, value := range map[string]string{"DESK_PAIR": pair, "DESK_TOKEN": token, "DESK_DEPTH": depth} {
			t.Setenv(name, value)
		}
	}
	path := filepath.Join(t.TempDir(), "ids")
	f := open(t, path)
	set("xlm", "s3cret-of-monday", "5")
	idOf(f, before)
	f.Note("desk", "7")
	f.Commit()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f = open(t, path)
	filledIn := before
	filledIn.URL = "https://desk.example/xlm?token=${DESK_TOKEN}"
	for _, c := range []struct {
		what               string
		pair, token, depth string
		feed               feed.Config
		want               string
	}{
		{"the same", "xlm", "s3cret-of-monday", "5", before, "7"},
		{"written out", "xlm", "s3cret-of-monday", "5", filledIn, "7"},
		{"a new token", "xlm", "s3cret-of-tuesday", "5", before, "7"},
		{"another pair", "btc", "s3cret-of-monday", "5", before, ""},
		{"another header", "xlm", "s3cret-of-monday", "9", before, ""},
	} {
		set(c.pair, c.token, c.depth)
		if id := idOf(f, c.feed); id != c.want {
			t.Errorf("%s: %q, want %q", c.what, id, c.want)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAnIDOfBeforeAChangeIsKeptForTheAddressOfBefore(t *testing.T) {
	t.Parallel()
	moved := feed.Config{Name: "desk", URL: "https://elsewhere.example/"}
	path := filepath.Join(t.TempDir(), "ids")
	for _, started := range []bool{false, true} {
		f := open(t, path)
		idOf(f, desk)
		idOf(f, moved)
		if started {
			f.Started("desk")
		}
		f.Note("desk", "7")
		f.Commit()
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		f = open(t, path)
		if old, new := idOf(f, desk), idOf(f, moved); (old == "7") == started || (new == "7") != started {
			t.Errorf("started anew: %t; resumes from %q as it was, and %q as it is", started, old, new)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTwoInstancesDoNotShareAFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ids")
	f := open(t, path)
	if _, err := state.Open(path); err == nil || !strings.Contains(err.Error(), "another livetape that runs uses it: give this one a file of its own") {
		t.Errorf("it says %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, path)
}

func TestAFileThatIsNoStateFileIsRefusedAndKept(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                 "it is damaged, or no file of livetape's; it is left as it is: name another, or move it away",
		"s3cret: id\n":                     "it is damaged, or no file of livetape's",
		`{"feeds": {"desk": "s3cret"}}`:    "it is damaged, or no file of livetape's",
		`{"livetape_state": 1, "feeds": {`: "it is damaged, or no file of livetape's",
		`{"livetape_state": 2}`:            "it is of a newer livetape; it is left as it is: name another",
		`{"version": 1, "name": "s3cret"}`: "it is damaged, or no file of livetape's",
	} {
		path := filepath.Join(t.TempDir(), "ids")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := state.Open(path)
		if err == nil || !strings.HasPrefix(err.Error(), "state "+path+": "+want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: it says %v", text, err)
		}
		if kept, err := os.ReadFile(path); err != nil || string(kept) != text {
			t.Errorf("%q: it is %q, %v", text, kept, err)
		}
	}
	if _, err := state.Open(t.TempDir() + "/gone/ids"); err == nil || !strings.Contains(err.Error(), "no such file or directory") {
		t.Errorf("in no directory: %v", err)
	}
	endless := filepath.Join(t.TempDir(), "ids")
	if err := os.Symlink("/dev/zero", endless); err != nil {
		t.Fatal(err)
	}
	if _, err := state.Open(endless); err == nil {
		t.Error("/dev/zero is taken for one")
	}
}

func TestOnlyTheOwnerReadsTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ids")
	f := open(t, path)
	f.Note("desk", "7")
	f.Commit()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) != 1 || left[0] != path+".lock" {
		t.Errorf("left behind: %v", left)
	}
}

func TestAClosedFileIsLeftToOthers(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ids")
	first := open(t, path)
	idOf(first, desk)
	first.Note("desk", "7")
	first.Commit()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := open(t, path)
	idOf(second, desk)
	second.Note("desk", "8")
	second.Commit()
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	first.Note("desk", "9")
	first.Commit()
	if err := first.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
	third := open(t, path)
	if id := idOf(third, desk); id != "8" {
		t.Errorf("the id kept is %q, want that of the last to hold the file", id)
	}
	if err := third.Close(); err != nil {
		t.Fatal(err)
	}
}
