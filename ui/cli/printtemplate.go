package cli

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"time"

	"livetape/feed/market"
)

// templatePrinter writes each record by a template of the user, and a line break. Every field is text; a missing
// one is empty.
type templatePrinter struct {
	template *template.Template
	used     []field // those that the template can reach
	values   map[string]string
	texts    texts
	out      bytes.Buffer
}

// newTemplatePrinter checks all that can be known of a template before the first record.
func newTemplatePrinter(source string, zone *time.Location) (*templatePrinter, error) {
	if strings.TrimSpace(source) == "" {
		return nil, errors.New("is empty; it should be such as '{{.Symbol}} {{.Last}}'")
	}
	functions := template.FuncMap{"date": func(layout, text string) (string, error) { return date(layout, text, zone) }}
	t, err := template.New("").Funcs(functions).Option("missingkey=error").Parse(source)
	if err != nil {
		return nil, errors.New(plainTemplateError(err))
	}
	p := &templatePrinter{template: t, values: map[string]string{}}
	names := namesOf(t)
	for _, name := range names {
		if err := checkWord(name); err != nil {
			return nil, err
		}
	}
	for _, f := range fields {
		if slices.Contains(names, f.word) || slices.Contains(names, wholeRecord) {
			p.used = append(p.used, f)
		}
	}
	return p, p.rehearse()
}

func (*templatePrinter) header(b []byte) []byte { return b }

func (p *templatePrinter) line(b []byte, r *record) ([]byte, error) {
	if err := p.execute(r); err != nil {
		return b, fmt.Errorf("--template: %w", err)
	}
	return append(append(b, p.out.Bytes()...), '\n'), nil
}

// execute leaves the text for r in p.out.
func (p *templatePrinter) execute(r *record) error {
	for i, text := range p.texts.of(r, p.used) {
		p.values[p.used[i].word] = text
	}
	p.out.Reset()
	if err := p.template.Execute(&p.out, p.values); err != nil {
		return errors.New(plainTemplateError(err))
	}
	return nil
}

// rehearse runs the template on records of each kind, full and bare, to find what only running shows.
func (p *templatePrinter) rehearse() error {
	var r record
	r.arrive("feed", "1", time.Unix(0, 0))
	one, err := market.ParseDecimal("1")
	if err != nil {
		return err
	}
	for _, u := range []market.Update{
		market.Quote{Symbol: "A"}, market.Headline{Title: "A"}, market.Halt{Symbol: "A"},
		market.Quote{
			Symbol: "A", Name: "A", Currency: "A", Last: one, Bid: one, Ask: one, Size: one, Volume: one,
			Open: one, High: one, Low: one, PrevClose: one,
			BidSize: one, AskSize: one, Change: one, ChangePct: one, Time: r.at, Standing: true,
		},
		market.Headline{ID: "A", Title: "A", Summary: "A", Source: "A", URL: "A", Symbols: []string{"A"}, Time: r.at},
		market.Halt{Symbol: "A", State: market.Open, Reason: "A", Time: r.at},
	} {
		r.set(u)
		if err := p.execute(&r); err != nil {
			return err
		}
	}
	return nil
}

// date writes a time that a field gives in a layout of Go's package time.
func date(layout, text string, zone *time.Location) (string, error) {
	if text == "" {
		return "", nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return "", fmt.Errorf("%q is not a time", text)
	}
	return t.In(zone).Format(layout), nil
}

var templatePlace = regexp.MustCompile(`^template: :(\d+)(:\d+)?: (executing "" at (<.*>): )?`)

// plainTemplateError is an error of text/template without the name of the template, which has none.
func plainTemplateError(err error) string {
	text := err.Error()
	place := templatePlace.FindStringSubmatch(text)
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
