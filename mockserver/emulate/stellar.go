package emulate

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"math/big"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"livetape/mockserver/market"
)

// Stellar's Horizon server. Sources: stellar/stellar-horizon internal/render/sse, internal/actions, internal/flags.go;
// stellar/go protocols/horizon/main.go; developers.stellar.org.

// How Horizon begins and ends every stream.
const (
	stellarHello  = "retry: 1000\nevent: open\ndata: \"hello\"\n\n"
	stellarByebye = "retry: 10\nevent: close\ndata: \"byebye\"\n\n"
)

func stellarFormat(stream bool) Format {
	if !stream {
		return Format{ContentType: "application/hal+json; charset=utf-8", JSONLines: true}
	}
	return Format{
		ContentType: "text/event-stream; charset=utf-8",
		SlowClient:  "event: error\ndata: Unexpected stream error\n\n",
		Shutdown:    stellarByebye,
	}
}

// stellarMaxDuration is how long Horizon keeps a stream open.
const stellarMaxDuration = 55 * time.Second

const stellarDecimals = 7

// stellarAsset is what an account can hold; the zero value is the network's own currency.
type stellarAsset struct{ code, issuer string }

// Issuers: developers.circle.com/stablecoins/usdc-contract-addresses; developers.bitgo.com/docs/stellar-tokens.
var (
	usdc = stellarAsset{"USDC", "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN"}
	aqua = stellarAsset{"AQUA", "GBNZILSTVQZ4R7IKQDGHYGY2QXL5QOFJYQMXPKWRRM5PAV7Y4M67AQUA"}
)

// stellarPair is a pair of assets. Its price is a simulated instrument's, with other decimals.
type stellarPair struct {
	base, counter stellarAsset
	symbol        string
	decimals      int // of prices; negative for those of the instrument
}

// stellarPairs are pairs that the simulator does not have. Each takes the price of an instrument that is near the real
// price once the decimal point has moved.
var stellarPairs = [...]stellarPair{
	{stellarAsset{}, usdc, "SHIB/USD", 4},
	{aqua, usdc, "BAC", 7},
	{stellarAsset{}, aqua, "SOL/USD", 2},
}

// findStellarPair returns the pair of two assets. Any asset with the code of a simulated currency has that currency's
// price in USDC. A pair without an instrument has no trades.
func findStellarPair(base, counter stellarAsset) stellarPair {
	for _, p := range stellarPairs {
		if p.base == base && p.counter == counter {
			return p
		}
	}
	p := stellarPair{base: base, counter: counter, decimals: -1}
	if counter == usdc && base.code != "" {
		p.symbol = base.code + "/USD"
	}
	return p
}

// price returns a price of q as a ratio, which is how the ledger stores it.
func (p stellarPair) price(q *market.Quote, units int64) *big.Rat {
	decimals := p.decimals
	if decimals < 0 {
		decimals = q.Decimals
	}
	return new(big.Rat).SetFrac(big.NewInt(units), pow10(decimals))
}

// multiply returns amount × price, truncated.
func multiply(amount *big.Int, price *big.Rat) *big.Int {
	product := new(big.Int).Mul(amount, price.Num())
	return product.Quo(product, price.Denom())
}

// formatAmount writes stroops, ten million of which are one unit of an asset.
func formatAmount(stroops *big.Int) string {
	digits := stroops.String()
	digits = strings.Repeat("0", max(0, stellarDecimals+1-len(digits))) + digits
	at := len(digits) - stellarDecimals
	return digits[:at] + "." + digits[at:]
}

// parseAsset reads the parameters <role>_asset_type, _code and _issuer.
func parseAsset(q url.Values, role string) (stellarAsset, *Reply) {
	a := stellarAsset{q.Get(role + "_asset_code"), q.Get(role + "_asset_issuer")}
	longest := 0
	switch q.Get(role + "_asset_type") {
	case "native":
		return stellarAsset{}, nil
	case "credit_alphanum4":
		longest = 4
	case "credit_alphanum12":
		longest = 12
	default:
		return a, invalidField(role+"_asset_type", "Asset type must be native, credit_alphanum4 or credit_alphanum12")
	}
	if a.code == "" || len(a.code) > longest {
		return a, invalidField(role+"_asset_code", "Asset code must be 1-12 alphanumeric characters")
	}
	if len(a.issuer) != 56 || a.issuer[0] != 'G' {
		return a, invalidField(role+"_asset_issuer", "Account ID must start with `G` and contain 56 alphanum characters")
	}
	return a, nil
}

// assetType is Horizon's name for the asset's type, which depends on the length of its code.
func (a stellarAsset) assetType() string {
	switch {
	case a.code == "":
		return "native"
	case len(a.code) <= 4:
		return "credit_alphanum4"
	}
	return "credit_alphanum12"
}

// jsonMembers are those of a JSON object about the asset, each name with a prefix.
func (a stellarAsset) jsonMembers(prefix string) string {
	name := `"` + prefix + "asset_"
	text := name + `type":"` + a.assetType() + `"`
	if a.code != "" {
		text += "," + name + `code":` + toJSON(a.code) + "," + name + `issuer":` + toJSON(a.issuer)
	}
	return text
}

// problemDetails is an error as Horizon writes it (RFC 7807).
type problemDetails struct {
	Type   string            `json:"type"`
	Title  string            `json:"title"`
	Status int               `json:"status"`
	Detail string            `json:"detail"`
	Extras map[string]string `json:"extras,omitempty"`
}

const problemTypePrefix = "https://stellar.org/horizon-errors/"

func (p problemDetails) reply() *Reply {
	return jsonReply(p.Status, "application/problem+json; charset=utf-8", p)
}

func parseLimit(text string, byDefault int) (int, *Reply) {
	if text == "" {
		return byDefault, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 200 {
		return 0, invalidField("limit", "limit: must be between 1 and 200")
	}
	return n, nil
}

func invalidField(name, reason string) *Reply {
	return problemDetails{
		Type: problemTypePrefix + "bad_request", Title: "Bad Request", Status: http.StatusBadRequest,
		Detail: "The request you sent was invalid in some way.",
		Extras: map[string]string{"invalid_field": name, "reason": reason},
	}.reply()
}

func checkStellarRequest(r *http.Request, path string) *Reply {
	switch {
	case r.URL.Path != path:
		return problemDetails{
			Type: problemTypePrefix + "not_found", Title: "Resource Missing", Status: http.StatusNotFound,
			Detail: "The resource at the url requested was not found.  This usually occurs for one of two reasons:  " +
				"The url requested is not valid, or no data in our database could be found with the parameters provided.",
		}.reply()
	case r.Method != http.MethodGet:
		return &Reply{Status: http.StatusMethodNotAllowed, ContentType: plainText, Header: map[string]string{"Allow": "GET"}}
	case r.Header.Get("Accept") != "" && !wantsStream(r) && !wantsJSON(r):
		return problemDetails{
			Type: problemTypePrefix + "not_acceptable", Title: "An acceptable response content-type could not be provided for this request",
			Status: http.StatusNotAcceptable,
		}.reply()
	}
	return nil
}

func wantsStream(r *http.Request) bool { return accepts(r, "text/event-stream") }

func wantsJSON(r *http.Request) bool {
	return accepts(r, "application/hal+json") || accepts(r, "application/json") || accepts(r, "*/*")
}

const eventsPerLedger = 1 << 13

// FirstNumber is how many events came before a log that begins at a time, for services that count ledgers of 5 s: more
// than any earlier log has given, at up to 1,600 events a second.
func FirstNumber(now time.Time) uint64 {
	const genesis, ledger = 1443571200, 5 // s
	return uint64(max(0, now.Unix()-genesis)/ledger) * eventsPerLedger
}

// operationID returns the id of an event's operation: ledger, transaction and operation in one number (SEP-35).
func operationID(number uint64) uint64 {
	return number/eventsPerLedger<<32 | (number%eventsPerLedger+1)<<12 | 1
}

// eventNumberOf returns the number of the last event up to an operation.
func eventNumberOf(operationID uint64) uint64 {
	transactions := min(operationID>>12&0xfffff, eventsPerLedger)
	return max(operationID>>32*eventsPerLedger+transactions, 1) - 1
}

// parseCursor reads where a stream begins: with the oldest event if nothing says so.
func parseCursor(text string) (Start, *Reply) {
	switch text {
	case "now":
		return Start{}, nil
	case "":
		return Start{Kind: StartAfterEvent}, nil
	}
	id, order, both := strings.Cut(text, "-")
	at, err := strconv.ParseUint(id, 10, 63)
	if err == nil && both {
		_, err = strconv.ParseUint(order, 10, 63)
	}
	if err != nil {
		return Start{}, invalidField("cursor", "cursor: invalid value")
	}
	return Start{Kind: StartAfterEvent, AfterNumber: eventNumberOf(at)}, nil
}

// accountAddress returns the address of a made-up account (SEP-23: version byte, key, CRC-16/XMODEM, in base 32).
func accountAddress(number uint64) string {
	key := sha256.Sum256(binary.BigEndian.AppendUint64([]byte("account"), number))
	address := append([]byte{6 << 3}, key[:]...)
	return base32.StdEncoding.EncodeToString(binary.LittleEndian.AppendUint16(address, crc16(address)))
}

func crc16(b []byte) (crc uint16) {
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
