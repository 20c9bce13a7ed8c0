package emulate

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"livetape/mockserver/market"
)

// A Firebase Realtime Database that holds prices. Source: firebase.google.com docs, "Streaming from the
// REST API".

func firebaseError(status int, message string) *Reply {
	return jsonReply(status, "application/json; charset=utf-8", map[string]string{"error": message})
}

func newFirebaseSession(r *http.Request, now time.Time) (Session, *Reply) {
	path, ok := strings.CutSuffix(r.URL.Path, ".json")
	switch {
	case !ok:
		return nil, firebaseError(http.StatusNotFound, "append .json to your request URI to use the REST API.")
	case r.Method != http.MethodGet:
		return nil, firebaseError(http.StatusUnauthorized, "Permission denied")
	}
	parts := strings.FieldsFunc(path, func(c rune) bool { return c == '/' })
	if strings.ContainsAny(path, ".$#[]") {
		return nil, firebaseError(http.StatusBadRequest, "Invalid path: Invalid token in path")
	}
	s := &firebaseSession{path: parts, noStream: !accepts(r, "text/event-stream"), lastSent: map[string]market.Quote{}}
	if r.URL.Query().Get("auth") != "" {
		s.endsAt, s.last = now.Add(time.Hour), "event: auth_revoked\ndata: \"credential is no longer valid\"\n\n"
	}
	return s, nil
}

// firebaseSession sends what changes at a path of the database, which is prices/<symbol>/<field>.
type firebaseSession struct {
	baseSession
	path     []string
	noStream bool                    // the client gets the value once, as plain JSON
	lastSent map[string]market.Quote // by symbol
}

func (s *firebaseSession) Format() Format {
	if s.noStream {
		return Format{ContentType: "application/json; charset=utf-8", JSONLines: true}
	}
	return Format{ContentType: "text/event-stream; charset=utf-8", EventType: "put", HeartbeatInterval: 30 * time.Second, HeartbeatAlways: true}
}

// firebaseKey returns a symbol as a key, which must not contain a slash.
func firebaseKey(symbol string) string { return strings.ReplaceAll(symbol, "/", "-") }

func firebaseRow(q *market.Quote) map[string]any {
	return map[string]any{
		"ask":        jsonNumber(q.Ask, q.Decimals),
		"bid":        jsonNumber(q.Bid, q.Decimals),
		"last":       jsonNumber(q.Last, q.Decimals),
		"name":       q.Name,
		"prev_close": jsonNumber(q.PrevClose, q.Decimals),
		"symbol":     q.Symbol,
		"time":       q.Time.UnixMilli(),
		"volume":     jsonNumber(q.Volume, q.SizeDecimals),
	}
}

func (s *firebaseSession) isNowhere() bool {
	return len(s.path) > 3 || len(s.path) > 0 && s.path[0] != "prices"
}

// valueAtPath returns JSON, null for a path with nothing at it.
func (s *firebaseSession) valueAtPath(quotes []market.Quote) string {
	var rows []string
	for i := range quotes {
		key, row := firebaseKey(quotes[i].Symbol), firebaseRow(&quotes[i])
		switch {
		case len(s.path) < 2:
			rows = append(rows, toJSON(key)+":"+toJSON(row))
		case s.path[1] != key:
		case len(s.path) == 2:
			return toJSON(row)
		default:
			return toJSON(row[s.path[2]])
		}
	}
	switch all := "{" + strings.Join(rows, ",") + "}"; len(s.path) {
	case 0:
		return `{"prices":` + all + "}"
	case 1:
		return all
	}
	return "null"
}

func (s *firebaseSession) Open(b []byte, quotes []market.Quote, _ time.Time) ([]byte, bool) {
	for _, q := range quotes {
		s.lastSent[q.Symbol] = q
	}
	value := "null"
	if !s.isNowhere() {
		value = s.valueAtPath(quotes)
	}
	if s.noStream {
		return append(b, value...), true
	}
	return appendFirebaseEvent(b, "put", "/", value), false
}

func appendFirebaseEvent(b []byte, event, path, data string) []byte {
	return fmt.Appendf(b, "event: %s\ndata: {\"path\":%s,\"data\":%s}\n\n", event, toJSON(path), data)
}

func (s *firebaseSession) Wants(e Event) bool {
	if e.Quote == nil || s.isNowhere() {
		return false
	}
	return len(s.path) < 2 || s.path[1] == firebaseKey(e.Quote.Symbol)
}

// Encode patches the symbol's fields that changed, or puts the one field that the client reads.
func (s *firebaseSession) Encode(b []byte, e Event, _ time.Time) ([]byte, bool) {
	old, known := s.lastSent[e.Quote.Symbol]
	s.lastSent[e.Quote.Symbol] = *e.Quote
	changed := firebaseRow(e.Quote)
	if known {
		before := firebaseRow(&old)
		maps.DeleteFunc(changed, func(name string, value any) bool { return value == before[name] })
	}
	if len(s.path) == 3 {
		if value, ok := changed[s.path[2]]; ok {
			b = appendFirebaseEvent(b, "put", "/", toJSON(value))
		}
		return b, false
	}
	if len(changed) == 0 {
		return b, false
	}
	inside := []string{"prices", firebaseKey(e.Quote.Symbol)}[min(len(s.path), 2):]
	return appendFirebaseEvent(b, "patch", "/"+strings.Join(inside, "/"), toJSON(changed)), false
}

func (s *firebaseSession) Heartbeat(b []byte, _ time.Time) []byte {
	return append(b, "event: keep-alive\ndata: null\n\n"...)
}
