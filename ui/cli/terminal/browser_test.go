package terminal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAURLIsOpenedAsOneArgument(t *testing.T) {
	dir := t.TempDir()
	script := "#!/bin/sh\nprintf '%s|' $# \"$@\" > " + dir + "/opened\n"
	if err := os.WriteFile(filepath.Join(dir, browserCommand("linux")[0]), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	const url = "https://news.example/a?b=$(touch x);c=`id`&d= e"
	if err := OpenURL(url); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "opened")); err != nil || string(got) != "1|"+url+"|" {
		t.Errorf("%v, its arguments are %q", err, got)
	}
	t.Setenv("PATH", t.TempDir())
	if err := OpenURL(url); err == nil || !strings.Contains(err.Error(), "with xdg-open") {
		t.Errorf("without the program: %v", err)
	}
}
