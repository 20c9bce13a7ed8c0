package emulate

import (
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
		NewSession: hearTrades,
	}
}

func hearTrades(r *http.Request, now time.Time) (Session, *Reply) {
	if no := stellarRefusal(r, "/trades"); no != nil {
		return nil, no
	}
	q := r.URL.Query()
	limit, ok := wholeNumber(q.Get("limit"), 10, 200)
	if !ok {
		return nil, badField("limit", "limit: must be between 1 and 200")
	}
	cursor := q.Get("cursor")
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		cursor = last
	}
	start, ok := parseCursor(cursor)
	if !ok {
		return nil, badField("cursor", "cursor: invalid value")
	}
	t := &trades{markets: stellarMarkets[:], start: start, left: limit, ends: now.Add(stellarSpan)}
	if q.Has("base_asset_type") || q.Has("counter_asset_type") {
		base, no := parseAsset(q, "base")
		if no != nil {
			return nil, no
		}
		counter, no := parseAsset(q, "counter")
		if no != nil {
			return nil, no
		}
		t.markets = []stellarMarket{stellarMarketOf(base, counter)}
	}
	if !wantsStream(r) {
		return &tradePage{trades: t, url: *r.URL}, nil
	}
	return t, nil
}

// trades is a stream of the trades of one market, or of all. It ends after so many, or after a time.
type trades struct {
	plain
	markets []stellarMarket
	start   Start
	left    int
	ends    time.Time
}

func (t *trades) Format() Format {
	return stellarStyle()
}

func (t *trades) Start() Start { return t.start }

func (t *trades) Open(b []byte, _ Snapshot, _ time.Time) ([]byte, bool) {
	return append(b, hello...), false
}

func (t *trades) Wants(e Event) bool {
	return e.Quote != nil && e.Quote.Traded && t.market(e.Quote.Symbol) >= 0
}

// market is which of the markets has its price from an instrument; -1 for none.
func (t *trades) market(symbol string) int {
	return slices.IndexFunc(t.markets, func(m stellarMarket) bool { return m.symbol == symbol })
}

// record is the trade that an event is, one less of those that are left.
func (t *trades) record(e Event) trade {
	t.left--
	return newTrade(t.markets[t.market(e.Quote.Symbol)], e)
}

func (t *trades) Encode(b []byte, e Event, _ time.Time) ([]byte, bool) {
	record := t.record(e)
	b = fmt.Appendf(b, "id: %s\ndata: ", record.ID)
	b = append(appendJSON(b, record), "\n\n"...)
	if t.left > 0 {
		return b, false
	}
	return append(b, byebye...), true
}

func (t *trades) WakeAt() time.Time { return t.ends }

func (t *trades) Wake(b []byte, _ time.Time) ([]byte, bool) { return append(b, byebye...), true }

// horizon is the server in the references of its answers.
const horizon = "https://horizon.stellar.org"

// link is a reference of HAL.
type link struct {
	Href string `json:"href"`
}

// trade is a record of Horizon.
type trade struct {
	Links struct {
		Self      link `json:"self"`
		Base      link `json:"base"`
		Counter   link `json:"counter"`
		Operation link `json:"operation"`
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

func newTrade(m stellarMarket, e Event) trade {
	q, op := e.Quote, operation(e.Number)
	id := fmt.Sprintf("%d-0", op)
	price := m.price(q, q.Last)
	size := rescale(q.Size, q.SizeDecimals, stellarDecimals)
	offer := strconv.FormatUint(e.Number, 10)
	t := trade{
		ID: id, PagingToken: id, LedgerCloseTime: q.Time.Format("2006-01-02T15:04:05Z"), TradeType: "orderbook",
		OfferID: offer, BaseOfferID: strconv.FormatUint(1<<62|op, 10), BaseAccount: account(2 * (e.Number % 500)),
		BaseAmount: amount(size), BaseAssetType: m.base.kind(), BaseAssetCode: m.base.code, BaseAssetIssuer: m.base.issuer,
		CounterOfferID: offer, CounterAccount: account(2*(e.Number%499) + 1),
		CounterAmount: amount(price.times(size)), CounterAssetType: m.counter.kind(),
		CounterAssetCode: m.counter.code, CounterAssetIssuer: m.counter.issuer, BaseIsSeller: q.Last == q.Bid,
	}
	t.Price.N, t.Price.D = price.n.String(), price.d.String()
	t.Links.Base.Href = horizon + "/accounts/" + t.BaseAccount
	t.Links.Counter.Href = horizon + "/accounts/" + t.CounterAccount
	t.Links.Operation.Href = horizon + "/operations/" + strconv.FormatUint(op, 10)
	return t
}

// tradePage is what those get who do not ask for a stream: one page of JSON.
type tradePage struct {
	*trades
	url     url.URL
	records []trade
}

func (p *tradePage) Format() Format {
	return Format{ContentType: "application/hal+json; charset=utf-8", JSONLines: true}
}

func (p *tradePage) Open(b []byte, _ Snapshot, _ time.Time) ([]byte, bool) { return b, false }

func (p *tradePage) Encode(b []byte, e Event, _ time.Time) ([]byte, bool) {
	p.records = append(p.records, p.record(e))
	if p.left > 0 {
		return b, false
	}
	return p.Caught(b), true
}

// WakeAt is never: the page is whole before the time is over.
func (p *tradePage) WakeAt() time.Time { return time.Time{} }

// Caught is the page.
func (p *tradePage) Caught(b []byte) []byte {
	next, records := p.url, append([]trade{}, p.records...)
	if n := len(records); n > 0 {
		q := next.Query()
		q.Set("cursor", records[n-1].PagingToken)
		next.RawQuery = q.Encode()
	}
	return appendJSON(b, map[string]any{
		"_links":    map[string]link{"self": {horizon + p.url.RequestURI()}, "next": {horizon + next.RequestURI()}},
		"_embedded": map[string]any{"records": records},
	})
}
