package emulate

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"livetape/mockserver/market"
)

// Wikimedia's EventStreams: headlines become edits of a made-up wiki. Sources: wikitech.wikimedia.org
// "Event Platform/EventStreams HTTP Service"; wikimedia/KafkaSSE README.md, lib/KafkaSSE.js, lib/SSEResponse.js.

const (
	wikiTopic      = "eqiad.mediawiki.recentchange"
	wikiOtherTopic = "codfw.mediawiki.recentchange"
	wikiHost       = "example.com"
)

func kafkaError(status int, name, message string) *Reply {
	return jsonReply(status, "application/json", struct {
		Message string `json:"message"`
		Origin  string `json:"origin"`
		Name    string `json:"name"`
	}{message, "KafkaSSE", name})
}

func newWikimediaSession(r *http.Request, now time.Time) (Session, *Reply) {
	streams, ok := strings.CutPrefix(r.URL.Path, "/v2/stream/")
	switch {
	case r.Method != http.MethodGet:
		return nil, kafkaError(http.StatusMethodNotAllowed, "ConfigurationError", "Only GET is allowed.")
	case !ok:
		return nil, kafkaError(http.StatusNotFound, "ConfigurationError", "Not found.")
	}
	for _, name := range strings.Split(streams, ",") {
		if name != "recentchange" && name != "mediawiki.recentchange" {
			return nil, kafkaError(http.StatusNotFound, "TopicNotAvailableError", "Topics "+name+" are not available for consumption.")
		}
	}
	s := &wikimediaSession{
		baseSession: baseSession{endsAt: now.Add(15 * time.Minute)}, // the proxy before the service cuts the stream
		jsonLines:   accepts(r, "application/json") && !accepts(r, "text/event-stream"),
	}
	if since := r.URL.Query().Get("since"); since != "" {
		at, ok := parseTimestamp(since)
		if !ok {
			return nil, kafkaError(http.StatusBadRequest, "ConfigurationError", "Invalid since timestamp.")
		}
		s.start = Start{Kind: StartAtTime, Since: at}
	}
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		start, err := parseAssignments(id)
		if err != nil {
			return nil, kafkaError(http.StatusBadRequest, "InvalidAssignmentError", err.Error())
		}
		s.start = start
	}
	return s, nil
}

// parseTimestamp reads a time in ms since 1970, or in ISO 8601.
func parseTimestamp(text string) (time.Time, bool) {
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.UnixMilli(ms), true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// kafkaAssignment is where to go on in a topic: at an offset, or at the first event at Timestamp (in ms) or later.
type kafkaAssignment struct {
	Topic     string `json:"topic"`
	Partition int    `json:"partition"`
	Offset    *int64 `json:"offset,omitempty"`
	Timestamp *int64 `json:"timestamp,omitempty"`
}

// parseAssignments reads an event id. A negative offset is the end of the topic.
func parseAssignments(id string) (Start, error) {
	var all []kafkaAssignment
	if err := json.Unmarshal([]byte(id), &all); err != nil {
		return Start{}, fmt.Errorf("failed parsing assignments: %w", err)
	}
	at := slices.IndexFunc(all, func(a kafkaAssignment) bool { return a.Topic == wikiTopic })
	switch {
	case at < 0:
		return Start{}, fmt.Errorf("must provide at least one assignment of %s", wikiTopic)
	case all[at].Timestamp != nil:
		return Start{Kind: StartAtTime, Since: time.UnixMilli(*all[at].Timestamp)}, nil
	case all[at].Offset != nil && *all[at].Offset > 0:
		return Start{Kind: StartAfterEvent, AfterNumber: uint64(*all[at].Offset - 1)}, nil
	}
	return Start{}, nil
}

type wikimediaSession struct {
	baseSession
	start     Start
	jsonLines bool
}

func (s *wikimediaSession) Format() Format {
	if s.jsonLines {
		return Format{ContentType: "application/json; charset=utf-8", JSONLines: true}
	}
	return Format{ContentType: "text/event-stream; charset=utf-8", EventType: "message"}
}

func (s *wikimediaSession) Start() Start { return s.start }

func (s *wikimediaSession) Open(b []byte, _ []market.Quote, _ time.Time) ([]byte, bool) {
	if s.jsonLines {
		return b, false
	}
	return append(b, ":ok\n\n"...), false
}

func (s *wikimediaSession) Wants(e Event) bool { return e.News != nil }

func (s *wikimediaSession) Encode(b []byte, e Event, _ time.Time) ([]byte, bool) {
	if s.jsonLines {
		return append(append(b, recentChange(e)...), '\n'), false
	}
	next, end := e.News.Time.UnixMilli()+1, int64(-1)
	id := toJSON([]kafkaAssignment{{Topic: wikiTopic, Timestamp: &next}, {Topic: wikiOtherTopic, Offset: &end}})
	return fmt.Appendf(b, "event: message\nid: %s\ndata: %s\n\n", id, recentChange(e)), false
}

// recentChange is an event of the schema mediawiki/recentchange.
func recentChange(e Event) string {
	h, summary, id := e.News, toJSON(e.News.Summary), strings.TrimPrefix(uuid(e.Number), "urn:uuid:")
	page := "https://" + wikiHost + "/wiki/" + url.PathEscape(strings.ReplaceAll(h.Title, " ", "_"))
	meta := fmt.Sprintf(`{"uri":"%s","request_id":"%s","id":"%[2]s","domain":"%s","stream":"mediawiki.recentchange","dt":"%s","topic":"%s","partition":0,"offset":%d}`,
		h.URL, id, wikiHost, h.Time.UTC().Format("2006-01-02T15:04:05.000Z"), wikiTopic, e.Number)
	return fmt.Sprintf(`{"$schema":"/mediawiki/recentchange/1.0.0","meta":%s,"id":%d,"type":"edit","namespace":0,"title":%s,"title_url":"%s","comment":%s,`+
		`"timestamp":%d,"user":%s,"bot":false,"notify_url":"%[4]s","minor":false,"patrolled":false,"length":{"old":0,"new":%[8]d},`+
		`"revision":{"old":%[9]d,"new":%[2]d},"server_url":"https://%[10]s","server_name":"%[10]s","server_script_path":"/w",`+
		`"wiki":"examplewiki","parsedcomment":%[5]s}`,
		meta, e.Number, toJSON(h.Title), page, summary, h.Time.Unix(), toJSON(h.Source), len(h.Summary), e.Number-1, wikiHost)
}
