package stream

import (
	"bytes"
	"errors"
)

// ErrUTF16 is the error of a Reader whose body is text in UTF-16, of which the standard's decoding as UTF-8 would leave no line.
var ErrUTF16 = errors.New("the body is UTF-16")

// IsUTF16 reports whether head, with a byte order mark or without, begins as UTF-16: with ASCII of which every other byte is zero.
func IsUTF16(head []byte) bool {
	head = bytes.TrimPrefix(bytes.TrimPrefix(head, []byte("\xFF\xFE")), []byte("\xFE\xFF"))
	if len(head) < 8 {
		return false
	}
	even, odd := byte(0), byte(0)
	for i := 0; i < 8; i += 2 {
		even, odd = even|head[i], odd|head[i+1]
	}
	return (even == 0) != (odd == 0)
}
