package emulate

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// OANDA's v20 streaming server. Sources: oanda/v20-openapi json/v20.json; developer.oanda.com rest-live-v20
// (pricing-ep, troubleshooting-errors); hootnot/oanda-api-v20 oandapyV20/endpoints/responses/pricing.py.

const (
	oandaBeat   = 5 * time.Second
	oandaSample = 250 * time.Millisecond // at most four prices a second, an instrument
)

func oanda() Service {
	return Service{
		Name:       "oanda",
		Example:    "/v3/accounts/101-001-1234567-001/pricing/stream?instruments=EUR_USD,USD_JPY",
		NewSession: hearOanda,
	}
}

func oandaError(status int, message string) *Reply {
	return &Reply{Status: status, ContentType: "application/json", Body: jsonText(map[string]string{"errorMessage": message})}
}

func hearOanda(r *http.Request, now time.Time) (Session, *Reply) {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	isStream := len(parts) == 5 && parts[0] == "v3" && parts[1] == "accounts" && parts[3] == "pricing" && parts[4] == "stream"
	switch {
	case bearer(r) == "":
		return nil, oandaError(http.StatusUnauthorized, "Insufficient authorization to perform request.")
	case !isStream:
		return nil, oandaError(http.StatusNotFound, "The requested resource could not be found.")
	case r.Method != http.MethodGet:
		return nil, oandaError(http.StatusMethodNotAllowed, "Method Not Allowed")
	}
	q := r.URL.Query()
	names := listed(q["instruments"])
	if len(names) == 0 {
		return nil, oandaError(http.StatusBadRequest, "The request was missing required data")
	}
	p := &pricing{
		snapshot: !strings.EqualFold(q.Get("snapshot"), "false"),
		unix:     strings.EqualFold(r.Header.Get("Accept-Datetime-Format"), "UNIX"),
		sent:     map[string]time.Time{}, waiting: map[string]Quote{}, id: now.UnixNano(),
	}
	for _, name := range names {
		base, quote, both := strings.Cut(name, "_")
		if !both || base == "" || quote == "" || strings.ToUpper(name) != name {
			return nil, oandaError(http.StatusBadRequest, "Invalid value specified for 'instruments'")
		}
		p.symbols = append(p.symbols, base+"/"+quote)
	}
	return p, nil
}

// pricing is a stream of quotes, an object a line. Of the quotes of an instrument within a quarter of a second, the
// last is sent when that is over.
type pricing struct {
	plain
	symbols  []string
	snapshot bool
	unix     bool
	id       int64
	sent     map[string]time.Time // when each was sent last
	waiting  map[string]Quote     // for its time
}

func (p *pricing) Format() Format {
	return Format{ContentType: "application/octet-stream", JSONLines: true, HeartbeatInterval: oandaBeat, HeartbeatAlways: true}
}

// Greet gives the request its id.
func (p *pricing) Greet(h http.Header, _ uint64, _ bool) {
	h.Set("RequestID", fmt.Sprintf("%018d", p.id%1e18))
}

func (p *pricing) Open(b []byte, market Snapshot, now time.Time) ([]byte, bool) {
	if p.snapshot {
		for _, q := range market.Quotes {
			if slices.Contains(p.symbols, q.Symbol) {
				b = p.tell(b, &q, now)
			}
		}
	}
	return b, false
}

func (p *pricing) Wants(e Event) bool {
	return e.Quote != nil && slices.Contains(p.symbols, e.Quote.Symbol)
}

func (p *pricing) Encode(b []byte, e Event, now time.Time) ([]byte, bool) {
	if last, ok := p.sent[e.Quote.Symbol]; ok && now.Sub(last) < oandaSample {
		p.waiting[e.Quote.Symbol] = *e.Quote
		return b, false
	}
	return p.tell(b, e.Quote, now), false
}

func (p *pricing) tell(b []byte, q *Quote, now time.Time) []byte {
	p.sent[q.Symbol] = now
	delete(p.waiting, q.Symbol)
	return append(appendJSON(b, p.price(q)), '\n')
}

// WakeAt is when the first of the quotes that wait may be sent.
func (p *pricing) WakeAt() (first time.Time) {
	for symbol := range p.waiting {
		if at := p.sent[symbol].Add(oandaSample); first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first
}

func (p *pricing) Wake(b []byte, now time.Time) ([]byte, bool) {
	for _, symbol := range p.symbols {
		if q, ok := p.waiting[symbol]; ok && now.Sub(p.sent[symbol]) >= oandaSample {
			b = p.tell(b, &q, now)
		}
	}
	return b, false
}

func (p *pricing) Heartbeat(b []byte, now time.Time) []byte {
	return append(appendJSON(b, struct {
		Type string `json:"type"`
		Time string `json:"time"`
	}{"HEARTBEAT", p.time(now)}), '\n')
}

func (p *pricing) time(t time.Time) string {
	if p.unix {
		return fmt.Sprintf("%d.%09d", t.Unix(), t.Nanosecond())
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000000Z")
}

type clientPrice struct {
	Type        string   `json:"type"`
	Time        string   `json:"time"`
	Bids        []bucket `json:"bids"`
	Asks        []bucket `json:"asks"`
	CloseoutBid string   `json:"closeoutBid"`
	CloseoutAsk string   `json:"closeoutAsk"`
	Status      string   `json:"status"`
	Tradeable   bool     `json:"tradeable"`
	Instrument  string   `json:"instrument"`
}

type bucket struct {
	Price     string `json:"price"`
	Liquidity int64  `json:"liquidity"`
}

// price has two levels of depth; the worse one is what a position would be closed at.
func (p *pricing) price(q *Quote) clientPrice {
	at := func(units int64) string { return decimal(max(1, units), q.Decimals) }
	return clientPrice{
		Type: "PRICE", Time: p.time(q.Time),
		Bids:        []bucket{{at(q.Bid), 1000000}, {at(q.Bid - 1), 2000000}},
		Asks:        []bucket{{at(q.Ask), 1000000}, {at(q.Ask + 1), 2000000}},
		CloseoutBid: at(q.Bid - 1), CloseoutAsk: at(q.Ask + 1),
		Status: "tradeable", Tradeable: true, Instrument: strings.ReplaceAll(q.Symbol, "/", "_"),
	}
}
