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
)

// Wikimedia's EventStreams, on which headlines are edits of a made-up wiki. Sources: wikitech.wikimedia.org
// "Event Platform/EventStreams HTTP Service"; wikimedia/KafkaSSE README.md, lib/KafkaSSE.js, lib/SSEResponse.js.

const (
	wikiSpan  = 15 * time.Minute
	wikiTopic = "eqiad.mediawiki.recentchange"
	wikiOther = "codfw.mediawiki.recentchange"
	wikiHost  = "example.com"
)

func wikimedia() Service {
	return Service{
		Name:    "wikimedia",
		Example: "/v2/stream/recentchange",
		Limit: Limit{MaxStreams: 2, TooManyStreams: Reply{
			Status: http.StatusTooManyRequests, ContentType: plainText, Body: "Too Many Concurrent Connections From Your Client IP",
		}},
		NewSession: hearWikimedia,
	}
}

// kafkaError is an error as KafkaSSE writes it.
func kafkaError(status int, name, message string) *Reply {
	return &Reply{Status: status, ContentType: "application/json", Body: jsonText(struct {
		Message string `json:"message"`
		Origin  string `json:"origin"`
		Name    string `json:"name"`
	}{message, "KafkaSSE", name})}
}

func hearWikimedia(r *http.Request, now time.Time) (Session, *Reply) {
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
	c := &changes{ends: now.Add(wikiSpan), lines: accepts(r, "application/json") && !accepts(r, "text/event-stream")}
	if since := r.URL.Query().Get("since"); since != "" {
		at, ok := parseSince(since)
		if !ok {
			return nil, kafkaError(http.StatusBadRequest, "ConfigurationError", "Invalid since timestamp.")
		}
		c.start = Start{Kind: StartAtTime, Since: at}
	}
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		start, err := parseAssignments(id)
		if err != nil {
			return nil, kafkaError(http.StatusBadRequest, "InvalidAssignmentError", err.Error())
		}
		c.start = start
	}
	return c, nil
}

// parseSince reads a time in ms since 1970, or in ISO 8601.
func parseSince(text string) (time.Time, bool) {
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

// assignment is where to read on in a topic: at an offset, or at the first event of a time in ms or later.
type assignment struct {
	Topic     string `json:"topic"`
	Partition int    `json:"partition"`
	Offset    *int64 `json:"offset,omitempty"`
	Timestamp *int64 `json:"timestamp,omitempty"`
}

// parseAssignments reads an id. A negative offset is the end of the topic.
func parseAssignments(id string) (Start, error) {
	var all []assignment
	if err := json.Unmarshal([]byte(id), &all); err != nil {
		return Start{}, fmt.Errorf("failed parsing assignments: %w", err)
	}
	at := slices.IndexFunc(all, func(a assignment) bool { return a.Topic == wikiTopic })
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

// changes is a stream of edits.
type changes struct {
	plain
	start Start
	ends  time.Time
	lines bool
}

func (c *changes) Format() Format {
	if c.lines {
		return Format{ContentType: "application/json; charset=utf-8", JSONLines: true}
	}
	return Format{ContentType: "text/event-stream; charset=utf-8", EventType: "message"}
}

func (c *changes) Start() Start { return c.start }

func (c *changes) Open(b []byte, _ Snapshot, _ time.Time) ([]byte, bool) {
	if c.lines {
		return b, false
	}
	return append(b, ":ok\n\n"...), false
}

func (c *changes) Wants(e Event) bool { return e.News != nil }

func (c *changes) Encode(b []byte, e Event, _ time.Time) ([]byte, bool) {
	if c.lines {
		return append(appendJSON(b, changeOf(e)), '\n'), false
	}
	next, end := e.News.Time.UnixMilli()+1, int64(-1)
	b = append(b, "event: message\nid: "...)
	b = appendJSON(b, []assignment{{Topic: wikiTopic, Timestamp: &next}, {Topic: wikiOther, Offset: &end}})
	b = append(b, "\ndata: "...)
	return append(appendJSON(b, changeOf(e)), "\n\n"...), false
}

func (c *changes) WakeAt() time.Time { return c.ends }

// Wake ends the stream without a word, as the layer before the service does.
func (c *changes) Wake(b []byte, _ time.Time) ([]byte, bool) { return b, true }

// change is an event of the schema mediawiki/recentchange.
type change struct {
	Schema           string     `json:"$schema"`
	Meta             changeMeta `json:"meta"`
	ID               uint64     `json:"id"`
	Type             string     `json:"type"`
	Namespace        int        `json:"namespace"`
	Title            string     `json:"title"`
	TitleURL         string     `json:"title_url"`
	Comment          string     `json:"comment"`
	Timestamp        int64      `json:"timestamp"`
	User             string     `json:"user"`
	Bot              bool       `json:"bot"`
	NotifyURL        string     `json:"notify_url"`
	Minor            bool       `json:"minor"`
	Patrolled        bool       `json:"patrolled"`
	Length           span       `json:"length"`
	Revision         span       `json:"revision"`
	ServerURL        string     `json:"server_url"`
	ServerName       string     `json:"server_name"`
	ServerScriptPath string     `json:"server_script_path"`
	Wiki             string     `json:"wiki"`
	ParsedComment    string     `json:"parsedcomment"`
}

type changeMeta struct {
	URI       string `json:"uri"`
	RequestID string `json:"request_id"`
	ID        string `json:"id"`
	Domain    string `json:"domain"`
	Stream    string `json:"stream"`
	DT        string `json:"dt"`
	Topic     string `json:"topic"`
	Partition int    `json:"partition"`
	Offset    uint64 `json:"offset"`
}

type span struct {
	Old uint64 `json:"old"`
	New uint64 `json:"new"`
}

func changeOf(e Event) change {
	h := e.News
	id := strings.TrimPrefix(uuid(e.Number), "urn:uuid:")
	page := "https://" + wikiHost + "/wiki/" + url.PathEscape(strings.ReplaceAll(h.Title, " ", "_"))
	return change{
		Schema: "/mediawiki/recentchange/1.0.0",
		Meta: changeMeta{
			URI: h.URL, RequestID: id, ID: id, Domain: wikiHost, Stream: "mediawiki.recentchange",
			DT: h.Time.UTC().Format("2006-01-02T15:04:05.000Z"), Topic: wikiTopic, Offset: e.Number,
		},
		ID: e.Number, Type: "edit", Title: h.Title, TitleURL: page, Comment: h.Summary, Timestamp: h.Time.Unix(),
		User: h.Source, NotifyURL: page, Length: span{0, uint64(len(h.Summary))}, Revision: span{e.Number - 1, e.Number},
		ServerURL: "https://" + wikiHost, ServerName: wikiHost, ServerScriptPath: "/w", Wiki: "examplewiki", ParsedComment: h.Summary,
	}
}
