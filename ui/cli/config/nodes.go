package config

import (
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"livetape/feed/decode/configerr"
)

func tagOf(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return name
}

// members are the pairs of a map; nil of anything else.
func members(node ast.Node) []*ast.MappingValueNode {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	case *ast.AnchorNode:
		return members(n.Value)
	case *ast.TagNode:
		return members(n.Value)
	}
	return nil
}

// memberNames are the keys of the map that the member called key is.
func memberNames(body ast.Node, key string) []string {
	var names []string
	for _, m := range members(body) {
		if keyText(m) != key {
			continue
		}
		for _, below := range members(m.Value) {
			names = append(names, keyText(below))
		}
	}
	return names
}

func keyText(m *ast.MappingValueNode) string {
	if s, ok := m.Key.(*ast.StringNode); ok {
		return s.Value
	}
	return m.Key.GetToken().Value
}

// cut takes out of the tree the smallest member that begins at a token or holds it, and gives its path. It
// reports false when there is none.
func cut(node ast.Node, at *token.Token, above configerr.Path) (configerr.Path, bool) {
	if at == nil {
		return above, false
	}
	switch n := node.(type) {
	case *ast.MappingNode:
		return cutMember(n, at, above)
	case *ast.SequenceNode:
		return cutItem(n, at, above)
	case *ast.AnchorNode:
		return cut(n.Value, at, above)
	case *ast.TagNode:
		return cut(n.Value, at, above)
	}
	return above, false
}

func cutMember(n *ast.MappingNode, at *token.Token, above configerr.Path) (configerr.Path, bool) {
	for i, m := range n.Values {
		path := above.Key(keyText(m))
		if isAt(m.Key, at) || isAt(m.Value, at) {
			n.Values = append(n.Values[:i:i], n.Values[i+1:]...)
			return path, true
		}
		if inner, ok := cut(m.Value, at, path); ok {
			return inner, true
		}
	}
	return above, false
}

func cutItem(n *ast.SequenceNode, at *token.Token, above configerr.Path) (configerr.Path, bool) {
	for i, item := range n.Values {
		path := above.Index(i)
		if isAt(item, at) {
			n.Values = append(n.Values[:i:i], n.Values[i+1:]...)
			return path, true
		}
		if inner, ok := cut(item, at, path); ok {
			return inner, true
		}
	}
	return above, false
}

// inherit writes out the members that maps take over from others (`<<: *anchor`) and do not have themselves: the
// strict reader would call those that they do have twice there.
func inherit(node ast.Node, anchors map[string]ast.Node) {
	switch n := node.(type) {
	case *ast.AnchorNode:
		inherit(n.Value, anchors)
	case *ast.TagNode:
		inherit(n.Value, anchors)
	case *ast.SequenceNode:
		for _, item := range n.Values {
			inherit(item, anchors)
		}
	case *ast.MappingNode:
		for _, m := range n.Values {
			inherit(m.Value, anchors)
		}
		n.Values = own(n.Values, anchors)
	}
}

// own are the members of a map and those that it takes over; its own come first, and of the others the first.
func own(values []*ast.MappingValueNode, anchors map[string]ast.Node) []*ast.MappingValueNode {
	var all []*ast.MappingValueNode
	var from []ast.Node
	has := map[string]bool{}
	for _, m := range values {
		if m.Key.Type() != ast.MergeKeyType {
			all = append(all, m)
			has[keyText(m)] = true
		} else if list, ok := m.Value.(*ast.SequenceNode); ok {
			from = append(from, list.Values...)
		} else {
			from = append(from, m.Value)
		}
	}
	for _, node := range from {
		if alias, ok := node.(*ast.AliasNode); ok {
			node = anchors[alias.Value.GetToken().Value]
		}
		for _, m := range members(node) {
			if !has[keyText(m)] {
				all = append(all, m)
				has[keyText(m)] = true
			}
		}
	}
	return all
}

// isAt reports whether a node is the one that the reader of YAML pointed at. Of a map without braces it points at
// the first colon.
func isAt(node ast.Node, at *token.Token) bool {
	if node == nil || node.GetToken() == nil {
		return false
	}
	return node.GetToken() == at || *node.GetToken().Position == *at.Position
}
