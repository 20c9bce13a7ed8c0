package emulate

import (
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
)

// A Mercure hub that somebody publishes prices and headlines to. Sources: dunglas/mercure event.go, subscribe.go,
// hub.go, docs/concepts/reconnection-and-history.md, docs/deployment/configuration.md; mercure.rocks/spec.

const (
	mercureBeat     = 40 * time.Second
	mercureSpan     = 600 * time.Second // write_timeout
	mercureEarliest = "earliest"
)

func mercure() Service {
	return Service{Name: "mercure", Example: "/.well-known/mercure?topic=prices", NewSession: hearMercure}
}

func hearMercure(r *http.Request, now time.Time) (Session, *Reply) {
	switch {
	case r.URL.Path != "/.well-known/mercure":
		return nil, plainReply(http.StatusNotFound, "404 page not found\n")
	case r.Method == http.MethodPost:
		return nil, plainReply(http.StatusUnauthorized, "Unauthorized\n") // publishing wants a token that nobody has
	case r.Method != http.MethodGet:
		return nil, plainReply(http.StatusMethodNotAllowed, "")
	}
	q := r.URL.Query()
	topics := slices.Concat(q["topic"], q["match"])
	if len(topics) == 0 {
		return nil, plainReply(http.StatusBadRequest, "Missing \"topic\" parameter.\n")
	}
	u := &updates{ends: now.Add(mercureSpan)}
	for _, topic := range topics {
		u.topics = append(u.topics, topicPattern(topic))
	}
	for _, asked := range []string{r.Header.Get("Last-Event-ID"), q.Get("last_event_id"), q.Get("lastEventID")} {
		if asked != "" {
			u.asked = asked
			break
		}
	}
	return u, nil
}

// topicPattern matches a topic that is given as it is, or as a URI template (RFC 6570, level 1).
func topicPattern(topic string) *regexp.Regexp {
	if topic == "*" {
		return regexp.MustCompile(``)
	}
	variable := regexp.MustCompile(`\\\{[A-Za-z0-9_]+\\\}`)
	text := regexp.QuoteMeta(strings.ToValidUTF8(topic, "\uFFFD")) // no pattern may be anything else
	pattern := variable.ReplaceAllLiteralString(text, `[^/?#]+`)
	return regexp.MustCompile("^" + pattern + "$")
}

// updates is a stream of what is published on some topics.
type updates struct {
	topics []*regexp.Regexp
	asked  string
	ends   time.Time
}

func (u *updates) Format() Format {
	return Format{ContentType: "text/event-stream", HeartbeatInterval: mercureBeat}
}

func (u *updates) Start() Start {
	if u.asked == mercureEarliest {
		return Start{Kind: StartOldest}
	}
	if number, ok := parseUUID(u.asked); ok {
		return Start{Kind: StartAfterEvent, AfterNumber: number}
	}
	return Start{}
}

// Greet says behind which event the stream begins, so that a client can tell whether it missed any.
func (u *updates) Greet(h http.Header, number uint64, _ bool) {
	switch u.asked {
	case "":
	case mercureEarliest:
		h.Set("Last-Event-ID", mercureEarliest)
	default:
		h.Set("Last-Event-ID", uuid(number))
	}
}

// Open is a comment without an empty line behind it.
func (u *updates) Open(b []byte, _ Snapshot, _ time.Time) ([]byte, bool) {
	return append(b, ":\n"...), false
}

func (u *updates) Heartbeat(b []byte, _ time.Time) []byte { return append(b, ":\n"...) }

// published are the topics of an update, the canonical one first.
func published(e Event) []string {
	switch {
	case e.Quote != nil:
		return []string{"https://example.com/prices/" + url.PathEscape(e.Quote.Symbol), "prices", e.Quote.Symbol}
	case e.News != nil:
		return append([]string{e.News.URL, "news"}, e.News.Symbols...)
	}
	return nil
}

func (u *updates) Wants(e Event) bool {
	return slices.ContainsFunc(published(e), func(topic string) bool {
		return slices.ContainsFunc(u.topics, func(t *regexp.Regexp) bool { return t.MatchString(topic) })
	})
}

func (u *updates) Encode(b []byte, e Event, _ time.Time) ([]byte, bool) {
	if e.News != nil {
		b = append(b, "event: news\n"...)
	}
	b = fmt.Appendf(b, "id: %s\ndata: ", uuid(e.Number))
	return append(appendJSON(b, u.data(e)), "\n\n"...), false
}

func (u *updates) data(e Event) any {
	if h := e.News; h != nil {
		return struct {
			ID       string   `json:"id"`
			Headline string   `json:"headline"`
			Summary  string   `json:"summary"`
			Source   string   `json:"source"`
			URL      string   `json:"url"`
			Symbols  []string `json:"symbols"`
			Time     string   `json:"time"`
		}{h.ID, h.Title, h.Summary, h.Source, h.URL, h.Symbols, h.Time.Format(time.RFC3339Nano)}
	}
	q := e.Quote
	return struct {
		Symbol string `json:"symbol"`
		Price  string `json:"price"`
		Bid    string `json:"bid"`
		Ask    string `json:"ask"`
		Volume string `json:"volume"`
		Time   string `json:"time"`
	}{
		q.Symbol, decimal(q.Last, q.Decimals), decimal(q.Bid, q.Decimals), decimal(q.Ask, q.Decimals),
		decimal(q.Volume, q.SizeDecimals), q.Time.Format(time.RFC3339Nano),
	}
}

func (u *updates) WakeAt() time.Time { return u.ends }

// Wake ends the stream without a word.
func (u *updates) Wake(b []byte, _ time.Time) ([]byte, bool) { return b, true }

// uuid is the id of an event: its number in the last six bytes, and a sum of it in the others (RFC 9562 §5.8).
func uuid(number uint64) string {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(nil, number))
	id := sum[:16]
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	copy(id[10:], binary.BigEndian.AppendUint64(nil, number)[2:])
	h := hex.EncodeToString(id)
	return "urn:uuid:" + h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// parseUUID is the number of an id that uuid gave.
func parseUUID(id string) (uint64, bool) {
	raw, err := hex.DecodeString(strings.ReplaceAll(strings.TrimPrefix(id, "urn:uuid:"), "-", ""))
	if err != nil || len(raw) != 16 {
		return 0, false
	}
	number := binary.BigEndian.Uint64(append([]byte{0, 0}, raw[10:]...))
	return number, uuid(number) == id
}
