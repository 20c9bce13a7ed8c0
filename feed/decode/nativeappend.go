package decode

import (
	"encoding/json"
	"time"

	"livetape/feed/market"
)

// AppendNative appends an update as the data of an event in livetape's own format, so that [Native] makes the same of it
// again, and returns the event's type. Received is when a relay received it from u's feed: it is told where the feed gives no
// time of its own.
func AppendNative(b []byte, u market.Update, received time.Time) (eventType string, _ []byte) {
	switch u := u.(type) {
	case market.Quote:
		return "price", appendPrice(b, &u, received)
	case market.Headline:
		return "news", appendNews(b, &u, received)
	case market.Halt:
		return "status", appendStatus(b, &u, received)
	case market.Reading:
		return "reading", appendReading(b, &u, received)
	}
	return "", b // not reached: there are no others
}

func appendPrice(b []byte, q *market.Quote, received time.Time) []byte {
	o := beginObject(b)
	o.text("symbol", q.Symbol)
	o.text("feed", q.Feed)
	o.text("name", q.Name)
	for _, n := range [...]struct {
		key   string
		value market.Decimal
	}{
		{"last", q.Last}, {"bid", q.Bid}, {"ask", q.Ask}, {"bid_size", q.BidSize}, {"ask_size", q.AskSize}, {"size", q.Size},
		{"volume", q.Volume}, {"open", q.Open}, {"high", q.High}, {"low", q.Low}, {"prev_close", q.PrevClose}, {"vwap", q.VWAP},
		{"change", q.Change}, {"change_pct", q.ChangePct},
	} {
		o.number(n.key, n.value)
	}
	o.flag("no_bid", q.NoBid)
	o.flag("no_ask", q.NoAsk)
	o.flag("standing", q.FromSnapshot)
	o.text("currency", q.Currency)
	o.text("report", q.Report.String())
	o.times(q.Time, received)
	return o.end()
}

func appendNews(b []byte, h *market.Headline, received time.Time) []byte {
	o := beginObject(b)
	o.text("id", h.ID)
	o.text("feed", h.Feed)
	o.text("headline", h.Title)
	o.text("summary", h.Summary)
	o.text("source", h.Source)
	o.text("url", h.URL)
	o.list("symbols", h.Symbols)
	o.text("importance", map[market.Importance]string{market.High: "high", market.Low: "low"}[h.Importance])
	o.times(h.Time, received)
	return o.end()
}

func appendStatus(b []byte, h *market.Halt, received time.Time) []byte {
	o := beginObject(b)
	o.required("symbol", h.Symbol)
	o.text("feed", h.Feed)
	o.text("state", string(h.State))
	o.text("reason", h.Reason)
	o.times(h.Time, received)
	return o.end()
}

func appendReading(b []byte, r *market.Reading, received time.Time) []byte {
	o := beginObject(b)
	o.text("name", r.Name)
	o.text("feed", r.Feed)
	o.number("value", r.Value)
	o.times(r.Time, received)
	return o.end()
}

// object is a JSON object that is being written. What is missing has no member.
type object struct {
	b     []byte
	begun bool
}

func beginObject(b []byte) object { return object{b: append(b, '{')} }

func (o *object) end() []byte { return append(o.b, '}') }

func (o *object) key(key string) {
	if o.begun {
		o.b = append(o.b, ',')
	}
	o.begun = true
	o.b = append(append(append(o.b, '"'), key...), `":`...)
}

func (o *object) text(key, s string) {
	if s != "" {
		o.required(key, s)
	}
}

func (o *object) required(key, s string) {
	o.key(key)
	o.b = appendJSONString(o.b, s)
}

// number writes a number as a string, as not every reader of JSON keeps the digits of a number.
func (o *object) number(key string, d market.Decimal) {
	if d.IsSet() {
		o.key(key)
		o.b = append(append(append(o.b, '"'), d.String()...), '"')
	}
}

func (o *object) flag(key string, set bool) {
	if set {
		o.key(key)
		o.b = append(o.b, "true"...)
	}
}

func (o *object) list(key string, all []string) {
	if len(all) == 0 {
		return
	}
	o.key(key)
	for i, s := range all {
		o.b = appendJSONString(append(o.b, "[,"[min(i, 1)]), s)
	}
	o.b = append(o.b, ']')
}

func (o *object) times(own, received time.Time) {
	key, at := "time", own
	if own.IsZero() {
		key, at = "received", received
	}
	if !at.IsZero() {
		o.key(key)
		o.b = append(at.UTC().AppendFormat(append(o.b, `"`...), time.RFC3339Nano), `"`...)
	}
}

// appendJSONString writes a JSON string. Nearly all that feeds say is plain ASCII.
func appendJSONString(b []byte, s string) []byte {
	for n := range len(s) {
		if c := s[n]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(s) // a string cannot fail
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}
