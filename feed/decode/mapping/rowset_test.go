package mapping_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/decode/mapping"
	"livetape/feed/market"
)

// decodeAll decodes payloads one after the other and writes each as a line.
func decodeAll(t *testing.T, rule mapping.Rule, payloads ...string) (lines []string) {
	t.Helper()
	d, err := mapping.Compile("desk", mapping.Spec{Map: []mapping.Rule{rule}})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range payloads {
		m, err := d.Decode("message", []byte(p))
		line := []string{}
		for _, u := range m.Updates {
			switch u := u.(type) {
			case market.Quote:
				line = append(line, strings.Join(strings.Fields(fmt.Sprintf("%s %s %s×%s %s×%s", u.Symbol, u.Last, u.Bid, u.BidSize, u.Ask, u.AskSize)), " "))
			case market.Reading:
				line = append(line, u.Name+"="+u.Value.String())
			case market.Headline:
				line = append(line, u.Title)
			}
		}
		if err != nil {
			line = append(line, err.Error())
		}
		if m.Unmapped != "" {
			line = append(line, m.Unmapped)
		}
		lines = append(lines, strings.Join(line, "; "))
	}
	return lines
}

// numberedLevels are bids from 1 on, each with a comma behind it.
func numberedLevels(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `["%d",1],`, i+1)
	}
	return b.String()
}

func compiledValue(path string) *mapping.Value { return &mapping.Value{Path: path} }

func TestTheBestOfABookIsShown(t *testing.T) {
	t.Parallel()
	deltas := mapping.Book{Bids: "b", Asks: "a", Deltas: true}
	first := mapping.Book{Bids: "b", Asks: "a", Deltas: true, Whole: "first"}
	const notWhole = "book: what was taken as the complete book was not: neither bid nor ask is shown until a snapshot comes"
	for _, c := range []struct {
		name     string
		book     mapping.Book
		payloads []string
		want     []string
	}{
		{"levels that are lists, in any order", mapping.Book{Bids: "b", Asks: "a"},
			[]string{`{"s":"A","b":[["9.8","1"],["9.9","2"]],"a":[["10.2","3"],["10.1","4"]]}`}, []string{"A 9.9×2 10.1×4"}},
		{"levels that are maps", mapping.Book{Bids: "b", Asks: "a", Price: "px", Size: "qty"},
			[]string{`{"s":"A","b":[{"px":9.9,"qty":2}],"a":[]}`}, []string{"A 9.9×2 ×"}},
		{"sizes under prices", mapping.Book{Bids: "b", Asks: "a"},
			[]string{`{"s":"A","b":{"9.9":"2","9.8":"7"},"a":{"10.1":4}}`}, []string{"A 9.9×2 10.1×4"}},
		{"a best level behind thousands of others", mapping.Book{Bids: "b", Asks: "a"}, []string{fmt.Sprintf(`{"s":"A","b":[%s["9000.5",1]],"a":[["9001",2]]}`, numberedLevels(5000))},
			[]string{"A 9000.5×1 9001×2"}},
		{"deltas before a snapshot show nothing, with both sides either", deltas, []string{`{"s":"A","b":[["9.9","0"]],"a":[]}`, `{"s":"A","b":[["9.9","2"]],"a":[["10.1","4"]]}`}, []string{mapping.ReasonNoSnapshot, mapping.ReasonNoSnapshot}},
		{"deltas change the book", deltas,
			[]string{`{"type":"snapshot","s":"A","b":[["9.9","2"],["9.8","1"]],"a":[["10.1","4"]]}`, `{"s":"A","b":[["9.9","0"]],"a":[["10.05","1"]]}`, `{"s":"B","b":[["1","0"]],"a":[]}`,
				`{"data":{"action":"partial"},"s":"A","b":[["9","1"]],"a":[["11","1"]]}`, `{"s":"A","b":[["9","0"]],"a":[["11","0"]]}`, `{"is_snapshot":true,"s":"A","b":[["8","1"]],"a":[]}`},
			[]string{"A 9.9×2 10.1×4", "A 9.8×1 10.05×1", mapping.ReasonNoSnapshot, "A 9×1 11×1", "A × ×", "A 8×1 ×"}},
		{"a price is one level however it is written", deltas,
			[]string{`{"type":"snapshot","s":"A","b":[["100.50","1"],["99","1"]],"a":[["1e2",0],["101",1]]}`, `{"s":"A","b":[["100.5","0"]],"a":[["101.000","0"],["102","1"]]}`}, []string{"A 100.50×1 101×1", "A 99×1 102×1"}},
		{"a book of too many levels is gone until the next snapshot", deltas,
			[]string{`{"type":"snapshot","s":"A","b":[["9.9","2"]],"a":[["10.1","4"]]}`, fmt.Sprintf(`{"s":"A","b":[%s["9","1"]],"a":[["9000","1"]]}`, numberedLevels(2000)),
				`{"s":"A","b":[["7","1"]],"a":[["8","1"]]}`, `{"type":"snapshot","s":"A","b":[["6","1"]],"a":[["7","1"]]}`},
			[]string{"A 9.9×2 10.1×4", "A × ×; book: it has more than 2000 levels: neither bid nor ask is shown until a snapshot comes", mapping.ReasonNoSnapshot, "A 6×1 7×1"}},
		{"the first book is the whole where the map says so", first, []string{`{"s":"A","b":[["9.9","2"],["9.8","1"]],"a":[["10.1","4"]]}`, `{"s":"A","b":[["9.9","0"]],"a":[]}`,
			`{"s":"B","b":[["5","1"]],"a":[]}`, `{"s":"B","b":[["5","1"]],"a":[["6","1"]]}`}, []string{"A 9.9×2 10.1×4", "A 9.8×1 10.1×4", mapping.ReasonNoSnapshot, mapping.ReasonNoSnapshot}},
		{"a first book that a later event shows not to be the whole", first, []string{`{"s":"A","b":[["9.9","2"]],"a":[["10.1","4"]]}`, `{"s":"B","b":[["5","1"]],"a":[["6","1"]]}`, `{"s":"A","b":[["9.95","0"]],"a":[]}`,
			`{"s":"A","b":[["9.9","2"]],"a":[["10.1","4"]]}`, `{"s":"B","b":[["5","2"]],"a":[]}`, `{"s":"B","b":[["5","3"]],"a":[]}`},
			[]string{"A 9.9×2 10.1×4", "B 5×1 6×1", "A × ×; B × ×; " + notWhole, mapping.ReasonNoSnapshot, mapping.ReasonNoSnapshot, mapping.ReasonNoSnapshot}},
		{"a first book that crosses", first, []string{`{"s":"A","b":[["9.9","2"]],"a":[["10.1","4"]]}`, `{"s":"A","b":[["10.2","1"]],"a":[]}`}, []string{"A 9.9×2 10.1×4", "A × ×; " + notWhole}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, decodeAll(t, mapping.Rule{Symbol: compiledValue("s"), Book: &c.book}, c.payloads...)); diff != "" {
				t.Errorf("want (-), got (+):\n%s", diff)
			}
		})
	}
}

func TestRowsOfOneSymbolAreTakenInTheOrderOfTheirTimes(t *testing.T) {
	t.Parallel()
	future := time.Now().Add(48 * time.Hour).Unix()
	list := fmt.Sprintf(`[{"s":"A","p":3,"t":1767225720},{"s":"B","p":9,"t":1767225600},{"s":"A","p":1,"t":1767225600},{"s":"A","p":8,"t":%d}]`, future)
	for order, want := range map[string]string{
		"":             "A 3 × ×; B 9 × ×; A 1 × ×; A 8 × ×",
		mapping.ByTime: "B 9 × ×; A 1 × ×; A 3 × ×; A 8 × ×",
		mapping.Latest: "A 3 × ×; B 9 × ×",
	} {
		got := decodeAll(t, mapping.Rule{Each: "$", Rows: order, Symbol: compiledValue("s"), Last: compiledValue("p"), Time: compiledValue("t")}, list)
		if got[0] != want {
			t.Errorf("%q: %s, want %s", order, got[0], want)
		}
	}
}

func TestReadingsAreNamedByPathAndSymbol(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule    mapping.Rule
		payload string
		want    string
	}{
		{mapping.Rule{Values: mapping.Paths{"temperature", "humidity"}}, `{"temperature":25,"humidity":"60.5"}`, "temperature=25; humidity=60.5"},
		{mapping.Rule{Values: mapping.Paths{"value"}}, `{"value":0.53}`, "value=0.53"},
		{mapping.Rule{Values: mapping.Paths{"$value"}}, `0.53`, "desk=0.53"},
		{mapping.Rule{Symbol: compiledValue("room"), Values: mapping.Paths{"air.temp", "value"}}, `{"room":"kitchen","air":{"temp":21},"value":1}`, "kitchen temp=21; kitchen=1"},
		{mapping.Rule{Values: mapping.Paths{"a", "b"}}, `{"a":"warm","b":2}`, `b=2; a: "warm" is not a number`},
		{mapping.Rule{Values: mapping.Paths{"a"}}, `{"b":2}`, "there is none of a"},
	} {
		c.rule.Kind = "reading"
		if got := decodeAll(t, c.rule, c.payload); got[0] != c.want {
			t.Errorf("%s: %s, want %s", c.payload, got[0], c.want)
		}
	}
}

func TestPlainTextCanBeAHeadline(t *testing.T) {
	t.Parallel()
	got := decodeAll(t, mapping.Rule{Kind: "news", Headline: compiledValue("$data")}, "new server event 10:17:08 AM\n", `"quoted"`)
	if diff := cmp.Diff([]string{"new server event 10:17:08 AM", "quoted"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAlmostJSONIsReadWhereItHasOneMeaning(t *testing.T) {
	t.Parallel()
	rule := mapping.Rule{Symbol: compiledValue("s"), Last: compiledValue("p"), Bid: compiledValue("b")}
	for payload, want := range map[string]string{
		`{"s":"A","p":1,"b":NaN}`:               "A 1 × ×",
		`{"s":"A","p":-Infinity,"b":1}`:         "A 1× ×",
		`{"s":"A","p":1,}`:                      "A 1 × ×",
		`{"s":"A, NaN,]","p":1,}`:               "A, NaN,] 1 × ×",
		"{\"s\":\"A\",\"p\":1}\x1e":             "A 1 × ×",
		`data: {"s":"A","p":1}`:                 "A 1 × ×",
		`{"s":"A","p":1,"p":2}`:                 "A 2 × ×",
		`{'s': 'A', 'p': 1, 'x': [True, None]}`: "A 1 × ×; not JSON: quoted with ' like a Python dict, and read all the same: the server should send json.dumps(…), not str(…)",
		`{'s': "Lloyd's", 'p': nan, 'b': 1.5}`:  "Lloyd's 1.5× ×; not JSON: quoted with ' like a Python dict, and read all the same: the server should send json.dumps(…), not str(…)",
		`{'s': 'say "a\'\xe9\n"', 'p': 1}`:      "say \"a'é \" 1 × ×; not JSON: quoted with ' like a Python dict, and read all the same: the server should send json.dumps(…), not str(…)",
		`{'s': 'A', 'p': Decimal('1')}`:         "not JSON: quoted with ' like a Python dict: the server must send json.dumps(…), not str(…)",
		`{'s': 'it's', 'p': 1}`:                 "not JSON: quoted with ' like a Python dict: the server must send json.dumps(…), not str(…)",
		`{"s":"A","p":1`:                        "not JSON: it ends within a value, after 14 bytes: the server may cut long events",
		`{"s":"A","p":1;2}`:                     `not JSON: ';' at byte 15, after "s\":\"A\",\"p\":1"`,
		"{\"s\":\"A\",\"p\":\x011}":             `not JSON: U+0001 at byte 14, after "\"s\":\"A\",\"p\":"`,
		`cb({"s":"A","p":1})`:                   `not JSON: "cb(" stands before the JSON, which begins at byte 4`,
		`<html><body>gone</body></html>`:        "not JSON: the data is HTML or XML",
		`{"s":"A","p":0x10}`:                    `not JSON: 'x' at byte 15, after "s\":\"A\",\"p\":0"`,
		`{"s":"A" "p":1}`:                       `not JSON: '"' at byte 10, after "{\"s\":\"A\" "`,
		"\xef\xbb\xbf{\"s\":\"A\",\"p\":1}":     "A 1 × ×",
		`{"s":"A","p":1.5,"b":{"c":[1,2,],},}`:  "A 1.5 × ×; bid: {\"c\":[1,2]} is a list or a map, not one value",
	} {
		if got := decodeAll(t, rule, payload); got[0] != want {
			t.Errorf("%s\n got %s\nwant %s", payload, got[0], want)
		}
	}
}

func TestNumbersThatStandForNoneAreMissingWhereTheMapSaysSo(t *testing.T) {
	t.Parallel()
	rule := mapping.Rule{Symbol: compiledValue("s"), Last: compiledValue("p"), Bid: compiledValue("b"), Ask: compiledValue("a"), Fillers: "missing"}
	for payload, want := range map[string]string{
		`{"s":"A","p":41,"b":-1,"a":99999.99}`:     "A 41 × ×",
		`{"s":"A","p":-3,"b":-3.5,"a":-1}`:         "A -3 -3.5× -1×",
		`{"s":"A","p":-1,"b":-1,"a":-1}`:           mapping.ReasonFillers,
		`{"s":"A","p":41,"b":0,"a":2147483647}`:    "A 41 × ×",
		`{"s":"A","p":41,"b":40.9,"a":9999999999}`: "A 41 40.9× ×",
	} {
		if got := decodeAll(t, rule, payload); got[0] != want {
			t.Errorf("%s\n got %s\nwant %s", payload, got[0], want)
		}
	}
}

func TestRowsInListsOfRowsHaveAParent(t *testing.T) {
	t.Parallel()
	rule := mapping.Rule{Each: "*.trades", Symbol: compiledValue("$parent.symbol"), Last: compiledValue("price")}
	got := decodeAll(t, rule, `[{"symbol":"A","trades":[{"price":1},{"price":2}]},{"trades":[{"price":3}],"symbol":"B"},{"trades":[{"price":4}]}]`)
	if diff := cmp.Diff([]string{"A 1 × ×; A 2 × ×; B 3 × ×"}, got); diff != "" {
		t.Error(diff)
	}
	rule = mapping.Rule{Each: "data.rows", Symbol: compiledValue("$parent.symbol"), Last: compiledValue("price")}
	if got := decodeAll(t, rule, `{"symbol":"A","data":{"rows":[{"price":1}]}}`); got[0] != "A 1 × ×" {
		t.Error(got)
	}
}

func TestColumnsAreRows(t *testing.T) {
	t.Parallel()
	rule := mapping.Rule{Columns: "$", Symbol: compiledValue("symbols"), Last: compiledValue("prices"), Size: compiledValue("lot")}
	got := decodeAll(t, rule, `{"symbols":["A","B"],"lot":5,"prices":[1,"2"]}`, `{"symbols":["A","B"],"prices":[1]}`, `{"symbols":"A","prices":1}`, `[1]`, `{"symbols":[],"prices":[]}`)
	none := "there is no map of lists of one length at $"
	if diff := cmp.Diff([]string{"A 1 × ×; B 2 × ×", none, none, none, none}, got); diff != "" {
		t.Error(diff)
	}
}
