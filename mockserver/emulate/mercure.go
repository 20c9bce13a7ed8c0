package emulate

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"livetape/mockserver/market"
)

// A Mercure hub to which prices and headlines are published. Sources: dunglas/mercure event.go, subscribe.go,
// hub.go, docs/concepts/reconnection-and-history.md, docs/deployment/configuration.md; mercure.rocks/spec.

const mercureEarliest = "earliest"

func newMercureSession(r *http.Request, now time.Time) (Session, *Reply) {
	switch {
	case r.URL.Path != "/.well-known/mercure":
		return nil, plainReply(http.StatusNotFound, "404 page not found\n")
	case r.Method == http.MethodPost:
		return nil, plainReply(http.StatusUnauthorized, "Unauthorized\n") // publishing needs a token, and none is valid
	case r.Method != http.MethodGet:
		return nil, plainReply(http.StatusMethodNotAllowed, "")
	}
	q := r.URL.Query()
	topics := slices.Concat(q["topic"], q["match"])
	if len(topics) == 0 {
		return nil, plainReply(http.StatusBadRequest, "Missing \"topic\" parameter.\n")
	}
	s := &mercureSession{
		baseSession: baseSession{endsAt: now.Add(600 * time.Second)}, // write_timeout
		lastEventID: cmp.Or(r.Header.Get("Last-Event-ID"), q.Get("last_event_id"), q.Get("lastEventID")),
	}
	for _, topic := range topics {
		s.topics = append(s.topics, topicPattern(topic))
	}
	return s, nil
}

// topicPattern matches the topics that a literal topic or a URI template (RFC 6570, level 1) selects.
func topicPattern(topic string) *regexp.Regexp {
	if topic == "*" {
		return regexp.MustCompile(``)
	}
	variable := regexp.MustCompile(`\\\{[A-Za-z0-9_]+\\\}`)
	text := regexp.QuoteMeta(strings.ToValidUTF8(topic, "\uFFFD")) // a pattern must be valid UTF-8
	pattern := variable.ReplaceAllLiteralString(text, `[^/?#]+`)
	return regexp.MustCompile("^" + pattern + "$")
}

type mercureSession struct {
	baseSession
	topics      []*regexp.Regexp
	lastEventID string
}

var _ headerSetter = (*mercureSession)(nil)

func (s *mercureSession) Format() Format {
	return Format{ContentType: "text/event-stream", HeartbeatInterval: 40 * time.Second}
}

func (s *mercureSession) Start() Start {
	if s.lastEventID == mercureEarliest {
		return Start{Kind: StartAfterEvent}
	}
	if number, ok := parseUUID(s.lastEventID); ok {
		return Start{Kind: StartAfterEvent, AfterNumber: number}
	}
	return Start{}
}

// SetHeader names the event after which the stream begins, so that a client can tell whether it missed any.
func (s *mercureSession) SetHeader(h http.Header, number uint64) {
	switch s.lastEventID {
	case "":
	case mercureEarliest:
		h.Set("Last-Event-ID", mercureEarliest)
	default:
		h.Set("Last-Event-ID", uuid(number))
	}
}

// Open sends a comment without an empty line after it.
func (s *mercureSession) Open(b []byte, _ []market.Quote, _ time.Time) ([]byte, bool) {
	return append(b, ":\n"...), false
}

func (s *mercureSession) Heartbeat(b []byte, _ time.Time) []byte { return append(b, ":\n"...) }

// topicsOf returns the topics of an update, the canonical one first.
func topicsOf(e Event) []string {
	switch {
	case e.Quote != nil:
		return []string{"https://example.com/prices/" + url.PathEscape(e.Quote.Symbol), "prices", e.Quote.Symbol}
	case e.News != nil:
		return append([]string{e.News.URL, "news"}, e.News.Symbols...)
	}
	return nil
}

func (s *mercureSession) Wants(e Event) bool {
	return slices.ContainsFunc(topicsOf(e), func(topic string) bool {
		return slices.ContainsFunc(s.topics, func(t *regexp.Regexp) bool { return t.MatchString(topic) })
	})
}

func (s *mercureSession) Encode(b []byte, e Event, _ time.Time) ([]byte, bool) {
	if e.News != nil {
		b = append(b, "event: news\n"...)
	}
	return fmt.Appendf(b, "id: %s\ndata: %s\n\n", uuid(e.Number), mercurePayload(e)), false
}

func mercurePayload(e Event) string {
	if h := e.News; h != nil {
		return fmt.Sprintf(`{"id":"%s","headline":%s,"summary":%s,"source":%s,"url":"%s","symbols":%s,"time":"%s"}`, h.ID,
			toJSON(h.Title), toJSON(h.Summary), toJSON(h.Source), h.URL, toJSON(h.Symbols), h.Time.Format(time.RFC3339Nano))
	}
	q := e.Quote
	price := func(units int64) string { return formatDecimal(units, q.Decimals) }
	return fmt.Sprintf(`{"symbol":"%s","price":"%s","bid":"%s","ask":"%s","volume":"%s","time":"%s"}`, q.Symbol,
		price(q.Last), price(q.Bid), price(q.Ask), formatDecimal(q.Volume, q.SizeDecimals), q.Time.Format(time.RFC3339Nano))
}

// uuid returns the id of an event: its number in the last six bytes, and a hash of it in the others (RFC 9562 §5.8).
func uuid(number uint64) string {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(nil, number))
	id := sum[:16]
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	copy(id[10:], binary.BigEndian.AppendUint64(nil, number)[2:])
	h := hex.EncodeToString(id)
	return "urn:uuid:" + h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func parseUUID(id string) (uint64, bool) {
	raw, err := hex.DecodeString(strings.ReplaceAll(strings.TrimPrefix(id, "urn:uuid:"), "-", ""))
	if err != nil || len(raw) != 16 {
		return 0, false
	}
	number := binary.BigEndian.Uint64(append([]byte{0, 0}, raw[10:]...))
	return number, uuid(number) == id
}
