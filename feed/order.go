package feed

// order is what a user asks of a feed.
type order int8

const (
	retryNow order = iota
	disconnect
	connect
)

// orders holds the latest order that the supervisor has not seen yet.
type orders chan order

func newOrders() orders { return make(orders, 1) }

// give never blocks: a newer order takes the place of one that still waits.
func (o orders) give(latest order) {
	for {
		select {
		case o <- latest:
			return
		default:
		}
		select {
		case <-o:
		default:
		}
	}
}
