package market

// Capacity is how many bars there is room for.
func (b *Bars) Capacity() int { return cap(b.ring) }

// Correctable is how many stories of a feed can be corrected.
func (b *Board) Correctable(feed string) int { return len(b.feeds[feed].stories) }
