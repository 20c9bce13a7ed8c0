package emulate

import (
	"bytes"
	"encoding/json"
	"math/big"

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

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// jsonNumber is formatDecimal without trailing zeros.
func jsonNumber(units int64, decimals int) json.RawMessage {
	return json.RawMessage(decimal.MustNew(units, decimals).Trim(0).String())
}

// appendJSON appends v as JSON in one line. No type here fails to encode.
func appendJSON(b []byte, v any) []byte {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return append(b, "null"...)
	}
	return append(b, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
}

func toJSON(v any) string { return string(appendJSON(nil, v)) }
