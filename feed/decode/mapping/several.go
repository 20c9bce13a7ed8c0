package mapping

import (
	"bytes"
	"cmp"

	"github.com/tidwall/gjson"

	"livetape/feed/decode"
)

// PerLine reads an event whose data is a map or a list a line as that many payloads: hubs send what has gathered so.
func PerLine(next decode.Decoder) decode.Decoder { return several{next} }

type several struct{ next decode.Decoder }

// Decode implements [decode.Decoder].
func (s several) Decode(eventType string, data []byte) (decode.Message, error) {
	payloads := SplitLines(data)
	if payloads == nil {
		return s.next.Decode(eventType, data)
	}
	var all decode.Message
	var faults error
	for _, payload := range payloads {
		m, err := s.next.Decode(eventType, payload)
		faults = join(faults, err)
		all.Updates = append(all.Updates, m.Updates...)
		all.Notice, all.ResumeID = cmp.Or(m.Notice, all.Notice), cmp.Or(m.ResumeID, all.ResumeID)
		all.Unmapped = cmp.Or(all.Unmapped, m.Unmapped)
		all.End = all.End || m.End
	}
	if len(all.Updates) > 0 || all.Notice != "" || faults != nil {
		all.Unmapped = ""
	}
	return all, faults
}

// SplitLines are the lines of data that is no JSON value, but holds a map or a list a line; nil for anything else. Bare
// numbers on lines of their own are nobody's payloads: they may as well be a price, a size and a time.
func SplitLines(data []byte) (all [][]byte) {
	if bytes.IndexByte(data, '\n') < 0 || deeper(string(data), maxDepth) || gjson.ValidBytes(data) {
		return nil
	}
	for line := range bytes.Lines(data) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if line[0] != '{' && line[0] != '[' || !gjson.ValidBytes(line) {
			return nil
		}
		all = append(all, line)
	}
	return all
}
