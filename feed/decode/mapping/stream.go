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

// streamRules is a decoder for what the stream says of itself; all else goes to next.
type streamRules struct {
	feed             string
	events, errors   []string
	end              []condition
	resumeID, notice *path
	next             decode.Decoder
}

func (c *compiler) streamRules(feed string, spec *Spec, next decode.Decoder) decode.Decoder {
	top := configerr.Path{}
	for i, e := range spec.Events {
		if slices.Contains(spec.Errors, e) {
			c.errs.Add(top.Key("events").Index(i), "%q is among errors as well: their data is a message, not a payload", e)
		}
	}
	if spec.Patch != "" && spec.Patch != "firebase" {
		c.errs.Add(top.Key("patch"), "unknown patch %q%s: firebase is the one there is", spec.Patch, configerr.DidYouMean(spec.Patch, []string{"firebase"}, nil))
	}
	g := &streamRules{feed: feed, events: spec.Events, errors: spec.Errors, end: c.conditions(top.Key("end"), spec.End), next: next}
	if spec.ResumeID != "" {
		p := c.path(top.Key("resume_id"), spec.ResumeID)
		g.resumeID = &p
	}
	if spec.Notice != "" {
		p := c.path(top.Key("notice"), spec.Notice)
		g.notice = &p
	}
	if g.events == nil && g.errors == nil && !g.readsPayload() {
		return next
	}
	return g
}

// Decode implements [decode.Decoder].
func (g *streamRules) Decode(eventType string, data []byte) (decode.Message, error) {
	if slices.Contains(g.errors, eventType) {
		return decode.Message{Notice: noticeText(eventType, string(data))}, nil
	}
	if g.events != nil && !slices.Contains(g.events, eventType) {
		return decode.Message{Unmapped: "the feed's events are not of type " + market.PlainText(eventType, market.MaxName)}, nil
	}
	said := g.readPayload(eventType, data)
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

// readsPayload reports whether payloads may say something of the stream.
func (g *streamRules) readsPayload() bool {
	return g.end != nil || g.resumeID != nil || g.notice != nil
}

// readPayload reads what a payload says of the stream.
func (g *streamRules) readPayload(eventType string, data []byte) (m decode.Message) {
	if !g.readsPayload() {
		return m
	}
	payload, reason, err := parsePayload(string(data))
	if err != nil || reason != "" {
		return m // next says so
	}
	r := &row{payload: payload, value: payload, event: eventType, feed: g.feed}
	if g.resumeID != nil {
		if s, ok, err := scalarText(g.resumeID.get(r)); ok && err == nil && len(s) <= market.MaxID {
			m.ResumeID = strings.Clone(s)
		}
	}
	if g.notice != nil {
		if at := g.notice.get(r); !isMissing(at) {
			m.Notice = noticeText(eventType, at.Raw)
		}
	}
	m.End = g.end != nil && firstUnmet(g.end, r) == nil
	return m
}

// maxNotice is how much of a server's message is kept, in characters.
const maxNotice = 200

// noticeText is the message in the data of an error event, which may be text or JSON.
func noticeText(eventType, data string) string {
	words := data
	if !nestsDeeper(data, maxDepth) && gjson.Valid(data) {
		words = errorMessage(gjson.Parse(data), 0)
	}
	if words = strings.TrimSpace(market.PlainText(words, maxNotice)); words == "" {
		return market.PlainText(eventType, market.MaxName)
	}
	return words
}

// errorMessage finds the words in a JSON error, as JSON APIs write them.
func errorMessage(v gjson.Result, depth int) string {
	switch {
	case v.Type == gjson.Null:
		return ""
	case !v.IsObject():
		return v.String()
	}
	for _, key := range []string{"message", "error_description", "detail", "errorMessage", "error", "Error", "Message", "reason", "title"} {
		if at := v.Get(key); at.Exists() && !isMissing(at) && depth < 4 {
			if words := errorMessage(at, depth+1); words != "" {
				return words + errorCode(v)
			}
		}
	}
	return v.Raw
}

// errorCode is an error's number, in brackets.
func errorCode(v gjson.Result) string {
	for _, key := range []string{"code", "status", "statusCode"} {
		if at := v.Get(key); at.Type == gjson.Number {
			return fmt.Sprintf(" (%s)", at.Raw)
		}
	}
	return ""
}
