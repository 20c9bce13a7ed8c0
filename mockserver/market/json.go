package market

import (
	"encoding/json"
	"time"

	"github.com/govalues/decimal"
)

// Fields says which values of a quote a price event carries. Symbol and time are always there.
type Fields uint16

// The fields of a price event.
const (
	FieldName Fields = 1 << iota
	FieldLast
	FieldBid
	FieldAsk
	FieldSize
	FieldVolume
	FieldOpen
	FieldHigh
	FieldLow
	FieldPrevClose
	FieldCurrency
	allFields Fields = 1<<iota - 1
)

// appendPrice appends what of q is asked for as the JSON object of a price event.
func appendPrice(b []byte, q *Quote, which Fields) []byte {
	b = append(b, `{"symbol":`...)
	b = appendJSONString(b, q.Symbol)
	if which&FieldName != 0 {
		b = append(b, `,"name":`...)
		b = appendJSONString(b, q.Name)
	}
	number := func(field Fields, key string, value int64, decimals int) {
		if which&field != 0 {
			b = append(append(append(b, `,"`...), key...), `":"`...)
			b = append(appendDecimal(b, value, decimals), '"')
		}
	}
	number(FieldLast, "last", q.Last, q.Decimals)
	number(FieldBid, "bid", q.Bid, q.Decimals)
	number(FieldAsk, "ask", q.Ask, q.Decimals)
	number(FieldSize, "size", q.Size, q.SizeDecimals)
	number(FieldVolume, "volume", q.Volume, q.SizeDecimals)
	number(FieldOpen, "open", q.Open, q.Decimals)
	number(FieldHigh, "high", q.High, q.Decimals)
	number(FieldLow, "low", q.Low, q.Decimals)
	number(FieldPrevClose, "prev_close", q.PrevClose, q.Decimals)
	if which&FieldCurrency != 0 {
		b = append(b, `,"currency":`...)
		b = appendJSONString(b, q.Currency)
	}
	return append(appendTime(append(b, `,"time":`...), q.Time), '}')
}

// appendNews appends the JSON object of a news event.
func appendNews(b []byte, h *Headline) []byte {
	b = appendJSONString(append(b, `{"id":`...), h.ID)
	b = appendJSONString(append(b, `,"headline":`...), h.Title)
	b = appendJSONString(append(b, `,"summary":`...), h.Summary)
	b = appendJSONString(append(b, `,"source":`...), h.Source)
	b = appendJSONString(append(b, `,"url":`...), h.URL)
	b = appendRows(append(b, `,"symbols":[`...), h.Symbols, appendJSONString)
	b = appendJSONString(append(b, `],"importance":`...), h.Importance)
	return append(appendTime(append(b, `,"time":`...), h.Time), '}')
}

// appendStatus appends the JSON object of a status event.
func appendStatus(b []byte, s *Status) []byte {
	b = appendJSONString(append(b, `{"symbol":`...), s.Symbol)
	b = appendJSONString(append(b, `,"state":`...), s.State)
	b = appendJSONString(append(b, `,"reason":`...), s.Reason)
	return append(appendTime(append(b, `,"time":`...), s.Time), '}')
}

// appendDecimal writes units of the last of so many decimals as a plain number: 1234 with 8 as 0.00001234.
func appendDecimal(b []byte, units int64, decimals int) []byte {
	d, _ := decimal.New(units, decimals)
	b, _ = d.AppendText(b) // neither fails for up to 19 decimals
	return b
}

// appendTime writes a UTC time with all its nanoseconds, so that equal columns stay equal in width.
func appendTime(b []byte, t time.Time) []byte {
	return t.AppendFormat(b, `"2006-01-02T15:04:05.000000000Z"`)
}

// appendJSONString writes a JSON string. Nearly all of the market's words are plain ASCII.
func appendJSONString(b []byte, s string) []byte {
	for n := range len(s) {
		if c := s[n]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(s) // a string cannot fail
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}
