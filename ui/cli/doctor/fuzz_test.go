package doctor

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// FuzzStructureDoesNotDependOnTheReads reads a body whole and byte by byte: what is said of its lines is the same.
func FuzzStructureDoesNotDependOnTheReads(f *testing.F) {
	for _, seed := range []string{"", "data: 1\n\n", "\r\n\rdata: 1\r\n\r\n", ":\n\xEF\xBB\xBFretry: x\nid: \x00\n", "\xEF\xBB\xBFdata: \xE2\x82\n\n", "{\"a\":1}\n", strings.Repeat("x", 300) + ": 1\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		whole := structure(t, strings.NewReader(body))
		if diff := cmp.Diff(whole, structure(t, iotest.OneByteReader(strings.NewReader(body)))); diff != "" {
			t.Errorf("whole (-), byte by byte (+):\n%s", diff)
		}
	})
}

func structure(t *testing.T, body io.Reader) Framing {
	t.Helper()
	w := wire{from: body, fields: true}
	if _, err := io.Copy(io.Discard, &w); err != nil {
		t.Fatal(err)
	}
	return Framing{
		LF: w.lf, CRLF: w.crlf, CR: w.cr, InvalidUTF8: w.badText, InvalidRetry: w.badRetry, NulIDs: w.nulIDs,
		CutOff: w.midEvent(), UnknownFields: w.unknown,
	}
}

// FuzzJSONLinesAreBounded reads any body as JSON lines: every value is within the bound, and reading ends.
func FuzzJSONLinesAreBounded(f *testing.F) {
	for _, seed := range []string{"", "{}\n{}\n", "\n\n", "{\"a\":1}", strings.Repeat("[", 200) + "\n1\n", "x\r\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		const limit = 64
		w := &wire{from: strings.NewReader(body)}
		lines := jsonLines{from: bufio.NewReaderSize(w, 16), limit: limit, wire: w, blank: func() {}}
		for {
			ev, err := lines.next()
			if err != nil {
				if !errors.Is(err, io.EOF) {
					t.Fatal(err)
				}
				return
			}
			if len(ev.data) > limit || len(ev.data) == 0 && !ev.skipped {
				t.Fatalf("%d bytes, skipped %v", len(ev.data), ev.skipped)
			}
		}
	})
}
