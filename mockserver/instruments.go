package mockserver

import "fmt"

// listing is how a symbol starts its life in the market.
type listing struct {
	symbol, name, currency string
	sector                 sector
	decimals               int   // of its prices: the tick is 10^-decimals
	price                  int64 // previous close, in ticks
	volatility             float64
	size                   int64 // of a usual trade
}

type sector int

const (
	tech sector = iota
	banks
	energy
	health
	retail
	forex
	crypto
	sectors // how many there are
)

// listings are the named symbols. The companies are real names so that a demo reads like a tape; every
// price and headline is made up.
var listings = []listing{
	{"NVDA", "NVIDIA", "USD", tech, 2, 18023, 1.6, 200},
	{"AAPL", "Apple", "USD", tech, 2, 23387, 0.8, 150},
	{"MSFT", "Microsoft", "USD", tech, 2, 41502, 0.8, 100},
	{"GOOG", "Alphabet", "USD", tech, 2, 17644, 0.9, 120},
	{"AMZN", "Amazon", "USD", retail, 2, 20118, 1.0, 130},
	{"TSLA", "Tesla", "USD", retail, 2, 24861, 2.0, 180},
	{"META", "Meta Platforms", "USD", tech, 2, 59240, 1.1, 60},
	{"AMD", "Advanced Micro Devices", "USD", tech, 2, 14935, 1.7, 160},
	{"JPM", "JPMorgan Chase", "USD", banks, 2, 24410, 0.6, 90},
	{"GS", "Goldman Sachs", "USD", banks, 2, 58215, 0.8, 30},
	{"BAC", "Bank of America", "USD", banks, 2, 4472, 0.7, 400},
	{"XOM", "Exxon Mobil", "USD", energy, 2, 11837, 0.7, 140},
	{"CVX", "Chevron", "USD", energy, 2, 16129, 0.7, 90},
	{"SHEL", "Shell", "USD", energy, 2, 6931, 0.7, 110},
	{"PFE", "Pfizer", "USD", health, 2, 2608, 0.8, 500},
	{"LLY", "Eli Lilly", "USD", health, 2, 80144, 0.9, 20},
	{"WMT", "Walmart", "USD", retail, 2, 9215, 0.5, 220},
	{"EUR/USD", "Euro", "USD", forex, 5, 108421, 0.15, 100000},
	{"USD/JPY", "US dollar", "JPY", forex, 3, 154207, 0.15, 100000},
	{"GBP/USD", "Pound sterling", "USD", forex, 5, 126733, 0.15, 100000},
	{"BTC/USD", "Bitcoin", "USD", crypto, 2, 9712310, 1.5, 1},
	{"ETH/USD", "Ether", "USD", crypto, 2, 341877, 1.9, 3},
	{"SOL/USD", "Solana", "USD", crypto, 3, 187412, 2.4, 25},
	{"PEPE/USD", "Pepe", "USD", crypto, 8, 1234, 3.5, 9000000},
}

// listed returns n listings: the named ones first, then made-up ones for load.
func listed(n int) []listing {
	all := append([]listing(nil), listings[:min(n, len(listings))]...)
	for i := len(all); i < n; i++ {
		all = append(all, listing{
			symbol:     fmt.Sprintf("SYM%04d", i),
			name:       fmt.Sprintf("Company %d", i),
			currency:   "USD",
			sector:     sector(i) % forex,
			decimals:   2,
			price:      1000 + int64(i*7919%49000),
			volatility: 1,
			size:       100,
		})
	}
	return all
}
