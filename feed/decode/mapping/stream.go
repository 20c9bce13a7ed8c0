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

// WithStreamRules returns a decoder that applies what a spec says about the stream itself (Events, Errors, End, Notice,
// ResumeID) and leaves the rest to next, which does not come from the spec's map. Its error is like that of [Compile].
func WithStreamRules(feed string, spec Spec, next decode.Decoder) (decode.Decoder, error) {
	c := &compiler{}
	if spec.Patch != "" {
		c.errs.Add(configerr.Path{"patch"}, "patch needs a map, which says where in the document the rows are")
	}
	return c.withStreamRules(feed, &spec, next)
}

// streamRules is a decoder of what events say about the stream itself.
type streamRules struct {
	feed             string
	events, errors   []string
	end              []condition
	resumeID, notice *path
	next             decode.Decoder
}

// withStreamRules is the last step of a compilation: it returns the errors of all steps.
func (c *compiler) withStreamRules(feed string, spec *Spec, next decode.Decoder) (decode.Decoder, error) {
	for i, e := range spec.Events {
		if slices.Contains(spec.Errors, e) {
			c.errs.Add(configerr.Path{"events", i}, "%q is among errors as well: their data is a message, not a payload", e)
		}
	}
	if spec.Patch != "" && spec.Patch != "firebase" {
		c.errs.Add(configerr.Path{"patch"}, "unknown patch %q%s: firebase is the one there is", spec.Patch, configerr.DidYouMean(spec.Patch, []string{"firebase"}, nil))
	}
	s := &streamRules{
		feed: feed, events: spec.Events, errors: spec.Errors, next: next,
		end:      c.conditions(configerr.Path{"end"}, spec.End),
		resumeID: c.optionalPath(configerr.Path{"resume_id"}, spec.ResumeID),
		notice:   c.optionalPath(configerr.Path{"notice"}, spec.Notice),
	}
	if err := c.errs.Err(); err != nil {
		return nil, err
	}
	if s.events == nil && s.errors == nil && !s.readsPayload() {
		return next, nil
	}
	return s, nil
}

func (c *compiler) optionalPath(at configerr.Path, text string) *path {
	if text == "" {
		return nil
	}
	p := c.path(at, text)
	return &p
}

// Unwrap returns the decoder that comes next.
func (g *streamRules) Unwrap() decode.Decoder { return g.next }

// Decode implements [decode.Decoder].
func (s *streamRules) Decode(eventType string, data []byte) (decode.Message, error) {
	if slices.Contains(s.errors, eventType) {
		return decode.Message{Notice: noticeText(eventType, decode.Text(data))}, nil
	}
	if s.events != nil && !slices.Contains(s.events, eventType) {
		return decode.Message{Unmapped: "the feed's events are not of type " + market.PlainText(eventType, market.MaxName)}, nil
	}
	about := s.readPayload(eventType, data)
	if about.End {
		return about, nil
	}
	m, err := s.next.Decode(eventType, data)
	m.ResumeID, m.Notice = about.ResumeID, about.Notice
	if m.Notice != "" {
		m.Unmapped = ""
	}
	return m, err
}

// readsPayload reports whether payloads may say something about the stream.
func (s *streamRules) readsPayload() bool {
	return s.end != nil || s.resumeID != nil || s.notice != nil
}

// readPayload reads what a payload says about the stream.
func (s *streamRules) readPayload(eventType string, data []byte) (m decode.Message) {
	if !s.readsPayload() {
		return m
	}
	payload, reason, err := ParsePayload(decode.Text(data))
	if err != nil || reason != "" {
		return m // next reports it
	}
	r := &row{payload: payload, value: payload, event: eventType, feed: s.feed}
	if s.resumeID != nil {
		if id, ok, err := scalarText(s.resumeID.get(r)); ok && err == nil && len(id) <= market.MaxID {
			m.ResumeID = strings.Clone(id)
		}
	}
	if s.notice != nil {
		if at := s.notice.get(r); !IsMissing(at) {
			m.Notice = noticeText(eventType, at.Raw)
		}
	}
	m.End = s.end != nil && firstUnmet(s.end, r) == nil
	return m
}

// maxNotice is how much of a server's message is kept, in characters.
const maxNotice = 200

// noticeText is the message in the data of an error event, which may be text or JSON; the event's type without one.
func noticeText(eventType, data string) string {
	text := data
	if IsJSON(data) {
		text = errorMessage(gjson.Parse(data), 0)
	}
	if text = strings.TrimSpace(market.PlainText(text, maxNotice)); text == "" {
		return market.PlainText(eventType, market.MaxName)
	}
	return text
}

// errorMessage finds the message in a JSON error, as JSON APIs write them.
func errorMessage(v gjson.Result, depth int) string {
	switch {
	case v.Type == gjson.Null:
		return ""
	case v.IsArray() && depth < 4:
		var all []string
		v.ForEach(func(_, item gjson.Result) bool {
			all = append(all, errorMessage(item, depth+1))
			return len(all) < maxMessages
		})
		return strings.Join(all, "; ")
	case !v.IsObject():
		return v.String()
	}
	for _, key := range []string{"message", "msg", "error_description", "detail", "errorMessage", "error", "errors", "Error", "Message", "reason", "title", "errorMsg", "err-msg", "err_msg", "errmsg", "error_message", "error_msg", "retMsg", "description"} {
		if at := v.Get(key); !IsMissing(at) && depth < 4 {
			if text := errorMessage(at, depth+1); text != "" {
				return text + errorCode(v)
			}
		}
	}
	return v.Raw
}

// maxMessages is how many messages of a list of errors are told.
const maxMessages = 5

// errorCode is an error's number, in brackets.
func errorCode(v gjson.Result) string {
	for _, key := range []string{"code", "status", "statusCode"} {
		if at := v.Get(key); at.Type == gjson.Number {
			return fmt.Sprintf(" (%s)", at.Raw)
		}
	}
	return ""
}
