package mockserver

import (
	"encoding/json"
	"strconv"
	"time"
)

// fields are what a price event says beside its symbol and time.
type fields uint16

const (
	lastField fields = 1 << iota
	quoteField
	sizeField
	volumeField
	highField
	lowField
	standingFields // name, currency, open, previous close

	quoted = quoteField
	traded = lastField | quoteField | sizeField | volumeField
	whole  = traded | highField | lowField | standingFields
)

// appendPrice appends the JSON of a price event.
func appendPrice(b []byte, s *symbol, what fields) []byte {
	b = append(b, `{"symbol":`...)
	b = appendString(b, s.symbol)
	number := func(name string, ticks int64, decimals int) {
		b = append(b, `,"`...)
		b = append(b, name...)
		b = append(b, `":"`...)
		b = appendDecimal(b, ticks, decimals)
		b = append(b, '"')
	}
	if what&standingFields != 0 {
		b = append(b, `,"name":`...)
		b = appendString(b, s.name)
	}
	if what&lastField != 0 {
		number("last", s.last, s.decimals)
	}
	if what&quoteField != 0 {
		number("bid", s.bid, s.decimals)
		number("ask", s.ask, s.decimals)
	}
	if what&sizeField != 0 {
		number("size", s.traded, 0)
	}
	if what&volumeField != 0 {
		number("volume", s.volume, 0)
	}
	if what&standingFields != 0 {
		number("open", s.open, s.decimals)
	}
	if what&highField != 0 {
		number("high", s.high, s.decimals)
	}
	if what&lowField != 0 {
		number("low", s.low, s.decimals)
	}
	if what&standingFields != 0 {
		number("prev_close", s.price, s.decimals)
		b = append(b, `,"currency":`...)
		b = appendString(b, s.currency)
	}
	return appendTime(b, s.quotedSince)
}

// appendNews appends the JSON of a news event.
func appendNews(b []byte, s story) []byte {
	b = append(b, `{"id":`...)
	b = appendString(b, s.id)
	for _, field := range [][2]string{{"headline", s.headline}, {"summary", s.summary}, {"source", s.source}} {
		b = append(b, `,"`...)
		b = append(b, field[0]...)
		b = append(b, `":`...)
		b = appendString(b, field[1])
	}
	b = append(b, `,"symbols":[`...)
	for i, name := range s.symbols {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, name)
	}
	b = append(b, `],"importance":`...)
	b = appendString(b, s.importance)
	return appendTime(b, s.time)
}

// appendStatus appends the JSON of a status event.
func appendStatus(b []byte, s *symbol) []byte {
	b = append(b, `{"symbol":`...)
	b = appendString(b, s.symbol)
	b = append(b, `,"state":`...)
	b = appendString(b, s.state)
	b = append(b, `,"reason":`...)
	b = appendString(b, s.reason)
	return appendTime(b, s.stateSince)
}

// appendTime closes an object with its time.
func appendTime(b []byte, t time.Time) []byte {
	b = append(b, `,"time":"`...)
	b = t.UTC().AppendFormat(b, time.RFC3339Nano)
	return append(b, `"}`...)
}

// appendString appends a JSON string.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7F || c == '"' || c == '\\' {
			quoted, err := json.Marshal(s)
			if err != nil { // cannot happen: every string can be marshalled
				return append(b, `""`...)
			}
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// appendDecimal appends n × 10^-decimals in plain notation.
func appendDecimal(b []byte, n int64, decimals int) []byte {
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	var room [40]byte
	digits := strconv.AppendInt(room[:0], n, 10)
	for len(digits) <= decimals {
		digits = append([]byte{'0'}, digits...)
	}
	point := len(digits) - decimals
	b = append(b, digits[:point]...)
	if decimals > 0 {
		b = append(b, '.')
		b = append(b, digits[point:]...)
	}
	return b
}

func decimal(n int64, decimals int) string { return string(appendDecimal(nil, n, decimals)) }
