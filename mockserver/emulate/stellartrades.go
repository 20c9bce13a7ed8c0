package emulate

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"livetape/mockserver/market"
)

func newStellarTradesSession(r *http.Request, now time.Time) (Session, *Reply) {
	q := r.URL.Query()
	limit, badLimit := parseLimit(q.Get("limit"), 10)
	start, badCursor := parseCursor(cmp.Or(r.Header.Get("Last-Event-ID"), q.Get("cursor")))
	if refusal := cmp.Or(checkStellarRequest(r, "/trades"), badLimit, badCursor); refusal != nil {
		return nil, refusal
	}
	s := &stellarTradesSession{pairs: stellarPairs[:], start: start, remaining: limit}
	if q.Has("base_asset_type") || q.Has("counter_asset_type") {
		base, badBase := parseAsset(q, "base")
		counter, badCounter := parseAsset(q, "counter")
		if refusal := cmp.Or(badBase, badCounter); refusal != nil {
			return nil, refusal
		}
		s.pairs = []stellarPair{findStellarPair(base, counter)}
	}
	if !wantsStream(r) {
		return &stellarTradesPage{stellarTradesSession: s, url: *r.URL}, nil
	}
	s.endsAt, s.last = now.Add(stellarMaxDuration), stellarByebye
	return s, nil
}

type stellarTradesSession struct {
	baseSession
	pairs     []stellarPair
	start     Start
	remaining int // trades until the end
}

func (s *stellarTradesSession) Format() Format { return stellarFormat(true) }

func (s *stellarTradesSession) Start() Start { return s.start }

func (s *stellarTradesSession) Open(b []byte, _ []market.Quote, _ time.Time) ([]byte, bool) {
	return append(b, stellarHello...), false
}

func (s *stellarTradesSession) Wants(e Event) bool {
	return e.Quote != nil && e.Quote.Traded && s.pairIndex(e.Quote.Symbol) >= 0
}

func (s *stellarTradesSession) pairIndex(symbol string) int {
	return slices.IndexFunc(s.pairs, func(p stellarPair) bool { return p.symbol == symbol })
}

func (s *stellarTradesSession) nextTrade(e Event) (id string, trade json.RawMessage) {
	s.remaining--
	return stellarTrade(s.pairs[s.pairIndex(e.Quote.Symbol)], e)
}

func (s *stellarTradesSession) Encode(b []byte, e Event, _ time.Time) ([]byte, bool) {
	id, trade := s.nextTrade(e)
	b = fmt.Appendf(b, "id: %s\ndata: %s\n\n", id, trade)
	if s.remaining > 0 {
		return b, false
	}
	return append(b, stellarByebye...), true
}

// horizonURL is the server in the links of replies.
const horizonURL = "https://horizon.stellar.org"

// stellarTrade returns the id of a trade, which is also its paging token, and the trade as Horizon writes it.
func stellarTrade(p stellarPair, e Event) (id string, trade json.RawMessage) {
	q, operation := e.Quote, operationID(e.Number)
	price, size := p.price(q, q.Last), rescale(q.Size, q.SizeDecimals, stellarDecimals)
	base, counter := accountAddress(2*(e.Number%500)), accountAddress(2*(e.Number%499)+1)
	id = fmt.Sprintf("%d-0", operation)
	b := make([]byte, 0, 1280) // a trade has some 1,000
	b = fmt.Appendf(b, `{"_links":{"self":{"href":""},"base":{"href":"%[1]s/accounts/%[2]s"},"counter":{"href":"%[1]s/accounts/%[3]s"},`+
		`"operation":{"href":"%[1]s/operations/%[4]d"}},"id":"%[5]s","paging_token":"%[5]s","ledger_close_time":"%[6]s","trade_type":"orderbook",`,
		horizonURL, base, counter, operation, id, q.Time.Format("2006-01-02T15:04:05Z"))
	b = fmt.Appendf(b, `"offer_id":"%d","base_offer_id":"%d","base_account":"%s","base_amount":"%s",%s,`,
		e.Number, 1<<62|operation, base, formatAmount(size), p.base.jsonMembers("base_"))
	b = fmt.Appendf(b, `"counter_offer_id":"%d","counter_account":"%s","counter_amount":"%s",%s,`,
		e.Number, counter, formatAmount(multiply(size, price)), p.counter.jsonMembers("counter_"))
	return id, fmt.Appendf(b, `"base_is_seller":%t,"price":{"n":"%d","d":"%d"}}`, q.Last == q.Bid, price.Num(), price.Denom())
}

// stellarTradesPage is one page of trades as plain JSON, for a client that does not accept a stream.
type stellarTradesPage struct {
	*stellarTradesSession
	url    url.URL
	trades []json.RawMessage
	cursor string // paging token of the last of them
}

var _ endingSession = (*stellarTradesPage)(nil)

func (p *stellarTradesPage) Format() Format { return stellarFormat(false) }

func (p *stellarTradesPage) Open(b []byte, _ []market.Quote, _ time.Time) ([]byte, bool) {
	return b, false
}

func (p *stellarTradesPage) Encode(b []byte, e Event, _ time.Time) ([]byte, bool) {
	id, trade := p.nextTrade(e)
	p.trades, p.cursor = append(p.trades, trade), id
	if p.remaining > 0 {
		return b, false
	}
	return p.Finish(b), true
}

func (p *stellarTradesPage) Finish(b []byte) []byte {
	next := p.url
	if p.cursor != "" {
		q := next.Query()
		q.Set("cursor", p.cursor)
		next.RawQuery = q.Encode()
	}
	link := func(u url.URL) any { return map[string]string{"href": horizonURL + u.RequestURI()} }
	return append(b, toJSON(map[string]any{
		"_links":    map[string]any{"self": link(p.url), "next": link(next)},
		"_embedded": map[string]any{"records": append([]json.RawMessage{}, p.trades...)},
	})...)
}
