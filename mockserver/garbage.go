package mockserver

import "time"

// malformed are events that a client must survive, ignore and count. None has an id, so that those of the good
// events stay as they are, and none has a price that could be believed.
var malformed = [...]string{
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

// soil gives what mixes garbage among a stream's events: one after every good event, and one at once when the
// fault begins.
func (st *stream) soil(until time.Time) func([]byte) []byte {
	first := !st.soiled.Equal(until)
	st.soiled = until
	return func(b []byte) []byte {
		if len(b) == 0 && !first {
			return b
		}
		first = false
		b = append(b, malformed[st.garbage%len(malformed)]...)
		st.garbage++
		return b
	}
}
