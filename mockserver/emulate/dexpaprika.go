package emulate

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// DexPaprika's streaming server. Source: coinpaprika/dexpaprika-cli streaming-skill.md, src/client.rs;
// docs.dexpaprika.com/streaming.

const dexBeat = 15 * time.Second

// dexToken is a token of which the simulator knows the price.
type dexToken struct {
	chain, address, symbol string
	open                   bool // needs no key
}

var dexTokens = [...]dexToken{
	{"ethereum", "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2", "ETH/USD", true},
	{"solana", "So11111111111111111111111111111111111111112", "SOL/USD", true},
	{"ethereum", "0x2260fac5e5542a773aa44fbcfedf7c193bc2c599", "BTC/USD", false},
}

func dexPaprika() Service {
	return Service{
		Name:       "dexpaprika",
		Example:    "/sse/prices?method=token_price&chain=ethereum&address=" + dexTokens[0].address,
		Limit:      Limit{MaxStreams: 10, TooManyStreams: *dexError(http.StatusTooManyRequests, "ip stream limit exceeded")},
		NewSession: hearDex,
	}
}

func dexError(status int, message string) *Reply {
	return &Reply{Status: status, ContentType: "application/json", Body: jsonText(map[string]string{"message": message})}
}

// dexAsset is what a client asks for.
type dexAsset struct {
	Chain   string `json:"chain"`
	Address string `json:"address"`
	Method  string `json:"method"`
}

func hearDex(r *http.Request, _ time.Time) (Session, *Reply) {
	const mostBody = 1 << 16
	s := &swaps{keyed: r.Header.Get("Authorization") != "", requestID: "0", left: -1, event: "token_price"}
	var assets []dexAsset
	switch {
	case r.URL.Path == "/stream" && r.Method == http.MethodGet:
		s.event = "t_p"
	case r.URL.Path != "/sse/prices":
		return nil, dexError(http.StatusNotFound, "not found")
	case r.Method == http.MethodPost:
		if json.NewDecoder(http.MaxBytesReader(nil, r.Body, mostBody)).Decode(&assets) != nil {
			return nil, dexError(http.StatusBadRequest, "invalid request body")
		}
	case r.Method != http.MethodGet:
		return nil, dexError(http.StatusMethodNotAllowed, "method not allowed")
	}
	if r.Method == http.MethodGet {
		q := r.URL.Query()
		assets = []dexAsset{{q.Get("chain"), q.Get("address"), q.Get("method")}}
		if no := s.read(q); no != nil {
			return nil, no
		}
	}
	if no := s.subscribe(assets); no != nil {
		return nil, no
	}
	return s, nil
}

// read reads what may be asked beside the token.
func (s *swaps) read(q url.Values) *Reply {
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
		s.left = n
	}
	return nil
}

var (
	dexChain   = regexp.MustCompile(`^[a-z0-9_]{2,32}$`)
	evmAddress = regexp.MustCompile(`^0x[0-9a-fA-F]{40}$`)
	solAddress = regexp.MustCompile(`^[1-9A-HJ-NP-Za-km-z]{32,44}$`)
)

// subscribe takes all of the assets, or none. One that needs a key is taken without it, too, and never has a price.
func (s *swaps) subscribe(assets []dexAsset) *Reply {
	const most = 25
	if len(assets) > most {
		return dexError(http.StatusBadRequest, "too many assets, max 25 allowed")
	}
	if len(assets) == 0 {
		return dexError(http.StatusBadRequest, "no assets")
	}
	for _, a := range assets {
		shape := evmAddress
		if a.Chain == "solana" {
			shape = solAddress
		}
		switch {
		case a.Method != s.event:
			return dexError(http.StatusBadRequest, "unsupported method")
		case !dexChain.MatchString(a.Chain):
			return dexError(http.StatusBadRequest, "unsupported chain")
		case !shape.MatchString(a.Address):
			return dexError(http.StatusBadRequest, "asset not found")
		}
		for _, t := range dexTokens {
			if t.chain == a.Chain && sameAddress(t, a.Address) && (t.open || s.keyed) {
				s.tokens = append(s.tokens, t)
			}
		}
	}
	return nil
}

// sameAddress compares addresses, of which those of Ethereum and its like mean the same in either case.
func sameAddress(t dexToken, address string) bool {
	if t.chain == "solana" {
		return t.address == address
	}
	return strings.EqualFold(t.address, address)
}

// swaps is a stream of prices, one whenever a swap moves it.
type swaps struct {
	plain
	tokens    []dexToken
	keyed     bool
	requestID string
	event     string
	left      int // events until the end; negative for no end
	told      int
}

func (s *swaps) Format() Format {
	return Format{
		ContentType: "text/event-stream", EventType: s.event, HeartbeatInterval: dexBeat, HeartbeatAlways: true,
		SlowClient: "event: error\ndata: {\"message\":\"slow consumer\"}\n\n",
	}
}

func (s *swaps) Open(b []byte, _ Snapshot, _ time.Time) ([]byte, bool) {
	if s.event == "t_p" {
		b = append(b, "event: warning\ndata: {\"message\":\"/stream is deprecated, use /sse/prices\"}\n\n"...)
	}
	return b, false
}

// token is that of a symbol.
func (s *swaps) token(symbol string) (dexToken, bool) {
	for _, t := range s.tokens {
		if t.symbol == symbol {
			return t, true
		}
	}
	return dexToken{}, false
}

func (s *swaps) Wants(e Event) bool {
	if e.Quote == nil || !e.Quote.Traded {
		return false
	}
	_, ok := s.token(e.Quote.Symbol)
	return ok
}

// Encode writes the type now before and now behind the data, as the server has done.
func (s *swaps) Encode(b []byte, e Event, _ time.Time) ([]byte, bool) {
	t, _ := s.token(e.Quote.Symbol)
	data := s.data(t, e.Quote)
	if s.told++; s.told%2 == 1 {
		b = fmt.Appendf(b, "event: %s\nrequest_id: %s\ndata: %s\n\n", s.event, s.requestID, data)
	} else {
		b = fmt.Appendf(b, "data: %s\nrequest_id: %s\nevent: %s\n\n", data, s.requestID, s.event)
	}
	s.left--
	return b, s.left == 0
}

func (s *swaps) data(t dexToken, q *Quote) string {
	at, price := q.Time.Unix(), decimal(q.Last, q.Decimals)
	if s.event == "t_p" {
		return jsonText(struct {
			A  string `json:"a"`
			C  string `json:"c"`
			P  string `json:"p"`
			T  int64  `json:"t"`
			TP int64  `json:"t_p"`
		}{t.address, t.chain, price, at, at})
	}
	return jsonText(struct {
		Address        string `json:"address"`
		Chain          string `json:"chain"`
		Price          string `json:"price"`
		Timestamp      int64  `json:"timestamp"`
		TimestampPrice int64  `json:"timestamp_price"`
		TokenPrice     int64  `json:"token_price"`
	}{t.address, t.chain, price, at, at, at})
}

func (s *swaps) Heartbeat(b []byte, now time.Time) []byte {
	return fmt.Appendf(b, "event: ping\ndata: {\"time\":%d}\n\n", now.Unix())
}
