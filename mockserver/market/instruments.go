package market

import (
	"slices"
	"strings"
)

// Sector groups symbols that move together.
type Sector int

// The sectors. Only exchanges have hours, and only companies are halted.
const (
	Tech Sector = iota
	Banks
	Energy
	Funds
	Forex
	Crypto
	sectorCount
)

// sectorVolatility is that of a sector's own moves over a day, as a standard deviation, in basis points.
var sectorVolatility = [...]int64{Tech: 50, Banks: 45, Energy: 60, Funds: 10, Forex: 15, Crypto: 130}

// SectorNames are the names of all sectors; the index of a name is its Sector.
func SectorNames() []string {
	return []string{Tech: "tech", Banks: "banks", Energy: "energy", Funds: "funds", Forex: "forex", Crypto: "crypto"}
}

// Instrument is what does not change about a symbol: what is public, and what drives its price. Prices are in ticks of
// the last decimal.
type Instrument struct {
	Symbol   string // such as NVDA or EUR/USD
	Name     string
	Currency string

	sector     Sector
	price      int64 // at the start, and what it is drawn to over days
	Decimals   int   // of prices
	spread     int64 // usual, in ticks
	volatility int64 // of its own moves over a day, as a standard deviation, in basis points
	beta       int64 // share of the market's and its sector's moves, in percent
	volume     int64 // of a day, in lots
	lot        int64 // what most trades are multiples of, in units of the last size decimal

	SizeDecimals int // of sizes and volumes

	activity int // how often it trades, relative to others
}

// canHalt tells companies, which are halted, from what never is.
func (i *Instrument) canHalt() bool { return i.sector < Funds }

// hasHours tells what is traded on an exchange from what is traded around the clock.
func (i *Instrument) hasHours() bool { return i.sector <= Funds }

// knownInstruments are the symbols of a small market, mixed so that also the first few are of several sectors. Names
// are real; everything that the simulator says about them is not.
var knownInstruments = [...]Instrument{
	{"NVDA", "NVIDIA", "USD", Tech, 18146, 2, 1, 140, 160, 1900000, 100, 0, 5},
	{"BTC/USD", "Bitcoin", "USD", Crypto, 9731250, 2, 150, 120, 130, 6000000, 50, 4, 4},
	{"EUR/USD", "Euro / US dollar", "USD", Forex, 108432, 5, 2, 35, 12, 300000, 100000, 0, 3},
	{"JPM", "JPMorgan Chase", "USD", Banks, 30412, 2, 2, 80, 90, 90000, 100, 0, 2},
	{"AAPL", "Apple", "USD", Tech, 26785, 2, 1, 90, 110, 500000, 100, 0, 5},
	{"XOM", "Exxon Mobil", "USD", Energy, 11734, 2, 1, 80, 90, 150000, 100, 0, 2},
	{"SPY", "SPDR S&P 500 ETF", "USD", Funds, 66148, 2, 1, 10, 100, 650000, 100, 0, 4},
	{"SHIB/USD", "Shiba Inu", "USD", Crypto, 1234, 8, 1, 250, 150, 10000000, 1000000, 0, 2},
	{"TSLA", "Tesla", "USD", Tech, 40199, 2, 3, 150, 170, 900000, 100, 0, 4},
	{"ETH/USD", "Ethereum", "USD", Crypto, 319280, 2, 20, 150, 140, 9000000, 50, 3, 3},
	{"MSFT", "Microsoft", "USD", Tech, 47843, 2, 2, 80, 110, 220000, 100, 0, 4},
	{"GS", "Goldman Sachs", "USD", Banks, 79120, 2, 10, 90, 110, 22000, 100, 0, 1},
	{"USD/JPY", "US dollar / yen", "JPY", Forex, 156412, 3, 3, 38, 14, 250000, 100000, 0, 3},
	{"CVX", "Chevron", "USD", Energy, 15208, 2, 2, 80, 90, 80000, 100, 0, 2},
	{"AMZN", "Amazon", "USD", Tech, 22290, 2, 1, 110, 120, 400000, 100, 0, 4},
	{"QQQ", "Invesco QQQ", "USD", Funds, 59577, 2, 1, 15, 120, 450000, 100, 0, 3},
	{"AMD", "Advanced Micro Devices", "USD", Tech, 20302, 2, 2, 140, 160, 450000, 100, 0, 3},
	{"BAC", "Bank of America", "USD", Banks, 5187, 2, 1, 85, 100, 380000, 100, 0, 2},
	{"GBP/USD", "Pound / US dollar", "USD", Forex, 130967, 5, 3, 38, 14, 150000, 100000, 0, 2},
	{"SOL/USD", "Solana", "USD", Crypto, 13355, 2, 2, 220, 160, 5000000, 10, 1, 3},
	{"META", "Meta Platforms", "USD", Tech, 58915, 2, 5, 110, 130, 140000, 100, 0, 3},
	{"SHEL", "Shell", "USD", Energy, 7434, 2, 1, 75, 90, 50000, 100, 0, 1},
	{"GOOGL", "Alphabet", "USD", Tech, 28946, 2, 2, 95, 110, 300000, 100, 0, 3},
	{"MS", "Morgan Stanley", "USD", Banks, 16285, 2, 2, 90, 110, 60000, 100, 0, 1},
}

// instruments are the n of a market: the known ones, then as many made-up ones as it takes.
func instruments(n int) []Instrument {
	all := append(make([]Instrument, 0, n), knownInstruments[:min(n, len(knownInstruments))]...)
	for i := 1; len(all) < n; i++ {
		if made := madeUpInstrument(i); !isKnown(made.Symbol) {
			all = append(all, made)
		}
	}
	return all
}

// Symbols are those of a market with n of them.
func Symbols(n int) (all []string) {
	for _, i := range instruments(n) {
		all = append(all, i.Symbol)
	}
	return all
}

func isKnown(symbol string) bool {
	return slices.ContainsFunc(knownInstruments[:], func(i Instrument) bool { return i.Symbol == symbol })
}

// madeUpInstrument is the i-th made-up company; the first 10,000 have different symbols.
func madeUpInstrument(i int) Instrument {
	const consonants, vowels = "BCDFGHJKLMNPQRSTVWXZ", "AEIOU"
	nouns := [...]string{Tech: "Systems", Banks: "Financial", Energy: "Resources"}
	scattered := i * 7919 % 10000
	symbol := string([]byte{
		consonants[scattered%20], vowels[scattered/20%5], consonants[scattered/100%20], vowels[scattered/2000%5],
	})
	sector := Sector(i % len(nouns))
	price := int64(500 + i*7727%89500)
	return Instrument{
		Symbol: symbol, Name: symbol[:1] + strings.ToLower(symbol[1:]) + " " + nouns[sector], Currency: "USD",
		sector: sector, price: price, Decimals: 2, spread: 1 + price/5000,
		volatility: int64(80 + i*31%60), beta: int64(70 + i*17%90), volume: int64(2000 + i*7919%90000), lot: 100, activity: 1 + i%3,
	}
}
