package strictyaml

import (
	"slices"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"livetape/feed/decode/configerr"
)

// member is a member of a map, or an item of a list.
type member struct {
	step  any          // as in a configerr.Path
	key   *token.Token // nil for items
	value ast.Node
}

// unwrap is a node without its anchor and its tag.
func unwrap(node ast.Node) ast.Node {
	for {
		switch n := node.(type) {
		case *ast.AnchorNode:
			node = n.Value
		case *ast.TagNode:
			node = n.Value
		default:
			return node
		}
	}
}

// mapPairs are the members of a map as the library has them; nil of any other node.
func mapPairs(node ast.Node) []*ast.MappingValueNode {
	switch n := unwrap(node).(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

// children are the members of a map or the items of a list; nil of any other node.
func children(node ast.Node) (all []member) {
	for _, m := range mapPairs(node) {
		all = append(all, member{keyText(m), m.Key.GetToken(), m.Value})
	}
	if list, ok := unwrap(node).(*ast.SequenceNode); ok {
		for i, item := range list.Values {
			all = append(all, member{i, nil, item})
		}
	}
	return all
}

// child is the member that a step leads to; without a value when there is none.
func child(node ast.Node, step any) member {
	for _, m := range children(node) {
		if m.step == step {
			return m
		}
	}
	return member{}
}

func keyText(m *ast.MappingValueNode) string {
	if s, ok := m.Key.(*ast.StringNode); ok {
		return s.Value
	}
	return m.Key.GetToken().Value
}

// removeAt removes the smallest member or item that begins at a token, and returns its path. It reports false when
// there is none.
func removeAt(node ast.Node, at *token.Token, above configerr.Path) (configerr.Path, bool) {
	if at == nil {
		return nil, false
	}
	for i, m := range children(node) {
		path := append(slices.Clip(above), m.step)
		if isSameToken(m.key, at) || m.value != nil && isSameToken(m.value.GetToken(), at) {
			removeChild(node, i)
			return path, true
		}
		if inner, ok := removeAt(m.value, at, path); ok {
			return inner, true
		}
	}
	return nil, false
}

// isSameToken reports whether t is the token that the library pointed at. Of a map without braces it points at the first colon.
func isSameToken(t, at *token.Token) bool {
	return t != nil && (t == at || *t.Position == *at.Position)
}

// removeChild removes a child from a map or a list.
func removeChild(node ast.Node, i int) {
	switch n := unwrap(node).(type) {
	case *ast.MappingNode:
		n.Values = slices.Delete(slices.Clone(n.Values), i, i+1) // an alias may share the list
	case *ast.SequenceNode:
		n.Values = slices.Delete(slices.Clone(n.Values), i, i+1)
	}
}

// mergeInherited writes out the members that maps inherit from others (`<<: *anchor`) and do not have themselves: the
// library would report those that they do have as duplicates.
func mergeInherited(node ast.Node, anchors map[string]ast.Node) {
	for _, m := range children(node) {
		mergeInherited(m.value, anchors)
	}
	if n, ok := unwrap(node).(*ast.MappingNode); ok {
		n.Values = withInherited(n.Values, anchors)
	}
}

// withInherited are the members of a map and those that it inherits. Its own go first, and then the first of each key.
func withInherited(values []*ast.MappingValueNode, anchors map[string]ast.Node) []*ast.MappingValueNode {
	var all []*ast.MappingValueNode
	var parents []ast.Node
	has := map[string]bool{}
	for _, m := range values {
		if m.Key.Type() != ast.MergeKeyType {
			all = append(all, m)
			has[keyText(m)] = true
		} else if list, ok := m.Value.(*ast.SequenceNode); ok {
			parents = append(parents, list.Values...)
		} else {
			parents = append(parents, m.Value)
		}
	}
	for _, parent := range parents {
		if alias, ok := parent.(*ast.AliasNode); ok {
			parent = anchors[alias.Value.GetToken().Value]
		}
		for _, m := range mapPairs(parent) {
			if !has[keyText(m)] {
				all = append(all, m)
				has[keyText(m)] = true
			}
		}
	}
	return all
}
