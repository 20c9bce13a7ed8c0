package mapping

import (
	"errors"
	"fmt"

	"livetape/feed/market"
	"livetape/feed/memory"
)

// Bounds on what a map does with one event, since both may be hostile. It is given these bytes, and more for each byte of
// the payload. A map that reads every row once, as most do, uses a small part of them.
const (
	maxScanned     = 512 << 20 // bytes of rows, as often as they are read
	scannedPerByte = 64
	maxProduced    = market.MaxProduced
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

// keptByteCount counts what a decoder keeps of its feed from one event to the next, for all parts of it. The part that goes
// beyond the feed's budget forgets all that it has.
type keptByteCount struct {
	budget   *memory.Budget
	size     int
	exceeded bool // by the present event
}

// add reports whether n bytes more may be kept; n below 0 gives them back.
func (k *keptByteCount) add(n int) bool {
	k.size += n
	fits := k.budget.Add(n)
	k.exceeded = k.exceeded || n >= 0 && !fits
	return fits
}

// CountIn implements [decode.CountIn].
func (d *decoder) CountIn(b *memory.Budget) {
	d.kept.budget.Add(-d.kept.size)
	d.kept.budget = b
	b.Add(d.kept.size)
}

// err says, once for an event, that the bound was reached.
func (k *keptByteCount) err() error {
	if !k.exceeded {
		return nil
	}
	k.exceeded = false
	return fmt.Errorf("more than %d MiB would have to be kept of this feed (memory): earlier rows are forgotten, and each is whole again once it is sent whole", k.budget.Limit()>>20)
}

var (
	errTooMuch = errors.New("the map reads or makes too much of one event: the other rows are left out")
	errTooLong = errors.New("the text that is made is too long")
)

// eventBudget is what is left for one event, in bytes.
type eventBudget struct{ scan, produce int }

func newEventBudget(event int) eventBudget {
	return eventBudget{maxScanned + scannedPerByte*event, maxProduced}
}

// eventDecoder is a decoder that may be given the payloads of one event one by one. They share one budget.
type eventDecoder interface {
	// startEvent is called before the payloads of an event of so many bytes.
	startEvent(size int)
}

func (d *decoder) startEvent(size int) { d.budget, d.isStarted = newEventBudget(size), true }

func (s *streamRules) startEvent(size int) {
	if next, ok := s.next.(eventDecoder); ok {
		next.startEvent(size)
	}
}

// isSpent reports whether the rest of the event is left out.
func (b *eventBudget) isSpent() bool { return b.scan < 0 || b.produce < 0 }
