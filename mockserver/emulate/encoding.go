package emulate

import (
	"encoding/json"
	"math/big"
	"strings"

	"github.com/govalues/decimal"
)

// formatDecimal writes a whole number of 10^-decimals: 1234 with 8 decimals as 0.00001234.
func formatDecimal(units int64, decimals int) string {
	return decimal.MustNew(units, decimals).String()
}

// rescale turns a whole number of 10^-from into one of 10^-to, and truncates.
func rescale(units int64, from, to int) *big.Int {
	n := big.NewInt(units)
	if to >= from {
		return n.Mul(n, pow10(to-from))
	}
	return n.Quo(n, pow10(from-to))
}

// pow10 is for n up to 18: Exp takes ten times as long.
func pow10(n int) *big.Int {
	power := int64(1)
	for range n {
		power *= 10
	}
	return big.NewInt(power)
}

// jsonNumber is formatDecimal without trailing zeros.
func jsonNumber(units int64, decimals int) json.Number {
	return json.Number(decimal.MustNew(units, decimals).Trim(0).String())
}

// toJSON returns v as JSON in one line. No type here fails to encode.
func toJSON(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "null"
	}
	return strings.TrimSuffix(b.String(), "\n")
}
