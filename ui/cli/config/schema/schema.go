// Package schema describes livetape.yaml key by key: [Keys] is the one list, from which the table in docs/config-keys.md and
// the JSON Schema in docs/livetape.schema.json are made.
package schema

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"livetape/feed/decode/preset"
	"livetape/ui"
)

type object = map[string]any

// scalar is what a text may be written as: 00700, 5.10 and NO are texts, too.
func scalar() object { return object{"type": []string{"string", "number", "boolean"}} }

func listOf(item object) object { return object{"type": "array", "items": item} }

func mapOf(member object) object { return object{"type": "object", "additionalProperties": member} }

func oneOf(words ...string) object { return object{"enum": words} }

func ref(name string) object { return object{"$ref": "#/$defs/" + name} }

// types are the schemas of the words that the list has for types. A map or list whose members are keys of the list itself is
// made from them.
func types() map[string]object {
	size := object{"type": []string{"string", "integer"}, "pattern": `^[0-9]+ *([kKMG]?B|[KMG]iB)?$`}
	duration := object{"type": "string", "pattern": `^([0-9.]+(ns|us|µs|ms|s|m|h))+$`}
	return map[string]object{
		"text": scalar(), "path": scalar(), "number": {"type": "number"}, "size": size, "time": duration,
		"time or never":   {"anyOf": []object{duration, oneOf("never")}},
		"true or false":   {"type": "boolean"},
		"whole number":    {"type": "integer", "minimum": 0},
		"list":            listOf(scalar()),
		"map":             mapOf(scalar()),
		"map of lists":    mapOf(listOf(scalar())),
		"map of maps":     mapOf(mapOf(scalar())),
		"map of keys":     {"type": "object", "propertyNames": oneOf(ui.ActionNames()...), "additionalProperties": listOf(scalar())},
		"map of themes":   mapOf(theme()),
		"list of columns": listOf(oneOf(ui.ColumnNames()...)),
		"preset":          oneOf(preset.Names()...),
		"paths":           {"anyOf": []object{scalar(), listOf(scalar())}},
		"conditions":      mapOf(ref("condition")),
		"value":           ref("value"),
		"list of values":  listOf(ref("value")),
	}
}

func theme() object {
	properties := object{"base": scalar()}
	for _, style := range ui.StyleNames() {
		properties[style] = scalar()
	}
	return object{"type": "object", "properties": properties, "additionalProperties": false}
}

// JSON is the schema of a configuration file (JSON Schema, draft 2020-12).
func JSON() ([]byte, error) {
	root := members("")
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "livetape.yaml"
	root["description"] = "The configuration of livetape: feeds, lists, symbols, alerts, positions, and how the screen looks."
	value := members("VALUE.")
	root["$defs"] = object{
		"value":     object{"anyOf": []object{scalar(), listOf(ref("value")), value}},
		"condition": object{"anyOf": []object{scalar(), listOf(scalar()), {"type": "object", "properties": object{"not": types()["paths"]}, "additionalProperties": false}}},
	}
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the schema: %w", err)
	}
	return append(text, '\n'), nil
}

// members is the object whose keys are those of the list directly below a path.
func members(under string) object {
	properties := object{}
	for _, k := range Keys {
		name, below := strings.CutPrefix(k.Path, under)
		if !below || strings.ContainsAny(name, ".[") || under == "" && strings.HasPrefix(k.Path, "VALUE") {
			continue
		}
		member := k.schema()
		member["description"] = plain(k.Text)
		if k.Default != "" {
			member["description"] = plain(k.Text) + "\nDefault: " + plain(k.Default)
		}
		properties[name] = member
	}
	return object{"type": "object", "properties": properties, "additionalProperties": false}
}

func (k Key) schema() object {
	for _, form := range []string{".*.", "[].", "."} {
		if !slices.ContainsFunc(Keys, func(other Key) bool { return strings.HasPrefix(other.Path, k.Path+form) }) {
			continue
		}
		inside := members(k.Path + form)
		switch form {
		case ".*.":
			return mapOf(inside)
		case "[].":
			return listOf(inside)
		}
		return inside
	}
	if known, found := types()[k.Type]; found {
		return known
	}
	if words, isList := strings.CutPrefix(k.Type, "list of "); isList {
		return listOf(oneOf(strings.Split(words, ", ")...))
	}
	return oneOf(strings.Split(k.Type, ", ")...)
}

var links = regexp.MustCompile(`\[([^]]*)\]\([^)]*\)`)

// plain is Markdown as text, for the descriptions that editors show.
func plain(markdown string) string {
	return strings.ReplaceAll(links.ReplaceAllString(markdown, "$1"), "`", "")
}

// Table is the list as a table in Markdown.
func Table() string {
	var b strings.Builder
	b.WriteString("| key | type | default | example | |\n| --- | --- | --- | --- | --- |\n")
	for _, k := range Keys {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", k.Path, k.Type, code(k.Default), code(k.Example), cell(k.Text))
	}
	return b.String()
}

// code is a value as code. A default in words stands as it is.
func code(text string) string {
	if text == "" || strings.Contains(text, " ") && !strings.ContainsAny(text, "[{\"'") {
		return cell(text)
	}
	return "`" + cell(text) + "`"
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
