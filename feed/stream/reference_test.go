package stream_test

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"livetape/feed/stream"
)

// transcript is all that can be seen of a stream.
type transcript struct {
	Events      []markedEvent
	Retries     []time.Duration
	Comments    int
	LastEventID string
	Alive       bool
}

type markedEvent struct {
	Event event
	Mark  stream.Mark
}

// reference reads a whole stream as WHATWG HTML §9.2.6 tells it, step by step, with no thought of speed, and
// with a limit on events in bytes. It is for streams of up to 64 KiB.
func reference(body []byte, limit int) transcript {
	texts, sizes := linesOf(wellFormed(body)), linesOf(string(body))
	seen := transcript{Events: []markedEvent{}}
	var kind, id string
	var data []string
	own, size := false, 0
	for i, line := range texts {
		if line == "" {
			seen.LastEventID = id
			if data != nil {
				seen.Events = append(seen.Events, dispatched(event{kind, strings.Join(data, "\n"), id}, own, size > limit, limit))
			}
			kind, data, own, size = "", nil, false, 0
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		if name == "data" || name == "event" || name == "id" {
			size += len(sizes[i])
		}
		switch name {
		case "":
			seen.Comments++
		case "event":
			kind = value
		case "data":
			data = append(data, value)
		case "id":
			if !strings.Contains(value, "\x00") {
				id, own = value, true
			}
		case "retry":
			if value != "" && strings.Trim(value, "0123456789") == "" {
				seen.Retries = append(seen.Retries, milliseconds(value))
			}
		}
	}
	seen.Alive = len(seen.Events)+seen.Comments+len(seen.Retries) > 0
	return seen
}

func dispatched(plain event, own, over bool, limit int) markedEvent {
	e := markedEvent{plain, stream.InheritedID}
	if own {
		e.Mark = stream.OwnID
	}
	if over {
		e.Event.Type, e.Event.Data, e.Mark = "", skippedWords(limit), stream.Skipped
	}
	if e.Event.Type == "" {
		e.Event.Type = "message"
	}
	return e
}

func skippedWords(limit int) string { return fmt.Sprintf("event of over %d bytes skipped", limit) }

// linesOf gives the lines that have an end, after one byte order mark.
func linesOf(text string) []string {
	text = strings.TrimPrefix(text, "\ufeff")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	lines := strings.Split(text, "\n")
	return lines[:len(lines)-1]
}

// milliseconds reads digits; what no duration can be is the longest one.
func milliseconds(digits string) time.Duration {
	ms, err := strconv.ParseInt(digits, 10, 64)
	const most = math.MaxInt64 / int64(time.Millisecond)
	if err != nil || ms > most { // digits alone can only be out of range
		ms = most
	}
	return time.Duration(ms) * time.Millisecond
}

// wellFormed decodes UTF-8 with one U+FFFD for each maximal part of an ill-formed sequence (Unicode Standard
// §3.9): the longest beginning that some continuation would make well-formed, or else one byte.
func wellFormed(body []byte) string {
	var text strings.Builder
	for len(body) > 0 {
		if r, size := utf8.DecodeRune(body); r != utf8.RuneError || size > 1 {
			text.WriteRune(r)
			body = body[size:]
			continue
		}
		n := 1
		for n < len(body) && canBecomeRune(body[:n+1]) {
			n++
		}
		text.WriteRune(utf8.RuneError)
		body = body[n:]
	}
	return text.String()
}

// canBecomeRune tries every continuation of the bytes.
func canBecomeRune(b []byte) bool {
	if r, size := utf8.DecodeRune(b); r != utf8.RuneError && size == len(b) {
		return true
	}
	if len(b) >= utf8.UTFMax {
		return false
	}
	for _, next := range []byte{0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF} {
		if canBecomeRune(append(bytes.Clone(b), next)) {
			return true
		}
	}
	return false
}
