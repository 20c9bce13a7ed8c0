package mapping

import (
	"errors"

	"livetape/feed/market"
)

// Bounds on what a map does with one event, since both may be hostile. It is given these bytes, and more for each byte of
// the payload. A map that reads every row once, as most do, uses a small part of them.
const (
	maxScanned      = 512 << 20 // bytes of rows, as often as they are read
	scannedPerByte  = 64
	maxProduced     = 64 << 20 // bytes of updates
	producedPerByte = 8
)

// What takes longer than to read a row, in bytes that are read in the time.
const (
	mergeCost  = 8        // for each byte of a merged row
	writeCost  = 4        // for each byte of a row of a document
	changeCost = 16       // for each change of a document and each row
	bookCost   = 32 << 10 // for a look through a book that is kept
)

const (
	maxPaths = 500      // in one spec
	maxText  = 16 << 10 // bytes of a text that a template or a replacement makes
)

var (
	errTooMuch = errors.New("the map reads or makes too much of one event: the other rows are left out")
	errTooLong = errors.New("the text that is made is too long")
)

// budget is what is left for one event, in bytes.
type budget struct{ scan, produce int }

func newBudget(event int) budget {
	return budget{maxScanned + scannedPerByte*event, maxProduced + producedPerByte*event}
}

// eventDecoder is a decoder that may be given the payloads of one event one by one. They share one budget.
type eventDecoder interface {
	// startEvent is called before the payloads of an event of so many bytes.
	startEvent(size int)
}

func (d *decoder) startEvent(size int) { d.budget, d.isStarted = newBudget(size), true }

func (s *streamRules) startEvent(size int) {
	if next, ok := s.next.(eventDecoder); ok {
		next.startEvent(size)
	}
}

// isSpent reports whether the rest of the event is left out.
func (b *budget) isSpent() bool { return b.scan < 0 || b.produce < 0 }

// updateSize is about how many bytes an update takes.
func updateSize(u market.Update) int {
	const bare = 600
	switch u := u.(type) {
	case market.Quote:
		return bare + len(u.Symbol) + len(u.Name) + len(u.Currency)
	case market.Headline:
		n := bare + len(u.Title) + len(u.ID) + len(u.Summary) + len(u.Source) + len(u.URL)
		for _, s := range u.Symbols {
			n += len(s) + 16
		}
		return n
	}
	return bare
}
