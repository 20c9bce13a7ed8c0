package schema_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	yaml "github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"livetape/feed/decode/mapping"
	"livetape/feed/decode/preset"
	"livetape/ui/cli/config"
	"livetape/ui/cli/config/schema"
	"livetape/ui/cli/golden"
)

const docs = "../../../../docs/"

// paths are the keys that a part of a configuration has, as the decoder knows them.
func paths(typ reflect.Type, under string) (all []string) {
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if f.Anonymous {
			all = append(all, paths(f.Type, under)...)
			continue
		}
		if name == "" {
			continue
		}
		all = append(all, under+name)
		inside, form := f.Type, "."
		switch f.Type.Kind() {
		case reflect.Map:
			inside, form = f.Type.Elem(), ".*."
		case reflect.Slice:
			inside, form = f.Type.Elem(), "[]."
		case reflect.Pointer:
			inside = f.Type.Elem()
		}
		if inside.Kind() == reflect.Struct && inside != reflect.TypeFor[mapping.Value]() && inside != reflect.TypeFor[mapping.Condition]() {
			all = append(all, paths(inside, under+name+form)...)
		}
	}
	return all
}

func TestEveryKeyOfAConfigurationIsInTheList(t *testing.T) {
	want := append(paths(reflect.TypeFor[config.File](), ""), paths(reflect.TypeFor[mapping.Value](), "VALUE.")...)
	var got []string
	for _, k := range schema.Keys {
		got = append(got, k.Path)
		if k.Type == "" || k.Example == "" || k.Text == "" {
			t.Errorf("%s has no type, example or text", k.Path)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what the decoder knows (-) and the list has (+):\n%s", diff)
	}
}

// TestTheDocumentsAreMadeFromTheList fails when a document is not what the list gives. -update writes it.
func TestTheDocumentsAreMadeFromTheList(t *testing.T) {
	text, err := schema.JSON()
	if err != nil {
		t.Fatal(err)
	}
	golden.Require(t, docs+"livetape.schema.json", string(text))
	page, err := os.ReadFile(docs + "config-keys.md")
	if err != nil {
		t.Fatal(err)
	}
	before, _, found := strings.Cut(string(page), "| key |")
	if !found {
		t.Fatal("the page has no table")
	}
	golden.Require(t, docs+"config-keys.md", before+schema.Table())
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := schema.JSON()
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("livetape.schema.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("livetape.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate is what an editor does: it reads YAML, and checks it by the schema.
func validate(t *testing.T, s *jsonschema.Schema, source string) error {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(source), &v); err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(instance)
}

func TestTheSchemaTakesEveryConfigurationOfTheDocuments(t *testing.T) {
	s, found := compiled(t), 0
	pages, err := filepath.Glob(docs + "*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
			source := m[1]
			if _, err := config.Parse("livetape.yaml", []byte(source)); err != nil {
				source = "feeds: {desk: {url: \"https://desk.example/\", " + strings.TrimSpace(oneLine(t, m[1])) + "}}" // a part of a feed
			}
			if _, err := config.Parse("livetape.yaml", []byte(source)); err != nil {
				continue // of another file, such as a scenario
			}
			found++
			if err := validate(t, s, source); err != nil {
				t.Errorf("%s: %v\n%s", page, err, source)
			}
		}
	}
	if found < 25 {
		t.Errorf("only %d configurations", found)
	}
	for _, name := range preset.Names() {
		p, err := preset.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		line, err := p.Feed.OneLine()
		if err == nil {
			err = validate(t, s, "feeds: {desk: "+line+"}")
		}
		if err != nil {
			t.Errorf("preset %s: %v", name, err)
		}
	}
}

// oneLine is a map without its braces.
func oneLine(t *testing.T, source string) string {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(source), &v); err != nil {
		return ""
	}
	text, err := json.Marshal(v)
	if err != nil || !bytes.HasPrefix(text, []byte("{")) {
		return ""
	}
	return string(text[1 : len(text)-1])
}

func TestEveryExampleOfTheListIsTakenInItsPlace(t *testing.T) {
	s := compiled(t)
	for _, k := range schema.Keys {
		source := k.Example
		parts := strings.Split(strings.Replace(k.Path, "VALUE", "feeds.*.map[].last", 1), ".")
		for _, part := range slices.Backward(parts) {
			name, isList := strings.CutSuffix(part, "[]")
			switch {
			case isList:
				source = "{" + name + ": [" + source + "]}"
			case part == "*":
				source = "{any: " + source + "}"
			default:
				source = "{" + name + ": " + source + "}"
			}
		}
		if err := validate(t, s, source); err != nil {
			t.Errorf("%s: %v", source, err)
		}
	}
}

func TestTheSchemaRefusesWhatTheProgramRefuses(t *testing.T) {
	s := compiled(t)
	for _, source := range []string{
		"feeds: {desk: {url: x, idle_timout: 60s}}",
		"watchlist: {majors: [BTC]}",
		"feeds: {desk: {map: [{symbol: s, lst: p}]}}",
		"feeds: {desk: {map: [{symbol: s, time: {path: ts, unti: ms}}]}}",
		"feeds: {desk: {map: [{symbol: s, time: {path: ts, unit: sec}}]}}",
		"feeds: {desk: {format: xml}}",
		"feeds: {desk: {preset: pith}}",
		"feeds: {desk: {idle_timeout: soon}}",
		"feeds: {desk: {memory: lots}}",
		"columns: [symbl]",
		"keys: {quitt: [q]}",
		"themes: {mine: {upp: red}}",
		"alerts: [{symbol: A, abov: 1}]",
		"alerts: [{silent: 30s, notify: [horn]}]",
		"positions: {A: {lot: [1]}}",
		"ascii: maybe",
	} {
		if _, err := config.Parse("livetape.yaml", []byte(source)); err == nil {
			t.Errorf("the program takes %s", source)
		}
		if err := validate(t, s, source); err == nil {
			t.Errorf("the schema takes %s", source)
		}
	}
}
