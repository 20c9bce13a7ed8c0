package filter

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"

	"livetape/feed/decode/configerr"
)

// maxNodes bounds an expression.
const maxNodes = 200

// compile translates an expression into the compiler's language, and its mistakes back.
func compile(text string) (*Filter, error) {
	t := translation{tokens: scan(text)}
	if err := t.translate(); err != nil {
		return nil, err
	}
	program, err := expr.Compile(t.out.String(), expr.Env(sampleValues()), expr.AsBool(), expr.DisableAllBuiltins(), expr.MaxNodes(maxNodes))
	if err != nil {
		return nil, t.explain(err, utf8.RuneCountInString(text))
	}
	return &Filter{program: program, fields: t.fields, values: sampleValues()}, nil
}

func sampleValues() map[string]any {
	values := map[string]any{}
	for _, f := range Fields() {
		switch f.Kind() {
		case Text:
			values[f.ident()] = ""
		case Flag:
			values[f.ident()] = false
		default:
			values[f.ident()] = 0.0
		}
	}
	return values
}

type translation struct {
	tokens []token
	out    strings.Builder
	starts []int // where each token begins in out, in characters
	fields []Field
}

func (t *translation) translate() error {
	for i, tok := range t.tokens {
		words, problem := t.translateToken(i, tok)
		if problem != "" {
			return &Error{tok.at, problem}
		}
		t.starts = append(t.starts, utf8.RuneCountInString(t.out.String()))
		t.out.WriteString(words + " ")
	}
	return nil
}

func (t *translation) translateToken(i int, tok token) (words, problem string) {
	switch tok.kind {
	case numberToken:
		return translateNumber(tok.text, t.concernsTime(i))
	case stringToken:
		return t.translateString(i, tok)
	case operatorToken:
		if utf8.RuneCountInString(tok.text) == 1 && !strings.ContainsAny(tok.text, "<>()[],+-*/") {
			return "", fmt.Sprintf("%q means nothing here", tok.text)
		}
		return tok.text, ""
	}
	if operator := wordOperators[tok.text]; operator != "" {
		return operator, ""
	}
	f, known := tok.field()
	if !known {
		return "", fmt.Sprintf("there is no field %q%s", tok.text, configerr.DidYouMean(tok.text, knownWords(), nil))
	}
	if !slices.Contains(t.fields, f) {
		t.fields = append(t.fields, f)
	}
	return f.ident(), ""
}

func knownWords() (words []string) {
	for _, f := range Fields() {
		words = append(words, string(f))
	}
	return append(words, "and", "or", "not", "contains")
}

// translateString writes a string in lower case, as the texts of rows are compared. A pattern says by itself that it
// ignores the case, since \D is not \d.
func (t *translation) translateString(i int, tok token) (words, problem string) {
	if tok.open {
		return "", "the quote that ends this is missing"
	}
	if i > 0 && t.tokens[i-1].text == "matches" {
		if _, err := regexp.Compile(tok.text); err != nil {
			return "", "this is no regular expression: " + strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		}
		return strconv.Quote("(?i)" + tok.text), ""
	}
	return strconv.Quote(strings.ToLower(tok.text)), ""
}

// concernsTime reports whether the number is compared with a time, so that its m are minutes and not millions.
func (t *translation) concernsTime(at int) bool {
	ends := func(tok token) bool { return tok.text == "and" || tok.text == "or" }
	begin, end := at, at
	for begin > 0 && !ends(t.tokens[begin-1]) {
		begin--
	}
	for end < len(t.tokens) && !ends(t.tokens[end]) {
		end++
	}
	return slices.ContainsFunc(t.tokens[begin:end], func(tok token) bool {
		f, ok := tok.field()
		return ok && f.Kind() == Duration
	})
}

var (
	numberPattern = regexp.MustCompile(`^([0-9.,]+(?:e[0-9]+)?)([a-zµ]*)$`)
	sizeUnits     = map[string]float64{"": 1, "k": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "b": 1e9, "bn": 1e9, "t": 1e12}
)

// translateNumber reads a number with its unit. Of a time, it is in seconds.
func translateNumber(text string, isTime bool) (words, problem string) {
	text = strings.TrimSuffix(text, "%")
	if isTime {
		if seconds, ok := parseSeconds(text); ok {
			return strconv.FormatFloat(seconds, 'f', -1, 64), ""
		}
		return "", fmt.Sprintf("%q is not a time: write 30s, 5m, 2h or 1d", text)
	}
	parts := numberPattern.FindStringSubmatch(text)
	if parts == nil {
		return "", fmt.Sprintf("%q is no number", text)
	}
	n, err := strconv.ParseFloat(strings.ReplaceAll(parts[1], ",", ""), 64)
	factor, known := sizeUnits[parts[2]]
	switch {
	case err != nil:
		return "", fmt.Sprintf("%q is no number", text)
	case !known:
		return "", fmt.Sprintf("%q is no number: the units are k, m, b and t, and of age s, m, h and d", text)
	}
	return strconv.FormatFloat(n*factor, 'f', -1, 64), ""
}

func parseSeconds(text string) (seconds float64, ok bool) {
	if days, found := strings.CutSuffix(text, "d"); found {
		n, err := strconv.ParseFloat(days, 64)
		return n * 24 * 3600, err == nil
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n, true
	}
	d, err := time.ParseDuration(text)
	return d.Seconds(), err == nil
}

// explain says in plain words what the compiler says, and where.
func (t *translation) explain(err error, end int) error {
	var mistake *file.Error
	if !errors.As(err, &mistake) {
		return &Error{0, plainProblem(err.Error())}
	}
	if strings.Contains(mistake.Message, "EOF") {
		return &Error{end, "something is missing here"}
	}
	at := 0
	for i, start := range t.starts {
		if start <= mistake.From {
			at = t.tokens[i].at
		}
	}
	return &Error{at, plainProblem(mistake.Message)}
}

var (
	unexpectedToken = regexp.MustCompile(`unexpected token \w+\((".*")\)`)
	mismatch        = regexp.MustCompile(`invalid operation: (\S+) \(mismatched types (.+) and (.+)\)`)
	singleMismatch  = regexp.MustCompile(`invalid operation: (\S+) \(mismatched type (.+)\)`)
	expectedBool    = regexp.MustCompile(`expected bool, but got (\w+)`)
	kindWords       = map[string]string{"string": "a text", "float64": "a number", "int": "a number", "bool": "yes or no"}
)

func plainProblem(message string) string {
	kind := func(s string) string {
		if words := kindWords[s]; words != "" {
			return words
		}
		return "a list"
	}
	if m := unexpectedToken.FindStringSubmatch(message); m != nil {
		return m[1] + " cannot stand here"
	}
	if m := mismatch.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("%s does not go with %s and %s", m[1], kind(m[2]), kind(m[3]))
	}
	if m := singleMismatch.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("%s does not go with %s", m[1], kind(m[2]))
	}
	if m := expectedBool.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("this is %s: compare it, as in chg%% > 2", kind(m[1]))
	}
	first, _, _ := strings.Cut(message, "\n")
	return first
}
