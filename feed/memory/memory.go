// Package memory bounds the bytes that are kept of a feed.
package memory

import "sync/atomic"

// Bounds of a budget, in bytes.
const (
	Default = 64 << 20
	Least   = 1 << 20
	Most    = 1 << 30
)

// Budget counts the bytes that are kept of one feed. All that keep some share it: events that wait for their decoder,
// messages that wait for their reader, and what a decoder remembers of rows, books and documents. What to do when it is
// reached is for them to say. It is safe for concurrent use.
type Budget struct {
	limit int64
	used  atomic.Int64
}

// NewBudget is an empty budget of so many bytes; 0 for Default.
func NewBudget(limit int) *Budget {
	if limit == 0 {
		limit = Default
	}
	return &Budget{limit: int64(limit)}
}

// Limit is how many bytes may be kept.
func (b *Budget) Limit() int { return int(b.limit) }

// Add counts n bytes more, and reports whether all are within the limit; n below 0 gives them back.
func (b *Budget) Add(n int) bool { return b.used.Add(int64(n)) <= b.limit }

// Fits reports whether n bytes more would be within the limit.
func (b *Budget) Fits(n int) bool { return b.used.Load()+int64(n) <= b.limit }

// Used is how many bytes are counted.
func (b *Budget) Used() int { return int(b.used.Load()) }
