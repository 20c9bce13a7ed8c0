package output

import "strings"

// csvFormat writes comma-separated values, quoted by RFC 4180 §2, with the names of the columns once at the top. Every
// row has every column. Lines end as those of a Unix tool do, with a line feed alone.
type csvFormat struct {
	fields []field
	cells  fieldTexts
}

func (f *csvFormat) header(b []byte) []byte {
	var names []string
	for _, field := range f.fields {
		names = append(names, field.column)
	}
	return appendCSV(b, names)
}

func (f *csvFormat) line(b []byte, r *row) ([]byte, error) {
	return appendCSV(b, f.cells.textsOf(r, f.fields)), nil
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
