// Package strictyaml reads configuration files in YAML, strictly, and reports every error in them with its place.
//
// [Decode] reads a file into a struct: unknown keys are errors, and so is a file that is nested or multiplied by aliases
// beyond all use. [Annotate] shows the errors of a file, those of Decode and those of a later validation, with the lines
// that they are in.
package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"

	yaml "github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"livetape/feed/decode/configerr"
)

// maxErrors is how many errors of form Decode looks for.
const maxErrors = 20

// Decode reads a file of one document into what v points to, a struct. The error wraps a [configerr.Error] with a line
// for each mistake, up to 20. One with a path has cost the key at that path, and v holds the rest; one without has cost
// the whole file. Synonyms are words of other vocabularies, and the keys that they are called here.
func Decode(source []byte, v any, synonyms map[string]string) error {
	body, anchors, err := parse(source)
	if err != nil || body == nil {
		return err
	}
	mergeInherited(body, anchors)
	t := reflect.TypeOf(v).Elem()
	keepTextAsWritten(body, nil, t)
	var errs configerr.List
	for range maxErrors { // the library stops at the first error: remove what it is about, and decode the rest again
		reflect.ValueOf(v).Elem().SetZero()
		err := yaml.NodeToValue(body, v, yaml.Strict())
		if err == nil {
			break
		}
		path, removed := removeAt(body, errorToken(err), nil)
		errs.Join(nil, toConfigError(err, path, t, synonyms))
		if !removed {
			break
		}
	}
	return errs.Err()
}

// Keys returns the keys of the map at a top-level key, in the order of the file.
func Keys(source []byte, key string) []string {
	body, anchors, err := parse(source)
	if err != nil || body == nil {
		return nil
	}
	mergeInherited(body, anchors)
	var keys []string
	for _, m := range children(child(body, key).value) {
		if name, ok := m.step.(string); ok {
			keys = append(keys, name)
		}
	}
	return keys
}

// maxOpen bounds lists and maps in brackets that are open at once: of a megabyte of brackets, the library makes 600 MB.
const maxOpen = 1000

// overOpen is the line in which more are open; 0 for none. Brackets in texts and comments count, too: nobody has as many there.
func overOpen(source []byte) int {
	line, open := 1, 0
	for _, c := range source {
		switch c {
		case '\n':
			line++
		case '[', '{':
			open++
		case ']', '}':
			open = max(open-1, 0)
		}
		if open > maxOpen {
			return line
		}
	}
	return 0
}

// parse returns the one document of a file, and what its anchors stand for. The document is nil when the file is empty.
func parse(source []byte) (body ast.Node, anchors map[string]ast.Node, err error) {
	if bytes.HasPrefix(source, []byte("\xff\xfe")) || bytes.HasPrefix(source, []byte("\xfe\xff")) {
		return nil, nil, &configerr.Error{Problem: "this is UTF-16: save the file as UTF-8"}
	}
	if line := overOpen(source); line > 0 {
		return nil, nil, &configerr.Error{Line: line, Column: 1, Problem: fmt.Sprintf("nested too deep: more than %d levels", maxDepth)}
	}
	tokens := lexer.Tokenize(withoutBOM(source))
	if err := checkNesting(tokens); err != nil {
		return nil, nil, err
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, nil, toConfigError(err, nil, nil, nil)
	}
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.CommentType || doc.Body.Type() == ast.NullType {
			continue
		}
		if body != nil {
			return nil, nil, errorAt(doc.Body.GetToken(), "a second document begins here: a configuration is one")
		}
		body = doc.Body
	}
	anchors, err = checkAliases(body)
	return body, anchors, err
}

// withoutBOM is the source without the byte order mark that some editors put at its start.
func withoutBOM(source []byte) string { return strings.TrimPrefix(string(source), "\ufeff") }

// errorToken is where the library found an error; nil when it does not say.
func errorToken(err error) *token.Token {
	var annotated yaml.Error
	if !errors.As(err, &annotated) {
		return nil
	}
	return annotated.GetToken()
}

func errorAt(t *token.Token, problem string) error {
	return &configerr.Error{Problem: problem, Line: t.Position.Line, Column: t.Position.Column}
}
