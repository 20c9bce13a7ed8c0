package mapping

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode"
	"livetape/feed/decode/configerr"
	"livetape/feed/market"
)

// WithStreamRules puts what a spec says of the stream itself (Events, Errors, End, Notice, ResumeID) before a decoder that does
// not come from the spec's map. Its error is like that of [Compile].
func WithStreamRules(feed string, spec Spec, next decode.Decoder) (decode.Decoder, error) {
	c := &compiler{}
	guarded := c.guard(feed, &spec, next)
	if spec.Patch != "" {
		c.faults.Add(configerr.Path{"patch"}, "patch needs a map, which says where in the document the rows are")
	}
	if err := c.faults.Err(); err != nil {
		return nil, err
	}
	return guarded, nil
}

// guard is a decoder for what the stream says of itself; all else goes to next.
type guard struct {
	feed           string
	events, errors []string
	end            []condition
	resume, notice *path
	next           decode.Decoder
}

func (c *compiler) guard(feed string, spec *Spec, next decode.Decoder) decode.Decoder {
	top := configerr.Path{}
	for i, e := range spec.Events {
		if slices.Contains(spec.Errors, e) {
			c.faults.Add(top.Key("events").Index(i), "%q is among errors as well: their data is a message, not a payload", e)
		}
	}
	if spec.Patch != "" && spec.Patch != "firebase" {
		c.faults.Add(top.Key("patch"), "unknown patch %q%s: firebase is the one there is", spec.Patch, configerr.DidYouMean(spec.Patch, []string{"firebase"}, nil))
	}
	g := &guard{feed: feed, events: spec.Events, errors: spec.Errors, end: c.when(top.Key("end"), spec.End), next: next}
	if spec.ResumeID != "" {
		p := c.path(top.Key("resume_id"), spec.ResumeID)
		g.resume = &p
	}
	if spec.Notice != "" {
		p := c.path(top.Key("notice"), spec.Notice)
		g.notice = &p
	}
	if g.events == nil && g.errors == nil && !g.reads() {
		return next
	}
	return g
}

// Decode implements [decode.Decoder].
func (g *guard) Decode(eventType string, data []byte) (decode.Message, error) {
	if slices.Contains(g.errors, eventType) {
		return decode.Message{Notice: notice(eventType, string(data))}, nil
	}
	if g.events != nil && !slices.Contains(g.events, eventType) {
		return decode.Message{Unmapped: "the feed's events are not of type " + market.PlainText(eventType, market.MaxName)}, nil
	}
	said := g.stream(eventType, data)
	if said.End {
		return said, nil
	}
	m, err := g.next.Decode(eventType, data)
	m.ResumeID, m.Notice = said.ResumeID, said.Notice
	if m.Notice != "" {
		m.Unmapped = ""
	}
	return m, err
}

// reads reports whether payloads may say something of the stream.
func (g *guard) reads() bool { return g.end != nil || g.resume != nil || g.notice != nil }

// stream reads what a payload says of the stream.
func (g *guard) stream(eventType string, data []byte) (m decode.Message) {
	if !g.reads() {
		return m
	}
	payload, reason, err := parse(string(data))
	if err != nil || reason != "" {
		return m // next says so
	}
	r := &row{payload: payload, value: payload, event: eventType, feed: g.feed}
	if g.resume != nil {
		if s, ok, err := scalar(g.resume.get(r)); ok && err == nil && len(s) <= market.MaxID {
			m.ResumeID = strings.Clone(s)
		}
	}
	if g.notice != nil {
		if at := g.notice.get(r); !missing(at) {
			m.Notice = notice(eventType, at.Raw)
		}
	}
	m.End = g.end != nil && fails(g.end, r) == nil
	return m
}

// maxNotice is how much of a server's message is kept, in characters.
const maxNotice = 200

// notice is the message in the data of an error event, which may be text or JSON.
func notice(eventType, data string) string {
	words := data
	if !deeper(data, maxDepth) && gjson.Valid(data) {
		words = message(gjson.Parse(data), 0)
	}
	if words = strings.TrimSpace(market.PlainText(words, maxNotice)); words == "" {
		return market.PlainText(eventType, market.MaxName)
	}
	return words
}

// message finds the words in a JSON error, as JSON APIs write them.
func message(v gjson.Result, depth int) string {
	switch {
	case v.Type == gjson.Null:
		return ""
	case !v.IsObject():
		return v.String()
	}
	for _, key := range []string{"message", "error_description", "detail", "errorMessage", "error", "Error", "Message", "reason", "title"} {
		if at := v.Get(key); at.Exists() && !missing(at) && depth < 4 {
			if words := message(at, depth+1); words != "" {
				return words + code(v)
			}
		}
	}
	return v.Raw
}

// code is an error's number, in brackets.
func code(v gjson.Result) string {
	for _, key := range []string{"code", "status", "statusCode"} {
		if at := v.Get(key); at.Type == gjson.Number {
			return fmt.Sprintf(" (%s)", at.Raw)
		}
	}
	return ""
}
