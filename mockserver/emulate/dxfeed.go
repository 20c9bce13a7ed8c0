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
func (s *dxFeedSession) Open(b []byte, quotes []market.Quote, _ time.Time) ([]byte, bool) {
	m := dxMessage{}
	for _, q := range quotes {
		for _, name := range s.requested(q.Symbol) {
			s.lastSent[q.Symbol] = q
			name = toJSON(name)
			m.add("Quote", name, dxQuote(name, &q))
			m.add("Summary", name, dxSummary(name, &q))
			m.add("Trade", name, dxTrade(name, &q))
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
		name = toJSON(name)
		if q.Bid != last.Bid || q.Ask != last.Ask {
			m.add("Quote", name, dxQuote(name, q))
		}
		if q.High != last.High || q.Low != last.Low {
			m.add("Summary", name, dxSummary(name, q))
		}
		if q.Traded {
			m.add("TimeAndSale", name, dxTimeAndSale(name, q, e.Number))
			m.add("Trade", name, dxTrade(name, q))
		}
	}
	return m.append(b, s.types), false
}

// dxMessage is one event of the stream: JSON members, one for each symbol, by record type.
type dxMessage map[string][]string

func (m dxMessage) add(recordType, name, record string) {
	m[recordType] = append(m[recordType], name+":"+record)
}

// append appends the records of the requested types; nothing if there are none.
func (m dxMessage) append(b []byte, requested []string) []byte {
	var parts []string
	for _, recordType := range slices.Sorted(maps.Keys(m)) {
		if slices.Contains(requested, recordType) {
			parts = append(parts, `"`+recordType+`":{`+strings.Join(m[recordType], ",")+"}")
		}
	}
	if parts == nil {
		return b
	}
	return fmt.Appendf(b, "data: {%s,\"status\":\"OK\"}\n\n", strings.Join(parts, ","))
}

// The records have their fields in alphabetical order, as the service's have. A name is quoted.

func dxQuote(name string, q *market.Quote) string {
	return fmt.Sprintf(`{"askExchangeCode":"","askPrice":%s,"askSize":%s,"askTime":%d,"bidExchangeCode":"","bidPrice":%s,"bidSize":%[2]s,`+
		`"bidTime":%[3]d,"eventSymbol":%[5]s,"eventTime":0,"sequence":0,"timeNanoPart":0}`,
		jsonNumber(q.Ask, q.Decimals), jsonNumber(q.Size, q.SizeDecimals), q.Time.UnixMilli(), jsonNumber(q.Bid, q.Decimals), name)
}

func dxTrade(name string, q *market.Quote) string {
	return fmt.Sprintf(`{"change":%s,"dayTurnover":"NaN","dayVolume":%s,"eventSymbol":%s,"eventTime":0,"exchangeCode":"",`+
		`"extendedTradingHours":false,"price":%s,"sequence":0,"size":%s,"tickDirection":"UNDEFINED","time":%d,"timeNanoPart":0}`,
		jsonNumber(q.Last-q.PrevClose, q.Decimals), jsonNumber(q.Volume, q.SizeDecimals), name,
		jsonNumber(q.Last, q.Decimals), jsonNumber(q.Size, q.SizeDecimals), q.Time.UnixMilli())
}

func dxSummary(name string, q *market.Quote) string {
	const day = 24 * 60 * 60
	today := q.Time.Unix() / day
	return fmt.Sprintf(`{"dayClosePrice":"NaN","dayHighPrice":%s,"dayId":%d,"dayLowPrice":%s,"dayOpenPrice":%s,"eventSymbol":%s,`+
		`"eventTime":0,"openInterest":0,"prevDayClosePrice":%s,"prevDayId":%d,"prevDayVolume":"NaN"}`,
		jsonNumber(q.High, q.Decimals), today, jsonNumber(q.Low, q.Decimals), jsonNumber(q.Open, q.Decimals), name,
		jsonNumber(q.PrevClose, q.Decimals), today-1)
}

func dxTimeAndSale(name string, q *market.Quote, number uint64) string {
	side := "BUY"
	if q.Last == q.Bid {
		side = "SELL"
	}
	return fmt.Sprintf(`[{"aggressorSide":"%s","askPrice":%s,"bidPrice":%s,"eventFlags":0,"eventSymbol":%s,"eventTime":0,"index":%d,`+
		`"price":%s,"size":%s,"time":%d,"type":"NEW"}]`,
		side, jsonNumber(q.Ask, q.Decimals), jsonNumber(q.Bid, q.Decimals), name, number,
		jsonNumber(q.Last, q.Decimals), jsonNumber(q.Size, q.SizeDecimals), q.Time.UnixMilli())
}
