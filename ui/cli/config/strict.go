package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	yaml "github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"livetape/feed/decode/configerr"
	"livetape/feed/decode/preset"
)

// maxFaults is how many faults of the form of a file are looked for.
const maxFaults = 20

// breakage is what of a file could not be read, so that nothing more is said of it.
type breakage struct {
	whole bool
	feeds map[string][]string // the keys of each feed that were taken out
}

// decode reads source into f. A reader of YAML stops at the first fault; so what is at fault is taken out and the
// rest read again.
func (f *File) decode(source []byte) (breakage, error) {
	tokens := lexer.Tokenize(string(source))
	if err := checkNesting(tokens); err != nil {
		return breakage{whole: true}, err
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return breakage{whole: true}, malformed(err)
	}
	body, err := onlyDocument(file)
	if err != nil || body == nil {
		return breakage{whole: err != nil}, err
	}
	anchors, err := checkAliases(body)
	if err != nil {
		return breakage{whole: true}, err
	}
	inherit(body, anchors)
	broken, err := f.decodeNode(body)
	f.order = slices.DeleteFunc(memberNames(body, "feeds"), func(name string) bool {
		_, ok := f.Feeds[name]
		return !ok
	})
	return broken, err
}

// malformed is what is wrong with a file that is no YAML.
func malformed(err error) error {
	told := configerr.FromYAML(err, nil, nil)
	if f, ok := told.(*configerr.Error); ok && strings.Contains(f.Problem, "found character '\t'") {
		f.Problem = "a tab stands here: YAML is indented with blanks"
	}
	return told
}

func onlyDocument(file *ast.File) (ast.Node, error) {
	var body ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.CommentType || doc.Body.Type() == ast.NullType {
			continue
		}
		if body != nil {
			at := doc.Body.GetToken().Position
			return nil, &configerr.Error{Problem: "a second document begins here: a configuration is one", Line: at.Line, Column: at.Column}
		}
		body = doc.Body
	}
	return body, nil
}

func (f *File) decodeNode(body ast.Node) (breakage, error) {
	var faults configerr.List
	broken := breakage{feeds: map[string][]string{}}
	for range maxFaults {
		*f = File{path: f.path, source: f.source}
		err := yaml.NodeToValue(body, f, yaml.Strict())
		if err == nil {
			break
		}
		at := tokenOf(err)
		path, ok := cut(body, at, nil)
		faults.Join(nil, describe(err, path))
		if !ok || len(path) < 2 {
			broken.whole = true
		}
		if !ok {
			break
		}
		if path[0] == "feeds" && len(path) > 1 {
			name := fmt.Sprint(path[1])
			broken.feeds[name] = append(broken.feeds[name], fmt.Sprint(path[min(2, len(path)-1)]))
		}
	}
	return broken, faults.Err()
}

// tokenOf is where the reader of YAML stopped; nil when it does not say.
func tokenOf(err error) *token.Token {
	var bad yaml.Error
	if !errors.As(err, &bad) {
		return nil
	}
	return bad.GetToken()
}

// describe makes a fault of an error of the reader of YAML at path. A key that is meant for another place is told
// which one.
func describe(err error, path configerr.Path) error {
	here := keysAt(path)
	told := configerr.FromYAML(err, here, preset.Synonyms())
	f, ok := told.(*configerr.Error)
	if !ok || len(path) == 0 {
		return told
	}
	key, _ := path[len(path)-1].(string)
	if text := textOf(err); f.Problem == "text, where a list is wanted" && isSymbolList(path) && text != "" {
		f.Problem += ": write [" + text + "]"
	}
	if len(path) == 1 && !slices.Contains(here, key) && !strings.Contains(f.Problem, "did you mean") && slices.Contains(keysAt(configerr.Path{"feeds", "x", "url"}), key) {
		f.Problem = fmt.Sprintf("unknown key %q: it belongs to a feed, below feeds: and the feed's name", key)
	}
	return f
}

// textOf is the text at which the reader of YAML stopped, if it fits on a line.
func textOf(err error) string {
	at := tokenOf(err)
	if at == nil || len(at.Value) > 40 || strings.ContainsFunc(at.Value, unprintable) {
		return ""
	}
	return at.Value
}

// isSymbolList reports whether symbols, and so no secrets, are to stand where path leads.
func isSymbolList(path configerr.Path) bool {
	last := path[len(path)-1]
	return path[0] == "watchlists" || last == "aliases" || last == "symbols" && path[0] == "feeds" && len(path) == 3
}

// keysAt are the keys that may stand where path leads.
func keysAt(path configerr.Path) []string {
	t := reflect.TypeFor[File]()
	for _, step := range path[:max(len(path)-1, 0)] {
		t = below(t, step)
	}
	return slices.DeleteFunc(directKeys(t), func(key string) bool { return key == "" })
}

// below is the type of what step leads to.
func below(t reflect.Type, step any) reflect.Type {
	key, named := step.(string)
	switch {
	case t.Kind() == reflect.Map && named, t.Kind() == reflect.Slice && !named:
		return bare(t.Elem())
	case t.Kind() == reflect.Struct && named:
		for i := range t.NumField() {
			f := t.Field(i)
			if f.Anonymous {
				if inner := below(f.Type, step); inner != f.Type {
					return inner
				}
			}
			if tagOf(f) == key {
				return bare(f.Type)
			}
		}
	}
	return t
}

func bare(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

func directKeys(t reflect.Type) []string {
	if t.Kind() != reflect.Struct {
		return nil
	}
	var keys []string
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous {
			keys = append(keys, directKeys(f.Type)...)
		} else {
			keys = append(keys, tagOf(f))
		}
	}
	return keys
}
