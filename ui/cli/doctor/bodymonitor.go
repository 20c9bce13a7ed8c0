package doctor

import (
	"bytes"
	"io"
	"slices"
	"time"
	"unicode/utf8"

	"livetape/feed/stream"
)

// burstGap is the shortest time between two reads that do not belong to one burst.
const burstGap = 300 * time.Millisecond

// maxUnknownFields bounds the names of unknown fields that are kept.
const maxUnknownFields = 5

// bodyMonitor passes a body on. It notes when bytes come, and what is wrong with lines, which a reader of events hides.
type bodyMonitor struct {
	from        io.Reader
	checkFields bool // lines are fields of an event stream

	firstByte, lastByte time.Time
	bytes               int64
	silence             time.Duration // the longest time between two reads
	stalls              int           // pauses within an event

	lines         stream.Lines
	invalidUTF8   int          // sequences
	invalidRetry  int          // retry: lines that are not a number
	nulIDs        int          // id: lines with a NUL
	unknownFields []fieldCount // by name
	dataLines     int
	inBlock       bool   // fields of an event have come since the last blank line
	cutCharacter  []byte // the beginning of a character at the end of the last read
}

type fieldCount struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
	Line  string `json:"-"` // the first of them, or its beginning
}

func (b *bodyMonitor) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if n == 0 {
		return n, err
	}
	now := time.Now()
	if b.firstByte.IsZero() {
		b.firstByte = now
	} else if gap := now.Sub(b.lastByte); gap > 0 {
		b.silence = max(b.silence, gap)
		if gap >= burstGap && b.midEvent() {
			b.stalls++
		}
	}
	b.lastByte = now
	b.bytes += int64(n)
	b.checkUTF8(p[:n])
	b.checkLines(p[:n])
	return n, err
}

func (b *bodyMonitor) midEvent() bool {
	partial := b.lines.Partial()
	return b.inBlock || len(partial) > 0 && partial[0] != ':'
}

// maxLine is how much of a line is checked: the field's name, and as much of retry: and id: as matters.
const maxLine = 256

func (b *bodyMonitor) checkLines(p []byte) {
	b.lines.Limit, b.lines.All, b.lines.Spare = maxLine, true, maxLine
	b.lines.Add(p)
	for {
		line, ok := b.lines.Next()
		if !ok {
			return
		}
		if b.checkFields {
			b.checkField(line)
		}
	}
}

func (b *bodyMonitor) checkField(line stream.Line) {
	if len(line.Text) == 0 {
		b.inBlock = false
		return
	}
	name, value := line.Field()
	switch string(name) {
	case "":
	case "data", "event":
		b.inBlock = true
		if string(name) == "data" {
			b.dataLines++
		}
	case "id":
		b.inBlock = true
		if bytes.IndexByte(value, 0) >= 0 {
			b.nulIDs++
		}
	case "retry":
		if len(value) == 0 || bytes.ContainsFunc(value, func(r rune) bool { return r < '0' || r > '9' }) {
			b.invalidRetry++
		}
	default:
		b.addUnknownField(string(name), string(line.Text))
	}
}

func (b *bodyMonitor) addUnknownField(name, line string) {
	for i := range b.unknownFields {
		if b.unknownFields[i].Name == name {
			b.unknownFields[i].Count++
			return
		}
	}
	if len(b.unknownFields) < maxUnknownFields {
		b.unknownFields = append(b.unknownFields, fieldCount{Name: name, Count: 1, Line: line})
	}
}

// checkUTF8 counts what is not UTF-8. The end of a read may cut a character.
func (b *bodyMonitor) checkUTF8(p []byte) {
	if len(b.cutCharacter) == 0 && utf8.Valid(p) {
		return
	}
	text := slices.Concat(b.cutCharacter, p)
	b.cutCharacter = nil
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			if !utf8.FullRune(text) {
				b.cutCharacter = bytes.Clone(text)
				return
			}
			b.invalidUTF8++
		}
		text = text[size:]
	}
}
