package ui

// cutSymbols cuts the symbols on screen to so many cells. Those that would be cut to the same text are cut before the place
// where they differ.
func (t *priceTable) cutSymbols(width int) {
	alike := map[string][]*tableRow{}
	for i := range t.rows {
		r := &t.rows[i]
		r.symbol = truncate(r.Symbol, width)
		if r.symbol != r.Symbol {
			alike[r.symbol] = append(alike[r.symbol], r)
		}
	}
	for _, group := range alike {
		for _, r := range group {
			same := 0
			for _, other := range group {
				if other.Symbol != r.Symbol {
					same = max(same, commonRunes(r.Symbol, other.Symbol))
				}
			}
			if same > 0 {
				r.symbol = cutBefore(r.Symbol, same, width)
			}
		}
	}
}

// commonRunes is how many characters two texts begin with alike.
func commonRunes(a, b string) int {
	other := []rune(b)
	n := 0
	for _, c := range a {
		if n == len(other) || other[n] != c {
			break
		}
		n++
	}
	return n
}

// cutBefore cuts a text in its middle, so that it goes on with its n-th character.
func cutBefore(text string, n, width int) string {
	tail := string([]rune(text)[n:])
	if head := width - 1 - cells(tail); head > 0 {
		return truncateWith(text, head, "") + "…" + tail
	}
	return "…" + truncate(tail, width-1)
}
