package emulate

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"livetape/mockserver/market"
)

// Pyth's Hermes server. Sources: pyth-network/pyth-crosschain apps/hermes/server/src/api (rest.rs, rest/v2/sse.rs,
// types.rs), apps/developer-hub price-feeds/core (fetch-price-updates, rate-limits); tokio-rs/axum response/sse.rs.

const pythStreamPath = "/v2/updates/price/stream"

// pythFeed is a price feed of Pyth whose price is that of a simulated instrument.
type pythFeed struct {
	id, symbol string
	expo       int
	assetType  string
}

// The ids are from pyth-crosschain price-feeds/core/push-feeds/data/svm/solana-mainnet.json and evm/monad-mainnet.json;
// Apple's is from pro-price-feed-changelog/snapshots/2026-03-09.json.
var pythFeeds = [...]pythFeed{
	{"e62df6c8b4a85fe1a67db44dc12de5db330f7ac66b72dc658afedf0f4a415b43", "BTC/USD", -8, "Crypto"},
	{"ff61491a931112ddf1bd8147cd1b641375f79f5825126d665480874634fd0ace", "ETH/USD", -8, "Crypto"},
	{"ef0d8b6fda2ceba41da15d4095d1da392a0d2f8ed0c6c7bc0f4cfac8c280b56d", "SOL/USD", -8, "Crypto"},
	{"a995d00bb36a63cef7fd2c287dc105fc8f3d93779f062f09551b0af3e81ec30b", "EUR/USD", -5, "FX"},
	{"84c2dde9633d93d1bcad84e7dc41c9d56578b7ec52fabedc1f335d673df0a7c1", "GBP/USD", -5, "FX"},
	{"241b9a5ce1c3e4bfc68e377158328628f1b478afaa796c4b1760bd3713c2d2d2", "AAPL", -5, "Equity"},
}

func newPythSession(r *http.Request, now time.Time) (Session, *Reply) {
	switch {
	case bearerToken(r) == "":
		return nil, plainReply(http.StatusUnauthorized, "Unauthorized")
	case r.URL.Path == "/v2/price_feeds" && r.Method == http.MethodGet:
		return nil, listPythFeeds(r)
	case r.URL.Path != pythStreamPath:
		return nil, plainReply(http.StatusNotFound, "")
	case r.Method != http.MethodGet:
		return nil, &Reply{Status: http.StatusMethodNotAllowed, ContentType: plainText, Header: map[string]string{"Allow": "GET,HEAD"}}
	}
	q := r.URL.Query()
	s := &pythSession{
		base64: q.Get("encoding") == "base64", parsed: q.Get("parsed") != "false",
		expires: now.Add(24 * time.Hour), latest: map[string]market.Quote{},
	}
	if enc := q.Get("encoding"); enc != "" && enc != "hex" && enc != "base64" {
		return nil, plainReply(http.StatusBadRequest, "Failed to deserialize query string: unknown variant `"+enc+"`, expected `hex` or `base64`")
	}
	if refusal := s.addFeeds(q["ids[]"], q.Get("ignore_invalid_price_ids") == "true"); refusal != nil {
		return nil, refusal
	}
	return s, nil
}

func (s *pythSession) addFeeds(ids []string, ignoreUnknown bool) *Reply {
	var unknown []string
	for _, text := range ids {
		id, ok := parsePythID(text)
		if !ok {
			return plainReply(http.StatusBadRequest, "Failed to deserialize query string: invalid price id")
		}
		if at := slices.IndexFunc(pythFeeds[:], func(f pythFeed) bool { return f.id == id }); at >= 0 {
			s.feeds = append(s.feeds, pythFeeds[at])
		} else {
			unknown = append(unknown, id)
		}
	}
	switch {
	case len(ids) == 0:
		return plainReply(http.StatusBadRequest, "Failed to deserialize query string: missing field `ids`")
	case len(unknown) > 0 && !ignoreUnknown:
		return plainReply(http.StatusNotFound, "Price ids not found: "+strings.Join(unknown, ", "))
	}
	return nil
}

// parsePythID reads 64 hex digits of either case, with or without 0x before them.
func parsePythID(text string) (string, bool) {
	text = strings.TrimPrefix(strings.ToLower(text), "0x")
	raw, err := hex.DecodeString(text)
	return text, err == nil && len(raw) == 32
}

func listPythFeeds(r *http.Request) *Reply {
	type feed struct {
		ID         string            `json:"id"`
		Attributes map[string]string `json:"attributes"`
	}
	all := []feed{}
	query, assetType := strings.ToLower(r.URL.Query().Get("query")), r.URL.Query().Get("asset_type")
	for _, f := range pythFeeds {
		base, _, _ := strings.Cut(f.symbol, "/")
		symbol := f.assetType + "." + f.symbol
		if f.assetType == "Equity" {
			symbol = "Equity.US." + f.symbol + "/USD"
		}
		if strings.Contains(strings.ToLower(symbol), query) && (assetType == "" || strings.EqualFold(assetType, f.assetType)) {
			all = append(all, feed{f.id, map[string]string{
				"asset_type": f.assetType, "base": base, "quote_currency": "USD", "symbol": symbol, "display_symbol": base + "/USD",
			}})
		}
	}
	return jsonReply(http.StatusOK, "application/json", all)
}

// pythSession sends the prices of all requested feeds in every event.
type pythSession struct {
	baseSession
	feeds   []pythFeed
	base64  bool
	parsed  bool
	expires time.Time               // checked with every update
	latest  map[string]market.Quote // by symbol
}

func (s *pythSession) Format() Format {
	return Format{ContentType: "text/event-stream", HeartbeatInterval: 15 * time.Second, SlowClient: "event:error\ndata:Slow consumer: disconnected\n\n"}
}

// Open sends nothing: the next update has all prices.
func (s *pythSession) Open(b []byte, quotes []market.Quote, _ time.Time) ([]byte, bool) {
	for _, q := range quotes {
		if s.Wants(Event{Quote: &q}) {
			s.latest[q.Symbol] = q
		}
	}
	return b, false
}

func (s *pythSession) Wants(e Event) bool {
	return e.Quote != nil && slices.ContainsFunc(s.feeds, func(f pythFeed) bool { return f.symbol == e.Quote.Symbol })
}

func (s *pythSession) Encode(b []byte, e Event, now time.Time) ([]byte, bool) {
	if !now.Before(s.expires) {
		return append(b, "event:error\ndata:Connection timeout reached (24h)\n\n"...), true
	}
	before := s.latest[e.Quote.Symbol].Time
	s.latest[e.Quote.Symbol] = *e.Quote
	b = s.appendSignedMessage(append(b, "data:"...), e.Number)
	separator := `,"parsed":[`
	for _, f := range s.feeds {
		if q, ok := s.latest[f.symbol]; ok && s.parsed {
			b = f.appendParsed(append(b, separator...), &q, e.Number, before)
			separator = ","
		}
	}
	if separator == "," {
		b = append(b, ']')
	}
	return append(b, "}\n\n"...), false
}

func (s *pythSession) Heartbeat(b []byte, _ time.Time) []byte { return append(b, ":\n\n"...) }

func (f pythFeed) appendParsed(b []byte, q *market.Quote, number uint64, before time.Time) []byte {
	at, previous := q.Time.Unix(), "null"
	if !before.IsZero() {
		previous = strconv.FormatInt(before.Unix(), 10)
	}
	in := func(units int64) string { return rescale(units, q.Decimals, -f.expo).String() }
	conf := in(max(1, (q.Ask-q.Bid)/2))
	price := func(units int64) string {
		return fmt.Sprintf(`{"price":"%s","conf":"%s","expo":%d,"publish_time":%d}`, in(units), conf, f.expo, at)
	}
	return fmt.Appendf(b, `{"id":"%s","price":%s,"ema_price":%s,"metadata":{"slot":%d,"proof_available_time":%d,"prev_publish_time":%s}}`,
		f.id, price(q.Last), price((q.Open+q.Last)/2), number, at, previous)
}

// appendSignedMessage appends what begins like a real one and has its size. The rest is random: no client here checks
// signatures.
func (s *pythSession) appendSignedMessage(b []byte, number uint64) []byte {
	const overhead, perPrice = 975, 275 // bytes
	raw := append(make([]byte, 0, 2048), "PNAU\x01\x00\x00\x00\x03\xb8\x01"...)
	for noise := rand.NewPCG(number, 0); len(raw) < overhead+perPrice*len(s.feeds); {
		raw = binary.LittleEndian.AppendUint64(raw, noise.Uint64())
	}
	if s.base64 {
		b = base64.StdEncoding.AppendEncode(append(b, `{"binary":{"encoding":"base64","data":["`...), raw)
	} else {
		b = hex.AppendEncode(append(b, `{"binary":{"encoding":"hex","data":["`...), raw)
	}
	return append(b, `"]}`...)
}
