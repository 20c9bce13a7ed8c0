package strictyaml

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"unicode"

	yaml "github.com/goccy/go-yaml"

	"livetape/feed/decode/configerr"
)

var unknownField = regexp.MustCompile(`^unknown field "(.*)"$`)

// toConfigError makes a configuration error of one of the library, which is about the value at path in a struct of type t.
func toConfigError(err error, path configerr.Path, t reflect.Type, synonyms map[string]string) error {
	var annotated yaml.Error
	if !errors.As(err, &annotated) {
		return err
	}
	e := &configerr.Error{Path: path, Problem: strings.TrimSpace(annotated.GetMessage())}
	if tok := annotated.GetToken(); tok != nil && tok.Position != nil {
		e.Line, e.Column = tok.Position.Line, tok.Position.Column
	}
	var mismatch *yaml.TypeError
	var unexpected *yaml.UnexpectedNodeTypeError
	switch m := unknownField.FindStringSubmatch(e.Problem); {
	case m != nil:
		e.Problem = fmt.Sprintf("unknown key %q", m[1]) + configerr.DidYouMean(m[1], keysBeside(t, path), synonyms)
	case errors.As(err, &unexpected) && kindOfNode[unexpected.Actual.YAMLName()] != "" && kindOfNode[unexpected.Expected.YAMLName()] != "":
		e.Problem = fmt.Sprintf("%s, where %s is wanted", kindOfNode[unexpected.Actual.YAMLName()], kindOfNode[unexpected.Expected.YAMLName()])
	case errors.As(err, &mismatch):
		e.Problem = fmt.Sprintf("%s, where %s is wanted", kindOfType(mismatch.SrcType), kindOfType(mismatch.DstType))
	case strings.Contains(e.Problem, "found character '\t'"):
		e.Problem = "there is a tab here: YAML is indented with spaces"
	}
	if text := tokenText(annotated); e.Problem == "text, where a list is wanted" && typeAt(t, path) == reflect.TypeFor[[]string]() && text != "" {
		e.Problem += ": write [" + text + "]"
	}
	return e
}

// tokenText is the text that an error is about, if it fits on a line.
func tokenText(err yaml.Error) string {
	tok := err.GetToken()
	if tok == nil || len(tok.Value) > 40 || strings.ContainsFunc(tok.Value, unicode.IsControl) {
		return ""
	}
	return tok.Value
}

// kindOfNode is what a reader of YAML calls the kinds of nodes.
var kindOfNode = map[string]string{
	"string": "text", "sequence": "a list", "mapping": "a map", "integer": "a number", "float": "a number", "bool": "true or false", "null": "nothing",
}

// kindOfType is what a reader of YAML calls a type of Go.
func kindOfType(t reflect.Type) string {
	if t == nil {
		return "nothing"
	}
	switch deref(t).Kind() {
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "a map"
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "text"
	}
	return "a number"
}

// keysBeside are the keys that may stand in the map that holds the value at path.
func keysBeside(t reflect.Type, path configerr.Path) (keys []string) {
	t = typeAt(t, path[:max(len(path)-1, 0)])
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	for _, f := range reflect.VisibleFields(t) {
		if key, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); key != "" && key != "-" {
			keys = append(keys, key)
		}
	}
	return keys
}

// typeAt is the type of the value at path. A type with a YAML form of its own may be a struct, written as a list.
func typeAt(t reflect.Type, path configerr.Path) reflect.Type {
	for _, step := range path {
		t = deref(t)
		switch key, _ := step.(string); {
		case t.Kind() == reflect.Map, t.Kind() == reflect.Slice:
			t = t.Elem()
		case t.Kind() == reflect.Struct && key != "":
			for _, f := range reflect.VisibleFields(t) {
				if name, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); name == key {
					t = f.Type
					break
				}
			}
		}
	}
	return deref(t)
}

func deref(t reflect.Type) reflect.Type {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}
