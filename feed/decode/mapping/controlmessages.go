package mapping

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode"
)

// WithControlMessages reads what streams of any format say of themselves, where next makes nothing of an event: errors, heartbeats,
// and that there is nothing more to come.
func WithControlMessages(next decode.Decoder) decode.Decoder { return controlMessages{next} }

type controlMessages struct{ next decode.Decoder }

// Unwrap returns the decoder that comes next.
func (s controlMessages) Unwrap() decode.Decoder { return s.next }

// Decode implements [decode.Decoder].
func (s controlMessages) Decode(eventType string, data []byte) (decode.Message, error) {
	m, err := s.next.Decode(eventType, data)
	isObject := len(data) > 0 && data[0] == '{'
	if m.Notice != "" || m.Continuity != nil || m.End || m.ResumeID != "" || len(m.Updates) > 0 && isObject && !bytes.Contains(data, []byte(`"error`)) {
		return m, err
	}
	said, ok := readControlMessage(eventType, decode.Text(data))
	switch {
	case !ok:
		return m, err
	case len(m.Updates) > 0 && isObject: // part of an answer, and why that is not all of it: GraphQL
		m.Notice = said.Notice
		return m, err
	}
	said.Map = m.Map
	return said, nil
}

// SaysOfStream reports whether an event says something of the stream itself, in words that streams of any format use.
func SaysOfStream(eventType string, data []byte) bool {
	_, ok := readControlMessage(eventType, decode.Text(data))
	return ok
}

// IsHeartbeat reports whether an event says only that the stream lives.
func IsHeartbeat(eventType string, data []byte) bool {
	m, _ := readControlMessage(eventType, decode.Text(data))
	return m.Heartbeat
}

var (
	errorTypes     = wordSet("error err exception fault failure fail fatal")
	heartbeatTypes = wordSet("heartbeat ping pong keepalive keep-alive keep_alive hb")
	greetings      = wordSet("hello welcome connected bye byebye goodbye")
	partingTypes   = wordSet("close closing closed bye goodbye goaway shutdown reconnect restart maintenance disconnect")
	finishedTypes  = wordSet("done complete completed end finished finish eof eos stream_end stream-end streamend end_of_stream message_stop response.completed")
)

func wordSet(line string) map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsSeq(line) {
		all[word] = true
	}
	return all
}

// maxWord is how long a word is at the most, in bytes, that says something of the stream: longer data is not looked up.
const maxWord = 16

// readControlMessage is what an event says of the stream; ok is false when it says nothing of it.
func readControlMessage(eventType, data string) (m decode.Message, ok bool) {
	trimmed := strings.TrimSpace(data)
	switch kind := strings.ToLower(eventType); {
	case len(trimmed) <= maxWord && heartbeatTypes[strings.ToLower(trimmed)]:
		return decode.Message{Heartbeat: true}, true
	case errorTypes[kind]:
		return decode.Message{Notice: noticeText(eventType, data)}, true
	case kind != "" && kind != "message" && len(trimmed) <= maxWord && greetings[strings.ToLower(strings.Trim(trimmed, `"`))]: // Stellar's Horizon, at both ends of a stream
		return decode.Message{Heartbeat: true}, true
	case heartbeatTypes[kind]:
		return decode.Message{Heartbeat: true}, true
	case finishedTypes[kind], trimmed == "[DONE]":
		return decode.Message{Finished: true}, true
	case partingTypes[kind] && trimmed != "" && !IsJSON(data), plainError.MatchString(trimmed):
		return decode.Message{Notice: noticeText(eventType, data)}, true
	case isHeartbeatList(trimmed):
		return decode.Message{Heartbeat: true}, true
	case len(trimmed) > 2 && trimmed[0] == '[' && IsJSON(data):
		return readListWords(gjson.Parse(data))
	}
	if len(trimmed) < 2 || trimmed[0] != '{' || !IsJSON(data) {
		return m, false
	}
	return readObjectWords(gjson.Parse(data))
}

// plainError begins a text that is an error rather than a headline: ERROR: symbol unknown.
var plainError = regexp.MustCompile(`(?i)^(?:(?:error|err|fatal|exception):|\[(?:error|err|fatal)\]) *\S`)

// readListWords is the error that the only item of a list tells.
func readListWords(list gjson.Result) (m decode.Message, ok bool) {
	items := 0
	var first gjson.Result
	list.ForEach(func(_, item gjson.Result) bool {
		items++
		first = item
		return items < 2
	})
	if items != 1 || !first.IsObject() {
		return m, false
	}
	m, ok = readObjectWords(first)
	return m, ok && m.Notice != ""
}

// isHeartbeatList reports whether data is a short list of numbers and one word, which is a heartbeat: [17470, "hb"].
func isHeartbeatList(data string) bool {
	const maxItems, maxBytes = 3, 64
	if len(data) > maxBytes || !strings.HasPrefix(data, "[") || !IsJSON(data) {
		return false
	}
	beats, others, n := false, false, 0
	gjson.Parse(data).ForEach(func(_, item gjson.Result) bool {
		n++
		isBeat := item.Type == gjson.String && heartbeatTypes[strings.ToLower(item.Str)]
		beats, others = beats || isBeat, others || !isBeat && item.Type != gjson.Number && item.Type != gjson.Null
		return !others
	})
	return beats && !others && n <= maxItems
}

// maxOwnWords is how many members a map has at the most that says something of the stream by its type: with more, the type is
// that of what it tells of, such as a match that is finished.
const (
	maxOwnWords       = 4
	maxHeartbeatWords = 8
)

func readObjectWords(v gjson.Result) (m decode.Message, ok bool) {
	members, kind, failed, hasDetail, isDone := 0, "", false, false, false
	v.ForEach(func(key, member gjson.Result) bool {
		members++
		name := strings.ToLower(key.Str)
		switch {
		case heartbeatTypes[name]:
			m, ok = decode.Message{Heartbeat: true}, true
		case member.Type == gjson.String && (name == "t" || name == "ev" || name == "__type"):
			if word := strings.ToLower(member.Str); isErrorWord(word) {
				kind = "error"
			}
		case member.Type == gjson.String && (name == "type" || name == "event" || name == "kind" || name == "status" || name == "msg_type"):
			word := strings.ToLower(member.Str)
			if isErrorWord(word) {
				word = "error"
			}
			if own := word[strings.LastIndexByte(word, ':')+1:]; heartbeatTypes[own] || errorTypes[own] {
				word = own // pusher:ping
			}
			if kind == "" || errorTypes[word] {
				kind = word
			}
		case member.Type == gjson.False && (name == "ok" || name == "success"), member.Type == gjson.True && name == "error", isFailure(name, member):
			failed = true
		case member.Type == gjson.True && name == "done":
			isDone = true
		case name == "detail" && (member.Type == gjson.String || member.IsArray()):
			hasDetail = true
		case (name == "error" || name == "errors") && saysError(member):
			m, ok = decode.Message{Notice: noticeText("error", errorOf(v, member))}, true
		}
		return !ok
	})
	short := members <= maxOwnWords
	switch {
	case ok:
		return m, true
	case members == 0, heartbeatTypes[kind] && members <= maxHeartbeatWords:
		return decode.Message{Heartbeat: true}, true
	case errorTypes[kind], failed && errorMessage(v, 0) != v.Raw, hasDetail && members == 1:
		return decode.Message{Notice: noticeText("error", v.Raw)}, true
	case isDone && members == 1, finishedTypes[kind] && short && (members < 3 || !v.Get("status").Exists()):
		return decode.Message{Finished: true}, true
	}
	return m, false
}

// isErrorWord reports whether a kind of message ends as those of errors do: auth_failed, ThrottlingException.
func isErrorWord(word string) bool {
	return errorTypes[word] || strings.HasSuffix(word, "exception") || strings.HasSuffix(word, "_failed") || strings.HasSuffix(word, "_error") || strings.HasSuffix(word, "-error")
}

// isFailure reports whether a member is a code by which servers refuse: of HTTP, below 0, or one of errors that is not 0.
func isFailure(name string, member gjson.Result) bool {
	n := member.Num
	switch name {
	case "code", "status", "statuscode":
		return member.Type == gjson.Number && (n < 0 || n >= 400 && n < 600)
	case "retcode", "errcode", "errorcode", "error_code", "err_code", "errno":
		return member.Type == gjson.Number && n != 0 || member.Type == gjson.String && strings.Trim(member.Str, "0") != ""
	}
	return false
}

// saysError reports whether a member called error holds one: text, or a map with words, or a list of such.
func saysError(v gjson.Result) bool {
	return v.Type == gjson.String && v.Str != "" || v.IsObject() && v.Raw != "{}" || v.IsArray() && v.Get("0").Exists()
}

// errorOf is the JSON in which the words of an error stand.
func errorOf(payload, member gjson.Result) string {
	if member.Type == gjson.JSON {
		return member.Raw
	}
	return payload.Raw
}
