package strictyaml

import (
	"reflect"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"livetape/feed/decode/configerr"
)

// keepTextAsWritten makes every key and value below node text as it is written, unless a number, or true or false, is wanted there. YAML takes an
// unquoted 00700 for the number 448, 5.10 for 5.1 and TRUE for true; here they are symbols, account numbers and codes.
func keepTextAsWritten(node ast.Node, at configerr.Path, t reflect.Type) ast.Node {
	switch n := node.(type) {
	case *ast.AnchorNode:
		n.Value = keepTextAsWritten(n.Value, at, t)
	case *ast.TagNode:
		n.Value = keepTextAsWritten(n.Value, at, t)
	case *ast.MappingNode:
		for _, m := range n.Values {
			keepTextAsWritten(m, at, t)
		}
	case *ast.MappingValueNode:
		n.Key = keepKeyAsWritten(n.Key)
		n.Value = keepTextAsWritten(n.Value, append(slices.Clip(at), keyText(n)), t)
	case *ast.SequenceNode:
		for i, item := range n.Values {
			n.Values[i] = keepTextAsWritten(item, append(slices.Clip(at), i), t)
			if item.Type() == ast.NullType && isNullWord(item) {
				n.Values[i] = ast.String(item.GetToken()) // a symbol called NULL
			}
		}
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		if kind := typeAt(t, at).Kind(); kind != reflect.Int && kind != reflect.Bool {
			return ast.String(node.GetToken())
		}
	}
	return node
}

func keepKeyAsWritten(key ast.MapKeyNode) ast.MapKeyNode {
	switch k := key.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return ast.String(key.GetToken())
	case *ast.NullNode:
		if isNullWord(k) {
			return ast.String(key.GetToken())
		}
	}
	return key
}

// isNullWord reports whether a null is written as a word: null, Null or NULL.
func isNullWord(node ast.Node) bool { return len(node.GetToken().Value) == len("null") }
