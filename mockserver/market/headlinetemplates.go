package market

import "strings"

// headlineTemplate is a headline to fill in.
type headlineTemplate struct {
	text       string
	impact     int64 // on the price, in parts per billion
	importance string
	sectorWide bool // about a few symbols of the sector, not one
}

func (t headlineTemplate) hasFigure() bool {
	return strings.Contains(t.text, "{percent}") || strings.Contains(t.text, "{number}")
}

// Percent is one, in the parts per billion of all moves.
const Percent = 10_000_000

// headlineTemplates are by sector. They are bland on purpose: names are real, news is not.
var headlineTemplates = [sectorCount][]headlineTemplate{
	Tech: append([]headlineTemplate{
		{"{name} shows {product}; early orders are said to be {percent} above plan", 15 * Percent / 10, "high", false},
		{"{name} delays {product} by a quarter", -14 * Percent / 10, "high", false},
		{"{name} says {number} partners will build on {product}", 8 * Percent / 10, "normal", false},
		{"Chip makers gain as {place} orders more data centres", 9 * Percent / 10, "normal", true},
		{"Tech slips as {broker} calls valuations full", -8 * Percent / 10, "normal", true},
		{"{name} opens a research centre in {place}", 3 * Percent / 10, "low", false},
		{"{name} to present {product} at a developers' day in {place}", 4 * Percent / 10, "low", false},
	}, companyTemplates...),
	Banks: append([]headlineTemplate{
		{"{name} trading revenue up {percent} on the year", 12 * Percent / 10, "high", false},
		{"{name} sets {percent} more aside for loans", -11 * Percent / 10, "high", false},
		{"Banks rise as the yield curve steepens", 7 * Percent / 10, "normal", true},
		{"Lenders ease after {broker} trims its rate outlook", -7 * Percent / 10, "normal", true},
		{"{name} adds {number} advisers in {place}", 3 * Percent / 10, "low", false},
		{"{name} rolls out {product}", 4 * Percent / 10, "low", false},
	}, companyTemplates...),
	Energy: append([]headlineTemplate{
		{"{name} output rises {percent} as a field off {place} ramps up", 11 * Percent / 10, "high", false},
		{"{name} plans longer maintenance at {product}", -9 * Percent / 10, "normal", false},
		{"Crude gains as stocks fall by {percent}", 10 * Percent / 10, "high", true},
		{"Oil eases on a mild forecast for {place}", -8 * Percent / 10, "normal", true},
		{"{name} signs a {number}-month supply deal with {place}", 6 * Percent / 10, "normal", false},
	}, companyTemplates...),
	Funds: {
		{"Index futures firm ahead of the opening in {place}", 3 * Percent / 10, "normal", true},
		{"Stocks drift lower in thin trade", -3 * Percent / 10, "low", true},
		{"Funds tracking {symbol} take in {number} million", 2 * Percent / 10, "low", false},
		{"{broker} lifts its year-end target by {percent}", 4 * Percent / 10, "normal", true},
		{"{broker} sees {percent} downside in a slower quarter", -5 * Percent / 10, "normal", true},
		{"Breadth widens: {number} names at new highs", 3 * Percent / 10, "low", true},
	},
	Forex: {
		{"{place} central bank holds rates, hints at patience", 2 * Percent / 10, "high", true},
		{"{place} inflation comes in at {percent}", -2 * Percent / 10, "high", true},
		{"{symbol}: {broker} sees the range holding into month end", Percent / 10, "low", false},
		{"{symbol} slips as {place} factory orders miss", -15 * Percent / 100, "normal", false},
		{"{symbol} firms on month-end demand, dealers say", 12 * Percent / 100, "normal", false},
		{"Dollar mixed; options worth {number} million expire today", -Percent / 10, "low", true},
	},
	Crypto: {
		{"{name} network activity up {percent} on the week", 14 * Percent / 10, "normal", false},
		{"{name} upgrade date set for {place} meeting", 18 * Percent / 10, "high", false},
		{"{name} upgrade moved back for more testing", -18 * Percent / 10, "high", false},
		{"Coins rally as {broker} opens {product}", 16 * Percent / 10, "high", true},
		{"Coins retreat as leverage is unwound", -17 * Percent / 10, "high", true},
		{"{symbol} volume passes {number} million an hour", 5 * Percent / 10, "low", false},
		{"{name} fees fall {percent}", 4 * Percent / 10, "low", false},
	},
}

// companyTemplates are what can be said of any listed company.
var companyTemplates = []headlineTemplate{
	{"{name} beats estimates, revenue up {percent}", 22 * Percent / 10, "high", false},
	{"{name} misses estimates, revenue down {percent}", -24 * Percent / 10, "high", false},
	{"{name} raises its full-year outlook by {percent}", 19 * Percent / 10, "high", false},
	{"{name} trims its full-year outlook by {percent}", -20 * Percent / 10, "high", false},
	{"{broker} upgrades {symbol}, sees {percent} upside", 9 * Percent / 10, "normal", false},
	{"{broker} downgrades {symbol} on valuation", -9 * Percent / 10, "normal", false},
	{"{broker} starts {symbol} at neutral", 2 * Percent / 10, "low", false},
	{"{name} lifts its dividend by {percent}", 8 * Percent / 10, "normal", false},
	{"{name} to buy back {number} million shares", 10 * Percent / 10, "normal", false},
	{"{name} names a new finance chief", -3 * Percent / 10, "normal", false},
	{"{name} to speak at the {broker} conference in {place}", Percent / 10, "low", false},
	{"{symbol} options volume {number}% above average", 2 * Percent / 10, "low", false},
}

var (
	sources = []string{"Tape Wire", "Tape Wire", "Market Ledger", "Ticker Post", "Opening Bell News", "Closing Print"}
	brokers = []string{"Harrow & Finch", "Oakmere Research", "Tidewater Partners", "Bellweather", "Northgate Capital", "Calder Street", "Pinnacle Row", "Quillon"}
	places  = []string{"Oslo", "Singapore", "Zurich", "Toronto", "Seoul", "Lisbon", "Austin", "Nairobi", "Osaka", "Rotterdam", "Dublin", "Auckland"}
)

// products are what a sector sells, by sector.
var products = [sectorCount][]string{
	Tech:   {"a new accelerator", "its next phone", "a smaller laptop chip", "an assistant for factories", "its cloud for hospitals", "a headset"},
	Banks:  {"instant transfers", "a savings app", "a desk for small firms", "cheaper mortgages"},
	Energy: {"the Northbank refinery", "the Selmer platform", "its gas terminal", "a wind park"},
	Funds:  {"a low-cost tracker"},
	Forex:  {"a currency swap line"},
	Crypto: {"a custody desk", "a futures market", "a payments pilot"},
}
