package emulate

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A Firebase Realtime Database that somebody keeps prices in. Source: firebase.google.com docs, "Streaming from the
// REST API".

const (
	firebaseBeat = 30 * time.Second
	firebaseSpan = time.Hour // of a token
)

func firebase() Service {
	return Service{Name: "firebase", Example: "/prices.json", NewSession: hearFirebase}
}

func firebaseError(status int, message string) *Reply {
	return &Reply{Status: status, ContentType: "application/json; charset=utf-8", Body: jsonText(map[string]string{"error": message})}
}

func hearFirebase(r *http.Request, now time.Time) (Session, *Reply) {
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
	d := &document{path: parts, page: !accepts(r, "text/event-stream"), rows: map[string]Quote{}}
	if r.URL.Query().Get("auth") != "" {
		d.ends = now.Add(firebaseSpan)
	}
	return d, nil
}

// document is a stream of what changes at a path of the database, whose only tree is that of the prices: a row
// for each symbol.
type document struct {
	plain
	path []string
	page bool
	ends time.Time
	rows map[string]Quote // by key: what was sent last
}

func (d *document) Format() Format {
	if d.page {
		return Format{ContentType: "application/json; charset=utf-8", JSONLines: true}
	}
	return Format{ContentType: "text/event-stream; charset=utf-8", EventType: "put", HeartbeatInterval: firebaseBeat, HeartbeatAlways: true}
}

// firebaseKey is a symbol as a key, which has no slash.
func firebaseKey(symbol string) string { return strings.ReplaceAll(symbol, "/", "-") }

// member is one value of a row.
type member struct {
	name  string
	value json.RawMessage
}

func rowOf(q *Quote) []member {
	return []member{
		{"ask", plainNumber(q.Ask, q.Decimals)},
		{"bid", plainNumber(q.Bid, q.Decimals)},
		{"last", plainNumber(q.Last, q.Decimals)},
		{"name", json.RawMessage(jsonText(q.Name))},
		{"prev_close", plainNumber(q.PrevClose, q.Decimals)},
		{"symbol", json.RawMessage(jsonText(q.Symbol))},
		{"time", json.RawMessage(jsonText(q.Time.UnixMilli()))},
		{"volume", plainNumber(q.Volume, q.SizeDecimals)},
	}
}

func object(members []member) json.RawMessage {
	var parts []string
	for _, m := range members {
		parts = append(parts, jsonText(m.name)+":"+string(m.value))
	}
	return json.RawMessage("{" + strings.Join(parts, ",") + "}")
}

// value is what stands at the path; null for nothing.
func (d *document) value(quotes []Quote) json.RawMessage {
	null := json.RawMessage("null")
	if len(d.path) > 0 && d.path[0] != "prices" || len(d.path) > 3 {
		return null
	}
	var rows []member
	for i := range quotes {
		row := rowOf(&quotes[i])
		if len(d.path) >= 2 && d.path[1] != firebaseKey(quotes[i].Symbol) {
			continue
		}
		switch len(d.path) {
		case 2:
			return object(row)
		case 3:
			if at := slices.IndexFunc(row, func(m member) bool { return m.name == d.path[2] }); at >= 0 {
				return row[at].value
			}
			return null
		}
		rows = append(rows, member{firebaseKey(quotes[i].Symbol), object(row)})
	}
	switch len(d.path) {
	case 0:
		return object([]member{{"prices", object(rows)}})
	case 1:
		return object(rows)
	}
	return null
}

// Open puts all that there is.
func (d *document) Open(b []byte, market Snapshot, _ time.Time) ([]byte, bool) {
	for _, q := range market.Quotes {
		d.rows[q.Symbol] = q
	}
	if d.page {
		return append(b, d.value(market.Quotes)...), true
	}
	return appendChange(b, "put", "/", d.value(market.Quotes)), false
}

func appendChange(b []byte, event, path string, data json.RawMessage) []byte {
	return fmt.Appendf(b, "event: %s\ndata: {\"path\":%s,\"data\":%s}\n\n", event, jsonText(path), data)
}

func (d *document) Wants(e Event) bool {
	if e.Quote == nil || len(d.path) > 3 || len(d.path) > 0 && d.path[0] != "prices" {
		return false
	}
	return len(d.path) < 2 || d.path[1] == firebaseKey(e.Quote.Symbol)
}

// Encode patches the row, or puts the one value that the client looks at.
func (d *document) Encode(b []byte, e Event, _ time.Time) ([]byte, bool) {
	old, known := d.rows[e.Quote.Symbol]
	d.rows[e.Quote.Symbol] = *e.Quote
	changed := rowOf(e.Quote)
	if known {
		before := rowOf(&old)
		changed = slices.DeleteFunc(changed, func(m member) bool {
			return slices.ContainsFunc(before, func(o member) bool { return o.name == m.name && string(o.value) == string(m.value) })
		})
	}
	if len(d.path) == 3 {
		for _, m := range changed {
			if m.name == d.path[2] {
				b = appendChange(b, "put", "/", m.value)
			}
		}
		return b, false
	}
	if len(changed) == 0 {
		return b, false
	}
	inside := []string{"prices", firebaseKey(e.Quote.Symbol)}[min(len(d.path), 2):]
	return appendChange(b, "patch", "/"+strings.Join(inside, "/"), object(changed)), false
}

func (d *document) WakeAt() time.Time { return d.ends }

func (d *document) Wake(b []byte, _ time.Time) ([]byte, bool) {
	return append(b, "event: auth_revoked\ndata: \"credential is no longer valid\"\n\n"...), true
}

func (d *document) Heartbeat(b []byte, _ time.Time) []byte {
	return append(b, "event: keep-alive\ndata: null\n\n"...)
}
