package fault

import "strings"

// NativeSamples are bad events in the mock server's own format.
func NativeSamples() Samples { return Samples{malformedEvents[:], hostileEvents[:]} }

// malformedEvents are events that a client must survive, ignore and count. None has an id, so that those of the good
// events stay as they are, and none has a price that could be believed.
var malformedEvents = [...]string{
	"event: price\ndata: {\"symbol\":\"NVDA\",\"last\":\n\n",                 // cut JSON
	"event: price\ndata: {\"symbol\":42,\"last\":true}\n\n",                  // wrong types
	"event: price\ndata: {\"symbol\":\"NVDA\",\"last\":NaN}\n\n",             // no JSON number
	"event: price\ndata: {\"symbol\":\"NVDA\",\"last\":\"NaN\"}\n\n",         // the same as a string
	"event: price\ndata: {\"last\":\"1.00\"}\n\n",                            // of what?
	"event: price\ndata: {\"symbol\":\"NVDA\",\"volume\":\"1000\"}\n\n",      // no price
	"event: price\ndata: {\"symbol\":\"NVDA\",\"last\":\"ten\"}\n\n",         // a word
	"event: price\ndata: {\"symbol\":\"NVDA\",\"last\":1e999999999}\n\n",     // beyond any type
	"event: price\ndata: [{\"symbol\":\"NVDA\",\"last\":\"1.00\"}]\n\n",      // a list
	"event: news\ndata: {\"id\":\"x\",\"importance\":\"high\"}\n\n",          // no headline
	"event: status\ndata: {\"symbol\":\"NVDA\",\"state\":\"asleep\"}\n\n",    // an unknown state
	"event: status\ndata: halted\n\n",                                        // a word
	"event: snapshot\ndata: {\"prices\":{\"NVDA\":\"1.00\"}}\n\n",            // an object for a list
	"event: price\ndata: \xff\xfe\xfa\n\n",                                   // no UTF-8
	"event: horoscope\ndata: {\"sign\":\"taurus\",\"outlook\":\"good\"}\n\n", // an unknown type
	"data: an untyped line\n\n",
}

// hostileEvents are events that a client must take as the standard says (WHATWG HTML §9.2.6), and show without harm.
// None has an id that counts.
var hostileEvents = [...]string{
	"event: news\ndata: {\"id\":\"odd-1\",\"headline\":\"\\u001b[2J\\u001b[31mAn escape sequence\\u0007\"}\n\n",
	"event: news\ndata: {\"id\":\"odd-2\",\"headline\":\"An override \\u202egnidaelsim\\u202c, and a mark\\u200f\"}\n\n",
	"event: news\r\ndata: {\"id\":\"odd-3\",\r\ndata: \"headline\":\"Lines that end with CR and LF\"}\r\n\r\n",
	"event: news\rdata: {\"id\":\"odd-4\",\rdata: \"headline\":\"Lines that end with CR\"}\r\r",
	"event: news\r\ndata: {\"id\":\"odd-5\",\rdata: \"headline\":\n\rdata: \"the event ended before this line\"}\n\n",
	"event: news\ndata: {\"id\":\"odd-6\",\"headline\":\"No UTF-8: \xff\xc3\x28\xed\xa0\x80\"}\n\n",
	"event: news\nid: a\x00b\ndata: {\"id\":\"odd-7\",\"headline\":\"An id with NUL is no id\"}\n\n",
	"\ufeffdata: a byte order mark counts at the begin alone; here it makes another field of data\n\n",
	":\xff\x00 a comment of any bytes\n\n",
	"event: news\ndata:{\"id\":\"odd-8\",\"headline\":\"No space behind the colon, a field without one\"}\ndata\nretry\nretry: soon\n\n",
}

// NewSamples are bad events in a format whose events have JSON payloads.
func NewSamples(encode func(data string) string) (s Samples) {
	for _, data := range malformedData {
		s.Malformed = append(s.Malformed, encode(data))
	}
	for _, data := range hostileData {
		s.Hostile = append(s.Hostile, encode(data))
	}
	return s
}

// malformedData are payloads that no client can read a price from.
var malformedData = [...]string{
	`{"price":`, `{"price":true}`, `{"price":NaN}`, `[]`, `null`, `ten`, `{"price":1e999999999}`, `{"type":"HOROSCOPE","sign":"taurus"}`,
}

// hostileData are payloads that a client must show without harm, if at all.
var hostileData = [...]string{
	`{"title":"An escape sequence \u001b[2J\u001b[31m\u0007"}`,
	`{"title":"An override \u202egnidaelsim\u202c, and a mark\u200f"}`,
	"{\"title\":\"No UTF-8: \xff\xc3\x28\xed\xa0\x80\"}",
	"\ufeff{\"title\":\"A byte order mark\"}",
	"{\"title\":\"NUL \x00 in it\"}",
}

// NeverSent is the data of an event that is never sent whole.
const NeverSent = `{"symbol":"NVDA","last":"0.01","bid":"0.01","ask":"0.02","time":"2000-01-01T00:00:00Z"}`

// HugeText is text of about so many bytes.
func HugeText(size int) string { return strings.Repeat("very ", size/5) }
