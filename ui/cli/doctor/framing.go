package doctor

import (
	"bytes"
	"io"
	"time"
	"unicode/utf8"
)

// pause is from when on two reads are not one burst.
const pause = 300 * time.Millisecond

// maxNames bounds how many unknown field names are told.
const maxNames = 5

// wire is a body as it arrives. It notes when bytes come and how lines are built, which what reads events hides.
type wire struct {
	from   io.Reader
	fields bool // lines are event-stream fields

	first, last time.Time // of bytes
	bytes       int64
	silence     time.Duration // the longest between two reads
	stalls      int           // pauses within an event

	lf, crlf, cr int    // line ends
	badText      int    // ill-formed UTF-8 sequences
	badRetry     int    // retry: lines that are no number
	nulIDs       int    // id: lines with a NUL
	unknown      []name // lines whose field is unknown
	unclosed     bool   // lines of an event have come since the last blank line
	line         []byte // the beginning of the line being read
	length       int    // of all of it
	afterCR      bool
	carry        []byte // the beginning of a character
}

// name is an unknown field and how many lines had it.
type name struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

func (w *wire) Read(p []byte) (int, error) {
	n, err := w.from.Read(p)
	if n == 0 {
		return n, err
	}
	now := time.Now()
	if w.first.IsZero() {
		w.first = now
	} else if gap := now.Sub(w.last); gap > 0 {
		w.silence = max(w.silence, gap)
		if gap >= pause && w.midEvent() {
			w.stalls++
		}
	}
	w.last = now
	w.bytes += int64(n)
	w.checkText(p[:n])
	w.split(p[:n])
	return n, err
}

// midEvent reports whether what has come so far ends within an event.
func (w *wire) midEvent() bool {
	return w.unclosed || w.length > 0 && w.line[0] != ':'
}

// split follows lines, whatever ends them (WHATWG HTML §9.2.6).
func (w *wire) split(p []byte) {
	if w.afterCR && p[0] == '\n' {
		w.cr, w.crlf = w.cr-1, w.crlf+1
		p = p[1:]
	}
	w.afterCR = false
	for len(p) > 0 {
		end := bytes.IndexAny(p, "\r\n")
		if end < 0 {
			w.extend(p)
			return
		}
		w.extend(p[:end])
		w.endLine()
		switch {
		case p[end] == '\n':
			w.lf++
		case end+1 < len(p) && p[end+1] == '\n':
			w.crlf++
			end++
		default:
			w.cr++
			w.afterCR = end+1 == len(p)
		}
		p = p[end+1:]
	}
}

// lineKept is how much of a line is looked at: the field's name, and of retry: and id: all that matters.
const lineKept = 256

func (w *wire) extend(p []byte) {
	w.length += len(p)
	w.line = append(w.line, p[:min(len(p), lineKept-len(w.line))]...)
}

func (w *wire) endLine() {
	line, blank := w.line, w.length == 0
	w.line, w.length = w.line[:0], 0
	if !w.fields {
		return
	}
	if blank {
		w.unclosed = false
		return
	}
	if w.lf+w.cr+w.crlf == 0 {
		line = bytes.TrimPrefix(line, []byte("\xEF\xBB\xBF"))
	}
	field, value, _ := bytes.Cut(line, []byte(":"))
	switch string(field) {
	case "":
	case "data", "event":
		w.unclosed = true
	case "id":
		w.unclosed = true
		if bytes.IndexByte(value, 0) >= 0 {
			w.nulIDs++
		}
	case "retry":
		if v := bytes.TrimPrefix(value, []byte(" ")); len(v) == 0 || bytes.ContainsFunc(v, func(r rune) bool { return r < '0' || r > '9' }) {
			w.badRetry++
		}
	default:
		w.note(string(field))
	}
}

// note counts an unknown field.
func (w *wire) note(field string) {
	for i := range w.unknown {
		if w.unknown[i].Name == field {
			w.unknown[i].Count++
			return
		}
	}
	if len(w.unknown) < maxNames {
		w.unknown = append(w.unknown, name{field, 1})
	}
}

// checkText counts what is not UTF-8. A character may be cut by the end of a read.
func (w *wire) checkText(p []byte) {
	if len(w.carry) == 0 && utf8.Valid(p) {
		return
	}
	text := append(w.carry, p...)
	w.carry = nil
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			if !utf8.FullRune(text) {
				w.carry = bytes.Clone(text)
				return
			}
			w.badText++
		}
		text = text[size:]
	}
}
