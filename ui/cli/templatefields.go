package cli

import (
	"fmt"
	"strings"
	"text/template"
	"text/template/parse"
)

// wholeRecord is in place of a name where a template takes the record as a whole.
const wholeRecord = ""

// namesOf lists the fields that a template names, in whatever branch.
func namesOf(t *template.Template) []string {
	var names []string
	for _, defined := range t.Templates() {
		if defined.Tree != nil {
			names = append(names, namesIn(defined.Root)...)
		}
	}
	return names
}

func checkWord(name string) error {
	if name == wholeRecord {
		return nil
	}
	words := make([]string, 0, len(fields))
	for _, f := range fields {
		if f.word == name {
			return nil
		}
		words = append(words, f.word)
	}
	for _, word := range words {
		if strings.EqualFold(strings.ReplaceAll(name, "_", ""), word) {
			return fmt.Errorf("there is no field .%s; did you mean .%s?", name, word)
		}
	}
	return fmt.Errorf("there is no field .%s; the fields are %s", name, strings.Join(words, " "))
}

// namesIn lists the fields named anywhere below a node.
func namesIn(node parse.Node) []string {
	var names []string
	add := func(nodes ...parse.Node) {
		for _, n := range nodes {
			names = append(names, namesIn(n)...)
		}
	}
	branch := func(b parse.BranchNode) {
		add(b.Pipe, b.List)
		if b.ElseList != nil {
			add(b.ElseList)
		}
	}
	switch n := node.(type) {
	case *parse.ListNode:
		add(n.Nodes...)
	case *parse.ActionNode:
		add(n.Pipe)
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			add(c.Args...)
		}
	case *parse.ChainNode:
		add(n.Node)
	case *parse.IfNode:
		branch(n.BranchNode)
	case *parse.WithNode:
		branch(n.BranchNode)
	case *parse.RangeNode:
		branch(n.BranchNode)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			add(n.Pipe)
		}
	case *parse.FieldNode:
		names = append(names, n.Ident[0])
	case *parse.DotNode:
		names = append(names, wholeRecord)
	case *parse.VariableNode:
		names = append(names, variableName(n))
	}
	return names
}

// variableName is the field of $.Field; any other variable may hold the whole record.
func variableName(n *parse.VariableNode) string {
	if n.Ident[0] == "$" && len(n.Ident) > 1 {
		return n.Ident[1]
	}
	return wholeRecord
}
