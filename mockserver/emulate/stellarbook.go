package emulate

import (
	"cmp"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"time"

	"livetape/mockserver/market"
)

func newStellarBookSession(r *http.Request, now time.Time) (Session, *Reply) {
	q := r.URL.Query()
	depth, badDepth := parseLimit(q.Get("limit"), 20)
	selling, badSelling := parseAsset(q, "selling")
	buying, badBuying := parseAsset(q, "buying")
	if refusal := cmp.Or(checkStellarRequest(r, "/order_book"), badDepth, badSelling, badBuying); refusal != nil {
		return nil, refusal
	}
	const maxEvents = 10 // of any stream that cannot set a limit; here, limit is the depth
	return &stellarBookSession{
		baseSession: baseSession{now.Add(stellarMaxDuration), stellarByebye},
		pair:        findStellarPair(selling, buying), depth: depth, remaining: maxEvents, noStream: !wantsStream(r),
	}, nil
}

// stellarBookSession sends the best levels of an order book whenever they have changed, or once as plain JSON.
type stellarBookSession struct {
	baseSession
	pair      stellarPair
	depth     int
	remaining int // events until the end
	noStream  bool
	lastSent  string
}

func (s *stellarBookSession) Format() Format {
	return stellarFormat(!s.noStream)
}

// Open sends the book as it is. It is empty for a pair without an instrument.
func (s *stellarBookSession) Open(b []byte, quotes []market.Quote, _ time.Time) ([]byte, bool) {
	var q *market.Quote
	if at := slices.IndexFunc(quotes, func(q market.Quote) bool { return q.Symbol == s.pair.symbol }); at >= 0 {
		q = &quotes[at]
	}
	if s.noStream {
		return append(b, s.orderBook(q)...), true
	}
	return s.encodeQuote(append(b, stellarHello...), q)
}

func (s *stellarBookSession) Wants(e Event) bool {
	return e.Quote != nil && e.Quote.Symbol == s.pair.symbol
}

func (s *stellarBookSession) Encode(b []byte, e Event, _ time.Time) ([]byte, bool) {
	return s.encodeQuote(b, e.Quote)
}

func (s *stellarBookSession) encodeQuote(b []byte, q *market.Quote) ([]byte, bool) {
	text := s.orderBook(q)
	if text == s.lastSent {
		return b, false
	}
	s.lastSent = text
	b = append(append(append(b, "data: "...), text...), "\n\n"...)
	if s.remaining--; s.remaining > 0 {
		return b, false
	}
	return append(b, stellarByebye...), true
}

// orderBook is a summary of the book of q, which may be nil, as Horizon writes it.
func (s *stellarBookSession) orderBook(q *market.Quote) string {
	var bids, asks []string
	for i := int64(0); q != nil && i < int64(s.depth); i++ {
		if bid := q.Bid - i; bid > 0 {
			bids = append(bids, s.pair.level(q, bid, i))
		}
		asks = append(asks, s.pair.level(q, q.Ask+i, i))
	}
	return fmt.Sprintf(`{"bids":[%s],"asks":[%s],"base":{%s},"counter":{%s}}`,
		strings.Join(bids, ","), strings.Join(asks, ","), s.pair.base.jsonMembers(""), s.pair.counter.jsonMembers(""))
}

// level returns the i-th level of a side. Deeper levels have larger amounts.
func (p stellarPair) level(q *market.Quote, units, i int64) string {
	price := p.price(q, units)
	return fmt.Sprintf(`{"price_r":{"n":%d,"d":%d},"price":"%s","amount":"%s"}`, price.Num(), price.Denom(),
		formatAmount(multiply(big.NewInt(1e7), price)), formatAmount(rescale(q.Size*(i+1), q.SizeDecimals, stellarDecimals)))
}
