package emulate

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
)

// decimal writes units of the last of so many decimals: 1234 with 8 as 0.00001234.
func decimal(units int64, decimals int) string {
	digits := strconv.FormatInt(units, 10)
	if decimals == 0 {
		return digits
	}
	if short := decimals + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	return digits[:len(digits)-decimals] + "." + digits[len(digits)-decimals:]
}

// rescale turns units of the last of so many decimals into units of the last of as many others, cutting off what is
// too fine.
func rescale(units int64, from, to int) *big.Int {
	n := big.NewInt(units)
	if to >= from {
		return n.Mul(n, power(to-from))
	}
	return n.Quo(n, power(from-to))
}

func power(of int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(of)), nil) }

// plainNumber is decimal as a JSON number, without the zeros that a number does not have.
func plainNumber(units int64, decimals int) json.RawMessage {
	s := decimal(units, decimals)
	if decimals > 0 {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return json.RawMessage(s)
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

func jsonText(v any) string { return string(appendJSON(nil, v)) }
