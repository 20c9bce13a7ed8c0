package emulate

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"livetape/mockserver/market"
)

// dxFeed's web service. Sources: kb.dxfeed.com data-access (rest-api, web-api); the help page of a dxFeed web service.

func dxFeed() Service {
	return Service{
		Name:       "dxfeed",
		Example:    "/webservice/rest/eventSource.json?events=Quote,Trade&symbols=AAPL,MSFT",
		NewSession: newDxFeedSession,
	}
}

func newDxFeedSession(r *http.Request, _ time.Time) (Session, *Reply) {
	name, ok := strings.CutPrefix(r.URL.Path, "/webservice/rest/")
	switch {
	case !ok || name != "eventSource" && name != "eventSource.json":
		return nil, plainReply(http.StatusNotFound, "Not Found")
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		return nil, plainReply(http.StatusMethodNotAllowed, "Method Not Allowed")
	}
	r.Body = http.MaxBytesReader(nil, r.Body, maxBody)
	if r.ParseForm() != nil {
		return nil, plainReply(http.StatusBadRequest, "Bad Request")
	}
	s := &dxFeedSession{lastSent: map[string]market.Quote{}}
	s.types = splitValues(append(r.Form["events"], r.Form["event"]...))
	s.symbols = splitValues(append(r.Form["symbols"], r.Form["symbol"]...))
	if len(s.types) == 0 || len(s.symbols) == 0 {
		return nil, plainReply(http.StatusBadRequest, "Bad Request: events and symbols are required")
	}
	return s, nil
}

// dxFeedSession sends what has changed about each symbol, by type of event.
type dxFeedSession struct {
	baseSession
	types    []string
	symbols  []string                // as the client names them
	lastSent map[string]market.Quote // by symbol
}

func (s *dxFeedSession) Format() Format {
	return Format{ContentType: "text/event-stream;charset=utf-8"}
}

// requested returns the names by which the client requested an instrument. A name may have an exchange after a colon.
func (s *dxFeedSession) requested(symbol string) (all []string) {
	for _, name := range s.symbols {
		if plain, _, _ := strings.Cut(name, ":"); plain == symbol {
			all = append(all, name)
		}
	}
	return all
}

// Open sends the last value of each record type. Time series begin with the first event.
func (s *dxFeedSession) Open(b []byte, snapshot Snapshot, _ time.Time) ([]byte, bool) {
	m := dxMessage{}
	for _, q := range snapshot.Quotes {
		for _, name := range s.requested(q.Symbol) {
			s.lastSent[q.Symbol] = q
			m.add("Quote", name, newDxQuote(name, &q))
			m.add("Summary", name, newDxSummary(name, &q))
			m.add("Trade", name, newDxTrade(name, &q))
		}
	}
	return m.append(b, s.types), false
}

func (s *dxFeedSession) Wants(e Event) bool {
	return e.Quote != nil && len(s.requested(e.Quote.Symbol)) > 0
}

func (s *dxFeedSession) Encode(b []byte, e Event, _ time.Time) ([]byte, bool) {
	q, last := e.Quote, s.lastSent[e.Quote.Symbol]
	s.lastSent[q.Symbol] = *q
	m := dxMessage{}
	for _, name := range s.requested(q.Symbol) {
		if q.Bid != last.Bid || q.Ask != last.Ask {
			m.add("Quote", name, newDxQuote(name, q))
		}
		if q.High != last.High || q.Low != last.Low {
			m.add("Summary", name, newDxSummary(name, q))
		}
		if q.Traded {
			m.add("TimeAndSale", name, []dxTimeAndSale{newDxTimeAndSale(name, q, e.Number)})
			m.add("Trade", name, newDxTrade(name, q))
		}
	}
	return m.append(b, s.types), false
}

// dxMessage is one event of the stream: JSON members, one for each symbol, by record type.
type dxMessage map[string][]string

func (m dxMessage) add(recordType, symbol string, record any) {
	m[recordType] = append(m[recordType], toJSON(symbol)+":"+toJSON(record))
}

// append appends the records of the requested types; nothing if there are none.
func (m dxMessage) append(b []byte, requested []string) []byte {
	var parts []string
	for _, recordType := range slices.Sorted(maps.Keys(m)) {
		if slices.Contains(requested, recordType) {
			parts = append(parts, toJSON(recordType)+":{"+strings.Join(m[recordType], ",")+"}")
		}
	}
	if parts == nil {
		return b
	}
	return fmt.Appendf(b, "data: {%s,\"status\":\"OK\"}\n\n", strings.Join(parts, ","))
}

// notANumber stands for a missing number.
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

func newDxQuote(name string, q *market.Quote) dxQuote {
	size, at := jsonNumber(q.Size, q.SizeDecimals), q.Time.UnixMilli()
	return dxQuote{
		AskPrice: jsonNumber(q.Ask, q.Decimals), AskSize: size, AskTime: at,
		BidPrice: jsonNumber(q.Bid, q.Decimals), BidSize: size, BidTime: at, EventSymbol: name,
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

func newDxTrade(name string, q *market.Quote) dxTrade {
	return dxTrade{
		Change: jsonNumber(q.Last-q.PrevClose, q.Decimals), DayTurnover: notANumber, DayVolume: jsonNumber(q.Volume, q.SizeDecimals), EventSymbol: name,
		Price: jsonNumber(q.Last, q.Decimals), Size: jsonNumber(q.Size, q.SizeDecimals), TickDirection: "UNDEFINED",
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

func newDxSummary(name string, q *market.Quote) dxSummary {
	const day = 24 * 60 * 60
	today := q.Time.Unix() / day
	return dxSummary{
		DayClosePrice: notANumber, DayHighPrice: jsonNumber(q.High, q.Decimals), DayID: today,
		DayLowPrice: jsonNumber(q.Low, q.Decimals), DayOpenPrice: jsonNumber(q.Open, q.Decimals), EventSymbol: name,
		PrevDayClosePrice: jsonNumber(q.PrevClose, q.Decimals), PrevDayID: today - 1, PrevDayVolume: notANumber,
	}
}

type dxTimeAndSale struct {
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

func newDxTimeAndSale(name string, q *market.Quote, number uint64) dxTimeAndSale {
	side := "BUY"
	if q.Last == q.Bid {
		side = "SELL"
	}
	return dxTimeAndSale{
		AggressorSide: side, AskPrice: jsonNumber(q.Ask, q.Decimals), BidPrice: jsonNumber(q.Bid, q.Decimals),
		EventSymbol: name, Index: number, Price: jsonNumber(q.Last, q.Decimals),
		Size: jsonNumber(q.Size, q.SizeDecimals), Time: q.Time.UnixMilli(), Type: "NEW",
	}
}
