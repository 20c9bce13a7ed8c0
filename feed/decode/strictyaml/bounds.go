package strictyaml

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// Bounds on a file, so that a small one cannot make its reader work without end.
const (
	maxDepth    = 64     // lists and maps in each other
	maxColumn   = 400    // where a line of the deepest may begin
	maxMarks    = 1000   // anchors, aliases and tags
	maxExpanded = 50_000 // values, with every alias written out
)

// checkNesting refuses a file that nests too deep before it is parsed: the parser calls itself for each level.
func checkNesting(tokens token.Tokens) error {
	flow, marks, onLine, line := 0, 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, onLine = t.Position.Line, 0
			if flow == 0 && t.Position.Column > maxColumn && t.Type != token.CommentType {
				return tooDeepError(t)
			}
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow--
		case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType:
			if flow <= 0 {
				onLine++
			}
		case token.AnchorType, token.AliasType, token.TagType:
			marks++
		}
		if max(flow, onLine) > maxDepth {
			return tooDeepError(t)
		}
		if marks > maxMarks {
			return errorAt(t, fmt.Sprintf("more than %d anchors, aliases and tags", maxMarks))
		}
	}
	return nil
}

func tooDeepError(t *token.Token) error {
	return errorAt(t, fmt.Sprintf("nested too deep: more than %d levels", maxDepth))
}

// checkAliases refuses anchors that hold themselves, and aliases that multiply. It returns what the anchors stand for.
func checkAliases(body ast.Node) (map[string]ast.Node, error) {
	c := aliasCounter{sizes: map[string]int{}, anchors: map[string]ast.Node{}}
	c.count(body)
	return c.anchors, c.err
}

// aliasCounter counts the values of a file, with every alias written out.
type aliasCounter struct {
	sizes   map[string]int // by anchor; negative while it is open
	anchors map[string]ast.Node
	err     error
}

func (c *aliasCounter) count(node ast.Node) int {
	if c.err != nil || node == nil {
		return 0
	}
	n := 1
	switch v := node.(type) {
	case *ast.MappingNode:
		for _, m := range v.Values {
			n += c.count(m)
		}
	case *ast.MappingValueNode:
		n += c.count(v.Value)
	case *ast.SequenceNode:
		for _, item := range v.Values {
			n += c.count(item)
		}
	case *ast.TagNode:
		n += c.count(v.Value)
	case *ast.AnchorNode:
		name := v.Name.GetToken().Value
		c.sizes[name] = -1 // open: it must not hold itself
		n += c.count(v.Value)
		c.sizes[name], c.anchors[name] = n, v.Value
	case *ast.AliasNode:
		n += c.alias(v)
	}
	if n > maxExpanded && c.err == nil {
		c.err = errorAt(node.GetToken(), fmt.Sprintf("more than %d values, with its aliases written out", maxExpanded))
	}
	return n
}

func (c *aliasCounter) alias(v *ast.AliasNode) int {
	name := v.Value.GetToken().Value
	size, ok := c.sizes[name]
	switch {
	case !ok:
		c.err = errorAt(v.GetToken(), fmt.Sprintf("there is no anchor &%s above", name))
	case size < 0:
		c.err = errorAt(v.GetToken(), fmt.Sprintf("the anchor &%s holds itself", name))
	}
	return size
}
