package emulate

import (
	"math/big"
	"net/http"
	"time"
)

func stellarBook() Service {
	return Service{
		Name: "stellar-book",
		Example: "/order_book?limit=1&selling_asset_type=native&buying_asset_type=credit_alphanum4&buying_asset_code=USDC" +
			"&buying_asset_issuer=" + usdc.issuer,
		NewSession: hearBook,
	}
}

func hearBook(r *http.Request, now time.Time) (Session, *Reply) {
	if no := stellarRefusal(r, "/order_book"); no != nil {
		return nil, no
	}
	q := r.URL.Query()
	depth, ok := wholeNumber(q.Get("limit"), 20, 200)
	if !ok {
		return nil, badField("limit", "limit: must be between 1 and 200")
	}
	selling, no := parseAsset(q, "selling")
	if no != nil {
		return nil, no
	}
	buying, no := parseAsset(q, "buying")
	if no != nil {
		return nil, no
	}
	const events = 10 // of any stream without a limit of its own; the parameter is the depth here
	return &book{
		market: stellarMarketOf(selling, buying), depth: depth, left: events, ends: now.Add(stellarSpan), page: !wantsStream(r),
	}, nil
}

// book is a stream of the best of an order book, whenever that has changed; or one page of it.
type book struct {
	plain
	market stellarMarket
	depth  int
	left   int
	ends   time.Time
	page   bool
	told   string // what was sent last
}

func (k *book) Format() Format {
	if k.page {
		return Format{ContentType: "application/hal+json; charset=utf-8", JSONLines: true}
	}
	return stellarStyle()
}

// Open tells the book as it stands. That of a pair without a market is empty.
func (k *book) Open(b []byte, market Snapshot, _ time.Time) ([]byte, bool) {
	var q *Quote
	for i := range market.Quotes {
		if market.Quotes[i].Symbol == k.market.symbol {
			q = &market.Quotes[i]
		}
	}
	if k.page {
		return append(b, jsonText(k.summary(q))...), true
	}
	return k.tell(append(b, hello...), q)
}

func (k *book) Wants(e Event) bool { return e.Quote != nil && e.Quote.Symbol == k.market.symbol }

func (k *book) Encode(b []byte, e Event, _ time.Time) ([]byte, bool) { return k.tell(b, e.Quote) }

func (k *book) tell(b []byte, q *Quote) ([]byte, bool) {
	text := jsonText(k.summary(q))
	if text == k.told {
		return b, false
	}
	k.told = text
	b = append(append(append(b, "data: "...), text...), "\n\n"...)
	if k.left--; k.left > 0 {
		return b, false
	}
	return append(b, byebye...), true
}

func (k *book) WakeAt() time.Time { return k.ends }

func (k *book) Wake(b []byte, _ time.Time) ([]byte, bool) { return append(b, byebye...), true }

// orderBook is Horizon's summary of an order book.
type orderBook struct {
	Bids    []level      `json:"bids"`
	Asks    []level      `json:"asks"`
	Base    stellarAsset `json:"base"`
	Counter stellarAsset `json:"counter"`
}

type level struct {
	PriceR struct {
		N int64 `json:"n"`
		D int64 `json:"d"`
	} `json:"price_r"`
	Price  string `json:"price"`
	Amount string `json:"amount"`
}

type stellarAsset struct {
	Type   string `json:"asset_type"`
	Code   string `json:"asset_code,omitempty"`
	Issuer string `json:"asset_issuer,omitempty"`
}

func (k *book) summary(q *Quote) orderBook {
	m := k.market
	o := orderBook{
		Bids: []level{}, Asks: []level{},
		Base:    stellarAsset{m.base.kind(), m.base.code, m.base.issuer},
		Counter: stellarAsset{m.counter.kind(), m.counter.code, m.counter.issuer},
	}
	if q == nil {
		return o
	}
	for i := range int64(k.depth) {
		if bid := q.Bid - i; bid > 0 {
			o.Bids = append(o.Bids, m.level(q, bid, i))
		}
		o.Asks = append(o.Asks, m.level(q, q.Ask+i, i))
	}
	return o
}

// level is the i-th of a side: the deeper, the more there is.
func (m stellarMarket) level(q *Quote, units, i int64) (l level) {
	price := m.price(q, units)
	l.PriceR.N, l.PriceR.D = price.n.Int64(), price.d.Int64()
	l.Price = amount(price.times(big.NewInt(1e7)))
	l.Amount = amount(rescale(q.Size*(i+1), q.SizeDecimals, stellarDecimals))
	return l
}
