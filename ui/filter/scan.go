package filter

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind int8

const (
	wordToken tokenKind = iota
	numberToken
	stringToken
	operatorToken
)

type token struct {
	kind tokenKind
	text string // words in lower case, strings without their quotes
	at   int    // characters before it
	open bool   // a string without its second quote
}

// operators are those of expressions, the longer ones first; some are spelled in several ways.
var operators = [...][2]string{
	{"<=", "<="}, {">=", ">="}, {"==", "=="}, {"!=", "!="}, {"<>", "!="}, {"&&", "and"}, {"||", "or"}, {"≤", "<="}, {"≥", ">="}, {"≠", "!="},
	{"<", "<"}, {">", ">"}, {"=", "=="}, {"!", "not"}, {"&", "and"}, {"|", "or"},
	{"(", "("}, {")", ")"}, {"[", "["}, {"]", "]"}, {",", ","}, {"+", "+"}, {"-", "-"}, {"−", "-"}, {"*", "*"}, {"×", "*"}, {"/", "/"},
}

// scan splits a text into tokens. What it does not know becomes an operator of one character.
func scan(text string) (tokens []token) {
	for rest := text; rest != ""; {
		if trimmed := strings.TrimLeftFunc(rest, unicode.IsSpace); trimmed != rest {
			rest = trimmed
			continue
		}
		t, size := scanToken(rest)
		t.at = utf8.RuneCountInString(text[:len(text)-len(rest)])
		tokens = append(tokens, t)
		rest = rest[size:]
	}
	return tokens
}

func scanToken(s string) (t token, size int) {
	first, width := utf8.DecodeRuneInString(s)
	switch {
	case first == '"' || first == '\'':
		inside, _, closed := strings.Cut(s[1:], s[:1])
		if closed {
			width = 2
		}
		return token{kind: stringToken, text: inside, open: !closed}, len(inside) + width
	case first >= '0' && first <= '9', first == '.' && len(s) > 1 && s[1] >= '0' && s[1] <= '9':
		size = numberLength(s)
		return token{kind: numberToken, text: strings.ToLower(s[:size])}, size
	case isWordRune(first):
		size = len(s) - len(strings.TrimLeftFunc(s, isWordRune))
		word := strings.ToLower(s[:size])
		if _, known := findField(word + "%"); known && strings.HasPrefix(s[size:], "%") {
			return token{kind: wordToken, text: word + "%"}, size + 1
		}
		return token{kind: wordToken, text: word}, size
	}
	for _, o := range operators {
		if strings.HasPrefix(s, o[0]) {
			return token{kind: operatorToken, text: o[1]}, len(o[0])
		}
	}
	return token{kind: operatorToken, text: s[:width]}, width
}

func isWordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// numberLength is how much of s is a number with its unit: 1,000.5 or 30s or 2%.
func numberLength(s string) int {
	n := 0
	for n < len(s) {
		r, width := utf8.DecodeRuneInString(s[n:])
		comma := r == ',' && n+4 <= len(s) && strings.Trim(s[n+1:n+4], "0123456789") == "" && !startsWithDigit(s[n+4:])
		if !comma && r != '.' && !isWordRune(r) {
			break
		}
		n += width
	}
	if strings.HasPrefix(s[n:], "%") {
		n++
	}
	return n
}

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// wordOperators are the operators that are words, as the compiler spells them, by their name in lower case.
var wordOperators = map[string]string{
	"and": "and", "or": "or", "not": "not", "in": "in",
	"contains": "contains", "startswith": "startsWith", "endswith": "endsWith", "matches": "matches",
	"true": "true", "false": "false", "yes": "true", "no": "false",
}

// isExpression tells an expression from words to look for: it compares, or says something of a field, or has nothing but
// fields that are yes or no. GC=F is a symbol.
func isExpression(tokens []token) bool {
	flags, others := 0, 0
	for i, t := range tokens {
		field, isField := t.field()
		switch {
		case t.kind == operatorToken && slices.Contains([]string{"<", ">", "<=", ">="}, t.text):
			return true
		case t.kind == operatorToken && slices.Contains([]string{"==", "!="}, t.text) && (isFieldAt(tokens, i-1) || isFieldAt(tokens, i+1)):
			return true
		case i > 0 && isFieldAt(tokens, i-1) && t.kind == wordToken && slices.Contains([]string{"contains", "startswith", "endswith", "matches", "in"}, t.text):
			return true
		case isField && field.Kind() == Flag:
			flags++
		case t.kind == wordToken && !slices.Contains([]string{"and", "or", "not"}, t.text), t.kind == numberToken, t.kind == stringToken:
			others++
		}
	}
	return flags > 0 && others == 0
}

func isFieldAt(tokens []token, i int) bool {
	if i < 0 || i >= len(tokens) {
		return false
	}
	_, ok := tokens[i].field()
	return ok
}

func (t token) field() (Field, bool) {
	if t.kind != wordToken {
		return "", false
	}
	return findField(t.text)
}
