package decode_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/decode"
	"livetape/feed/market"
)

// decodeOne decodes an event that must give exactly one update.
func decodeOne[U market.Update](t *testing.T, eventType, data string) U {
	t.Helper()
	m, err := decode.Native{}.Decode(eventType, []byte(data))
	if err != nil || len(m.Updates) != 1 {
		t.Fatalf("%.200s: %d updates, error %v", data, len(m.Updates), err)
	}
	return m.Updates[0].(U)
}

func refused(t *testing.T, eventType, data, reason string) {
	t.Helper()
	m, err := decode.Native{}.Decode(eventType, []byte(data))
	if err == nil || !strings.Contains(err.Error(), reason) || len(m.Updates) != 0 {
		t.Errorf("%.200s: %d updates, error %v; want a refusal with %q", data, len(m.Updates), err, reason)
	}
}

func TestNestingIsBoundedWhereverItStands(t *testing.T) {
	t.Parallel()
	for _, open := range []string{"[", `{"a":`} {
		deep := strings.Repeat(open, 1<<20)
		refused(t, "price", deep, "nests deeper than 64")
		refused(t, "price", `{"symbol":"A","last":1,"x":`+deep, "nests deeper than 64")
		refused(t, "snapshot", `{"prices":[`+deep, "nests deeper than 64")
		refused(t, "news", `{"headline":"x","symbols":`+deep, "nests deeper than 64")
	}
	fine := strings.Repeat("[", 60) + strings.Repeat("]", 60)
	decodeOne[market.Quote](t, "price", `{"symbol":"A","last":1,"x":`+fine+`}`)
}

func TestLongProseIsCutAndSaysSo(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<20)
	h := decodeOne[market.Headline](t, "news", fmt.Sprintf(`{"headline":%q,"summary":%[1]q,"source":%[1]q,"url":"https://example.com/%[2]s"}`, long, long))
	for name, got := range map[string]struct {
		text  string
		limit int
	}{"headline": {h.Title, 512}, "summary": {h.Summary, 4096}, "source": {h.Source, 64}} {
		if n := utf8.RuneCountInString(got.text); n != got.limit || !strings.HasSuffix(got.text, "…") {
			t.Errorf("%s has %d characters and ends in %q", name, n, got.text[len(got.text)-3:])
		}
	}
	if h.URL != "" {
		t.Errorf("a link of a megabyte was kept: %d bytes", len(h.URL))
	}
	s := decodeOne[market.Halt](t, "status", fmt.Sprintf(`{"symbol":"A","state":"halted","reason":%q}`, long))
	if n := utf8.RuneCountInString(s.Reason); n != 256 {
		t.Errorf("reason has %d characters", n)
	}
	q := decodeOne[market.Quote](t, "price", fmt.Sprintf(`{"symbol":"A","last":1,"name":%q}`, long))
	if n := utf8.RuneCountInString(q.Name); n != 128 {
		t.Errorf("name has %d characters", n)
	}
}

func TestWhatIdentifiesIsNeverCut(t *testing.T) {
	t.Parallel()
	fits := strings.Repeat("ü", 256)
	if q := decodeOne[market.Quote](t, "price", `{"symbol":"`+fits+`","last":1}`); q.Symbol != fits {
		t.Errorf("symbol = %q", q.Symbol)
	}
	for name, long := range map[string]string{
		"letters":           strings.Repeat("A", 257),
		"a megabyte":        strings.Repeat("A", 1<<20),
		"one huge grapheme": "AB" + strings.Repeat("ᄀ", 300),
	} {
		t.Run(name, func(t *testing.T) {
			refused(t, "price", `{"symbol":"`+long+`","last":1}`, "is longer than 256 characters")
			refused(t, "status", `{"symbol":"`+long+`","state":"open"}`, "is longer than 256 characters")
			refused(t, "news", `{"headline":"x","symbols":["`+long+`"]}`, "is longer than 256 characters")
		})
	}
	refused(t, "news", `{"headline":"x","id":"`+strings.Repeat("i", 257)+`"}`, "is longer than 256 characters")
}

func TestNoSymbolTurnsIntoTheWholeMarket(t *testing.T) {
	t.Parallel()
	for _, symbol := range []string{" ", `\u200b`, `\u001b[31m`, `\u202e`} {
		refused(t, "status", `{"symbol":"`+symbol+`","state":"halted"}`, "is not a name")
		refused(t, "price", `{"symbol":"`+symbol+`","last":1}`, "is not a name")
	}
	refused(t, "status", `{"symbol":null,"state":"halted"}`, "symbol is missing")
}

func TestCountsAreWholeAndBounded(t *testing.T) {
	t.Parallel()
	for _, n := range []string{"-1", "1.5", "1e3", "true", "[]", `"x"`, "99999999999999999999"} {
		refused(t, "resume", `{"from":"a","replayed":`+n+`}`, "is not a count")
		refused(t, "reset", `{"from":"a","missed":`+n+`}`, "is not a count")
	}
	m, err := decode.Native{}.Decode("resume", []byte(`{"replayed":"31"}`))
	if err != nil || m.Continuity == nil || m.Continuity.Replayed != 31 {
		t.Errorf("%+v, %v", m.Continuity, err)
	}
}

func TestAHeadlineNamesAtMost64Symbols(t *testing.T) {
	t.Parallel()
	list, err := json.Marshal(strings.Split(strings.Repeat("S,", 999)+"S", ","))
	if err != nil {
		t.Fatal(err)
	}
	h := decodeOne[market.Headline](t, "news", `{"headline":"x","symbols":`+string(list)+`}`)
	if len(h.Symbols) != 64 {
		t.Errorf("%d symbols", len(h.Symbols))
	}
}

func TestLinksAreHTTPOrNothing(t *testing.T) {
	t.Parallel()
	for link, kept := range map[string]bool{
		"https://example.com/a?b=c#d": true,
		"http://example.com":          true,
		"HTTPS://example.com":         true,
		"javascript:alert(1)":         false,
		"file:///etc/passwd":          false,
		"data:text/html,x":            false,
		"//example.com/x":             false,
		"https:":                      false,
		"https:///path":               false,
		"example.com":                 false,
		"http://[::1":                 false,
		"https://exa mple.com/":       false,
		"":                            false,
	} {
		h := decodeOne[market.Headline](t, "news", fmt.Sprintf(`{"headline":"x","url":%q}`, link))
		if got := h.URL != ""; got != kept {
			t.Errorf("%q: kept %v", link, got)
		}
	}
}

func TestBrokenJSONIsNeverGuessedAt(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		``, ` `, `{`, `}`, `{"symbol"`, `{"symbol":}`, `{"symbol":"A",}`, `{"symbol":"A" "last":1}`, `{symbol:"A","last":1}`,
		`{'symbol':'A','last':1}`, `{"symbol":"A","last":01}`, `{"symbol":"A","last":+1}`, `{"symbol":"A","last":.5}`,
		`{"symbol":"A","last":5.}`, `{"symbol":"A","last":1e}`, `{"symbol":"A","last":0x1}`, `{"symbol":"A","last":NaN}`,
		`{"symbol":"A","last":Infinity}`, `{"symbol":"A","last":1_000}`, `{"symbol":"A","last":tru}`, `{"symbol":"A","last":nul`,
		`{"symbol":"A\x","last":1}`, `{"symbol":"A\u12G4","last":1}`, `{"symbol":"A\u12`, `{"symbol":"A` + "\n" + `","last":1}`,
		`{"symbol":"A","last":1},`, `{"symbol":"A","last":1}{`, `{"symbol":"A","last":1}` + "\x00", "\ufeff" + `{"symbol":"A","last":1}`,
		`{"symbol":"A","last":1,"x":[1,]}`, `{"symbol":"A","last":1,"x":[1 2]}`, `{"symbol":"A","last":1,"x":{"y":1]}`,
	} {
		refused(t, "price", data, "the data is not JSON")
		refused(t, "snapshot", `{"prices":[{"symbol":"B","last":2},`+data, "the data is not JSON")
	}
}

func TestInvalidUTF8IsReplaced(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		`{"symbol":"A","last":1,"name":"caf` + "\xe9" + `"}`: "caf\ufffd",
		`{"symbol":"A","last":1,"name":"\ud83d lone"}`:       "\ufffd lone",
		`{"symbol":"A","last":1,"name":"\ud83d\ude80"}`:      "🚀",
		`{"symbol":"A","last":1,"name":"a\/b\\\"\u0000"}`:    `a/b\"`,
	} {
		if q := decodeOne[market.Quote](t, "price", data); q.Name != want {
			t.Errorf("%q: name = %q, want %q", data, q.Name, want)
		}
	}
}

func TestNumbersAreStrictInStringsToo(t *testing.T) {
	t.Parallel()
	for _, n := range []string{"+1", "01", ".5", "5.", "1_000", "1,000", "0x1", "Infinity", "nan", "--", "１", " 1", "1 ", "1e", "1e+", "--1"} {
		refused(t, "price", fmt.Sprintf(`{"symbol":"A","last":%q}`, n), "is not a number")
	}
}

func TestTheErrorOfAHostileSnapshotIsBounded(t *testing.T) {
	t.Parallel()
	data := `{"prices":[` + strings.Repeat(`{"symbol":"`+strings.Repeat("x", 900)+`"},`, 1000) + `{"symbol":"A","last":"1"}]}`
	m, err := decode.Native{}.Decode("snapshot", []byte(data))
	if len(m.Updates) != 1 {
		t.Errorf("%d updates", len(m.Updates))
	}
	if err == nil || len(err.Error()) > 2000 || !strings.HasSuffix(err.Error(), "and 990 more bad rows") {
		t.Errorf("error = %.3000v", err)
	}
}

func TestOfAKeyThatComesTwiceTheLastListCounts(t *testing.T) {
	t.Parallel()
	m, err := decode.Native{}.Decode("snapshot", []byte(`{"prices":[{"symbol":"A","last":1}],"prices":[{"symbol":"B","last":2}]}`))
	want := meaning{Updates: []update{{Quote: map[string]any{"symbol": "B", "last": "2", "standing": true}}}}
	if diff := cmp.Diff(want, describe(m, err)); diff != "" {
		t.Error(diff)
	}
}

func TestAnEventTypeIsMadePlainInTheReason(t *testing.T) {
	t.Parallel()
	m, err := decode.Native{}.Decode("\x1b[31mprice\u202e", nil)
	if err != nil || m.Unmapped != "no rule for event type price" {
		t.Errorf("unmapped = %q, error %v", m.Unmapped, err)
	}
}
