package doctor

import "io"

// Bounds that tests reach.
const (
	MaxEventTypes = maxEventTypes
	MaxKept       = maxKept
)

// SuggestName is the name that a report suggests for a feed.
var SuggestName = suggestFeedName

// FramingOf reads a body to its end, and returns what is found about its lines.
func FramingOf(body io.Reader) (Framing, error) {
	e := &examination{first: &observation{endReason: endOfStream, body: bodyMonitor{from: body, checkFields: true}}}
	b := &e.first.body
	_, err := io.Copy(io.Discard, b)
	unknown := b.unknownFields
	b.unknownFields = nil // an examination without an endpoint cannot clean them
	f := e.framing()
	f.UnknownFields = unknown
	return f, err
}
