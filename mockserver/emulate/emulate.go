// Package emulate reproduces the wire formats of other streaming services, byte for byte, so that their clients can be
// tested without them. It turns the events of a simulated market into what the service would send.
//
// A [Service] answers a request with a [Session], which is one client's stream, or with a [Reply], which is a complete
// response. The session is given each [Event] and encodes what the client gets. Nothing here does I/O, waits, or reads
// a clock. Each service's file names the documentation and sources that it was written from; signatures, accounts and
// the like are made up.
package emulate

import (
	"net/http"
	"time"
)

// Service is a service that can be emulated.
type Service struct {
	Name    string // the name of livetape's preset
	Example string // a path and query that it answers with a stream

	// Limit bounds what one client address may request.
	Limit Limit

	// NewSession answers a request to the service's own path: with a session, or with a reply when there is none.
	NewSession func(r *http.Request, now time.Time) (Session, *Reply)
}

// Reply is a complete response, in place of a stream.
type Reply struct {
	Status      int
	ContentType string
	Header      map[string]string // other fields
	Body        string
}

// Find returns the service of that name.
func Find(name string) (Service, bool) {
	for _, s := range Services() {
		if s.Name == name {
			return s, true
		}
	}
	return Service{}, false
}

// Services returns all services, sorted by name.
func Services() []Service {
	return []Service{
		{
			Name:       "dexpaprika",
			Example:    "/sse/prices?method=token_price&chain=ethereum&address=" + dexTokens[0].address,
			Limit:      Limit{MaxStreams: 10, TooManyStreams: dexError(http.StatusTooManyRequests, "ip stream limit exceeded")},
			NewSession: newDexSession,
		},
		{Name: "dxfeed", Example: "/webservice/rest/eventSource.json?events=Quote,Trade&symbols=AAPL,MSFT", NewSession: newDxFeedSession},
		{Name: "firebase", Example: "/prices.json", NewSession: newFirebaseSession},
		{Name: "mercure", Example: "/.well-known/mercure?topic=prices", NewSession: newMercureSession},
		{Name: "oanda", Example: "/v3/accounts/101-001-1234567-001/pricing/stream?instruments=EUR_USD,USD_JPY", NewSession: newOandaSession},
		{
			Name:    "pyth",
			Example: pythStreamPath + "?ids[]=" + pythFeeds[0].id + "&ids[]=" + pythFeeds[1].id,
			Limit: Limit{
				MaxRequests: 10, Per: 10 * time.Second, Lockout: time.Minute,
				TooManyRequests: plainReply(http.StatusTooManyRequests, "Too Many Requests"),
			},
			NewSession: newPythSession,
		},
		{
			Name: "stellar-book",
			Example: "/order_book?limit=1&selling_asset_type=native&buying_asset_type=credit_alphanum4&buying_asset_code=USDC" +
				"&buying_asset_issuer=" + usdc.issuer,
			NewSession: newStellarBookSession,
		},
		{
			Name: "stellar-trades",
			Example: "/trades?cursor=now&base_asset_type=native&counter_asset_type=credit_alphanum4&counter_asset_code=USDC" +
				"&counter_asset_issuer=" + usdc.issuer,
			NewSession: newStellarTradesSession,
		},
		{
			Name:    "wikimedia",
			Example: "/v2/stream/recentchange",
			Limit: Limit{
				MaxStreams:     2,
				TooManyStreams: plainReply(http.StatusTooManyRequests, "Too Many Concurrent Connections From Your Client IP"),
			},
			NewSession: newWikimediaSession,
		},
	}
}

const plainText = "text/plain; charset=utf-8"

func plainReply(status int, text string) *Reply {
	return &Reply{Status: status, ContentType: plainText, Body: text}
}

func jsonReply(status int, contentType string, v any) *Reply {
	return &Reply{Status: status, ContentType: contentType, Body: toJSON(v)}
}
