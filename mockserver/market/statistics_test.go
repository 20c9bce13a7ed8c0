package market_test

import (
	"math"
	"testing"
	"time"
)

// classes are examples of what moves alike, with how far a price of each mostly is from where it was a day before.
var classes = map[string]struct {
	symbols []string
	within  float64
}{
	"stocks":     {[]string{"NVDA", "AAPL", "TSLA", "JPM", "XOM", "META", "GS", "SHEL"}, 0.04},
	"indices":    {[]string{"SPY", "QQQ"}, 0.02},
	"currencies": {[]string{"EUR/USD", "USD/JPY", "GBP/USD"}, 0.01},
	"coins":      {[]string{"BTC/USD", "ETH/USD", "SOL/USD", "SHIB/USD"}, 0.10},
}

// returns are the logarithms of the moves of all symbols, and volumes what was traded, each in equal periods.
func (s *simulation) run(period time.Duration, periods int) (returns, volumes map[string][]float64) {
	returns, volumes = map[string][]float64{}, map[string][]float64{}
	before := quotes(s)
	for range periods {
		for end := s.clock + period; s.clock < end; {
			s.next()
		}
		after := quotes(s)
		for symbol, q := range after {
			was := before[symbol]
			returns[symbol] = append(returns[symbol], math.Log(float64(q.Bid+q.Ask)/float64(was.Bid+was.Ask)))
			volumes[symbol] = append(volumes[symbol], float64(q.Volume-was.Volume))
		}
		before = after
	}
	return returns, volumes
}

func deviation(all []float64) float64 { return math.Sqrt(moment(all, 2)) }

// kurtosis is 3 for a normal distribution, and more with fat tails.
func kurtosis(all []float64) float64 { return moment(all, 4) / math.Pow(moment(all, 2), 2) }

// moment is that around 0.
func moment(all []float64, power float64) float64 {
	sum := 0.0
	for _, v := range all {
		sum += math.Pow(math.Abs(v), power)
	}
	return sum / float64(len(all))
}

func TestPricesMoveInADayAsMuchAsRealOnes(t *testing.T) {
	t.Parallel()
	days := map[string][]float64{}
	for seed := range uint64(8) {
		m := newMarket(seed+1, 24)
		m.interval = time.Second / 2
		returns, _ := m.run(24*time.Hour, 1)
		for symbol, day := range returns {
			days[symbol] = append(days[symbol], day...)
		}
	}
	for name, class := range classes {
		var all []float64
		inside := 0
		for _, symbol := range class.symbols {
			for _, move := range days[symbol] {
				all = append(all, move)
				if math.Abs(move) < class.within {
					inside++
				}
			}
		}
		if share := float64(inside) / float64(len(all)); share < 0.95 {
			t.Errorf("%s: only %.0f%% of all days are within ±%.0f%%", name, 100*share, 100*class.within)
		}
		if d := deviation(all); d < class.within/8 || d > class.within/2 {
			t.Errorf("%s: a day's move has a deviation of %.2f%%", name, 100*d)
		}
	}
}

func TestPricesAndVolumesGoByTheClockAtAnyRate(t *testing.T) {
	t.Parallel()
	type sums struct{ move, volume map[string]float64 }
	measure := func(rate int, minutes int) sums {
		m := newMarket(3, 24)
		m.interval = time.Second / time.Duration(rate)
		returns, volumes := m.run(time.Minute, minutes)
		all := sums{map[string]float64{}, map[string]float64{}}
		for name, class := range classes {
			for _, symbol := range class.symbols {
				all.move[name] += deviation(returns[symbol])
				all.volume[name] += mean(volumes[symbol]) / float64(quotes(m)[symbol].Volume)
			}
		}
		return all
	}
	usual := measure(40, 240)
	for rate, minutes := range map[int]int{5: 480, 1000: 20} {
		got := measure(rate, minutes)
		for name := range classes {
			if ratio := got.move[name] / usual.move[name]; ratio < 0.6 || ratio > 1.6 {
				t.Errorf("%s: at %d events/s a minute's move is %.2f times that at 40", name, rate, ratio)
			}
			if ratio := got.volume[name] / usual.volume[name]; ratio < 0.6 || ratio > 1.6 {
				t.Errorf("%s: at %d events/s a minute's volume is %.2f times that at 40", name, rate, ratio)
			}
		}
	}
}

func TestMovesHaveFatTails(t *testing.T) {
	t.Parallel()
	m := newMarket(1, 24)
	m.interval = time.Second / 10
	returns, _ := m.run(time.Minute, 24*60)
	for name, class := range classes {
		var all []float64
		for _, symbol := range class.symbols {
			all = append(all, kurtosis(returns[symbol]))
		}
		if k := mean(all); k < 3.3 {
			t.Errorf("%s: the moves of minutes have a kurtosis of %.1f: a normal distribution has 3", name, k)
		}
	}
}

func TestTheVolumeOfADayIsTheUsualOne(t *testing.T) {
	t.Parallel()
	m := newMarket(1, 24)
	m.interval = time.Second / 10
	_, volumes := m.run(6*time.Hour, 1)
	for symbol, day := range map[string]float64{"NVDA": 190e6, "JPM": 9e6, "SPY": 65e6, "BTC/USD": 30_000e4, "EUR/USD": 30e9} {
		if got := 4 * volumes[symbol][0]; got < 0.6*day || got > 1.4*day {
			t.Errorf("%s: %.3g a day, want about %.3g", symbol, got, day)
		}
	}
}

func TestANewDayBeginsEvery24Hours(t *testing.T) {
	t.Parallel()
	m := newMarket(1, 24)
	m.interval = time.Second
	m.run(24*time.Hour-time.Minute, 1)
	before := quotes(m)["BTC/USD"]
	m.run(2*time.Minute, 1)
	after := quotes(m)["BTC/USD"]
	if after.PrevClose == before.PrevClose || after.Open == before.Open || after.Volume >= before.Volume || after.High < after.Low {
		t.Errorf("after a day, %+v became %+v", before, after)
	}
}
