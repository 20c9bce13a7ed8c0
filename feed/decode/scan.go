package decode

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// maxDepth is how deep lists and objects may nest.
const maxDepth = 64

var (
	errNotJSON = errors.New("the data is not JSON")
	errTooDeep = fmt.Errorf("the data nests deeper than %d", maxDepth)
)

// jsonKind is the kind of a JSON value.
type jsonKind int8

const (
	kindNull jsonKind = iota
	kindBool
	kindNumber
	kindString
	kindList
	kindObject
)

// jsonValue is one JSON value, checked but not yet read.
type jsonValue struct {
	raw     string // as in the payload
	kind    jsonKind
	escaped bool // quoted, with at least one escape
}

// text is the text of a string.
func (v jsonValue) text() string {
	if !v.escaped {
		return v.raw[1 : len(v.raw)-1]
	}
	var s string
	if err := json.Unmarshal([]byte(v.raw), &s); err != nil {
		return "" // not reached: the scanner has checked every escape
	}
	return s
}

// eachMember calls take for every member of the object that data consists of, until take returns an error, which is
// returned with the key. All of data is checked by RFC 8259 on the way, in one pass and without the copies of a general
// decoder: this is the hot path of every price.
func eachMember(data string, take func(key string, v jsonValue) error) error {
	p := scanner{data: data}
	if p.skipSpace(); p.peek() != '{' {
		return p.wrongType("an object")
	}
	if err := p.object(take); err != nil {
		return err
	}
	return p.end()
}

// errEnough ends a list of which no more is wanted.
var errEnough = errors.New("enough")

// eachItem calls take for every item of a list, until it wants no more.
func eachItem(list string, take func(v jsonValue) (more bool)) error {
	p := scanner{data: list}
	if p.skipSpace(); p.peek() != '[' {
		return p.wrongType("a list")
	}
	switch err := p.list(take); {
	case errors.Is(err, errEnough):
		return nil
	case err != nil:
		return err
	}
	return p.end()
}

// scanner walks through a JSON text.
type scanner struct {
	data  string
	at    int
	depth int
}

// peek is the byte at hand; 0, which no JSON contains, at the end.
func (p *scanner) peek() byte {
	if p.at < len(p.data) {
		return p.data[p.at]
	}
	return 0
}

func (p *scanner) skipSpace() {
	for p.at < len(p.data) {
		switch p.data[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// accept steps over c, and white space before it, if it is there.
func (p *scanner) accept(c byte) bool {
	if p.peek() <= ' ' {
		p.skipSpace()
	}
	if p.peek() != c {
		return false
	}
	p.at++
	return true
}

func (p *scanner) syntaxError() error { return fmt.Errorf("%w (byte %d)", errNotJSON, p.at+1) }

// wrongType describes the value at hand, which is not of the wanted type.
func (p *scanner) wrongType(want string) error {
	v, err := p.value()
	if err == nil {
		err = p.end()
	}
	if err != nil {
		return err
	}
	return wrongKindError(v, want)
}

func (p *scanner) end() error {
	if p.skipSpace(); p.at < len(p.data) {
		return p.syntaxError()
	}
	return nil
}

func (p *scanner) value() (jsonValue, error) {
	p.skipSpace()
	start := p.at
	v := jsonValue{}
	var err error
	switch p.peek() {
	case '"':
		return p.quoted()
	case '{':
		v.kind, err = kindObject, p.object(nil)
	case '[':
		v.kind, err = kindList, p.list(nil)
	case 't':
		v.kind, err = kindBool, p.literal("true")
	case 'f':
		v.kind, err = kindBool, p.literal("false")
	case 'n':
		v.kind, err = kindNull, p.literal("null")
	default:
		v.kind, err = kindNumber, p.number()
	}
	v.raw = p.data[start:p.at]
	return v, err
}

// object checks the object at hand and gives its members to take, which may be nil.
func (p *scanner) object(take func(key string, v jsonValue) error) error {
	if p.open('}') {
		return nil
	}
	for p.depth <= maxDepth {
		key, v, err := p.member()
		if err != nil {
			return err
		}
		if take != nil {
			if err := take(key.text(), v); err != nil {
				return fmt.Errorf("%s: %w", key.text(), err)
			}
		}
		if !p.accept(',') {
			return p.close('}')
		}
	}
	return errTooDeep
}

func (p *scanner) member() (key, v jsonValue, err error) {
	if p.skipSpace(); p.peek() != '"' {
		return key, v, p.syntaxError()
	}
	if key, err = p.quoted(); err != nil {
		return key, v, err
	}
	if !p.accept(':') {
		return key, v, p.syntaxError()
	}
	v, err = p.value()
	return key, v, err
}

// list checks the list at hand and gives its items to take, which may be nil.
func (p *scanner) list(take func(v jsonValue) (more bool)) error {
	if p.open(']') {
		return nil
	}
	for p.depth <= maxDepth {
		v, err := p.value()
		if err != nil {
			return err
		}
		if take != nil && !take(v) {
			return errEnough
		}
		if !p.accept(',') {
			return p.close(']')
		}
	}
	return errTooDeep
}

// open enters a list or object and reports whether it is empty, and then left again.
func (p *scanner) open(end byte) bool {
	p.at++
	if p.accept(end) {
		return true
	}
	p.depth++
	return false
}

func (p *scanner) close(end byte) error {
	if !p.accept(end) {
		return p.syntaxError()
	}
	p.depth--
	return nil
}

func (p *scanner) literal(w string) error {
	if !strings.HasPrefix(p.data[p.at:], w) {
		return p.syntaxError()
	}
	p.at += len(w)
	return nil
}

func (p *scanner) number() error {
	if p.peek() == '-' {
		p.at++
	}
	if p.peek() == '0' {
		p.at++
	} else if !p.digits() {
		return p.syntaxError()
	}
	if p.peek() == '.' {
		if p.at++; !p.digits() {
			return p.syntaxError()
		}
	}
	if c := p.peek(); c != 'e' && c != 'E' {
		return nil
	}
	p.at++
	if c := p.peek(); c == '+' || c == '-' {
		p.at++
	}
	if !p.digits() {
		return p.syntaxError()
	}
	return nil
}

// digits steps over digits and reports whether there was one.
func (p *scanner) digits() bool {
	start := p.at
	for p.at < len(p.data) && p.data[p.at]-'0' <= 9 {
		p.at++
	}
	return p.at > start
}

func (p *scanner) quoted() (jsonValue, error) {
	data, start, escaped := p.data, p.at, false
	for i := start + 1; i < len(data); i++ {
		c := data[i]
		if c != '"' && c != '\\' && c >= ' ' {
			continue
		}
		if c == '"' {
			p.at = i + 1
			return jsonValue{data[start:p.at], kindString, escaped}, nil
		}
		n := escapeLen(data[i:])
		if n == 0 {
			p.at = i
			return jsonValue{}, p.syntaxError()
		}
		escaped = true
		i += n - 1
	}
	p.at = len(data)
	return jsonValue{}, p.syntaxError()
}

// escapeLen is the length of the escape at the start of s; 0 when there is none.
func escapeLen(s string) int {
	if len(s) < 2 || s[0] != '\\' {
		return 0
	}
	if s[1] != 'u' {
		if strings.IndexByte(`"\/bfnrt`, s[1]) < 0 {
			return 0
		}
		return 2
	}
	if len(s) < 6 {
		return 0
	}
	for i := 2; i < 6; i++ {
		if c := s[i] | 0x20; (s[i] < '0' || s[i] > '9') && (c < 'a' || c > 'f') {
			return 0
		}
	}
	return 6
}
