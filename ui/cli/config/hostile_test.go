package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"livetape/feed/decode/configerr"
	"livetape/ui/cli/config"
)

// laughs is a file of a few hundred bytes that says three thousand million words.
func laughs() string {
	var b strings.Builder
	b.WriteString("watchlists:\n  l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 10; i++ {
		fmt.Fprintf(&b, "  l%d: &l%d [%s*l%d]\n", i, i, strings.Repeat(fmt.Sprintf("*l%d, ", i-1), 9), i-1)
	}
	return b.String()
}

func TestAFileThatMultipliesOrNestsWithoutEndIsRefused(t *testing.T) {
	indented := &strings.Builder{}
	for i := range 600 {
		fmt.Fprintf(indented, "%sa:\n", strings.Repeat(" ", i))
	}
	for name, c := range map[string]struct{ source, want string }{
		"billion laughs":    {laughs(), "more than 50000 values, with its aliases written out"},
		"brackets":          {"feeds: " + strings.Repeat("[", 50_000), "nested too deep: more than 64 levels"},
		"braces":            {strings.Repeat("{a: ", 20_000), "nested too deep"},
		"dashes":            {strings.Repeat("- ", 50_000), "nested too deep"},
		"question marks":    {strings.Repeat("? ", 50_000), "nested too deep"},
		"colons":            {strings.Repeat("a: ", 30_000), "nested too deep"},
		"indentation":       {indented.String(), "nested too deep"},
		"anchors":           {"feeds: " + strings.Repeat("&a ", 30_000), "more than 1000 anchors, aliases and tags"},
		"tags":              {"feeds: " + strings.Repeat("!!map ", 10_000), "more than 1000 anchors, aliases and tags"},
		"a list of strings": {"watchlists:\n  all: [" + strings.Repeat("x,", 60_000) + "]", "more than 50000 values"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.Parse("livetape.yaml", []byte(c.source))
			if err == nil || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 600 {
				t.Errorf("it says: %.700v", err)
			}
			var bad *config.Error
			if !errors.As(err, &bad) || len(configerr.All(err)) != 1 || configerr.All(err)[0].Line == 0 {
				t.Errorf("it is no error with a line: %.300v", err)
			}
		})
	}
}

func TestAFileOfTenMegabytesIsNotRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "livetape.yaml")
	if err := os.WriteFile(path, []byte(strings.Repeat("# a long comment\n", 10<<20/17)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := config.Read(path)
	if want := "read configuration " + path + ": it has 10.0 MiB, and 1 MiB is the most"; err == nil || err.Error() != want {
		t.Errorf("it says %v, want %s", err, want)
	}
}

func TestAFileThatNeverEndsIsNotRead(t *testing.T) {
	if _, err := os.Stat("/dev/zero"); err != nil {
		t.Skip("there is no /dev/zero here")
	}
	_, err := config.Read("/dev/zero")
	if err == nil || !strings.Contains(err.Error(), "more than 1 MiB") {
		t.Errorf("it says %v", err)
	}
}

func TestAHundredErrorsAreABoundedAnswer(t *testing.T) {
	var b strings.Builder
	b.WriteString("feeds:\n")
	for i := range 100 {
		fmt.Fprintf(&b, "  f%d: {ulr: https://a.example/}\n", i)
	}
	_, err := config.Parse("livetape.yaml", []byte(b.String()))
	if n := strings.Count(err.Error(), `unknown key "ulr" (did you mean "url"?)`); n != 20 {
		t.Errorf("%d errors are shown:\n%v", n, err)
	}
}

func TestAliasesThatAreNoBombAreRead(t *testing.T) {
	f, err := config.Parse("livetape.yaml", []byte(`
feeds:
  a: &a
    url: https://a.example/
    map: &rules [{symbol: s, last: p}]
  b:
    <<: *a
    url: https://b.example/
  c: {url: https://c.example/, map: *rules}
  d: {<<: [{url: https://d.example/, method: GET}, *a]}
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "b", "c", "d"} {
		if feed := f.Feeds[name]; feed.URL != "https://"+name+".example/" || len(feed.Map) != 1 {
			t.Errorf("%s is %+v", name, feed)
		}
	}
}

func FuzzAnyFile(f *testing.F) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(source)
	}
	f.Add([]byte(laughs()))
	f.Fuzz(func(t *testing.T, source []byte) {
		file, err := config.Parse("livetape.yaml", source)
		if err != nil {
			if err.Error() == "" || file != nil {
				t.Errorf("error %q, file %v", err, file)
			}
			return
		}
		for _, name := range file.Names() {
			_, err := file.Config(name, config.Environment{Lookup: func(string) (string, bool) { return "x", true }})
			var bad *config.Error
			if err != nil && !errors.As(err, &bad) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
