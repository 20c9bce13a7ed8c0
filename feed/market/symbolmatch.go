package market

import "slices"

// MatchesSymbols reports whether an update is about one of the symbols that are asked for. One that names no symbol is about
// the whole market, and concerns everybody.
func MatchesSymbols(u Update, asked func(symbol string) bool) bool {
	switch u := u.(type) {
	case Quote:
		return asked(u.Symbol)
	case Reading:
		return asked(u.Name)
	case Halt:
		return u.Symbol == "" || asked(u.Symbol)
	case Headline:
		return len(u.Symbols) == 0 || slices.ContainsFunc(u.Symbols, asked)
	}
	return true
}
