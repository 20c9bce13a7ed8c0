package doctor_test

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"livetape/ui/cli/doctor"

	"github.com/google/go-cmp/cmp"
)

// FuzzFramingDoesNotDependOnReads reads a body whole and byte by byte: the findings about its lines are the same.
func FuzzFramingDoesNotDependOnReads(f *testing.F) {
	for _, seed := range []string{"", "data: 1\n\n", "\r\n\rdata: 1\r\n\r\n", ":\n\xEF\xBB\xBFretry: x\nid: \x00\n", "\xEF\xBB\xBFdata: \xE2\x82\n\n", "{\"a\":1}\n", strings.Repeat("x", 300) + ": 1\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		whole := framingOf(t, strings.NewReader(body))
		if diff := cmp.Diff(whole, framingOf(t, iotest.OneByteReader(strings.NewReader(body)))); diff != "" {
			t.Errorf("whole (-), byte by byte (+):\n%s", diff)
		}
	})
}

func framingOf(t *testing.T, body io.Reader) doctor.Framing {
	t.Helper()
	f, err := doctor.FramingOf(body)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
