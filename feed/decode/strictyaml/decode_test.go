package strictyaml_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/decode/strictyaml"
)

type document struct {
	Text     string            `yaml:"text"`
	List     []string          `yaml:"list"`
	Map      map[string]string `yaml:"map"`
	Decimals int               `yaml:"decimals"`
	Deltas   bool              `yaml:"deltas"`
	Inner    *document         `yaml:"inner"`
}

// words are what YAML 1.1 or 1.2 takes for something else than text.
var words = []string{
	"00700", "007", "5.10", "0x1F", "0X1f", "0o17", "017", "0b11", "1_000", "1e3", "1E3", "+5", "-0", "-007", ".5", "5.", "1.", "0.0",
	"NO", "No", "no", "YES", "y", "N", "ON", "off", "TRUE", "True", "true", "FALSE", "NULL", "Null", "null", ".inf", "-.INF", ".nan", ".NaN",
	"2025-01-01", "12:30", "1:30:00", "99999999999999999999999", "1.0000000000000000000001", "0123456789", "1__0", "=", "<", "1,5",
}

func TestUnquotedTextStaysAsWritten(t *testing.T) {
	t.Parallel()
	for _, word := range words {
		var d document
		source := "list:\n  - " + word + "\nmap:\n  " + word + ": " + word + " # a comment\ninner:\n  text: " + word + "\n  list: [" + word + ", x]\n"
		if word == "NULL" || word == "Null" || word == "null" || word == "1,5" { // nothing, as a value; two, in braces
			source = "list:\n  - " + word + "\nmap:\n  " + word + ": x\n"
			if err := strictyaml.Decode([]byte(source), &d, nil); err != nil {
				t.Errorf("%s: %v", word, err)
			}
			if want := (document{List: []string{word}, Map: map[string]string{word: "x"}}); !cmp.Equal(want, d) {
				t.Errorf("%s is read as %+v", word, d)
			}
			continue
		}
		if err := strictyaml.Decode([]byte(source), &d, nil); err != nil {
			t.Errorf("%s: %v", word, err)
			continue
		}
		want := document{List: []string{word}, Map: map[string]string{word: word}, Inner: &document{Text: word, List: []string{word, "x"}}}
		if diff := cmp.Diff(want, d); diff != "" {
			t.Errorf("%s: %s", word, diff)
		}
	}
}

func TestAnchorsTagsAndInheritedValuesKeepTheirTextToo(t *testing.T) {
	t.Parallel()
	var d document
	source := "text: &code 00700\nlist: [*code, !!str 5.10, \"00700\", '0x1F']\nmap: &m {a: *code, 1_000: 1_000}\ninner:\n  map: {<<: *m, b: 007}\n"
	if err := strictyaml.Decode([]byte(source), &d, nil); err != nil {
		t.Fatal(err)
	}
	want := document{
		Text: "00700", List: []string{"00700", "5.10", "00700", "0x1F"}, Map: map[string]string{"a": "00700", "1_000": "1_000"},
		Inner: &document{Map: map[string]string{"a": "00700", "1_000": "1_000", "b": "007"}},
	}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Error(diff)
	}
}

func TestANumberIsReadWhereOneIsWanted(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]int{"decimals: 4": 4, "decimals: -1": -1, "inner: {decimals: 2}\ndecimals: 0x10": 16} {
		var d document
		if err := strictyaml.Decode([]byte(source), &d, nil); err != nil || d.Decimals != want {
			t.Errorf("%s is %d, %v", source, d.Decimals, err)
		}
	}
	var d document
	err := strictyaml.Decode([]byte("decimals: TRUE\n"), &d, nil)
	if err == nil || err.Error() != "line 1: true or false, where a number is wanted" {
		t.Error(err)
	}
}

func TestAByteOrderMarkIsNoPartOfTheFile(t *testing.T) {
	t.Parallel()
	var d document
	if err := strictyaml.Decode([]byte("\ufefftext: 00700\r\n"), &d, nil); err != nil || d.Text != "00700" {
		t.Errorf("the text is %q, %v", d.Text, err)
	}
	source := []byte("\ufefftxet: x\n")
	err := strictyaml.Decode(source, &d, nil)
	want := "f.yaml:1:1: unknown key \"txet\" (did you mean \"text\"?)\n    1 | txet: x\n      | ^\n"
	if diff := cmp.Diff(want, strictyaml.Annotate(err, "f.yaml", source)); diff != "" {
		t.Error(diff)
	}
	if err := strictyaml.Decode([]byte("\ufeff"), &d, nil); err != nil {
		t.Error(err)
	}
}

func TestAFileInUTF16IsNamedAsSuch(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"\xff\xfet\x00:\x00", "\xfe\xff\x00t\x00:"} {
		if err := strictyaml.Decode([]byte(source), new(document), nil); err == nil || err.Error() != "this is UTF-16: save the file as UTF-8" {
			t.Error(err)
		}
	}
}

func TestTrueStaysTrueWhereItIsWanted(t *testing.T) {
	t.Parallel()
	var d document
	if err := strictyaml.Decode([]byte("inner:\n  deltas: true\n"), &d, nil); err != nil || !d.Inner.Deltas {
		t.Errorf("%+v, %v", d.Inner, err)
	}
}

func TestAFileOfBracketsIsRefusedBeforeItIsRead(t *testing.T) {
	for _, opening := range []string{"[", "{a: "} {
		err := strictyaml.Decode([]byte("name: "+strings.Repeat(opening, 100_000)), new(document), nil)
		if err == nil || !strings.Contains(err.Error(), "nested too deep: more than 64 levels") {
			t.Errorf("%s: %.200v", opening, err)
		}
	}
}
