package output

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
	"time"

	"livetape/feed/market"
)

// templateFormat writes each row by a template of the user, and a line break. Every field is text; a missing one is
// empty.
type templateFormat struct {
	template *template.Template
	used     []field // those that the template can reach
	values   map[string]string
	cells    cells
	out      bytes.Buffer
}

// NewTemplate makes a format of a text/template in which {{date}} is in zone. All that can be known of the template is
// checked before the first update.
func NewTemplate(source string, zone *time.Location) (Format, error) {
	if strings.TrimSpace(source) == "" {
		return nil, errors.New("is empty; it should be such as '{{.Symbol}} {{.Last}}'")
	}
	functions := template.FuncMap{"date": func(layout, text string) (string, error) { return formatDate(layout, text, zone) }}
	t, err := template.New("").Funcs(functions).Option("missingkey=error").Parse(source)
	if err != nil {
		return nil, errors.New(plainTemplateError(err))
	}
	f := &templateFormat{template: t, values: map[string]string{}}
	names := namesInTemplate(t)
	for _, name := range names {
		if err := checkFieldName(name); err != nil {
			return nil, err
		}
	}
	for _, field := range fields {
		if slices.Contains(names, field.name) || slices.Contains(names, allFields) {
			f.used = append(f.used, field)
		}
	}
	if err := f.tryOut(); err != nil {
		return nil, err
	}
	return f, nil
}

func (*templateFormat) header(b []byte) []byte { return b }

func (f *templateFormat) line(b []byte, r *row) ([]byte, error) {
	if err := f.execute(r); err != nil {
		return b, fmt.Errorf("--template: %w", err)
	}
	return append(append(b, f.out.Bytes()...), '\n'), nil
}

// execute leaves the text for r in f.out.
func (f *templateFormat) execute(r *row) error {
	for i, text := range f.cells.of(r, f.used) {
		f.values[f.used[i].name] = text
	}
	f.out.Reset()
	if err := f.template.Execute(&f.out, f.values); err != nil {
		return errors.New(plainTemplateError(err))
	}
	return nil
}

// tryOut runs the template on rows of each kind, with all fields and with few, to find what only running shows.
func (f *templateFormat) tryOut() error {
	var r row
	r.setOrigin("feed", "1", time.Unix(0, 0))
	one, err := market.ParseDecimal("1")
	if err != nil {
		return err
	}
	for _, u := range []market.Update{
		market.Quote{Symbol: "A"}, market.Headline{Title: "A"}, market.Halt{Symbol: "A"},
		market.Quote{
			Symbol: "A", Name: "A", Currency: "A", Last: one, Bid: one, Ask: one, Size: one, Volume: one,
			Open: one, High: one, Low: one, PrevClose: one,
			BidSize: one, AskSize: one, Change: one, ChangePct: one, Time: r.receivedAt, FromSnapshot: true,
		},
		market.Headline{ID: "A", Title: "A", Summary: "A", Source: "A", URL: "A", Symbols: []string{"A"}, Time: r.receivedAt},
		market.Halt{Symbol: "A", State: market.Open, Reason: "A", Time: r.receivedAt},
	} {
		r.setUpdate(u)
		if err := f.execute(&r); err != nil {
			return err
		}
	}
	return nil
}

// formatDate writes the time in a field in a layout of Go's package time.
func formatDate(layout, text string, zone *time.Location) (string, error) {
	if text == "" {
		return "", nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return "", fmt.Errorf("%q is not a time", text)
	}
	return t.In(zone).Format(layout), nil
}

var templateErrorPlace = regexp.MustCompile(`^template: :(\d+)(:\d+)?: (executing "" at (<.*>): )?`)

// plainTemplateError is an error of text/template without the name of the template, which has none.
func plainTemplateError(err error) string {
	text := err.Error()
	place := templateErrorPlace.FindStringSubmatch(text)
	if place == nil {
		return text
	}
	rest := text[len(place[0]):]
	if place[4] != "" {
		rest = place[4] + ": " + rest
	}
	if place[1] != "1" {
		rest = "line " + place[1] + ": " + rest
	}
	return rest
}

// allFields stands for a field's name where a template takes the row as a whole.
const allFields = ""

// namesInTemplate lists the fields that a template names, in whatever branch.
func namesInTemplate(t *template.Template) []string {
	var names []string
	for _, defined := range t.Templates() {
		if defined.Tree != nil {
			names = append(names, namesBelow(defined.Root)...)
		}
	}
	return names
}

func checkFieldName(name string) error {
	if name == allFields {
		return nil
	}
	known := make([]string, 0, len(fields))
	for _, f := range fields {
		if f.name == name {
			return nil
		}
		known = append(known, f.name)
	}
	for _, field := range known {
		if strings.EqualFold(strings.ReplaceAll(name, "_", ""), field) {
			return fmt.Errorf("there is no field .%s; did you mean .%s?", name, field)
		}
	}
	return fmt.Errorf("there is no field .%s; the fields are %s", name, strings.Join(known, " "))
}

// namesBelow lists the fields named anywhere below a node.
func namesBelow(node parse.Node) []string {
	var names []string
	add := func(nodes ...parse.Node) {
		for _, n := range nodes {
			names = append(names, namesBelow(n)...)
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
		names = append(names, allFields)
	case *parse.VariableNode:
		names = append(names, fieldOfVariable(n))
	}
	return names
}

// fieldOfVariable is the field of $.Field. Any other variable may hold the whole row.
func fieldOfVariable(n *parse.VariableNode) string {
	if n.Ident[0] == "$" && len(n.Ident) > 1 {
		return n.Ident[1]
	}
	return allFields
}
