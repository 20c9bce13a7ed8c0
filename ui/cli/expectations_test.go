package cli_test

import (
	"fmt"
	"math/big"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// expectations are what the commands of a case must show and must not.
type expectations struct {
	Must, Never []valueExpectation
	Symbols     []symbolsExpectation
	Lines       []linesExpectation
	Says        []textExpectation
	NeverSays   []textExpectation `json:"never_says"`
	Exit        []exitExpectation
	Asked       []requestExpectation
	Unique      []fieldExpectation
	Prompt      []promptExpectation
	Cell        []cellExpectation
	Columns     []columnsExpectation
	Either      [][]expectations // of each list, one must hold
}

// outputsOf names the outputs in which an expectation must hold; by default it is that of stream.
type outputsOf struct{ In []string }

func (of outputsOf) names() []string {
	if len(of.In) == 0 {
		return []string{"stream"}
	}
	return of.In
}

type expectation interface {
	names() []string
	problem(o *runOutput, all map[string]*runOutput) string
}

// problems is what an expectation, any of them, finds missing or wrong.
func (e expectations) problems(outputs map[string]*runOutput) (found []string) {
	for _, x := range e.all() {
		for _, name := range x.names() {
			text := "there is no such output"
			if o := outputs[name]; o != nil {
				text = x.problem(o, outputs)
			}
			if text != "" {
				found = append(found, name+": "+text)
			}
		}
	}
	for _, alternatives := range e.Either {
		var none []string
		for _, a := range alternatives {
			problems := a.problems(outputs)
			if len(problems) == 0 {
				none = nil
				break
			}
			none = append(none, problems[0])
		}
		if none != nil {
			found = append(found, strings.Join(none, ", nor "))
		}
	}
	return found
}

func (e expectations) all() (all []expectation) {
	all = appendExpectations(all, e.Must)
	for _, never := range e.Never {
		all = append(all, neverExpectation{never})
	}
	all = appendExpectations(all, e.Symbols)
	all = appendExpectations(all, e.Lines)
	all = appendExpectations(all, e.Says)
	for _, never := range e.NeverSays {
		all = append(all, unsaidExpectation{never})
	}
	all = appendExpectations(all, e.Exit)
	all = appendExpectations(all, e.Asked)
	all = appendExpectations(all, e.Unique)
	all = appendExpectations(all, e.Prompt)
	all = appendExpectations(all, e.Cell)
	return appendExpectations(all, e.Columns)
}

func appendExpectations[E expectation](all []expectation, more []E) []expectation {
	for _, e := range more {
		all = append(all, e)
	}
	return all
}

// valueExpectation is that a symbol's field ends as one of the values; null is that it is never there.
type valueExpectation struct {
	outputsOf
	Symbol, Field, When string
	Value               []*string
}

func (e valueExpectation) problem(o *runOutput, _ map[string]*runOutput) string {
	var got []string
	for _, u := range o.updates {
		if value := text(u[e.Field]); value != "" && sameValue(e.Symbol, text(u["symbol"])) {
			got = append(got, value)
		}
	}
	if len(got) == 0 {
		if slices.Contains(e.Value, nil) {
			return ""
		}
		return fmt.Sprintf("%s has no %s, not %s\n%s", e.Symbol, e.Field, valueList(e.Value), o.err)
	}
	value := got[len(got)-1]
	if e.When == "first" {
		value = got[0]
	}
	if e.holds(value) {
		return ""
	}
	return fmt.Sprintf("%s %s is %s, not %s", e.Symbol, e.Field, value, valueList(e.Value))
}

func (e valueExpectation) holds(got string) bool {
	return slices.ContainsFunc(e.Value, func(want *string) bool { return want != nil && sameValue(*want, got) })
}

// neverExpectation is that no update has such a value, or, without a field, such a symbol.
type neverExpectation struct{ valueExpectation }

func (e neverExpectation) problem(o *runOutput, _ map[string]*runOutput) string {
	for _, u := range o.updates {
		symbol, value := text(u["symbol"]), text(u[e.Field])
		if (e.Symbol == "" || sameValue(e.Symbol, symbol)) && (e.Field == "" || value != "" && e.holds(value)) {
			return fmt.Sprintf("%s %s is %s", symbol, e.Field, value)
		}
	}
	return ""
}

type symbolsExpectation struct {
	outputsOf
	Only  []string
	Count int
}

func (e symbolsExpectation) problem(o *runOutput, _ map[string]*runOutput) string {
	var got []string
	for _, u := range o.updates {
		if symbol := text(u["symbol"]); u["kind"] == "price" && !slices.Contains(got, symbol) {
			got = append(got, symbol)
		}
	}
	if e.Only == nil && len(got) == e.Count || e.Only != nil && slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(e.Only))) {
		return ""
	}
	return fmt.Sprintf("rows %q, not %d %q", got, e.Count, e.Only)
}

// linesExpectation is how many prices are printed, of a symbol or of all.
type linesExpectation struct {
	outputsOf
	Symbol string
	Count  []int
}

func (e linesExpectation) problem(o *runOutput, _ map[string]*runOutput) string {
	n := 0
	for _, u := range o.updates {
		if u["kind"] == "price" && (e.Symbol == "" || e.Symbol == text(u["symbol"])) {
			n++
		}
	}
	if within(n, e.Count) {
		return ""
	}
	return fmt.Sprintf("%d prices of %s, not %d", n, e.Symbol, e.Count)
}

func within(n int, limits []int) bool {
	return n >= limits[0] && (len(limits) < 2 || n <= limits[1])
}

// textExpectation is that an output, or any screen, matches an expression.
type textExpectation struct {
	outputsOf
	Re, Of, When, Not string
}

func (e textExpectation) problem(o *runOutput, _ map[string]*runOutput) string {
	if e.found(o) != "" {
		return ""
	}
	return fmt.Sprintf("does not say %s /%s/:\n%s", e.Not, e.Re, strings.Join(o.texts(e.Of, "last"), "\n"))
}

func (e textExpectation) found(o *runOutput) string {
	re := regexp.MustCompile("(?im)" + e.Re)
	for _, text := range o.texts(e.Of, e.When) {
		if found := re.FindString(text); found != "" {
			return found
		}
	}
	return ""
}

// unsaidExpectation is that no output, or no screen, matches.
type unsaidExpectation struct{ textExpectation }

func (e unsaidExpectation) problem(o *runOutput, _ map[string]*runOutput) string {
	if found := e.found(o); found != "" {
		return fmt.Sprintf("says %q", found)
	}
	return ""
}

var (
	sampleTypes   = regexp.MustCompile(`(?m)^event types\n(.+\n)*`)
	shownPayloads = regexp.MustCompile(`(?m)(\[\s*)?\{\s*["'].*$`)
)

// texts are the screens or the output: standard output, standard error, both, or, by default, both without payloads.
func (o *runOutput) texts(of, when string) []string {
	switch {
	case o.screens != nil && when == "last":
		return o.screens[len(o.screens)-1:]
	case o.screens != nil:
		return o.screens
	case of == "out":
		return []string{o.out}
	case of == "err":
		return []string{o.err}
	case of == "all":
		return []string{o.out + "\n" + o.err}
	}
	return []string{shownPayloads.ReplaceAllString(sampleTypes.ReplaceAllString(o.out+"\n"+o.err, ""), "")}
}

type exitExpectation struct {
	outputsOf
	Is []int
}

func (e exitExpectation) problem(o *runOutput, _ map[string]*runOutput) string {
	if slices.Contains(e.Is, o.exit) {
		return ""
	}
	return fmt.Sprintf("exit code %d, not %d\n%s", o.exit, e.Is, o.err)
}

// requestExpectation is how often the server is asked, or what some request or each has.
type requestExpectation struct {
	outputsOf
	Count     []int
	Some, All *requestShape
}

type requestShape struct {
	Path   string
	Header map[string]*string
}

func (e requestExpectation) problem(o *runOutput, _ map[string]*runOutput) string {
	o.server.mu.Lock()
	defer o.server.mu.Unlock()
	requests := o.server.requests
	if e.Count != nil && !within(len(requests), e.Count) {
		return fmt.Sprintf("%d requests, not %d", len(requests), e.Count)
	}
	if e.Some != nil && !slices.ContainsFunc(requests, e.Some.fits) {
		return fmt.Sprintf("none of %d requests is as expected", len(requests))
	}
	if e.All != nil && (len(requests) == 0 || slices.ContainsFunc(requests, func(r *http.Request) bool { return !e.All.fits(r) })) {
		return fmt.Sprintf("not all of %d requests are as expected", len(requests))
	}
	return ""
}

func (s requestShape) fits(r *http.Request) bool {
	for name, want := range s.Header {
		if !headerFits(r, name, want) {
			return false
		}
	}
	return regexp.MustCompile(s.Path).MatchString(r.URL.RequestURI())
}

// fieldExpectation is that no two updates have the same value of a field.
type fieldExpectation struct {
	outputsOf
	Field string
}

func (e fieldExpectation) problem(o *runOutput, _ map[string]*runOutput) string {
	seen := make(map[string]bool)
	for _, u := range o.updates {
		value := text(u[e.Field])
		if value != "" && seen[value] {
			return fmt.Sprintf("%s %s comes again", e.Field, value)
		}
		seen[value] = true
	}
	return ""
}

// promptExpectation is that each marked price is printed within so many seconds of its being sent.
type promptExpectation struct {
	outputsOf
	Within float64
}

func (e promptExpectation) problem(o *runOutput, _ map[string]*runOutput) string {
	o.server.mu.Lock()
	defer o.server.mu.Unlock()
	if len(o.server.marks) == 0 {
		return "nothing was sent"
	}
	for mark, sent := range o.server.marks {
		printed := o.printed(`"last":"` + mark + `"`)
		if printed.IsZero() || printed.Sub(sent) > duration(e.Within) {
			return fmt.Sprintf("%s is printed after %v", mark, printed.Sub(sent))
		}
	}
	return ""
}

// printed is when a text was printed.
func (o *runOutput) printed(text string) time.Time {
	where := strings.Index(o.out, text)
	for _, a := range o.arrivals {
		if where >= 0 && a.length >= where+len(text) {
			return a.at
		}
	}
	return time.Time{}
}

// foldedZeros are many behind the point: "0.0₄1281" is 0.00001281.
var foldedZeros = regexp.MustCompile(`\.0[₀-₉]+`)

// cellExpectation is what the last screen shows in a row under a column's name.
type cellExpectation struct {
	outputsOf
	Row, Column string
	Value       []string
}

func (e cellExpectation) problem(o *runOutput, _ map[string]*runOutput) string {
	screen := o.screens[len(o.screens)-1]
	got := cellOf(headerOf(screen), row(strings.ReplaceAll(screen, "~"+e.Row, " "+e.Row), e.Row), e.Column)
	got = foldedZeros.ReplaceAllStringFunc(got, func(folded string) string {
		n := 0
		for _, digit := range []rune(folded)[2:] {
			n = 10*n + int(digit-'₀')
		}
		return "." + strings.Repeat("0", n)
	})
	if slices.ContainsFunc(e.Value, func(want string) bool { return sameValue(want, got) }) {
		return ""
	}
	return fmt.Sprintf("%s %s is %q, not %q:\n%s", e.Row, e.Column, got, e.Value, screen)
}

func headerOf(screen string) string {
	for line := range strings.Lines(screen) {
		if strings.Contains(line, "SYMBOL") {
			return line
		}
	}
	return ""
}

var numbersOfRow = regexp.MustCompile(`[+-]?\d\S*`)

// cellOf is the number of a row that stands nearest to the middle of a column's name.
func cellOf(header, row, column string) (nearest string) {
	at := strings.Index(header, column)
	if at < 0 {
		return ""
	}
	middle := utf8.RuneCountInString(header[:at]) + len(column)/2
	best := len(row)
	for _, span := range numbersOfRow.FindAllStringIndex(row, -1) {
		from, to := utf8.RuneCountInString(row[:span[0]]), utf8.RuneCountInString(row[:span[1]])
		if distance := max(from-middle, middle-to, 0); distance < best {
			best, nearest = distance, strings.TrimRight(row[span[0]:span[1]], "│▸")
		}
	}
	return nearest
}

// columnsExpectation is which columns the table has, or that it has those of another screen.
type columnsExpectation struct {
	outputsOf
	Has []string
	As  string
}

func (e columnsExpectation) problem(o *runOutput, all map[string]*runOutput) string {
	want := e.Has
	if e.As != "" {
		want = columnsOf(all[e.As])
	}
	got := columnsOf(o)
	if len(want) == 0 {
		return "no table"
	}
	for _, column := range want {
		if !slices.Contains(got, column) {
			return fmt.Sprintf("no column %s among %q", column, got)
		}
	}
	return ""
}

func columnsOf(o *runOutput) []string {
	return strings.FieldsFunc(headerOf(o.screens[len(o.screens)-1]), func(r rune) bool { return strings.ContainsRune(" │▲▼\n", r) })
}

func text(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

func valueList(values []*string) string {
	var list []string
	for _, v := range values {
		if v == nil {
			list = append(list, "none")
		} else {
			list = append(list, *v)
		}
	}
	return strings.Join(list, " or ")
}

// sameValue compares as text, as decimals or as times, or by an expression between slashes.
func sameValue(want, got string) bool {
	if want == got {
		return true
	}
	if len(want) > 1 && strings.HasPrefix(want, "/") && strings.HasSuffix(want, "/") {
		return regexp.MustCompile(want[1 : len(want)-1]).MatchString(got)
	}
	if a, err := time.Parse(time.RFC3339, want); err == nil {
		b, err := time.Parse(time.RFC3339, got)
		return err == nil && a.Equal(b)
	}
	a, ok := new(big.Rat).SetString(strings.ReplaceAll(want, ",", ""))
	b, fits := new(big.Rat).SetString(strings.ReplaceAll(got, ",", ""))
	return ok && fits && a.Cmp(b) == 0
}
