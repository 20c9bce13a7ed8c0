package tape

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/tidwall/gjson"

	"livetape/feed/market"
)

// signature is how every recording begins.
const signature = ": " + wordRecording

const byteOrderMark = "\xEF\xBB\xBF"

// format is what a file is.
type format int8

const (
	recording format = iota
	eventStream
	jsonLines
)

// identify tells from its begin what a file is; whole says that it is no longer than head. The error
// says what it looks like instead.
func identify(head []byte, whole bool) (format, error) {
	head = bytes.TrimPrefix(head, []byte(byteOrderMark))
	first := firstLine(head)
	switch {
	case bytes.HasPrefix(head, []byte(signature)):
		return recording, checkVersion(first)
	case len(first) == 0 && whole:
		return 0, fmt.Errorf("%w: it is empty", ErrNotRecording)
	case bytes.IndexByte(head, 0) >= 0 && !looksLikeStream(head[:bytes.IndexByte(head, 0)]):
		return 0, fmt.Errorf("%w: it holds binary data", ErrNotRecording)
	case first[0] == '{' || first[0] == '[':
		return jsonLines, checkJSONLine(first, len(first) < len(bytes.TrimSpace(head)) || whole)
	case !looksLikeStream(head):
		return 0, fmt.Errorf("%w: no line of its begin is one of an event stream; the first is %q", ErrNotRecording, market.PlainText(string(first), 60))
	}
	return eventStream, nil
}

// firstLine is the first line that is not blank.
func firstLine(head []byte) []byte {
	head = bytes.TrimSpace(head)
	if i := lineEnd(head); i >= 0 {
		head = head[:i]
	}
	return head
}

func checkVersion(first []byte) error {
	text := string(bytes.TrimPrefix(first, []byte(signature)))
	version, err := strconv.Atoi(text)
	switch {
	case len(first) < len(signature): // its last blank was trimmed
		return fmt.Errorf("%w: it is one that was cut off at its begin", ErrNotRecording)
	case err != nil:
		return fmt.Errorf("is a recording of the unknown version %q", market.PlainText(text, 20))
	case version > Version:
		return fmt.Errorf("is a recording of version %d, made by a newer livetape; this one reads versions up to %d", version, Version)
	}
	return nil
}

// checkJSONLine checks the first line of what seems to be JSON lines, if it is whole.
func checkJSONLine(first []byte, isWhole bool) error {
	if isWhole && !gjson.ValidBytes(first) {
		return fmt.Errorf("%w: it begins like JSON, but its first line is no whole value", ErrNotRecording)
	}
	return nil
}

// looksLikeStream reports whether there is a line that only an event stream has: data or a comment.
// Other lines may come first: fields of their own that some servers send, or the answer's header (curl -i).
func looksLikeStream(head []byte) bool {
	for len(head) > 0 {
		line := head
		i := lineEnd(head)
		if i >= 0 {
			line, head = head[:i], head[i+1:]
		} else {
			head = nil
		}
		name, _, _ := bytes.Cut(line, []byte(":"))
		if len(line) > 0 && (len(name) == 0 || string(name) == "data") {
			return true
		}
	}
	return false
}
