package emulate

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

func stellarTrades() Service {
	return Service{
		Name: "stellar-trades",
		Example: "/trades?cursor=now&base_asset_type=native&counter_asset_type=credit_alphanum4&counter_asset_code=USDC" +
			"&counter_asset_issuer=" + usdc.issuer,
		NewSession: newStellarTradesSession,
	}
}

func newStellarTradesSession(r *http.Request, now time.Time) (Session, *Reply) {
	if refusal := checkStellarRequest(r, "/trades"); refusal != nil {
		return nil, refusal
	}
	q := r.URL.Query()
	limit, ok := parseLimit(q.Get("limit"), 10, 200)
	if !ok {
		return nil, invalidField("limit", "limit: must be between 1 and 200")
	}
	start, ok := parseCursor(cmp.Or(r.Header.Get("Last-Event-ID"), q.Get("cursor")))
	if !ok {
		return nil, invalidField("cursor", "cursor: invalid value")
	}
	s := &stellarTradesSession{pairs: stellarPairs[:], start: start, remaining: limit}
	if q.Has("base_asset_type") || q.Has("counter_asset_type") {
		base, refusal := parseAsset(q, "base")
		if refusal != nil {
			return nil, refusal
		}
		counter, refusal := parseAsset(q, "counter")
		if refusal != nil {
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

// stellarTradesSession sends the trades of one pair, or of all.
type stellarTradesSession struct {
	baseSession
	pairs     []stellarPair
	start     Start
	remaining int // trades until the end
}

func (s *stellarTradesSession) Format() Format { return stellarFormat() }

func (s *stellarTradesSession) Start() Start { return s.start }

func (s *stellarTradesSession) Open(b []byte, _ Snapshot, _ time.Time) ([]byte, bool) {
	return append(b, stellarHello...), false
}

func (s *stellarTradesSession) Wants(e Event) bool {
	return e.Quote != nil && e.Quote.Traded && s.pairIndex(e.Quote.Symbol) >= 0
}

// pairIndex returns the index of the pair that has the price of an instrument; -1 for none.
func (s *stellarTradesSession) pairIndex(symbol string) int {
	return slices.IndexFunc(s.pairs, func(p stellarPair) bool { return p.symbol == symbol })
}

// nextTrade returns an event as a trade, and counts it.
func (s *stellarTradesSession) nextTrade(e Event) stellarTrade {
	s.remaining--
	return newStellarTrade(s.pairs[s.pairIndex(e.Quote.Symbol)], e)
}

func (s *stellarTradesSession) Encode(b []byte, e Event, _ time.Time) ([]byte, bool) {
	trade := s.nextTrade(e)
	b = appendData(fmt.Appendf(b, "id: %s\n", trade.ID), trade)
	if s.remaining > 0 {
		return b, false
	}
	return append(b, stellarByebye...), true
}

// horizonURL is the server in the links of replies.
const horizonURL = "https://horizon.stellar.org"

// halLink is a link of the Hypertext Application Language.
type halLink struct {
	Href string `json:"href"`
}

// stellarTrade is a trade record of Horizon.
type stellarTrade struct {
	Links struct {
		Self      halLink `json:"self"`
		Base      halLink `json:"base"`
		Counter   halLink `json:"counter"`
		Operation halLink `json:"operation"`
	} `json:"_links"`
	ID                 string `json:"id"`
	PagingToken        string `json:"paging_token"`
	LedgerCloseTime    string `json:"ledger_close_time"`
	TradeType          string `json:"trade_type"`
	OfferID            string `json:"offer_id"`
	BaseOfferID        string `json:"base_offer_id"`
	BaseAccount        string `json:"base_account"`
	BaseAmount         string `json:"base_amount"`
	BaseAssetType      string `json:"base_asset_type"`
	BaseAssetCode      string `json:"base_asset_code,omitempty"`
	BaseAssetIssuer    string `json:"base_asset_issuer,omitempty"`
	CounterOfferID     string `json:"counter_offer_id"`
	CounterAccount     string `json:"counter_account"`
	CounterAmount      string `json:"counter_amount"`
	CounterAssetType   string `json:"counter_asset_type"`
	CounterAssetCode   string `json:"counter_asset_code,omitempty"`
	CounterAssetIssuer string `json:"counter_asset_issuer,omitempty"`
	BaseIsSeller       bool   `json:"base_is_seller"`
	Price              struct {
		N string `json:"n"`
		D string `json:"d"`
	} `json:"price"`
}

func newStellarTrade(p stellarPair, e Event) stellarTrade {
	q, op := e.Quote, operationID(e.Number)
	id := fmt.Sprintf("%d-0", op)
	price := p.price(q, q.Last)
	size := rescale(q.Size, q.SizeDecimals, stellarDecimals)
	offer := strconv.FormatUint(e.Number, 10)
	t := stellarTrade{
		ID: id, PagingToken: id, LedgerCloseTime: q.Time.Format("2006-01-02T15:04:05Z"), TradeType: "orderbook",
		OfferID: offer, BaseOfferID: strconv.FormatUint(1<<62|op, 10), BaseAccount: accountAddress(2 * (e.Number % 500)),
		BaseAmount: formatAmount(size), BaseAssetType: p.base.assetType(), BaseAssetCode: p.base.code, BaseAssetIssuer: p.base.issuer,
		CounterOfferID: offer, CounterAccount: accountAddress(2*(e.Number%499) + 1),
		CounterAmount: formatAmount(multiply(size, price)), CounterAssetType: p.counter.assetType(),
		CounterAssetCode: p.counter.code, CounterAssetIssuer: p.counter.issuer, BaseIsSeller: q.Last == q.Bid,
	}
	t.Price.N, t.Price.D = price.Num().String(), price.Denom().String()
	t.Links.Base.Href = horizonURL + "/accounts/" + t.BaseAccount
	t.Links.Counter.Href = horizonURL + "/accounts/" + t.CounterAccount
	t.Links.Operation.Href = horizonURL + "/operations/" + strconv.FormatUint(op, 10)
	return t
}

// stellarTradesPage is one page of trades as plain JSON, for a client that does not accept a stream.
type stellarTradesPage struct {
	*stellarTradesSession
	url    url.URL
	trades []stellarTrade
}

func (p *stellarTradesPage) Format() Format {
	return Format{ContentType: "application/hal+json; charset=utf-8", JSONLines: true}
}

func (p *stellarTradesPage) Open(b []byte, _ Snapshot, _ time.Time) ([]byte, bool) { return b, false }

func (p *stellarTradesPage) Encode(b []byte, e Event, _ time.Time) ([]byte, bool) {
	p.trades = append(p.trades, p.nextTrade(e))
	if p.remaining > 0 {
		return b, false
	}
	return p.Finish(b), true
}

// Finish sends the page with the trades that there are.
func (p *stellarTradesPage) Finish(b []byte) []byte {
	next, trades := p.url, append([]stellarTrade{}, p.trades...)
	if n := len(trades); n > 0 {
		q := next.Query()
		q.Set("cursor", trades[n-1].PagingToken)
		next.RawQuery = q.Encode()
	}
	return appendJSON(b, map[string]any{
		"_links":    map[string]halLink{"self": {horizonURL + p.url.RequestURI()}, "next": {horizonURL + next.RequestURI()}},
		"_embedded": map[string]any{"records": trades},
	})
}
