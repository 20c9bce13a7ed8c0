package mockserver

import "strings"

// sector groups symbols that move together.
type sector int

const (
	tech sector = iota
	banks
	energy
	funds
	forex
	crypto
	sectors // how many there are
)

// listing is what does not change about a symbol. Prices are in ticks of the last decimal, moves in parts
// per billion (a basis point is 100,000).
type listing struct {
	symbol, name, currency string
	sector                 sector
	price                  int64 // at the start
	decimals               int   // of prices
	spread                 int64 // usual, in ticks
	sigma                  int64 // own move from one event to the next
	beta                   int64 // share of the market's and its sector's moves, in percent
	lot                    int64 // usual size, in units of the last size decimal
	sizeDecimals           int
	activity               int // how often it trades, relative to others
}

// canHalt tells exchanges, which halt, from markets that never do.
func (l *listing) canHalt() bool { return l.sector < funds }

// hasHours tells what is traded on an exchange from what is traded around the clock.
func (l *listing) hasHours() bool { return l.sector <= funds }

// named are the symbols of a small market, mixed so that also the first few are of several sectors. Names
// are real; everything that the simulator says about them is not.
var named = [...]listing{
	{"NVDA", "NVIDIA", "USD", tech, 18146, 2, 1, 320e3, 160, 100, 0, 5},
	{"BTC/USD", "Bitcoin", "USD", crypto, 9731250, 2, 150, 260e3, 130, 450, 4, 4},
	{"EUR/USD", "Euro / US dollar", "USD", forex, 108432, 5, 2, 35e3, 12, 1000000, 0, 3},
	{"JPM", "JPMorgan Chase", "USD", banks, 30412, 2, 2, 160e3, 90, 100, 0, 2},
	{"AAPL", "Apple", "USD", tech, 26785, 2, 1, 180e3, 110, 100, 0, 5},
	{"XOM", "Exxon Mobil", "USD", energy, 11734, 2, 1, 180e3, 90, 100, 0, 2},
	{"SPY", "SPDR S&P 500 ETF", "USD", funds, 66148, 2, 1, 70e3, 100, 200, 0, 4},
	{"SHIB/USD", "Shiba Inu", "USD", crypto, 1234, 8, 1, 700e3, 150, 25000000, 0, 2},
	{"TSLA", "Tesla", "USD", tech, 40199, 2, 3, 400e3, 170, 100, 0, 4},
	{"ETH/USD", "Ethereum", "USD", crypto, 319280, 2, 20, 300e3, 140, 2500, 3, 3},
	{"MSFT", "Microsoft", "USD", tech, 47843, 2, 2, 170e3, 110, 100, 0, 4},
	{"GS", "Goldman Sachs", "USD", banks, 79120, 2, 10, 180e3, 110, 50, 0, 1},
	{"USD/JPY", "US dollar / yen", "JPY", forex, 156412, 3, 3, 40e3, 14, 1000000, 0, 3},
	{"CVX", "Chevron", "USD", energy, 15208, 2, 2, 170e3, 90, 100, 0, 2},
	{"AMZN", "Amazon", "USD", tech, 22290, 2, 1, 200e3, 120, 100, 0, 4},
	{"QQQ", "Invesco QQQ", "USD", funds, 59577, 2, 1, 90e3, 120, 200, 0, 3},
	{"AMD", "Advanced Micro Devices", "USD", tech, 20302, 2, 2, 340e3, 160, 100, 0, 3},
	{"BAC", "Bank of America", "USD", banks, 5187, 2, 1, 170e3, 100, 300, 0, 2},
	{"GBP/USD", "Pound / US dollar", "USD", forex, 130967, 5, 3, 40e3, 14, 1000000, 0, 2},
	{"SOL/USD", "Solana", "USD", crypto, 13355, 2, 2, 450e3, 160, 120, 1, 3},
	{"META", "Meta Platforms", "USD", tech, 58915, 2, 5, 230e3, 130, 100, 0, 3},
	{"SHEL", "Shell", "USD", energy, 7434, 2, 1, 170e3, 90, 100, 0, 1},
	{"GOOGL", "Alphabet", "USD", tech, 28946, 2, 2, 190e3, 110, 100, 0, 3},
	{"MS", "Morgan Stanley", "USD", banks, 16285, 2, 2, 180e3, 110, 100, 0, 1},
}

// listings are n symbols: the named ones, then as many made-up ones as it takes.
func listings(n int) []listing {
	all := append(make([]listing, 0, n), named[:min(n, len(named))]...)
	for i := 1; len(all) < n; i++ {
		if l := madeUp(i); !isNamed(l.symbol) {
			all = append(all, l)
		}
	}
	return all
}

func isNamed(symbol string) bool {
	for _, l := range named {
		if l.symbol == symbol {
			return true
		}
	}
	return false
}

// madeUp is the i-th made-up company; the first 10,000 have different symbols.
func madeUp(i int) listing {
	const consonants, vowels = "BCDFGHJKLMNPQRSTVWXZ", "AEIOU"
	nouns := [...]string{tech: "Systems", banks: "Financial", energy: "Resources"}
	scattered := i * 7919 % 10000
	symbol := string([]byte{
		consonants[scattered%20], vowels[scattered/20%5], consonants[scattered/100%20], vowels[scattered/2000%5],
	})
	sector := sector(i % len(nouns))
	price := int64(500 + i*7727%89500)
	return listing{
		symbol: symbol, name: symbol[:1] + strings.ToLower(symbol[1:]) + " " + nouns[sector], currency: "USD",
		sector: sector, price: price, decimals: 2, spread: 1 + price/5000,
		sigma: int64(150e3 + i*31%25*1e4), beta: int64(70 + i*17%90), lot: 100, activity: 1 + i%3,
	}
}
