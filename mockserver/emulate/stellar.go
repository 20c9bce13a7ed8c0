package emulate

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Stellar's Horizon server. Sources: stellar/stellar-horizon internal/render/sse, internal/actions, internal/flags.go;
// stellar/go protocols/horizon/main.go; developers.stellar.org.

// How Horizon begins and ends every stream.
const (
	hello  = "retry: 1000\nevent: open\ndata: \"hello\"\n\n"
	byebye = "retry: 10\nevent: close\ndata: \"byebye\"\n\n"
)

func stellarStyle() Format {
	return Format{
		ContentType: "text/event-stream; charset=utf-8",
		SlowClient:  "event: error\ndata: Unexpected stream error\n\n",
		Shutdown:    byebye,
	}
}

// stellarSpan is how long Horizon keeps a stream open.
const stellarSpan = 55 * time.Second

// stellarDecimals are those of every amount.
const stellarDecimals = 7

// asset is what an account can hold; the zero one is the network's own.
type asset struct{ code, issuer string }

// Issuers: developers.circle.com/stablecoins/usdc-contract-addresses; developers.bitgo.com/docs/stellar-tokens.
var (
	usdc = asset{"USDC", "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN"}
	aqua = asset{"AQUA", "GBNZILSTVQZ4R7IKQDGHYGY2QXL5QOFJYQMXPKWRRM5PAV7Y4M67AQUA"}
)

// stellarMarket is a pair of assets, whose price is that of a simulated instrument with other decimals.
type stellarMarket struct {
	base, counter asset
	symbol        string
	decimals      int
}

// stellarMarkets are the pairs whose names the simulator does not have, each with an instrument of its own. Their
// prices are where the network's were.
var stellarMarkets = [...]stellarMarket{
	{asset{}, usdc, "SHIB/USD", 4},
	{aqua, usdc, "BAC", 7},
	{asset{}, aqua, "SOL/USD", 2},
}

// stellarMarketOf finds the market of a pair. Any asset with the code of a simulated currency is worth what that is,
// in USDC; a pair that the simulator has nothing for has no trades.
func stellarMarketOf(base, counter asset) stellarMarket {
	for _, m := range stellarMarkets {
		if m.base == base && m.counter == counter {
			return m
		}
	}
	m := stellarMarket{base: base, counter: counter, decimals: -1}
	if counter == usdc && base.code != "" {
		m.symbol = base.code + "/USD"
	}
	return m
}

// price is units of a quote as a ratio in lowest terms.
func (m stellarMarket) price(q *Quote, units int64) ratio {
	n, d := big.NewInt(units), power(m.places(q))
	divisor := new(big.Int).GCD(nil, nil, n, d)
	return ratio{n.Quo(n, divisor), d.Quo(d, divisor)}
}

func (m stellarMarket) places(q *Quote) int {
	if m.decimals >= 0 {
		return m.decimals
	}
	return q.Decimals
}

// ratio is a price as the ledger has it.
type ratio struct{ n, d *big.Int }

// times is so much of the ratio, cut off to a whole number.
func (r ratio) times(amount *big.Int) *big.Int {
	product := new(big.Int).Mul(amount, r.n)
	return product.Quo(product, r.d)
}

// amount writes stroops, of which ten million are one.
func amount(stroops *big.Int) string {
	digits := fmt.Sprintf("%08s", stroops.String())
	at := len(digits) - stellarDecimals
	return digits[:at] + "." + digits[at:]
}

// parseAsset reads the parameters <role>_asset_type, _code and _issuer.
func parseAsset(q url.Values, role string) (asset, *Reply) {
	a := asset{q.Get(role + "_asset_code"), q.Get(role + "_asset_issuer")}
	longest := 0
	switch q.Get(role + "_asset_type") {
	case "native":
		return asset{}, nil
	case "credit_alphanum4":
		longest = 4
	case "credit_alphanum12":
		longest = 12
	default:
		return a, badField(role+"_asset_type", "Asset type must be native, credit_alphanum4 or credit_alphanum12")
	}
	if a.code == "" || len(a.code) > longest {
		return a, badField(role+"_asset_code", "Asset code must be 1-12 alphanumeric characters")
	}
	if len(a.issuer) != 56 || a.issuer[0] != 'G' {
		return a, badField(role+"_asset_issuer", "Account ID must start with `G` and contain 56 alphanum characters")
	}
	return a, nil
}

// kind is the asset's type, by the length of its code.
func (a asset) kind() string {
	switch {
	case a.code == "":
		return "native"
	case len(a.code) <= 4:
		return "credit_alphanum4"
	}
	return "credit_alphanum12"
}

// problem is an error as Horizon writes it (RFC 7807).
type problem struct {
	Type   string            `json:"type"`
	Title  string            `json:"title"`
	Status int               `json:"status"`
	Detail string            `json:"detail"`
	Extras map[string]string `json:"extras,omitempty"`
}

// problems is what the names of problems begin with.
const problems = "https://stellar.org/horizon-errors/"

func (p problem) reply() *Reply {
	return &Reply{Status: p.Status, ContentType: "application/problem+json; charset=utf-8", Body: jsonText(p)}
}

func badField(name, reason string) *Reply {
	return problem{
		Type: problems + "bad_request", Title: "Bad Request", Status: http.StatusBadRequest,
		Detail: "The request you sent was invalid in some way.",
		Extras: map[string]string{"invalid_field": name, "reason": reason},
	}.reply()
}

// stellarRefusal is what is wrong with a request before its parameters are.
func stellarRefusal(r *http.Request, path string) *Reply {
	switch {
	case r.URL.Path != path:
		return problem{
			Type: problems + "not_found", Title: "Resource Missing", Status: http.StatusNotFound,
			Detail: "The resource at the url requested was not found.  This usually occurs for one of two reasons:  " +
				"The url requested is not valid, or no data in our database could be found with the parameters provided.",
		}.reply()
	case r.Method != http.MethodGet:
		return &Reply{Status: http.StatusMethodNotAllowed, ContentType: "text/plain; charset=utf-8", Header: map[string]string{"Allow": "GET"}}
	case r.Header.Get("Accept") != "" && !wantsStream(r) && !wantsPage(r):
		return problem{
			Type: problems + "not_acceptable", Title: "An acceptable response content-type could not be provided for this request",
			Status: http.StatusNotAcceptable,
		}.reply()
	}
	return nil
}

func wantsStream(r *http.Request) bool { return accepts(r, "text/event-stream") }

func wantsPage(r *http.Request) bool {
	return accepts(r, "application/hal+json") || accepts(r, "application/json") || accepts(r, "*/*")
}

// operation is the id of the operation that an event is: ledger, transaction and operation in one number (SEP-35).
func operation(number uint64) uint64 {
	return number/EventsPerLedger<<32 | (number%EventsPerLedger+1)<<12 | 1
}

// upTo is the number of the last event up to an operation.
func upTo(operation uint64) uint64 {
	transactions := min(operation>>12&0xfffff, EventsPerLedger)
	return max(operation>>32*EventsPerLedger+transactions, 1) - 1
}

// parseCursor is where a paging token says to begin.
func parseCursor(text string) (Start, bool) {
	switch text {
	case "now":
		return Start{}, true
	case "":
		return Start{Kind: StartOldest}, true
	}
	id, order, both := strings.Cut(text, "-")
	at, err := strconv.ParseUint(id, 10, 63)
	if err == nil && both {
		_, err = strconv.ParseUint(order, 10, 63)
	}
	return Start{Kind: StartAfterEvent, AfterNumber: upTo(at)}, err == nil
}

// account is the address of a made-up account (SEP-23: version byte, key, CRC-16/XMODEM, in base 32).
func account(number uint64) string {
	key := sha256.Sum256(binary.BigEndian.AppendUint64([]byte("account"), number))
	address := append([]byte{6 << 3}, key[:]...)
	return base32.StdEncoding.EncodeToString(binary.LittleEndian.AppendUint16(address, xmodem(address)))
}

func xmodem(b []byte) (crc uint16) {
	for _, c := range b {
		crc ^= uint16(c) << 8
		for range 8 {
			carry := crc&0x8000 != 0
			crc <<= 1
			if carry {
				crc ^= 0x1021
			}
		}
	}
	return crc
}
