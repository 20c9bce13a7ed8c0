package stream

import (
	"bytes"
	"runtime"
)

// Lines splits an event stream into lines ended by LF, CR or CRLF, in any mix and however the stream is cut
// (WHATWG HTML §9.2.6). It reads nothing itself: give it what was read with Add, then call Next until it
// reports false. A line is given as soon as its first end character is there. Memory is bounded by Limit.
//
// The exported fields are set before the first Add.
type Lines struct {
	Limit int  // bytes of a line that are kept
	All   bool // keep comments and unknown fields too; without it, the first byte of a long one is enough
	Spare int  // bytes of a buffer for long lines that are kept for the next one

	window []byte // what Add gave
	at     int    // where in window the next line begins
	lf, cr int    // where in window the next LF and CR are: stale when before at, len(window) for none
	ends   LineEnds

	partial []byte // the beginning of a line that the last window ended in
	whole   []byte // the line that this window completed
	cut     bool   // the rest of that line is thrown away: nothing of it, or no more, is needed
	long    bool   // because it is over the limit
	skipLF  bool   // the last line was ended by CR: an LF now belongs to it
	bom     int    // bytes of a byte order mark seen; notBOM when the stream has begun
}

// Line is one line of a stream.
type Line struct {
	Text  []byte // without its end; valid until the next Add
	Long  bool   // over the limit: Text is its beginning
	Owned bool   // Text may be kept: its buffer is used for nothing else
}

// LineEnds counts the lines of a stream by what ended them.
type LineEnds struct{ LF, CR, CRLF int }

const (
	byteOrderMark = "\xEF\xBB\xBF"
	notBOM        = -1
)

// Field splits a line into the name and value of a field. The name of a comment is empty; a line without a
// colon is a name.
func (l Line) Field() (name, value []byte) {
	colon := bytes.IndexByte(l.Text, ':')
	if colon < 0 {
		return l.Text, nil
	}
	name, value = l.Text[:colon], l.Text[colon+1:]
	if len(value) > 0 && value[0] == ' ' {
		value = value[1:]
	}
	return name, value
}

// Add gives the bytes that follow in the stream. They must not change until Next has reported false, and
// those given before must be used up.
func (l *Lines) Add(p []byte) {
	l.window, l.at, l.lf, l.cr = p, 0, -1, -1
	l.whole = reusableBuffer(l.whole, l.Spare)
	if l.bom != notBOM {
		l.stripMark()
	}
}

// stripMark drops one leading byte order mark, which may come byte by byte.
func (l *Lines) stripMark() {
	for l.at < len(l.window) && l.bom < len(byteOrderMark) && l.window[l.at] == byteOrderMark[l.bom] {
		l.at++
		l.bom++
	}
	switch {
	case l.bom == len(byteOrderMark):
		l.bom = notBOM
	case l.at < len(l.window):
		l.partial = append(l.partial, byteOrderMark[:l.bom]...)
		l.bom = notBOM
	}
}

// Next is the next whole line of what was added, or false when there is none; then that is used up.
func (l *Lines) Next() (Line, bool) {
	if l.skipLF && l.at < len(l.window) {
		l.skipLF = false
		if l.window[l.at] == '\n' {
			l.at++
			l.ends.CR--
			l.ends.CRLF++
		}
	}
	end := l.lineEnd()
	if end == len(l.window) {
		l.keep(l.window[l.at:])
		l.at = end
		return Line{}, false
	}
	line := Line{Text: l.window[l.at:end]}
	if len(l.partial) > 0 || l.cut {
		l.keep(line.Text)
		line = Line{Text: l.partial, Long: l.long, Owned: cap(l.partial) > l.Spare}
		l.clearPartial()
	} else if len(line.Text) > l.Limit {
		line = Line{Text: line.Text[:l.Limit], Long: true}
	}
	if l.window[end] == '\n' {
		l.ends.LF++
	} else {
		l.ends.CR++
		l.skipLF = true
	}
	l.at = end + 1
	return line, true
}

// lineEnd is the index of the next end character in window, or its length. Each byte is searched once for each kind,
// also where the stream has one kind only.
func (l *Lines) lineEnd() int {
	if l.lf < l.at {
		l.lf = indexFrom(l.window, '\n', l.at)
	}
	if l.cr < l.at {
		l.cr = indexFrom(l.window, '\r', l.at)
	}
	return min(l.lf, l.cr)
}

// indexFrom is the index of the first c in window at or after from, or its length.
func indexFrom(window []byte, c byte, from int) int {
	if i := bytes.IndexByte(window[from:], c); i >= 0 {
		return from + i
	}
	return len(window)
}

// Partial is the beginning of the line that the stream has come to, empty when it has come to the end of one.
// It is valid until the next call of Add or Next.
func (l *Lines) Partial() []byte { return l.partial }

// Ends counts the lines given so far by what ended them. A CRLF that was cut after the CR is a CR until its LF is read.
func (l *Lines) Ends() LineEnds { return l.ends }

// Restart begins another stream.
func (l *Lines) Restart() {
	*l = Lines{Limit: l.Limit, All: l.All, Spare: l.Spare, partial: reusableBuffer(l.partial, l.Spare)}
}

// clearPartial forgets the partial line. Its buffer is kept from use, since the caller still reads it.
func (l *Lines) clearPartial() {
	l.partial, l.whole = l.whole[:0], l.partial
	l.cut, l.long = false, false
}

// keep appends to the partial line what may be needed of it.
func (l *Lines) keep(text []byte) {
	if l.cut || len(text) == 0 {
		return
	}
	room := l.Limit - len(l.partial)
	if len(text) > room {
		text, l.cut, l.long = text[:room], true, true
	}
	l.partial = append(grow(l.partial, len(text)), text...)
	if !l.All && !worthKeeping(l.partial) {
		l.partial, l.cut, l.long = l.partial[:1], true, false
	}
}

// midField reports whether the partial line can be one of an event: the beginning of data, event or id, as far as it goes.
func (l *Lines) midField() bool {
	thrownAway := l.cut && !l.long
	return len(l.partial) > 0 && !thrownAway && l.partial[0] != 'r'
}

// worthKeeping reports whether the beginning of a line can become a field that means something. Of comments
// and unknown fields, which may be of any length, the first byte is enough.
func worthKeeping(beginning []byte) bool {
	for _, name := range []string{"data", "event", "id", "retry"} {
		n := min(len(name), len(beginning))
		if string(beginning[:n]) == name[:n] && (n == len(beginning) || beginning[n] == ':') {
			return true
		}
	}
	return false
}

// copyPart is how many bytes of a large buffer are copied at once.
const copyPart = 256 << 10

// appendParts is append for tens of megabytes. To copy them into memory that the system has yet to provide takes long, and no
// other goroutine of the same core runs within a copy, nor between two of a loop unless it asks for that: keys would wait.
func appendParts(b, text []byte) []byte {
	for len(text) > copyPart {
		b = append(b, text[:copyPart]...)
		text = text[copyPart:]
		runtime.Gosched()
	}
	return append(b, text...)
}

// grow makes room for n bytes more. append would copy a large buffer as a whole.
func grow(b []byte, n int) []byte {
	if len(b)+n <= cap(b) || len(b)+n <= copyPart {
		return b
	}
	return appendParts(make([]byte, 0, max(2*cap(b), len(b)+n+windowSize)), b)
}

// reusableBuffer is buffer made ready to be filled again, or nothing when it is too large to keep.
func reusableBuffer(buffer []byte, spare int) []byte {
	if cap(buffer) > spare {
		return nil
	}
	return buffer[:0]
}
