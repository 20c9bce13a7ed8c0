package mockserver

import (
	"encoding/json"
	"strconv"
	"time"
)

// kind is a type of event that the market makes; the stream's own snapshot, resume and reset are not.
type kind uint8

const (
	priceEvent kind = iota
	newsEvent
	statusEvent
)

var kindNames = [...]string{priceEvent: "price", newsEvent: "news", statusEvent: "status"}

func (k kind) String() string { return kindNames[k] }

// fields says which values of an instrument a price event carries. Symbol and time are always there.
type fields uint16

const (
	fieldName fields = 1 << iota
	fieldLast
	fieldBid
	fieldAsk
	fieldSize
	fieldVolume
	fieldOpen
	fieldHigh
	fieldLow
	fieldPrevClose
	fieldCurrency
	allFields fields = 1<<iota - 1
)

// appendPrice appends what of i is asked for as the JSON object of a price event.
func appendPrice(b []byte, i *instrument, which fields) []byte {
	b = append(b, `{"symbol":`...)
	b = appendText(b, i.symbol)
	if which&fieldName != 0 {
		b = append(b, `,"name":`...)
		b = appendText(b, i.name)
	}
	number := func(field fields, key string, value int64, decimals int) {
		if which&field != 0 {
			b = append(append(append(b, `,"`...), key...), `":"`...)
			b = append(appendDecimal(b, value, decimals), '"')
		}
	}
	number(fieldLast, "last", i.last, i.decimals)
	number(fieldBid, "bid", i.bid, i.decimals)
	number(fieldAsk, "ask", i.ask, i.decimals)
	number(fieldSize, "size", i.size, i.sizeDecimals)
	number(fieldVolume, "volume", i.volume, i.sizeDecimals)
	number(fieldOpen, "open", i.open, i.decimals)
	number(fieldHigh, "high", i.high, i.decimals)
	number(fieldLow, "low", i.low, i.decimals)
	number(fieldPrevClose, "prev_close", i.prevClose, i.decimals)
	if which&fieldCurrency != 0 {
		b = append(b, `,"currency":`...)
		b = appendText(b, i.currency)
	}
	return append(appendTime(append(b, `,"time":`...), i.time), '}')
}

// appendNews appends the JSON object of a news event.
func appendNews(b []byte, id string, h *headline) []byte {
	b = appendText(append(b, `{"id":`...), id)
	b = appendText(append(b, `,"headline":`...), h.title)
	b = appendText(append(b, `,"summary":`...), h.summary)
	b = appendText(append(b, `,"source":`...), h.source)
	b = appendText(append(b, `,"url":`...), storyURL(id))
	b = append(b, `,"symbols":[`...)
	for n, symbol := range h.symbols {
		if n > 0 {
			b = append(b, ',')
		}
		b = appendText(b, symbol)
	}
	b = appendText(append(b, `],"importance":`...), h.importance)
	return append(appendTime(append(b, `,"time":`...), h.time), '}')
}

func storyURL(id string) string { return "https://example.com/tape/" + id }

// appendStatus appends the JSON object of a status event.
func appendStatus(b []byte, s *status) []byte {
	b = appendText(append(b, `{"symbol":`...), s.symbol)
	b = appendText(append(b, `,"state":`...), s.state)
	b = appendText(append(b, `,"reason":`...), s.reason)
	return append(appendTime(append(b, `,"time":`...), s.time), '}')
}

// appendDecimal writes units of the last of so many decimals as a plain number: 1234 with 8 as 0.00001234.
func appendDecimal(b []byte, units int64, decimals int) []byte {
	var digits [20]byte
	d := strconv.AppendInt(digits[:0], units, 10) // units are never negative here
	whole := len(d) - decimals
	if decimals == 0 {
		return append(b, d...)
	}
	if whole <= 0 {
		b = append(b, "0."...)
		for ; whole < 0; whole++ {
			b = append(b, '0')
		}
		return append(b, d...)
	}
	b = append(append(b, d[:whole]...), '.')
	return append(b, d[whole:]...)
}

// appendTime writes a UTC time with all its nanoseconds, so that equal columns stay equal in width.
func appendTime(b []byte, t time.Time) []byte {
	return t.AppendFormat(b, `"2006-01-02T15:04:05.000000000Z"`)
}

// appendText writes a JSON string. Nearly all of the market's words are plain ASCII.
func appendText(b []byte, s string) []byte {
	for n := range len(s) {
		if c := s[n]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(s) // a string cannot fail
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// appendFrame writes one event of the stream. No id line is written for an empty id. Data has no line ends: it is JSON.
func appendFrame(b []byte, event, id string, data []byte) []byte {
	b = append(append(b, "event: "...), event...)
	if id != "" {
		b = append(append(b, "\nid: "...), id...)
	}
	b = append(append(b, "\ndata: "...), data...)
	return append(b, "\n\n"...)
}

// appendRetry writes the reconnection time that clients are told, in ms.
func appendRetry(b []byte, ms int64) []byte {
	return append(strconv.AppendInt(append(b, "retry: "...), ms, 10), "\n\n"...)
}
