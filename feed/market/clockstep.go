package market

import "time"

// ShiftBack moves all times of arrival along with our clock when that is set back, so that everything is as old as it was.
func (b *Board) ShiftBack(by time.Duration) {
	for _, r := range b.rows {
		r.shiftBack(by)
	}
}

func (r *Row) shiftBack(by time.Duration) {
	times := []*time.Time{&r.Updated, &r.Trade.Arrival, &r.Quote.Arrival}
	for _, c := range []*Cell{
		&r.Last, &r.Bid, &r.Ask, &r.Size, &r.Volume, &r.Open, &r.High, &r.Low, &r.PrevClose, &r.BidSize, &r.AskSize,
		&r.FeedChange, &r.FeedChangePct, &r.FeedVWAP,
	} {
		times = append(times, &c.At, &c.Changed)
	}
	for _, at := range times {
		if !at.IsZero() {
			*at = at.Add(-by)
		}
	}
}
