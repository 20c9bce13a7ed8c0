package market

import "strings"

// headlineTemplate is a headline to fill in.
type headlineTemplate struct {
	text       string
	impact     int64 // on the price at first, in basis points
	importance string
	sectorWide bool // about a few symbols of the sector, not one
}

func (t headlineTemplate) hasFigure() bool {
	return strings.Contains(t.text, "{percent}") || strings.Contains(t.text, "{number}")
}

// headlineTemplates are by sector. They are bland on purpose: names are real, news is not.
var headlineTemplates = [sectorCount][]headlineTemplate{
	Tech: append([]headlineTemplate{
		{"{name} shows {product}; early orders are said to be {percent} above plan", 9, "high", false},
		{"{name} delays {product} by a quarter", -9, "high", false},
		{"{name} says {number} partners will build on {product}", 5, "normal", false},
		{"Chip makers gain as {place} orders more data centres", 6, "normal", true},
		{"Tech slips as {broker} calls valuations full", -5, "normal", true},
		{"{name} opens a research centre in {place}", 2, "low", false},
		{"{name} to present {product} at a developers' day in {place}", 2, "low", false},
	}, companyTemplates...),
	Banks: append([]headlineTemplate{
		{"{name} trading revenue up {percent} on the year", 8, "high", false},
		{"{name} sets {percent} more aside for loans", -7, "high", false},
		{"Banks rise as the yield curve steepens", 4, "normal", true},
		{"Lenders ease after {broker} trims its rate outlook", -4, "normal", true},
		{"{name} adds {number} advisers in {place}", 2, "low", false},
		{"{name} rolls out {product}", 2, "low", false},
	}, companyTemplates...),
	Energy: append([]headlineTemplate{
		{"{name} output rises {percent} as a field off {place} ramps up", 7, "high", false},
		{"{name} plans longer maintenance at {product}", -6, "normal", false},
		{"Crude gains as stocks fall by {percent}", 6, "high", true},
		{"Oil eases on a mild forecast for {place}", -5, "normal", true},
		{"{name} signs a {number}-month supply deal with {place}", 4, "normal", false},
	}, companyTemplates...),
	Funds: {
		{"Index futures firm ahead of the opening in {place}", 2, "normal", true},
		{"Stocks drift lower in thin trade", -2, "low", true},
		{"Funds tracking {symbol} take in {number} million", 1, "low", false},
		{"{broker} lifts its year-end target by {percent}", 2, "normal", true},
		{"{broker} sees {percent} downside in a slower quarter", -3, "normal", true},
		{"Breadth widens: {number} names at new highs", 2, "low", true},
	},
	Forex: {
		{"{place} central bank holds rates, hints at patience", 1, "high", true},
		{"{place} inflation comes in at {percent}", -1, "high", true},
		{"{symbol}: {broker} sees the range holding into month end", 1, "low", false},
		{"{symbol} slips as {place} factory orders miss", -1, "normal", false},
		{"{symbol} firms on month-end demand, dealers say", 1, "normal", false},
		{"Dollar mixed; options worth {number} million expire today", -1, "low", true},
	},
	Crypto: {
		{"{name} network activity up {percent} on the week", 9, "normal", false},
		{"{name} upgrade date set for {place} meeting", 11, "high", false},
		{"{name} upgrade moved back for more testing", -11, "high", false},
		{"Coins rally as {broker} opens {product}", 10, "high", true},
		{"Coins retreat as leverage is unwound", -11, "high", true},
		{"{symbol} volume passes {number} million an hour", 3, "low", false},
		{"{name} fees fall {percent}", 2, "low", false},
	},
}

// companyTemplates are what can be said of any listed company.
var companyTemplates = []headlineTemplate{
	{"{name} beats estimates, revenue up {percent}", 14, "high", false},
	{"{name} misses estimates, revenue down {percent}", -15, "high", false},
	{"{name} raises its full-year outlook by {percent}", 12, "high", false},
	{"{name} trims its full-year outlook by {percent}", -12, "high", false},
	{"{broker} upgrades {symbol}, sees {percent} upside", 6, "normal", false},
	{"{broker} downgrades {symbol} on valuation", -6, "normal", false},
	{"{broker} starts {symbol} at neutral", 1, "low", false},
	{"{name} lifts its dividend by {percent}", 5, "normal", false},
	{"{name} to buy back {number} million shares", 6, "normal", false},
	{"{name} names a new finance chief", -2, "normal", false},
	{"{name} to speak at the {broker} conference in {place}", 1, "low", false},
	{"{symbol} options volume {number}% above average", 1, "low", false},
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
