package doctor

import (
	"time"

	"livetape/feed"
)

// reached is how far a connection came.
type reached int8

const (
	unreached  reached = iota // no answer
	refused                   // an answer that is none of a stream, or a wish to be left alone
	otherThing                // 200, but something else than a stream
	streaming
)

// ending is why listening ended.
type ending int8

const (
	enough      ending = iota // as long, or as many events, as was wanted
	ended                     // the server ended the stream cleanly
	broke                     // the connection broke
	interrupted               // the user had enough
)

// answer is the head of a server's answer.
type answer struct {
	Status      int
	Protocol    string
	ContentType string // with parameters, fit to be shown
	Compression string
	Via         []string // what says that something stands between
	Date        time.Time
}

// observation is what one connection showed. It has no opinion about it.
type observation struct {
	hops    []feed.Hop
	steps   steps
	answer  answer
	reached reached
	cause   string // why it did not come to streaming, or how the stream broke
	advice  string
	begins  string // of what is no stream, the first words

	format  string
	listen  time.Time // when listening began
	stopped time.Time // and ended
	ending  ending
	wire    wire
	tally   tally
}

// listened is how long.
func (o *observation) listened() time.Duration { return o.stopped.Sub(o.listen) }

// silence is the longest time without a byte.
func (o *observation) silence() time.Duration {
	if o.wire.first.IsZero() {
		return o.listened()
	}
	return max(o.wire.silence, o.wire.first.Sub(o.listen), o.stopped.Sub(o.wire.last))
}
