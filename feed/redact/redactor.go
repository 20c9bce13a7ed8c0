package redact

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Lengths in bytes from which a secret is masked.
const (
	shortestInside  = 4 // inside a word; what is shorter is masked as a whole word only, or "1" would eat every 1
	shortestPayload = 8 // in payloads, where what is shorter could be a part of anything
)

// Redactor takes the secrets of a feed out of text that came from elsewhere, in every form in which they come back: as they
// are, in addresses, in JSON and in HTML. The zero Redactor takes nothing out. It is immutable and safe for concurrent use.
type Redactor struct{ secrets []secret }

type secret struct {
	plain      string
	credential bool
	probe      []byte         // its longest run of letters and digits: text without it holds none of the forms that follow
	forms      *regexp.Regexp // matches every form; nil when the probe is the whole secret
	encoded    [][]byte       // forms without the probe
}

func newSecret(plain string, credential bool) secret {
	s := secret{plain: plain, credential: credential}
	var pattern strings.Builder
	for _, run := range characterRuns.FindAllString(plain, -1) {
		if len(run) > len(s.probe) && isAlphanumeric(run[0]) {
			s.probe = []byte(run)
		}
		if isAlphanumeric(run[0]) {
			pattern.WriteString(run)
			continue
		}
		for _, r := range run {
			pattern.WriteString(encodingsPattern(r))
		}
	}
	if len(plain) >= shortestPayload { // that of a shorter one could be a part of anything
		for _, form := range encodedForms(plain) {
			s.encoded = append(s.encoded, []byte(form))
		}
	}
	if string(s.probe) != plain {
		s.forms = regexp.MustCompile(pattern.String())
	}
	return s
}

var characterRuns = regexp.MustCompile(`[A-Za-z0-9]+|[^A-Za-z0-9]+`)

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// encodingsPattern is a pattern of the ways in which a character that is neither letter nor digit is written: as it is, behind
// the backslashes of JSON (of which some libraries escape more than RFC 8259 §7 wants), percent-encoded once or more often,
// and as a character reference of HTML.
func encodingsPattern(r rune) string {
	if r == utf8.RuneError {
		return `(?s:.)`
	}
	var percent, escaped strings.Builder
	for _, b := range []byte(string(r)) {
		fmt.Fprintf(&percent, `%%(?:25)*%02x`, b)
	}
	for _, unit := range utf16.Encode([]rune{r}) {
		fmt.Fprintf(&escaped, `\\+u%04x`, unit)
	}
	const ampersand = `(?:&|\\+u0026)` // some libraries escape it in JSON
	ways := []string{`\\*` + regexp.QuoteMeta(string(r)), percent.String(), escaped.String(), fmt.Sprintf(ampersand+`(?:#x0*%x|#0*%d);`, r, r)}
	if name := map[rune]string{'&': "amp", '<': "lt", '>': "gt", '"': "quot", '\'': "apos"}[r]; name != "" {
		ways = append(ways, ampersand+name+";")
	}
	if r == ' ' {
		ways = append(ways, `\+`)
	}
	return "(?i:" + strings.Join(ways, "|") + ")"
}

// Message masks every secret in a message about a feed: the text of an error, the body of a refusal.
func (r Redactor) Message(text string) string {
	text = r.Document(text)
	for _, s := range r.secrets {
		if len(s.plain) < shortestInside {
			text = maskWord(text, s.plain)
		}
	}
	return text
}

// Document masks secrets in text of many lines that is about more than the feed, such as a file to be written. What is too
// short to be told from a common word stays.
func (r Redactor) Document(text string) string {
	return string(r.mask([]byte(text), func(s secret) bool { return len(s.plain) >= shortestInside }))
}

// Payload masks credentials of 8 bytes or more in what a server sends: some repeat a token to whoever shows it. Text
// without one is returned as it is; it is never changed.
func (r Redactor) Payload(text []byte) []byte {
	return r.mask(text, func(s secret) bool { return s.credential && len(s.plain) >= shortestPayload })
}

// PayloadText is Payload for text.
func (r Redactor) PayloadText(text string) string {
	if len(r.secrets) == 0 {
		return text
	}
	return string(r.Payload([]byte(text)))
}

func (r Redactor) mask(text []byte, wanted func(secret) bool) []byte {
	for _, s := range r.secrets {
		if !wanted(s) {
			continue
		}
		for _, form := range s.encoded {
			if bytes.Contains(text, form) {
				text = bytes.ReplaceAll(text, form, []byte(Mark))
			}
		}
		switch {
		case !bytes.Contains(text, s.probe):
		case s.forms != nil:
			text = s.forms.ReplaceAllLiteral(text, []byte(Mark))
		default:
			text = bytes.ReplaceAll(text, s.probe, []byte(Mark))
		}
	}
	return text
}

// maskWord masks word wherever no letter or digit touches it.
func maskWord(text, word string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, word)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		last, _ := utf8.DecodeLastRuneInString(before)
		next, _ := utf8.DecodeRuneInString(after)
		if isWordRune(last) || isWordRune(next) {
			out.WriteString(word)
		} else {
			out.WriteString(Mark)
		}
		text = after
	}
}

// String keeps the secrets from being printed.
func (r Redactor) String() string { return fmt.Sprintf("redactor of %d secrets", len(r.secrets)) }
