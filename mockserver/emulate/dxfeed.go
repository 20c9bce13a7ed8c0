package emulate

import (
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
			m.add("TimeAndSale", name, []dxRecord{newDxTimeAndSale(name, q, e.Number)})
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

const notANumber = "NaN"

// dxRecord is a record by field. JSON has the fields in alphabetical order, as the service does.
type dxRecord map[string]any

func newDxQuote(name string, q *market.Quote) dxRecord {
	size, at := jsonNumber(q.Size, q.SizeDecimals), q.Time.UnixMilli()
	return dxRecord{
		"eventSymbol": name, "eventTime": 0, "sequence": 0, "timeNanoPart": 0,
		"askExchangeCode": "", "askPrice": jsonNumber(q.Ask, q.Decimals), "askSize": size, "askTime": at,
		"bidExchangeCode": "", "bidPrice": jsonNumber(q.Bid, q.Decimals), "bidSize": size, "bidTime": at,
	}
}

func newDxTrade(name string, q *market.Quote) dxRecord {
	return dxRecord{
		"eventSymbol": name, "eventTime": 0, "sequence": 0, "timeNanoPart": 0, "time": q.Time.UnixMilli(),
		"price": jsonNumber(q.Last, q.Decimals), "size": jsonNumber(q.Size, q.SizeDecimals),
		"change": jsonNumber(q.Last-q.PrevClose, q.Decimals), "dayTurnover": notANumber, "dayVolume": jsonNumber(q.Volume, q.SizeDecimals),
		"exchangeCode": "", "extendedTradingHours": false, "tickDirection": "UNDEFINED",
	}
}

func newDxSummary(name string, q *market.Quote) dxRecord {
	const day = 24 * 60 * 60
	today := q.Time.Unix() / day
	return dxRecord{
		"eventSymbol": name, "eventTime": 0, "openInterest": 0,
		"dayId": today, "dayOpenPrice": jsonNumber(q.Open, q.Decimals), "dayHighPrice": jsonNumber(q.High, q.Decimals),
		"dayLowPrice": jsonNumber(q.Low, q.Decimals), "dayClosePrice": notANumber,
		"prevDayId": today - 1, "prevDayClosePrice": jsonNumber(q.PrevClose, q.Decimals), "prevDayVolume": notANumber,
	}
}

func newDxTimeAndSale(name string, q *market.Quote, number uint64) dxRecord {
	side := "BUY"
	if q.Last == q.Bid {
		side = "SELL"
	}
	return dxRecord{
		"eventSymbol": name, "eventTime": 0, "eventFlags": 0, "index": number, "time": q.Time.UnixMilli(), "type": "NEW",
		"price": jsonNumber(q.Last, q.Decimals), "size": jsonNumber(q.Size, q.SizeDecimals), "aggressorSide": side,
		"askPrice": jsonNumber(q.Ask, q.Decimals), "bidPrice": jsonNumber(q.Bid, q.Decimals),
	}
}
