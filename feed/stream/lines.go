package stream

import "bytes"

// lines splits a stream into lines ended by CR, LF or CRLF, in any mix and however the stream is cut.
// A line is given as soon as its first end character is there.
type lines struct {
	limit  int    // bytes of a line that are kept; more than buffer has
	all    bool   // every line means something, not those of known fields alone
	buffer []byte // for the next read of the body
	window []byte // the part of buffer that is not split yet
	lf, cr int    // where in window the next LF and CR may be: no earlier, and -1 for not in it

	partial []byte // the beginning of a line that the last window ended in
	cut     bool   // the rest of that line is thrown away: nothing of it, or no more, is needed
	long    bool   // because it is over the limit
	skipLF  bool   // the last line was ended by CR: an LF now belongs to it
	bom     int    // bytes of a byte order mark seen; notBOM when the stream has begun
}

// line is one line of the stream without its end.
type line struct {
	text []byte // valid until the next line
	long bool   // over the limit; text is cut
}

const (
	byteOrderMark = "\xEF\xBB\xBF"
	notBOM        = -1
)

// add says that n bytes were read into buffer.
func (l *lines) add(n int) {
	l.window = l.buffer[:n]
	if l.bom != notBOM {
		l.stripMark()
	}
	l.lf, l.cr = 0, 0
}

// stripMark drops one leading byte order mark, which may come byte by byte.
func (l *lines) stripMark() {
	for len(l.window) > 0 && l.bom < len(byteOrderMark) && l.window[0] == byteOrderMark[l.bom] {
		l.window = l.window[1:]
		l.bom++
	}
	switch {
	case l.bom == len(byteOrderMark):
		l.bom = notBOM
	case len(l.window) > 0:
		l.partial = append(l.partial, byteOrderMark[:l.bom]...)
		l.bom = notBOM
	}
}

// next is the next whole line of what was added, or false when there is none; then the window is used up.
func (l *lines) next() (line, bool) {
	if l.skipLF && len(l.window) > 0 {
		l.skipLF = false
		if l.window[0] == '\n' {
			l.drop(1)
		}
	}
	end := l.end()
	if end < 0 {
		l.keep(l.window)
		l.window = nil
		return line{}, false
	}
	text := l.window[:end]
	l.skipLF = l.window[end] == '\r'
	whole := line{text: text}
	if len(l.partial) > 0 || l.cut {
		l.keep(text)
		whole = line{text: l.partial, long: l.long}
		l.startAfresh()
	}
	l.drop(end + 1)
	return whole, true
}

// startAfresh forgets the partial line, whose text is still being read by the caller.
func (l *lines) startAfresh() {
	l.partial, l.cut, l.long = emptied(l.partial), false, false
}

// end is the index of the first end character in window, or -1. Each byte is searched once for each kind,
// also where the stream has one kind only.
func (l *lines) end() int {
	l.lf = search(l.window, '\n', l.lf)
	l.cr = search(l.window, '\r', l.cr)
	if l.lf < 0 || l.cr >= 0 && l.cr < l.lf {
		return l.cr
	}
	return l.lf
}

// search is the index of the first c in window from from on, where from is right if it points at one.
func search(window []byte, c byte, from int) int {
	if from < 0 || from < len(window) && window[from] == c {
		return from
	}
	if i := bytes.IndexByte(window[from:], c); i >= 0 {
		return from + i
	}
	return -1
}

// drop removes the first n bytes of window.
func (l *lines) drop(n int) {
	l.window = l.window[n:]
	if l.lf >= 0 {
		l.lf = max(0, l.lf-n)
	}
	if l.cr >= 0 {
		l.cr = max(0, l.cr-n)
	}
}

// keep appends to the partial line what may be needed of it.
func (l *lines) keep(text []byte) {
	if l.cut || len(text) == 0 {
		return
	}
	room := l.limit - len(l.partial)
	if len(text) > room {
		text, l.cut, l.long = text[:room], true, true
	}
	l.partial = append(l.partial, text...)
	if !l.all && !worthKeeping(l.partial) {
		l.partial, l.cut, l.long = l.partial[:1], true, false
	}
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
