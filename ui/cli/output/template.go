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

	"livetape/feed/decode/configerr"
	"livetape/feed/market"
)

// templateFormat writes each row by a template of the user, and a line break. Every field is text; a missing one is
// empty.
type templateFormat struct {
	template *template.Template
	used     []field // those that the template can reach
	values   map[string]string
	cells    fieldTexts
	out      bytes.Buffer
}

// NewTemplate makes a format of a text/template in which {{date}} is in zone. All that can be known of the template is
// checked before the first update.
func NewTemplate(source string, zone *time.Location) (Format, error) {
	if strings.TrimSpace(source) == "" {
		return nil, errors.New("is empty; it should be such as '{{.Symbol}} {{.Last}}'")
	}
	functions := template.FuncMap{
		"date":   func(layout, text string) (string, error) { return formatDate(layout, text, zone) },
		"printf": printf,
	}
	t, err := template.New("").Funcs(functions).Option("missingkey=error").Parse(source)
	if err != nil {
		return nil, errors.New(plainTemplateError(err))
	}
	f := &templateFormat{template: t, values: map[string]string{}}
	used := usesOf(t)
	for _, name := range used.names {
		if err := checkFieldName(name); err != nil {
			return nil, err
		}
	}
	for _, pipe := range used.pipes {
		if err := checkVerbs(pipe); err != nil {
			return nil, err
		}
	}
	for _, field := range fields {
		if slices.Contains(used.names, field.name) || slices.Contains(used.names, allFields) {
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

func (f *templateFormat) execute(r *row) error {
	for i, text := range f.cells.textsOf(r, f.used) {
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
			Open: one, High: one, Low: one, PrevClose: one, VWAP: one,
			BidSize: one, AskSize: one, Change: one, ChangePct: one, Time: r.receivedAt, FromSnapshot: true,
		},
		market.Headline{ID: "A", Title: "A", Summary: "A", Source: "A", URL: "A", Symbols: []string{"A"}, Time: r.receivedAt},
		market.Halt{Symbol: "A", State: market.Open, Reason: "A", Time: r.receivedAt},
		market.Reading{Name: "A", Value: one}, market.Reading{Name: "A", Value: one, Time: r.receivedAt},
	} {
		r.setUpdate(u)
		if err := f.execute(&r); err != nil {
			return err
		}
	}
	return nil
}

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

type templateUses struct {
	names []string // of fields
	pipes []*parse.PipeNode
}

func usesOf(t *template.Template) *templateUses {
	used := &templateUses{}
	for _, defined := range t.Templates() {
		if defined.Tree != nil {
			used.add(defined.Root)
		}
	}
	return used
}

func checkFieldName(name string) error {
	if name == allFields {
		return nil
	}
	known := TemplateNames()
	if slices.Contains(known, name) {
		return nil
	}
	for _, field := range known {
		if strings.EqualFold(strings.ReplaceAll(name, "_", ""), field) {
			return fmt.Errorf("there is no field .%s (did you mean \".%s\"?)", name, field)
		}
	}
	near := strings.Replace(configerr.DidYouMean(name, known, nil), "\"", "\".", 1)
	return fmt.Errorf("there is no field .%s%s; the fields are %s", name, near, strings.Join(known, " "))
}

func (u *templateUses) add(nodes ...parse.Node) {
	for _, node := range nodes {
		switch n := node.(type) {
		case *parse.ListNode:
			u.add(n.Nodes...)
		case *parse.ActionNode:
			u.add(n.Pipe)
		case *parse.PipeNode:
			u.pipes = append(u.pipes, n)
			for _, c := range n.Cmds {
				u.add(c.Args...)
			}
		case *parse.ChainNode:
			u.add(n.Node)
		case *parse.IfNode:
			u.addBranch(n.BranchNode)
		case *parse.WithNode:
			u.addBranch(n.BranchNode)
		case *parse.RangeNode:
			u.addBranch(n.BranchNode)
		case *parse.TemplateNode:
			if n.Pipe != nil {
				u.add(n.Pipe)
			}
		case *parse.FieldNode:
			u.names = append(u.names, n.Ident[0])
		case *parse.DotNode:
			u.names = append(u.names, allFields)
		case *parse.VariableNode:
			u.names = append(u.names, fieldOfVariable(n))
		}
	}
}

func (u *templateUses) addBranch(b parse.BranchNode) {
	u.add(b.Pipe, b.List)
	if b.ElseList != nil {
		u.add(b.ElseList)
	}
}

// fieldOfVariable is the field of $.Field. Any other variable may hold the whole row.
func fieldOfVariable(n *parse.VariableNode) string {
	if n.Ident[0] == "$" && len(n.Ident) > 1 {
		return n.Ident[1]
	}
	return allFields
}

// checkVerbs checks the verbs of printf in a pipe where the values are known before the first update: fields, which are
// text, and constants.
func checkVerbs(pipe *parse.PipeNode) error {
	for i, command := range pipe.Cmds {
		name, isFunction := command.Args[0].(*parse.IdentifierNode)
		if !isFunction || name.Ident != "printf" || len(command.Args) < 2 {
			continue
		}
		nodes := command.Args[1:]
		if i > 0 {
			if len(pipe.Cmds[i-1].Args) > 1 {
				continue // what it gives is not known yet
			}
			nodes = append(slices.Clone(nodes), pipe.Cmds[i-1].Args[0])
		}
		values := sampleValues(nodes)
		if format, ok := values[0].(string); !ok || slices.Contains(values, nil) {
			continue
		} else if _, err := printf(format, values[1:]...); err != nil {
			return err
		}
	}
	return nil
}

// sampleValues are values as the nodes have them; nil for one that is not known.
func sampleValues(nodes []parse.Node) []any {
	values := make([]any, len(nodes))
	for i, node := range nodes {
		switch n := node.(type) {
		case *parse.StringNode:
			values[i] = n.Text
		case *parse.FieldNode:
			values[i] = "1"
		case *parse.BoolNode:
			values[i] = n.True
		case *parse.NumberNode:
			if values[i] = n.Float64; n.IsInt {
				values[i] = int(n.Int64)
			}
		}
	}
	return values
}

// printf is fmt.Sprintf, but an error where a verb does not fit its value.
func printf(format string, values ...any) (string, error) {
	text := fmt.Sprintf(format, values...)
	if !strings.Contains(text, "%!") || strings.Contains(format, "%%!") || strings.Contains(fmt.Sprint(values...), "%!") {
		return text, nil
	}
	return "", fmt.Errorf("printf %q does not fit its values: every field is text, for which there are %%s and %%q", format)
}
