package mapping

import (
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode"
)

// WithStreamWords reads what streams of any format say of themselves, where next makes nothing of an event: errors, heartbeats,
// and that there is nothing more to come.
func WithStreamWords(next decode.Decoder) decode.Decoder { return streamWords{next} }

type streamWords struct{ next decode.Decoder }

// Unwrap returns the decoder that comes next.
func (s streamWords) Unwrap() decode.Decoder { return s.next }

// Decode implements [decode.Decoder].
func (s streamWords) Decode(eventType string, data []byte) (decode.Message, error) {
	m, err := s.next.Decode(eventType, data)
	if len(m.Updates) > 0 || m.Notice != "" || m.Continuity != nil || m.End || m.ResumeID != "" {
		return m, err
	}
	said, ok := readStreamWords(eventType, string(data))
	if !ok {
		return m, err
	}
	said.Map = m.Map
	return said, nil
}

// SaysOfStream reports whether an event says something of the stream itself, in words that streams of any format use.
func SaysOfStream(eventType string, data []byte) bool {
	_, ok := readStreamWords(eventType, string(data))
	return ok
}

// IsHeartbeat reports whether an event says only that the stream lives.
func IsHeartbeat(eventType string, data []byte) bool {
	m, _ := readStreamWords(eventType, string(data))
	return m.Heartbeat
}

var (
	errorTypes     = wordSet("error err exception fault failure")
	heartbeatTypes = wordSet("heartbeat ping pong keepalive keep-alive keep_alive hb")
	finishedTypes  = wordSet("done complete completed end finished eof")
)

func wordSet(line string) map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsSeq(line) {
		all[word] = true
	}
	return all
}

// readStreamWords is what an event says of the stream; ok is false when it says nothing of it.
func readStreamWords(eventType, data string) (m decode.Message, ok bool) {
	trimmed := strings.TrimSpace(data)
	switch kind := strings.ToLower(eventType); {
	case errorTypes[kind]:
		return decode.Message{Notice: noticeText(eventType, data)}, true
	case heartbeatTypes[kind]:
		return decode.Message{Heartbeat: true}, true
	case finishedTypes[kind], trimmed == "[DONE]":
		return decode.Message{Finished: true}, true
	}
	if len(trimmed) < 2 || trimmed[0] != '{' || nestsDeeper(data, maxDepth) || !gjson.Valid(data) {
		return m, false
	}
	return readObjectWords(gjson.Parse(data))
}

func readObjectWords(v gjson.Result) (m decode.Message, ok bool) {
	empty, kind := true, ""
	v.ForEach(func(key, member gjson.Result) bool {
		empty = false
		name := strings.ToLower(key.Str)
		switch {
		case heartbeatTypes[name]:
			m, ok = decode.Message{Heartbeat: true}, true
		case member.Type == gjson.String && (name == "type" || name == "event" || name == "kind" || name == "status" || name == "msg_type"):
			if word := strings.ToLower(member.Str); kind == "" || errorTypes[word] {
				kind = word
			}
		case (name == "error" || name == "errors") && saysError(member):
			m, ok = decode.Message{Notice: noticeText("error", errorOf(v, member))}, true
		}
		return !ok
	})
	switch {
	case ok:
		return m, true
	case empty, heartbeatTypes[kind]:
		return decode.Message{Heartbeat: true}, true
	case errorTypes[kind]:
		return decode.Message{Notice: noticeText("error", v.Raw)}, true
	case finishedTypes[kind]:
		return decode.Message{Finished: true}, true
	}
	return m, false
}

// saysError reports whether a member called error holds one: text, or a map with words, or a list of such.
func saysError(v gjson.Result) bool {
	return v.Type == gjson.String && v.Str != "" || v.IsObject() && v.Raw != "{}" || v.IsArray() && v.Get("0").Exists()
}

// errorOf is the JSON in which the words of an error stand.
func errorOf(payload, member gjson.Result) string {
	switch {
	case member.IsArray():
		return member.Get("0").Raw
	case member.IsObject():
		return member.Raw
	}
	return payload.Raw
}
