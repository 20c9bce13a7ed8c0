package emulate

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"livetape/mockserver/market"
)

// OANDA's v20 streaming server. Sources: oanda/v20-openapi json/v20.json; developer.oanda.com rest-live-v20
// (pricing-ep, troubleshooting-errors); hootnot/oanda-api-v20 oandapyV20/endpoints/responses/pricing.py.

// oandaMinInterval is between two prices of an instrument.
const oandaMinInterval = 250 * time.Millisecond

func oandaError(status int, message string) *Reply {
	return jsonReply(status, "application/json", map[string]string{"errorMessage": message})
}

func newOandaSession(r *http.Request, now time.Time) (Session, *Reply) {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	isStream := len(parts) == 5 && parts[0] == "v3" && parts[1] == "accounts" && parts[3] == "pricing" && parts[4] == "stream"
	switch {
	case bearerToken(r) == "":
		return nil, oandaError(http.StatusUnauthorized, "Insufficient authorization to perform request.")
	case !isStream:
		return nil, oandaError(http.StatusNotFound, "The requested resource could not be found.")
	case r.Method != http.MethodGet:
		return nil, oandaError(http.StatusMethodNotAllowed, "Method Not Allowed")
	}
	q := r.URL.Query()
	names := splitValues(q["instruments"])
	if len(names) == 0 {
		return nil, oandaError(http.StatusBadRequest, "The request was missing required data")
	}
	s := &oandaSession{
		snapshot: !strings.EqualFold(q.Get("snapshot"), "false"),
		unix:     strings.EqualFold(r.Header.Get("Accept-Datetime-Format"), "UNIX"),
		sentAt:   map[string]time.Time{}, pending: map[string]market.Quote{}, requestID: now.UnixNano(),
	}
	for _, name := range names {
		base, quote, both := strings.Cut(name, "_")
		if !both || base == "" || quote == "" || strings.ToUpper(name) != name {
			return nil, oandaError(http.StatusBadRequest, "Invalid value specified for 'instruments'")
		}
		s.symbols = append(s.symbols, base+"/"+quote)
	}
	return s, nil
}

// oandaSession sends quotes, one JSON object a line. Of an instrument's quotes within oandaMinInterval, the last is sent
// at its end.
type oandaSession struct {
	baseSession
	symbols   []string
	snapshot  bool
	unix      bool // times are seconds since 1970
	requestID int64
	sentAt    map[string]time.Time    // by symbol
	pending   map[string]market.Quote // by symbol
}

var _ headerSetter = (*oandaSession)(nil)

func (s *oandaSession) Format() Format {
	return Format{ContentType: "application/octet-stream", JSONLines: true, HeartbeatInterval: 5 * time.Second, HeartbeatAlways: true}
}

func (s *oandaSession) SetHeader(h http.Header, _ uint64) {
	h.Set("RequestID", fmt.Sprintf("%018d", s.requestID%1e18))
}

func (s *oandaSession) Open(b []byte, quotes []market.Quote, now time.Time) ([]byte, bool) {
	if s.snapshot {
		for _, q := range quotes {
			if slices.Contains(s.symbols, q.Symbol) {
				b = s.encodeQuote(b, &q, now)
			}
		}
	}
	return b, false
}

func (s *oandaSession) Wants(e Event) bool {
	return e.Quote != nil && slices.Contains(s.symbols, e.Quote.Symbol)
}

func (s *oandaSession) Encode(b []byte, e Event, now time.Time) ([]byte, bool) {
	if last, ok := s.sentAt[e.Quote.Symbol]; ok && now.Sub(last) < oandaMinInterval {
		s.pending[e.Quote.Symbol] = *e.Quote
		return b, false
	}
	return s.encodeQuote(b, e.Quote, now), false
}

func (s *oandaSession) encodeQuote(b []byte, q *market.Quote, now time.Time) []byte {
	s.sentAt[q.Symbol] = now
	delete(s.pending, q.Symbol)
	return s.appendPrice(b, q)
}

// WakeAt is when the first pending quote may be sent.
func (s *oandaSession) WakeAt() (first time.Time) {
	for symbol := range s.pending {
		if at := s.sentAt[symbol].Add(oandaMinInterval); first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first
}

func (s *oandaSession) Wake(b []byte, now time.Time) ([]byte, bool) {
	for _, symbol := range s.symbols {
		if q, ok := s.pending[symbol]; ok && now.Sub(s.sentAt[symbol]) >= oandaMinInterval {
			b = s.encodeQuote(b, &q, now)
		}
	}
	return b, false
}

func (s *oandaSession) Heartbeat(b []byte, now time.Time) []byte {
	return fmt.Appendf(b, `{"type":"HEARTBEAT","time":"%s"}`+"\n", s.formatTime(now))
}

func (s *oandaSession) formatTime(t time.Time) string {
	if s.unix {
		return fmt.Sprintf("%d.%09d", t.Unix(), t.Nanosecond())
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000000Z")
}

// appendPrice appends a line with two levels of depth; a position would be closed at the worse one.
func (s *oandaSession) appendPrice(b []byte, q *market.Quote) []byte {
	at := func(units int64) string { return formatDecimal(max(1, units), q.Decimals) }
	return fmt.Appendf(b, `{"type":"PRICE","time":"%s","bids":[{"price":"%s","liquidity":1000000},{"price":"%s","liquidity":2000000}],`+
		`"asks":[{"price":"%s","liquidity":1000000},{"price":"%s","liquidity":2000000}],"closeoutBid":"%[3]s","closeoutAsk":"%[5]s",`+
		`"status":"tradeable","tradeable":true,"instrument":"%[6]s"}`+"\n",
		s.formatTime(q.Time), at(q.Bid), at(q.Bid-1), at(q.Ask), at(q.Ask+1), strings.ReplaceAll(q.Symbol, "/", "_"))
}
