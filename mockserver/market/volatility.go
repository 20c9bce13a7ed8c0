package market

import (
	"math"
	"math/rand/v2"
	"time"
)

// All is computed with integers and correctly rounded square roots, so that a seed gives the same market on every
// machine. Moves are in parts per billion.
const (
	billion    = 1_000_000_000
	basisPoint = billion / 10_000
	maxMove    = billion / 20 // from one event to the next
)

// Percent is one, in the parts per billion of all moves.
const Percent = 100 * basisPoint

const (
	day = 24 * time.Hour

	// marketVolatility is the standard deviation of the whole market's move over a day, in basis points.
	marketVolatility = 50
)

// commonFactor is what moves many prices together.
type commonFactor struct {
	level   int64         // how far it has moved them
	movedAt time.Duration // clock
}

// move moves f by its volatility over a day, in basis points.
func (f *commonFactor) move(m *Market, volatility int64) {
	f.level += randomNormal(m.random, moveDeviation(volatility, m.clock-f.movedAt)*m.regime.percent()/100)
	f.movedAt = m.clock
}

// moveDeviation is the standard deviation of a move in a time, in parts per billion, where volatility is that over a day in
// basis points. It grows with the square root of time, as that of a random walk does.
func moveDeviation(volatility int64, elapsed time.Duration) int64 {
	root := math.Sqrt(float64(min(max(elapsed, 0), day)))
	return volatility * basisPoint * int64(root) / int64(math.Sqrt(float64(day)))
}

// partsPerBillion is the given parts per billion of x.
func partsPerBillion(x, parts int64) int64 { return x / 1000 * parts / (billion / 1000) }

// boundedMove is a fraction of at most maxMove.
func boundedMove(x, parts int64) int64 { return partsPerBillion(x, min(max(parts, -maxMove), maxMove)) }

// portionOverTime is how much of x goes in a time when all of it goes within about whole, in steps of seconds.
func portionOverTime(x int64, elapsed, whole time.Duration) int64 {
	return x * int64(min(elapsed, whole)/time.Second) / int64(whole/time.Second)
}

// randomNormal is a number around 0, distributed nearly normally with the given deviation.
func randomNormal(r *rand.Rand, sigma int64) int64 {
	const deviation = 37837 // of the sum of four uniform 16-bit numbers
	bits := r.Uint64()
	sum := int64(bits&0xffff) + int64(bits>>16&0xffff) + int64(bits>>32&0xffff) + int64(bits>>48)
	return (sum - 2*0xffff) * sigma / deviation
}

// sessionVolatility is by how much moves differ from the usual in this session, in percent. Exchanges are quiet around
// their hours, and restless for a quarter of an hour after they open.
func (m *Market) sessionVolatility(s *instrumentState) int64 {
	const restless, more = 15 * time.Minute, 150
	switch {
	case m.session == "" || !s.hasHours():
		return 100
	case m.session != "open":
		return 60
	}
	left := max(0, restless-(m.clock-m.openedAt))
	return 100 + more*int64(left/time.Second)/int64(restless/time.Second)
}
