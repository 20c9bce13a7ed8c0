package mapping

import (
	"bytes"
	"regexp"
	"strconv"
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
	isObject, isList := len(data) > 0 && data[0] == '{', len(data) > 0 && data[0] == '['
	if m.Notice != "" || m.Continuity != nil || m.End || m.ResumeID != "" || len(m.Updates) > 0 && (isList || isObject && !bytes.Contains(data, []byte(`"error`))) {
		return m, err
	}
	said, ok := readControlMessage(eventType, decode.Text(data))
	if !ok && len(m.Updates) == 0 {
		said, ok = readPlainWords(eventType, decode.Text(data))
	}
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
	errorTypes     = WordSet("error err exception fault failure")
	heartbeatTypes = WordSet("heartbeat ping pong keepalive keep-alive keep_alive hb")
	greetings      = WordSet("hello welcome connected bye byebye goodbye")
	partingTypes   = WordSet("close closing closed bye goodbye goaway shutdown reconnect restart maintenance disconnect")
	finishedTypes  = WordSet("done complete completed end finished finish eof stream_end stream-end streamend end_of_stream message_stop response.completed")
)

// WordSet is the set of the words of a line.
func WordSet(line string) map[string]bool {
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
	case finishedTypes[kind] && !(IsJSON(data) && tellsNews(gjson.Parse(data), 0)), isEndOfStream(eventType, trimmed), trimmed == "[DONE]":
		return decode.Message{Finished: true}, true
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

// isEndOfStream reports whether a word ends the stream: eos, which in capitals or with a number is a coin's ticker.
func isEndOfStream(word, data string) bool {
	return word == "eos" && !strings.ContainsAny(data, "0123456789")
}

// plainError begins a text that is an error: ERROR: symbol unknown.
var plainError = regexp.MustCompile(`(?i)^(?:(?:error|err|fatal|exception):|\[(?:error|err|fatal)\]) *\S`)

// readPlainWords is what an event of text says of an error, or of the end of the stream, if no map makes a headline of it: where
// headlines are text, it is one of them.
func readPlainWords(eventType, data string) (m decode.Message, ok bool) {
	text := strings.TrimSpace(data)
	words := strings.Fields(text)
	isParting := len(words) > 0 && partingTypes[strings.ToLower(eventType)] && !isNumeric(words[len(words)-1])
	isError := (eventType == "" || eventType == "message") && plainError.MatchString(text)
	if !isParting && !isError || IsJSON(data) {
		return m, false
	}
	return decode.Message{Notice: noticeText(eventType, data)}, true
}

func isNumeric(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil
}

// tellsNews reports whether JSON has a price or a headline, so that it says more than something of the stream. A number called
// last or the like is a price beside a symbol: alone, it may be the last id.
func tellsNews(v gjson.Result, depth int) (found bool) {
	hasSymbol, mayBePrice := false, false
	v.ForEach(func(key, member gjson.Result) bool {
		name := plainName(key.Str)
		switch {
		case member.Type == gjson.JSON:
			found = depth < maxNews && tellsNews(member, depth+1)
		case name == "headline":
			found = member.Str != ""
		case name == "px", strings.HasSuffix(name, "price"):
			found = holdsNumber(member)
		default:
			hasSymbol = hasSymbol || symbolNames[name] && member.Type == gjson.String
			mayBePrice = mayBePrice || priceNames[name] && holdsNumber(member)
		}
		return !found
	})
	return found || hasSymbol && mayBePrice
}

// maxNews is how deep prices and headlines are looked for.
const maxNews = 3

var (
	priceNames  = WordSet("last bid ask p close mid mark c b a value rate")
	symbolNames = WordSet("symbol sym s ticker pair instrument instid productid code figi isin coin market")
)

// tellsMore reports whether the map of an error by its looks has a number that errors have not, or a title: it may as well be a
// row of anything that failed.
func tellsMore(v gjson.Result) (found bool) {
	v.ForEach(func(key, member gjson.Result) bool {
		name := plainName(key.Str)
		found = !errorNumbers[name] && holdsNumber(member) || name == "title" || member.IsObject() && tellsMore(member)
		return !found
	})
	return found || tellsNews(v, 0)
}

// errorNumbers are names of the numbers that maps of errors have.
var errorNumbers = WordSet("code status statuscode retcode errcode errorcode errno id reqid requestid seq time timestamp ts t retry retryafter limit connid")

// holdsNumber reports whether a value is a number, or text that is one.
func holdsNumber(v gjson.Result) bool {
	return v.Type == gjson.Number || v.Type == gjson.String && isNumeric(v.Str)
}

// plainName is a name in lower case, without what stands between its words.
func plainName(name string) string {
	return strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(name, "_", ""), "-", ""))
}

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
	if m, ok = readObjectWords(first); !ok || m.Notice == "" || tellsMore(first) {
		return decode.Message{}, false
	}
	return m, true
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

// objectWords is what the members of a map say of it.
type objectWords struct {
	members   int
	kind      string // of the message
	refused   bool   // by an answer, or by a code as those of HTTP
	failed    bool   // by what rows of anything may have as well: see tellsMore
	hasDetail bool
	isDone    bool
}

// add takes in a member; ok is false when it says nothing for itself.
func (w *objectWords) add(v gjson.Result, name string, member gjson.Result) (m decode.Message, ok bool) {
	w.members++
	word := strings.ToLower(member.Str)
	switch isText := member.Type == gjson.String; {
	case heartbeatTypes[name]:
		return decode.Message{Heartbeat: true}, true
	case isText && (name == "t" || name == "ev"):
		w.failed = w.failed || errorTypes[word]
	case isText && name == "__type":
		w.failed = w.failed || strings.HasSuffix(word, "exception")
	case isText && (name == "type" || name == "event" || name == "kind" || name == "status" || name == "msg_type"):
		if own := word[strings.LastIndexByte(word, ':')+1:]; own != word && (heartbeatTypes[own] || errorTypes[own]) && !tellsMore(v) {
			word = own // pusher:ping
		}
		if w.kind == "" || errorTypes[word] {
			w.kind = word
		}
		w.isDone = w.isDone || isEndOfStream(member.Str, v.Raw)
	case member.Type == gjson.False && (name == "ok" || name == "success"), isRefusal(name, member):
		w.refused = true
	case member.Type == gjson.True && name == "error", isErrorNumber(name, member):
		w.failed = true
	case member.Type == gjson.True && name == "done":
		w.isDone = true
	case name == "detail" && (isText || member.IsArray()):
		w.hasDetail = true
	case (name == "error" || name == "errors") && saysError(member):
		return decode.Message{Notice: noticeText("error", errorOf(v, member))}, true
	}
	return m, false
}

func readObjectWords(v gjson.Result) (m decode.Message, ok bool) {
	var w objectWords
	v.ForEach(func(key, member gjson.Result) bool {
		m, ok = w.add(v, strings.ToLower(key.Str), member)
		return !ok
	})
	short := w.members <= maxOwnWords
	switch {
	case ok:
		return m, true
	case w.members == 0, heartbeatTypes[w.kind] && w.members <= maxHeartbeatWords:
		return decode.Message{Heartbeat: true}, true
	case errorTypes[w.kind], w.isError(v), w.hasDetail && w.members == 1:
		return decode.Message{Notice: noticeText("error", v.Raw)}, true
	case w.isDone && w.members == 1, finishedTypes[w.kind] && short && (w.members < 3 || !v.Get("status").Exists()) && !tellsNews(v, 0):
		return decode.Message{Finished: true}, true
	}
	return m, false
}

// isError reports whether a map tells that something failed and why, and nothing else.
func (w *objectWords) isError(v gjson.Result) bool {
	switch {
	case !w.refused && !w.failed || errorMessage(v, 0) == v.Raw:
		return false
	case w.refused && !v.Get("description").Exists():
		return !tellsNews(v, 0)
	}
	return !tellsMore(v)
}

// isRefusal reports whether a member is a code by which servers refuse: of HTTP, or below 0.
func isRefusal(name string, member gjson.Result) bool {
	n := member.Num
	return (name == "code" || name == "status" || name == "statuscode") && member.Type == gjson.Number && (n < 0 || n >= 400 && n < 600)
}

// isErrorNumber reports whether a member is the number of an error, and not 0, which is none.
func isErrorNumber(name string, member gjson.Result) bool {
	switch name {
	case "retcode", "errcode", "errorcode", "error_code", "err_code", "errno":
		return member.Type == gjson.Number && member.Num != 0 || member.Type == gjson.String && strings.Trim(member.Str, "0") != ""
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
