package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"livetape/feed/decode/infer"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"livetape/feed/decode"
	"livetape/feed/decode/mapping"
	"livetape/feed/decode/preset"
	"livetape/feed/market"
	"livetape/ui"
	"livetape/ui/cli/config"
	"livetape/ui/cli/golden"
)

func readDoc(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../../docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var example = regexp.MustCompile("(?s)```yaml\n(.*?)```\n```sse\n(.*?)```\n```text\n(.*?)```")

func TestEveryExampleOfAMapGivesWhatItSays(t *testing.T) {
	for name, least := range map[string]int{"mapping.md": 15, "cookbook.md": 25} {
		t.Run(name, func(t *testing.T) {
			doc := readDoc(t, name)
			found := 0
			told := example.ReplaceAllStringFunc(doc, func(text string) string {
				found++
				m := example.FindStringSubmatch(text)
				got := run(t, m[1], m[2])
				return "```yaml\n" + m[1] + "```\n```sse\n" + m[2] + "```\n```text\n" + got + "```"
			})
			if blocks := strings.Count(doc, "```yaml"); found != blocks || found < least {
				t.Errorf("%d examples are run, of %d", found, blocks)
			}
			golden.Require(t, "../../../docs/"+name, told)
		})
	}
}

// run reads the events of an example by its map, and writes what comes of them, a line each.
func run(t *testing.T, source, events string) string {
	t.Helper()
	d, err := preset.Parse([]byte("url: https://feed.example/\n" + source))
	if err == nil {
		err = d.Validate()
	}
	if err != nil {
		t.Fatalf("%s%v", source, err)
	}
	decoder, err := infer.NewDecoder("desk", d)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for event := range strings.SplitSeq(strings.TrimSpace(events), "\n\n") {
		kind, data := "message", ""
		for line := range strings.Lines(event) {
			line = strings.TrimSuffix(line, "\n")
			if name, ok := strings.CutPrefix(line, "event: "); ok {
				kind = name
			} else {
				data = strings.TrimPrefix(line, "data: ")
			}
		}
		m, err := decoder.Decode(kind, []byte(data))
		tell(&b, m, err)
	}
	return b.String()
}

func tell(b *strings.Builder, m decode.Message, err error) {
	for _, u := range m.Updates {
		b.WriteString(line(u) + "\n")
	}
	for _, word := range []struct{ name, text string }{{"nothing", m.Unmapped}, {"notice", m.Notice}, {"resume from", m.ResumeID}} {
		if word.text != "" {
			fmt.Fprintf(b, "%s: %s\n", word.name, word.text)
		}
	}
	if m.Heartbeat {
		b.WriteString("heartbeat\n")
	}
	if m.End {
		b.WriteString("connect again now\n")
	}
	if err != nil {
		fmt.Fprintf(b, "error: %s\n", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
}

// line is all that an update says.
func line(u market.Update) string {
	v := reflect.ValueOf(u)
	words := []string{map[string]string{"Headline": "news", "Halt": "status"}[v.Type().Name()]}
	for i := range v.NumField() {
		name, text := strings.ToLower(v.Type().Field(i).Name), fmt.Sprint(v.Field(i).Interface())
		at, isTime := v.Field(i).Interface().(time.Time)
		list, isList := v.Field(i).Interface().([]string)
		switch {
		case v.Field(i).IsZero():
			continue
		case isTime:
			text = at.UTC().Format(time.RFC3339Nano)
		case isList:
			text = strings.Join(list, ",")
		case name == "importance":
			text = map[market.Importance]string{market.High: "high", market.Low: "low"}[v.Field(i).Interface().(market.Importance)]
		}
		if name == "symbol" {
			words = append(words, text)
			continue
		}
		if strings.Contains(text, " ") {
			text = fmt.Sprintf("%q", text)
		}
		words = append(words, name+"="+text)
	}
	return strings.TrimSpace(strings.Join(words, " "))
}

// tables are the first cells of a document's tables that are keys.
func tables(doc string) []string {
	var keys []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\|").FindAllStringSubmatch(doc, -1) {
		keys = append(keys, m[1])
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// keysOf are the keys that a part of a configuration has.
func keysOf(types ...reflect.Type) []string {
	var keys []string
	for _, typ := range types {
		for i := range typ.NumField() {
			f := typ.Field(i)
			if f.Anonymous {
				keys = append(keys, keysOf(f.Type)...)
			} else if name, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); name != "" {
				keys = append(keys, name)
			}
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func TestMappingExplainsEveryKeyOfARule(t *testing.T) {
	_, reference, _ := strings.Cut(readDoc(t, "mapping.md"), "## All keys of a rule")
	want := keysOf(reflect.TypeFor[mapping.Rule](), reflect.TypeFor[mapping.Value]())
	if diff := cmp.Diff(want, tables(reference)); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
}

func TestConfigNamesEveryActionThatHasKeys(t *testing.T) {
	names := strings.ReplaceAll(strings.Join(ui.ActionNames(), " "), "-", "_") // lines do not break within a name
	names = strings.ReplaceAll(ansi.Wordwrap(names, 110, ""), "_", "-")
	told := regexp.MustCompile("(?s)(The names of actions:\n\n```text\n).*?```").ReplaceAllString(readDoc(t, "config.md"), "${1}"+names+"\n```")
	golden.Require(t, "../../../docs/config.md", told)
}

func TestEveryExampleOfConfigIsRight(t *testing.T) {
	dir := t.TempDir()
	found := 0
	for _, m := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(readDoc(t, "config.md")+readDoc(t, "feeds.md"), -1) {
		found++
		if _, err := config.Parse(filepath.Join(dir, "livetape.yaml"), []byte(m[1])); err != nil {
			t.Errorf("%v", err)
		}
	}
	if found < 4 {
		t.Errorf("%d examples", found)
	}
}

func TestConfigShowsAnErrorAsItIs(t *testing.T) {
	doc := readDoc(t, "config.md")
	source := regexp.MustCompile("(?s)```yaml-with-an-error\n(.*?)```\n.*?```text\n(.*?)```").FindStringSubmatch(doc)
	if source == nil {
		t.Fatal("there is no such example")
	}
	_, err := config.Parse("livetape.yaml", []byte(source[1]))
	if diff := cmp.Diff(source[2], fmt.Sprintln(err)); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
}
