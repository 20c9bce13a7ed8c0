package emulate

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"livetape/mockserver/market"
)

// A Firebase Realtime Database that holds prices. Source: firebase.google.com docs, "Streaming from the
// REST API".

const (
	firebaseHeartbeat = 30 * time.Second
	firebaseTokenLife = time.Hour
)

func firebase() Service {
	return Service{Name: "firebase", Example: "/prices.json", NewSession: newFirebaseSession}
}

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
		s.endsAt, s.last = now.Add(firebaseTokenLife), "event: auth_revoked\ndata: \"credential is no longer valid\"\n\n"
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
	return Format{ContentType: "text/event-stream; charset=utf-8", EventType: "put", HeartbeatInterval: firebaseHeartbeat, HeartbeatAlways: true}
}

// firebaseKey returns a symbol as a key, which must not contain a slash.
func firebaseKey(symbol string) string { return strings.ReplaceAll(symbol, "/", "-") }

type jsonMember struct {
	name  string
	value json.RawMessage
}

func firebaseFields(q *market.Quote) []jsonMember {
	return []jsonMember{
		{"ask", jsonNumber(q.Ask, q.Decimals)},
		{"bid", jsonNumber(q.Bid, q.Decimals)},
		{"last", jsonNumber(q.Last, q.Decimals)},
		{"name", json.RawMessage(toJSON(q.Name))},
		{"prev_close", jsonNumber(q.PrevClose, q.Decimals)},
		{"symbol", json.RawMessage(toJSON(q.Symbol))},
		{"time", json.RawMessage(toJSON(q.Time.UnixMilli()))},
		{"volume", jsonNumber(q.Volume, q.SizeDecimals)},
	}
}

func jsonObject(members []jsonMember) json.RawMessage {
	var parts []string
	for _, m := range members {
		parts = append(parts, toJSON(m.name)+":"+string(m.value))
	}
	return json.RawMessage("{" + strings.Join(parts, ",") + "}")
}

// valueAtPath returns null for a path with nothing at it.
func (s *firebaseSession) valueAtPath(quotes []market.Quote) json.RawMessage {
	null := json.RawMessage("null")
	if len(s.path) > 0 && s.path[0] != "prices" || len(s.path) > 3 {
		return null
	}
	var rows []jsonMember
	for i := range quotes {
		row := firebaseFields(&quotes[i])
		if len(s.path) >= 2 && s.path[1] != firebaseKey(quotes[i].Symbol) {
			continue
		}
		switch len(s.path) {
		case 2:
			return jsonObject(row)
		case 3:
			if at := slices.IndexFunc(row, func(m jsonMember) bool { return m.name == s.path[2] }); at >= 0 {
				return row[at].value
			}
			return null
		}
		rows = append(rows, jsonMember{firebaseKey(quotes[i].Symbol), jsonObject(row)})
	}
	switch len(s.path) {
	case 0:
		return jsonObject([]jsonMember{{"prices", jsonObject(rows)}})
	case 1:
		return jsonObject(rows)
	}
	return null
}

func (s *firebaseSession) Open(b []byte, snapshot Snapshot, _ time.Time) ([]byte, bool) {
	for _, q := range snapshot.Quotes {
		s.lastSent[q.Symbol] = q
	}
	if s.noStream {
		return append(b, s.valueAtPath(snapshot.Quotes)...), true
	}
	return appendFirebaseEvent(b, "put", "/", s.valueAtPath(snapshot.Quotes)), false
}

func appendFirebaseEvent(b []byte, event, path string, data json.RawMessage) []byte {
	return fmt.Appendf(b, "event: %s\ndata: {\"path\":%s,\"data\":%s}\n\n", event, toJSON(path), data)
}

func (s *firebaseSession) Wants(e Event) bool {
	if e.Quote == nil || len(s.path) > 3 || len(s.path) > 0 && s.path[0] != "prices" {
		return false
	}
	return len(s.path) < 2 || s.path[1] == firebaseKey(e.Quote.Symbol)
}

// Encode patches the symbol's fields that changed, or puts the one field that the client reads.
func (s *firebaseSession) Encode(b []byte, e Event, _ time.Time) ([]byte, bool) {
	old, known := s.lastSent[e.Quote.Symbol]
	s.lastSent[e.Quote.Symbol] = *e.Quote
	changed := firebaseFields(e.Quote)
	if known {
		before := firebaseFields(&old)
		changed = slices.DeleteFunc(changed, func(m jsonMember) bool {
			return slices.ContainsFunc(before, func(o jsonMember) bool { return o.name == m.name && string(o.value) == string(m.value) })
		})
	}
	if len(s.path) == 3 {
		for _, m := range changed {
			if m.name == s.path[2] {
				b = appendFirebaseEvent(b, "put", "/", m.value)
			}
		}
		return b, false
	}
	if len(changed) == 0 {
		return b, false
	}
	inside := []string{"prices", firebaseKey(e.Quote.Symbol)}[min(len(s.path), 2):]
	return appendFirebaseEvent(b, "patch", "/"+strings.Join(inside, "/"), jsonObject(changed)), false
}

func (s *firebaseSession) Heartbeat(b []byte, _ time.Time) []byte {
	return append(b, "event: keep-alive\ndata: null\n\n"...)
}
