package redact

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// encodedForms are a secret in the encodings that change its letters and digits too, the longest of a kind first: in base64,
// alone and wherever it stands in a longer text, in hexadecimal, and with every character escaped.
func encodedForms(plain string) (forms []string) {
	add := func(form string) {
		forms = append(forms, form)
		if safe := strings.NewReplacer("+", "-", "/", "_").Replace(form); safe != form {
			forms = append(forms, safe)
		}
	}
	padded := base64.StdEncoding.EncodeToString([]byte(plain))
	add(padded)
	add(strings.TrimRight(padded, "="))
	for before := range 3 { // bytes of the longer text in the first group of three
		text := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", before) + plain))
		add(text[(8*before+5)/6 : 8*(before+len(plain))/6])
	}
	lower := hex.EncodeToString([]byte(plain))
	forms = append(forms, lower, strings.ToUpper(lower))
	for _, escape := range []string{`\u%04x`, `\u%04X`, "%%%02x", "%%%02X", "&#x%x;", "&#x%X;", "&#%d;"} {
		var form strings.Builder
		for _, r := range plain {
			fmt.Fprintf(&form, escape, r)
		}
		forms = append(forms, form.String())
	}
	return forms
}
