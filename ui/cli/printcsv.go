package cli

import "strings"

// csvPrinter writes comma-separated values, quoted by RFC 4180 §2, with the names of the columns once at the
// top. Every record has every column. Lines end as those of a Unix tool do, with a line feed alone.
type csvPrinter struct {
	texts texts
}

func newCSVPrinter() *csvPrinter { return &csvPrinter{} }

func (p *csvPrinter) header(b []byte) []byte {
	names := make([]string, 0, len(fields))
	for _, f := range fields {
		names = append(names, f.name)
	}
	return appendCSV(b, names)
}

func (p *csvPrinter) line(b []byte, r *record) ([]byte, error) {
	return appendCSV(b, p.texts.of(r, fields)), nil
}

func appendCSV(b []byte, cells []string) []byte {
	for i, cell := range cells {
		if i > 0 {
			b = append(b, ',')
		}
		if !strings.ContainsAny(cell, "\",\r\n") {
			b = append(b, cell...)
			continue
		}
		b = append(b, '"')
		b = append(b, strings.ReplaceAll(cell, `"`, `""`)...)
		b = append(b, '"')
	}
	return append(b, '\n')
}
