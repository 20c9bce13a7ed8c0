package market

// Bounds on a feed's text, in characters. Names and prose are cut to them; a symbol or an id that is longer is
// malformed, since two of them could be cut to the same.
const (
	MaxSymbol   = 64
	MaxName     = 128
	MaxCurrency = 16
	MaxID       = 256
	MaxHeadline = 512
	MaxSummary  = 4096
	MaxSource   = 64
	MaxURL      = 2048
	MaxReason   = 256
	MaxSymbols  = 64 // of one headline; further ones are left out
)
