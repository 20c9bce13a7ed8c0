package output

import "time"

// A Format writes updates, one a line. It keeps state: it is for one output and one goroutine.
type Format interface {
	// header appends what stands before the first line.
	header(b []byte) []byte
	// line appends r as one line, with its line break.
	line(b []byte, r *row) ([]byte, error)
}

// FormatNames are the formats that [NewFormat] knows.
var FormatNames = []string{"json", "csv", "table"}

// NewFormat makes the format of a name. A table shows times in zone; with manyFeeds it says which feed each line is of,
// as the other formats always do. Those may be told which fields to write, of [FieldNames]; without any they write all.
func NewFormat(name string, zone *time.Location, manyFeeds bool, only ...string) Format {
	switch name {
	case "csv":
		return &csvFormat{fields: fieldsOf(only)}
	case "table":
		return newTable(zone, manyFeeds)
	}
	return newJSON(fieldsOf(only))
}
