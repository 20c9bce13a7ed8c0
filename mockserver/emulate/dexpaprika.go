package emulate

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"livetape/mockserver/market"
)

// DexPaprika's streaming server. Sources: coinpaprika/dexpaprika-cli streaming-skill.md, src/client.rs;
// docs.dexpaprika.com/streaming.

// dexToken is a token whose price is that of a simulated instrument.
type dexToken struct {
	chain, address, symbol string
	needsKey               bool
}

var dexTokens = [...]dexToken{
	{"ethereum", "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2", "ETH/USD", false},
	{"solana", "So11111111111111111111111111111111111111112", "SOL/USD", false},
	{"ethereum", "0x2260fac5e5542a773aa44fbcfedf7c193bc2c599", "BTC/USD", true},
}

func dexError(status int, message string) *Reply {
	return jsonReply(status, "application/json", map[string]string{"message": message})
}

type dexAsset struct {
	Chain   string `json:"chain"`
	Address string `json:"address"`
	Method  string `json:"method"`
}

func newDexSession(r *http.Request, _ time.Time) (Session, *Reply) {
	s := &dexSession{hasKey: r.Header.Get("Authorization") != "", requestID: "0", remaining: -1, event: "token_price"}
	var assets []dexAsset
	switch {
	case r.URL.Path == "/stream" && r.Method == http.MethodGet:
		s.event = "t_p"
	case r.URL.Path != "/sse/prices":
		return nil, dexError(http.StatusNotFound, "not found")
	case r.Method == http.MethodPost:
		if json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody)).Decode(&assets) != nil {
			return nil, dexError(http.StatusBadRequest, "invalid request body")
		}
	case r.Method != http.MethodGet:
		return nil, dexError(http.StatusMethodNotAllowed, "method not allowed")
	}
	if r.Method == http.MethodGet {
		q := r.URL.Query()
		assets = []dexAsset{{q.Get("chain"), q.Get("address"), q.Get("method")}}
		if no := s.readOptions(q); no != nil {
			return nil, no
		}
	}
	if no := s.subscribe(assets); no != nil {
		return nil, no
	}
	return s, nil
}

func (s *dexSession) readOptions(q url.Values) *Reply {
	if id := q.Get("request_id"); id != "" {
		if _, err := strconv.ParseUint(id, 10, 64); err != nil {
			return dexError(http.StatusBadRequest, "invalid request_id")
		}
		s.requestID = id
	}
	if limit := q.Get("limit"); limit != "" {
		n, err := strconv.Atoi(limit)
		if err != nil || n < 1 {
			return dexError(http.StatusBadRequest, "invalid limit")
		}
		s.remaining = n
	}
	return nil
}

const (
	hexDigits  = "0123456789abcdefABCDEF"
	base58     = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	chainRunes = "abcdefghijklmnopqrstuvwxyz0123456789_"
)

// madeOf tells whether text consists of the characters of an alphabet.
func madeOf(text, alphabet string) bool { return strings.Trim(text, alphabet) == "" }

func isDexChain(name string) bool {
	return len(name) >= 2 && len(name) <= 32 && madeOf(name, chainRunes)
}

// hasAddress tells whether the address has the form of its chain's.
func (a dexAsset) hasAddress() bool {
	if a.Chain == "solana" {
		return len(a.Address) >= 32 && len(a.Address) <= 44 && madeOf(a.Address, base58)
	}
	digits, found := strings.CutPrefix(a.Address, "0x")
	return found && len(digits) == 40 && madeOf(digits, hexDigits)
}

// subscribe accepts all of the assets or none. Without a key, an asset that needs one is accepted and never gets a price.
func (s *dexSession) subscribe(assets []dexAsset) *Reply {
	const most = 25
	if len(assets) > most {
		return dexError(http.StatusBadRequest, "too many assets, max 25 allowed")
	}
	if len(assets) == 0 {
		return dexError(http.StatusBadRequest, "no assets")
	}
	for _, a := range assets {
		switch {
		case a.Method != s.event:
			return dexError(http.StatusBadRequest, "unsupported method")
		case !isDexChain(a.Chain):
			return dexError(http.StatusBadRequest, "unsupported chain")
		case !a.hasAddress():
			return dexError(http.StatusBadRequest, "asset not found")
		}
		for _, t := range dexTokens {
			if t.matches(a) && (s.hasKey || !t.needsKey) {
				s.tokens = append(s.tokens, t)
			}
		}
	}
	return nil
}

// matches compares addresses without regard to case, except on Solana, where case matters.
func (t dexToken) matches(a dexAsset) bool {
	if t.chain == "solana" {
		return a.Chain == t.chain && a.Address == t.address
	}
	return a.Chain == t.chain && strings.EqualFold(a.Address, t.address)
}

// dexSession sends a price whenever a trade moves it.
type dexSession struct {
	baseSession
	tokens    []dexToken
	hasKey    bool
	requestID string
	event     string
	remaining int // events until the end; negative for no end
	sent      int
}

func (s *dexSession) Format() Format {
	return Format{
		ContentType: "text/event-stream", EventType: s.event, HeartbeatInterval: 15 * time.Second, HeartbeatAlways: true,
		SlowClient: "event: error\ndata: {\"message\":\"slow consumer\"}\n\n",
	}
}

func (s *dexSession) Open(b []byte, _ []market.Quote, _ time.Time) ([]byte, bool) {
	if s.event == "t_p" {
		b = append(b, "event: warning\ndata: {\"message\":\"/stream is deprecated, use /sse/prices\"}\n\n"...)
	}
	return b, false
}

func (s *dexSession) tokenIndex(symbol string) int {
	return slices.IndexFunc(s.tokens, func(t dexToken) bool { return t.symbol == symbol })
}

func (s *dexSession) Wants(e Event) bool {
	return e.Quote != nil && e.Quote.Traded && s.tokenIndex(e.Quote.Symbol) >= 0
}

// Encode puts the type before and after the data by turns: the server has done both.
func (s *dexSession) Encode(b []byte, e Event, _ time.Time) ([]byte, bool) {
	data := s.payload(s.tokens[s.tokenIndex(e.Quote.Symbol)], e.Quote)
	if s.sent++; s.sent%2 == 1 {
		b = fmt.Appendf(b, "event: %s\nrequest_id: %s\ndata: %s\n\n", s.event, s.requestID, data)
	} else {
		b = fmt.Appendf(b, "data: %s\nrequest_id: %s\nevent: %s\n\n", data, s.requestID, s.event)
	}
	s.remaining--
	return b, s.remaining == 0
}

// payload has its members in alphabetical order, as the server's have.
func (s *dexSession) payload(t dexToken, q *market.Quote) string {
	at, price := q.Time.Unix(), formatDecimal(q.Last, q.Decimals)
	if s.event == "t_p" {
		return fmt.Sprintf(`{"a":"%s","c":"%s","p":"%s","t":%d,"t_p":%[4]d}`, t.address, t.chain, price, at)
	}
	return fmt.Sprintf(`{"address":"%s","chain":"%s","price":"%s","timestamp":%d,"timestamp_price":%[4]d,"token_price":%[4]d}`,
		t.address, t.chain, price, at)
}

func (s *dexSession) Heartbeat(b []byte, now time.Time) []byte {
	return fmt.Appendf(b, "event: ping\ndata: {\"time\":%d}\n\n", now.Unix())
}
