package main_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// importRule says what a package may not import. Paths stand for themselves and all that is below them.
type importRule struct {
	in     string   // the packages that the rule is for; "." is the main package alone
	except []string // packages in there that it is not for
	ours   []string // the only packages of this module that they import, beside each other
	never  []string // packages of others that they never import
	tests  bool     // the rule is also for test files
}

// importRules let imports run one way: main → ui/cli → {ui, feed, mockserver}, ui → feed.
var importRules = []importRule{
	{in: ".", ours: []string{"ui/cli"}},
	{in: "ui", except: []string{"ui/cli"}, ours: []string{"feed"}, never: []string{"net/http"}},
	{in: "ui/cli", ours: []string{"ui", "feed", "mockserver"}},
	// feed and mockserver share no code and no test, so that one cannot repeat the other's misreading of a standard.
	{in: "feed", never: []string{"github.com/charmbracelet"}, tests: true},
	{in: "mockserver", never: []string{"github.com/charmbracelet", "github.com/r3labs"}, tests: true},
	{in: "feed/market", never: []string{"net", "os", "io"}},
	// Packages that stand on the packages around them, and not the other way.
	{in: "feed/stream"},
	{in: "feed/memory"},
	{in: "feed/health", ours: []string{"feed/market"}},
	{in: "feed/redact", ours: []string{"feed/market"}},
	{in: "feed/decode", ours: []string{"feed/health", "feed/market", "feed/memory", "feed/redact"}},
	{in: "mockserver/market"},
	{in: "mockserver/page"},
}

// violations are the imports of a file that break a rule.
func violations(file string, imports []string) (all []string) {
	folder := path.Dir(file)
	for _, rule := range importRules {
		if !rule.appliesTo(file, folder) {
			continue
		}
		for _, name := range imports {
			local, ours := strings.CutPrefix(name, module+"/")
			switch {
			case ours && !rule.allows(local):
				all = append(all, fmt.Sprintf("%s imports %s; of this module, %s may import only %v", file, name, rule.in, rule.ours))
			case !ours && isBelowAny(name, rule.never):
				all = append(all, fmt.Sprintf("%s imports %s, which %s never does", file, name, rule.in))
			}
		}
	}
	return all
}

const module = "livetape"

func (r importRule) appliesTo(file, folder string) bool {
	if strings.HasSuffix(file, "_test.go") && !r.tests || isBelowAny(folder, r.except) {
		return false
	}
	return folder == r.in || r.in != "." && isBelow(folder, r.in)
}

func (r importRule) allows(local string) bool {
	return isBelow(local, r.in) && !isBelowAny(local, r.except) || isBelowAny(local, r.ours)
}

func isBelow(name, parent string) bool {
	return name == parent || strings.HasPrefix(name, parent+"/")
}

func isBelowAny(name string, parents []string) bool {
	for _, parent := range parents {
		if isBelow(name, parent) {
			return true
		}
	}
	return false
}

func TestImportsRunOneWay(t *testing.T) {
	t.Parallel()
	files := 0
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if _, err := os.Stat(filepath.Join(file, "go.mod")); err == nil && file != "." {
				return filepath.SkipDir // a module of its own
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") {
			return nil
		}
		files++
		for _, violation := range violations(filepath.ToSlash(file), importsOf(t, file)) {
			t.Error(violation)
		}
		return nil
	})
	if err != nil || files < 100 {
		t.Errorf("%d files were checked: %v", files, err)
	}
}

func importsOf(t *testing.T, file string) (names []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range parsed.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

func TestAnImportThatRunsBackIsFound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file, name string
		wrong      bool
	}{
		{"main.go", "livetape/ui/cli", false},
		{"main.go", "livetape/feed", true},
		{"ui/ui.go", "livetape/feed/market", false},
		{"ui/ui.go", "livetape/mockserver", true},
		{"ui/ui.go", "livetape/ui/cli/config", true},
		{"ui/ui.go", "net/http", true},
		{"ui/cli/demo.go", "livetape/mockserver", false},
		{"ui/cli/demo.go", "net/http", false},
		{"feed/feed.go", "livetape/feed/stream", false},
		{"feed/feed.go", "livetape/ui", true},
		{"feed/feed.go", "github.com/charmbracelet/bubbletea", true},
		{"feed/feed_test.go", "livetape/mockserver", true},
		{"feed/market/board.go", "livetape/feed", true},
		{"feed/market/board.go", "net/http", true},
		{"feed/stream/reader.go", "livetape/feed", true},
		{"mockserver/server.go", "livetape/mockserver/page", false},
		{"mockserver/server_test.go", "livetape/feed/stream", true},
		{"mockserver/market/market.go", "livetape/mockserver", true},
	} {
		if got := violations(c.file, []string{c.name}); len(got) > 0 != c.wrong {
			t.Errorf("%s imports %s: %v", c.file, c.name, got)
		}
	}
}
