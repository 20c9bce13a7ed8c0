package mapping

import (
	"slices"
	"time"

	"livetape/feed/market"
)

// The orders in which a rule can take the rows of one symbol in one event.
const (
	ByTime = "by_time" // in the order of their times
	Latest = "latest"  // only the one with the latest time that is not in the future
)

// clockLead is how far ahead of this machine's clock a time may be that is not in the future.
const clockLead = 5 * time.Minute

// orderRows puts the updates of one event, from the one at index first on, in the order that a rule asks for. Those without
// a time stay where they are.
func orderRows(order string, updates []market.Update, now time.Time) []market.Update {
	at := func(u market.Update) time.Time {
		_, at := nameAndTime(u)
		return at
	}
	switch order {
	case ByTime:
		slices.SortStableFunc(updates, func(a, b market.Update) int {
			x, y := at(a), at(b)
			if x.IsZero() || y.IsZero() {
				return 0
			}
			return x.Compare(y)
		})
	case Latest:
		newest := map[string]time.Time{}
		for _, u := range updates {
			if name, at := nameAndTime(u); at.After(newest[name]) && at.Before(now.Add(clockLead)) {
				newest[name] = at
			}
		}
		return slices.DeleteFunc(updates, func(u market.Update) bool {
			name, at := nameAndTime(u)
			return name != "" && !at.Equal(newest[name])
		})
	}
	return updates
}

// nameAndTime are the name of the row of a price or a reading, and its time.
func nameAndTime(u market.Update) (name string, at time.Time) {
	switch u := u.(type) {
	case market.Quote:
		return u.Symbol, u.Time
	case market.Reading:
		return u.Name, u.Time
	}
	return "", at
}
