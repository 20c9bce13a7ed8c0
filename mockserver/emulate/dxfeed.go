package emulate

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// dxFeed's web service. Sources: kb.dxfeed.com data-access (rest-api, web-api); the help page of a dxFeed web service.

func dxFeed() Service {
	return Service{
		Name:       "dxfeed",
		Example:    "/webservice/rest/eventSource.json?events=Quote,Trade&symbols=AAPL,MSFT",
		NewSession: hearDxFeed,
	}
}

func hearDxFeed(r *http.Request, _ time.Time) (Session, *Reply) {
	const mostBody = 1 << 16
	name, ok := strings.CutPrefix(r.URL.Path, "/webservice/rest/")
	switch {
	case !ok || name != "eventSource" && name != "eventSource.json":
		return nil, plainReply(http.StatusNotFound, "Not Found")
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		return nil, plainReply(http.StatusMethodNotAllowed, "Method Not Allowed")
	}
	r.Body = http.MaxBytesReader(nil, r.Body, mostBody)
	if r.ParseForm() != nil {
		return nil, plainReply(http.StatusBadRequest, "Bad Request")
	}
	s := &records{quoted: map[string]Quote{}}
	s.types = listed(append(r.Form["events"], r.Form["event"]...))
	s.symbols = listed(append(r.Form["symbols"], r.Form["symbol"]...))
	if len(s.types) == 0 || len(s.symbols) == 0 {
		return nil, plainReply(http.StatusBadRequest, "Bad Request: events and symbols are required")
	}
	return s, nil
}

// records is a stream of what has changed about each symbol, by type of event.
type records struct {
	plain
	types   []string
	symbols []string
	quoted  map[string]Quote // by symbol: what was sent last
}

func (s *records) Format() Format { return Format{ContentType: "text/event-stream;charset=utf-8"} }

// asked is how the client calls an instrument; a symbol may name the exchange behind a colon. Empty: it did not ask.
func (s *records) asked(symbol string) []string {
	var all []string
	for _, name := range s.symbols {
		if plain, _, _ := strings.Cut(name, ":"); plain == symbol {
			all = append(all, name)
		}
	}
	return all
}

// Open tells all records of the last values; series begin with what comes.
func (s *records) Open(b []byte, market Snapshot, _ time.Time) ([]byte, bool) {
	var n news
	for _, q := range market.Quotes {
		for _, name := range s.asked(q.Symbol) {
			s.quoted[q.Symbol] = q
			n.add("Quote", name, dxQuoteOf(name, &q))
			n.add("Summary", name, dxSummaryOf(name, &q))
			n.add("Trade", name, dxTradeOf(name, &q))
		}
	}
	return n.append(b, s.types), false
}

func (s *records) Wants(e Event) bool { return e.Quote != nil && len(s.asked(e.Quote.Symbol)) > 0 }

func (s *records) Encode(b []byte, e Event, _ time.Time) ([]byte, bool) {
	q, last := e.Quote, s.quoted[e.Quote.Symbol]
	s.quoted[q.Symbol] = *q
	var n news
	for _, name := range s.asked(q.Symbol) {
		if q.Bid != last.Bid || q.Ask != last.Ask {
			n.add("Quote", name, dxQuoteOf(name, q))
		}
		if q.High != last.High || q.Low != last.Low {
			n.add("Summary", name, dxSummaryOf(name, q))
		}
		if q.Traded {
			n.add("TimeAndSale", name, []dxSale{dxSaleOf(name, q, e.Number)})
			n.add("Trade", name, dxTradeOf(name, q))
		}
	}
	return n.append(b, s.types), false
}

// news is what one event of the stream says: records by type and symbol, in the order in which they were added.
type news struct{ types []dxRecords }

type dxRecords struct {
	name    string
	records []string
}

func (n *news) add(kind, symbol string, record any) {
	at := slices.IndexFunc(n.types, func(t dxRecords) bool { return t.name == kind })
	if at < 0 {
		at = len(n.types)
		n.types = append(n.types, dxRecords{name: kind})
	}
	n.types[at].records = append(n.types[at].records, jsonText(symbol)+":"+jsonText(record))
}

// append appends what of it is among the types; nothing if nothing is.
func (n *news) append(b []byte, types []string) []byte {
	var parts []string
	for _, t := range n.types {
		if slices.Contains(types, t.name) {
			parts = append(parts, jsonText(t.name)+":{"+strings.Join(t.records, ",")+"}")
		}
	}
	if parts == nil {
		return b
	}
	return fmt.Appendf(b, "data: {%s,\"status\":\"OK\"}\n\n", strings.Join(parts, ","))
}

// notANumber is what is said of a number that is missing.
const notANumber = "NaN"

type dxQuote struct {
	AskExchangeCode string          `json:"askExchangeCode"`
	AskPrice        json.RawMessage `json:"askPrice"`
	AskSize         json.RawMessage `json:"askSize"`
	AskTime         int64           `json:"askTime"`
	BidExchangeCode string          `json:"bidExchangeCode"`
	BidPrice        json.RawMessage `json:"bidPrice"`
	BidSize         json.RawMessage `json:"bidSize"`
	BidTime         int64           `json:"bidTime"`
	EventSymbol     string          `json:"eventSymbol"`
	EventTime       int64           `json:"eventTime"`
	Sequence        int             `json:"sequence"`
	TimeNanoPart    int             `json:"timeNanoPart"`
}

func dxQuoteOf(name string, q *Quote) dxQuote {
	size, at := plainNumber(q.Size, q.SizeDecimals), q.Time.UnixMilli()
	return dxQuote{
		AskPrice: plainNumber(q.Ask, q.Decimals), AskSize: size, AskTime: at,
		BidPrice: plainNumber(q.Bid, q.Decimals), BidSize: size, BidTime: at, EventSymbol: name,
	}
}

type dxTrade struct {
	Change               json.RawMessage `json:"change"`
	DayTurnover          string          `json:"dayTurnover"`
	DayVolume            json.RawMessage `json:"dayVolume"`
	EventSymbol          string          `json:"eventSymbol"`
	EventTime            int64           `json:"eventTime"`
	ExchangeCode         string          `json:"exchangeCode"`
	ExtendedTradingHours bool            `json:"extendedTradingHours"`
	Price                json.RawMessage `json:"price"`
	Sequence             int             `json:"sequence"`
	Size                 json.RawMessage `json:"size"`
	TickDirection        string          `json:"tickDirection"`
	Time                 int64           `json:"time"`
	TimeNanoPart         int             `json:"timeNanoPart"`
}

func dxTradeOf(name string, q *Quote) dxTrade {
	change := plainNumber(max(q.Last-q.PrevClose, q.PrevClose-q.Last), q.Decimals)
	if q.Last < q.PrevClose {
		change = append(json.RawMessage("-"), change...)
	}
	return dxTrade{
		Change: change, DayTurnover: notANumber, DayVolume: plainNumber(q.Volume, q.SizeDecimals), EventSymbol: name,
		Price: plainNumber(q.Last, q.Decimals), Size: plainNumber(q.Size, q.SizeDecimals), TickDirection: "UNDEFINED",
		Time: q.Time.UnixMilli(),
	}
}

type dxSummary struct {
	DayClosePrice     string          `json:"dayClosePrice"`
	DayHighPrice      json.RawMessage `json:"dayHighPrice"`
	DayID             int64           `json:"dayId"`
	DayLowPrice       json.RawMessage `json:"dayLowPrice"`
	DayOpenPrice      json.RawMessage `json:"dayOpenPrice"`
	EventSymbol       string          `json:"eventSymbol"`
	EventTime         int64           `json:"eventTime"`
	OpenInterest      int             `json:"openInterest"`
	PrevDayClosePrice json.RawMessage `json:"prevDayClosePrice"`
	PrevDayID         int64           `json:"prevDayId"`
	PrevDayVolume     string          `json:"prevDayVolume"`
}

func dxSummaryOf(name string, q *Quote) dxSummary {
	const day = 24 * 60 * 60
	today := q.Time.Unix() / day
	return dxSummary{
		DayClosePrice: notANumber, DayHighPrice: plainNumber(q.High, q.Decimals), DayID: today,
		DayLowPrice: plainNumber(q.Low, q.Decimals), DayOpenPrice: plainNumber(q.Open, q.Decimals), EventSymbol: name,
		PrevDayClosePrice: plainNumber(q.PrevClose, q.Decimals), PrevDayID: today - 1, PrevDayVolume: notANumber,
	}
}

type dxSale struct {
	AggressorSide string          `json:"aggressorSide"`
	AskPrice      json.RawMessage `json:"askPrice"`
	BidPrice      json.RawMessage `json:"bidPrice"`
	EventFlags    int             `json:"eventFlags"`
	EventSymbol   string          `json:"eventSymbol"`
	EventTime     int64           `json:"eventTime"`
	Index         uint64          `json:"index"`
	Price         json.RawMessage `json:"price"`
	Size          json.RawMessage `json:"size"`
	Time          int64           `json:"time"`
	Type          string          `json:"type"`
}

func dxSaleOf(name string, q *Quote, number uint64) dxSale {
	side := "BUY"
	if q.Last == q.Bid {
		side = "SELL"
	}
	return dxSale{
		AggressorSide: side, AskPrice: plainNumber(q.Ask, q.Decimals), BidPrice: plainNumber(q.Bid, q.Decimals),
		EventSymbol: name, Index: number, Price: plainNumber(q.Last, q.Decimals),
		Size: plainNumber(q.Size, q.SizeDecimals), Time: q.Time.UnixMilli(), Type: "NEW",
	}
}
