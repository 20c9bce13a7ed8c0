package mapping

import (
	"fmt"
	"strings"
	"testing"

	yaml "github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"livetape/feed/decode"
	"livetape/feed/market"
	"livetape/feed/memory"
)

// spec reads a spec as a configuration would.
func spec(t testing.TB, text string) Spec {
	t.Helper()
	var s Spec
	if err := yaml.UnmarshalWithOptions([]byte(text), &s, yaml.Strict()); err != nil {
		t.Fatalf("%s\n%s", err, text)
	}
	return s
}

func compiled(t testing.TB, text string) decode.Decoder {
	t.Helper()
	d, err := Compile("desk", spec(t, text))
	if err != nil {
		t.Fatalf("%s\n%s", err, text)
	}
	return d
}

// shown is a quote in one line.
func shown(u market.Update) string {
	switch u := u.(type) {
	case market.Headline:
		return "news " + u.Title
	case market.Halt:
		return strings.TrimSpace(u.Symbol + " " + string(u.State) + " " + u.Reason)
	}
	q := u.(market.Quote)
	parts := []string{q.Symbol}
	for _, n := range []struct {
		key string
		d   market.Decimal
	}{
		{"", q.Last}, {"bid=", q.Bid}, {"ask=", q.Ask}, {"size=", q.Size}, {"volume=", q.Volume}, {"open=", q.Open}, {"change=", q.Change}, {"pct=", q.ChangePct},
	} {
		if n.d.IsSet() {
			parts = append(parts, n.key+n.d.String())
		}
	}
	if q.Name != "" {
		parts = append(parts, "name="+q.Name)
	}
	if !q.Time.IsZero() {
		parts = append(parts, q.Time.Format("2006-01-02T15:04:05.999999999"))
	}
	return strings.Join(parts, " ")
}

// told is what a message says, with the reason or the error in brackets.
func told(m decode.Message, err error) string {
	var parts []string
	for _, u := range m.Updates {
		parts = append(parts, shown(u))
	}
	if m.Unmapped != "" {
		parts = append(parts, "("+m.Unmapped+")")
	}
	if err != nil {
		parts = append(parts, "error: "+strings.ReplaceAll(err.Error(), "\n", ", "))
	}
	return strings.Join(parts, "; ")
}

type step struct{ data, want string }

func TestRulesReadPayloads(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, spec string
		steps      []step
	}{
		{"a path, and the feed's name without a symbol", `map: [{last: 'a.b[1].c'}]`, []step{
			{`{"a":{"b":[{"c":1},{"c":"2.50"}]}}`, "desk 2.50"},
			{`{"a":{"b":[{"c":1}]}}`, "(there is none of last)"},
		}},
		{"a plain number", `map: [{last: $value}]`, []step{
			{`101.50`, "desk 101.50"}, {`"101.5"`, "desk 101.5"}, {` 7 `, "desk 7"}, {`"NaN"`, "(there is none of last)"}, {`null`, "(the data is null)"}, {``, "(the data is empty)"},
			{`{}`, "error: last: {} is a list or a map, not one value"}, {`1 2`, "error: the data is not JSON"}, {`NaN`, "error: the data is not JSON"},
		}},
		{"what is missing is not zero", `map: [{last: p, bid: b}]`, []step{
			{`{"p":null,"b":1}`, "desk bid=1"}, {`{"p":"","b":1}`, "desk bid=1"}, {`{"p":"-","b":1}`, "desk bid=1"}, {`{"p":"NaN","b":1}`, "desk bid=1"},
			{`{"p":0,"b":"0"}`, "desk 0 bid=0"}, {`{"p":"abc","b":1}`, `desk bid=1; error: last: "abc" is not a number`},
			{`{"p":true,"b":1}`, `desk bid=1; error: last: "true" is not a number`},
		}},
		{"numbers as feeds write them", `map: [{last: p, change_pct: c}]`, []step{
			{`{"p":"+1.50"}`, "desk 1.50"}, {`{"p":".5"}`, "desk 0.5"}, {`{"p":" 1 "}`, "desk 1"}, {`{"p":1.2e-8}`, "desk 0.000000012"}, {`{"p":1,"c":"-1.5%"}`, "desk 1 pct=-1.5"},
			{`{"p":"5%"}`, `error: last: "5%" is not a number`}, {`{"p":"1,234"}`, `error: last: "1,234" may have a decimal comma, or a comma between thousands`},
			{`{"p":0.00001234}`, "desk 0.00001234"}, {`{"p":123456789012345678901234567890.123}`, "desk 123456789012345678901234567890.123"},
		}},
		{"scaling", `map: [{last: {path: p, exp: e}, bid: {path: b, decimals: d}, ask: {path: a, decimals: 2}, volume: {path: v, mul: 100}, open: {num: n, den: m}}]`, []step{
			{`{"p":"6163260000000","e":-8}`, "desk 61632.60000000"}, {`{"p":"1.5","e":"2"}`, "desk 150"}, {`{"p":1}`, "(there is none of last, bid, ask, volume, open)"},
			{`{"b":309298,"d":2,"a":-5,"v":0.01505}`, "desk bid=3092.98 ask=-0.05 volume=1.50500"}, {`{"n":"1","m":3}`, "desk open=0.3333333333333333333"}, {`{"n":1,"m":0,"a":1}`, "desk ask=0.01"},
			{`{"p":1,"e":99}`, "error: last: 1 × 10^99 has more than 64 digits"}, {`{"p":1,"e":1.5}`, `error: last: "1.5" is no exponent`}, {`{"p":1,"e":"99999999999999999999"}`, `error: last: "99999999999999999999" is no exponent`},
		}},
		{"first, max, const and text", `map: [{symbol: {text: "{a|X}/{b}"}, last: [p, {path: q, mul: 10}], bid: {max: [x, y]}, name: {const: Desk}}]`, []step{
			{`{"b":"B","p":1,"q":2,"x":1,"y":"3"}`, "X/B 1 bid=3 name=Desk"}, {`{"a":"","b":7,"q":2}`, "X/7 20 name=Desk"}, {`{"p":1}`, "(there is no symbol)"}, {`{"b":"B","x":-5}`, "X/B bid=-5 name=Desk"},
		}},
		{"aliases and replacements", `{aliases: {eur_usd: EUR/USD}, map: [{symbol: {path: s, replace: ["-", "_"], alias: {btc: BTC/USD}}, last: p}]}`, []step{
			{`{"s":"EUR-USD","p":1}`, "EUR/USD 1"}, {`{"s":"BTC","p":1}`, "BTC/USD 1"}, {`{"s":"ETH-X","p":1}`, "ETH_X 1"},
		}},
		{"only what has an alias", `{aliases: {a: Alpha}, map: [{symbol: s, only: alias, last: p}]}`, []step{
			{`{"s":"A","p":1}`, "Alpha 1"}, {`{"s":"B","p":1}`, "(no alias names the symbol)"}, {`[{"s":"B","p":1},{"s":"a","p":2}]`, "Alpha 2"},
		}},
		{"rows of a list", `map: [{each: data, symbol: s, last: p, open: $.o}]`, []step{
			{`{"o":9,"data":[{"s":"A","p":1},{"s":"B","p":2},null,[{"s":"C","p":3}]]}`, "A 1 open=9; B 2 open=9; C 3 open=9"},
			{`{"data":5}`, "(there is no list or map of rows at data)"}, {`{"data":[]}`, "(there is no list or map of rows at data)"},
			{`{"o":9,"data":[{"s":"A"},{"p":2},{"s":"B","p":"x"}]}`, `A open=9; B open=9; error: row 3: last: "x" is not a number`},
		}},
		{"rows of a map, and keys", `map: [{each: data.*, symbol: $key, last: p}]`, []step{{`{"data":{"A":{"p":1},"B":{"p":2}}}`, "A 1; B 2"}, {`{"data":[{"p":1}]}`, "0 1"}}},
		{"rows two levels down", `map: [{each: a.*.b, symbol: $key, last: p}]`, []step{{`{"a":{"x":{"b":{"A":{"p":1}}},"y":{"b":[{"p":2},{"p":3}]}}}`, "A 1; y 2; y 3"}}},
		{"numbers under names", `map: [{each: "*", symbol: $key, last: $value}]`, []step{{`{"A":1.0,"B":"2"}`, "A 1.0; B 2"}}},
		{"rows that are lists", `map: [{each: "*", symbol: 0, last: 1}]`, []step{{`[["A",1],["B","2"]]`, "A 1; B 2"}}},
		{"the event and the feed", `map: [{symbol: {text: "{$feed}:{$event}"}, last: p}]`, []step{{`{"p":1}`, "desk:message 1"}}},
		{"conditions", `map: [{when: {type: [PRICE, 7], ok: true, x: exists, y: absent, z: {not: canary}}, last: p}]`, []step{
			{`{"type":"PRICE","ok":true,"x":1,"p":1}`, "desk 1"}, {`{"type":7,"ok":true,"x":0,"z":"q","p":1}`, "desk 1"}, {`{"type":"P","ok":true,"x":1,"p":1}`, "(type is not PRICE or 7)"},
			{`{"type":7,"ok":"true","x":null,"p":1}`, "(there is no x)"}, {`{"type":7,"ok":false,"x":1,"p":1}`, "(ok is not true)"},
			{`{"type":7,"ok":true,"x":1,"y":0,"p":1}`, "(there is y)"}, {`{"type":7,"ok":true,"x":1,"z":"canary","p":1}`, "(z is canary)"},
		}},
		{"conditions on rows and on the event", `map: [{when: {$event: message, t: T}, symbol: s, last: p}, {when: {$event: other}, last: p}]`, []step{
			{`[{"t":"T","s":"A","p":1},{"t":"Q","s":"B","p":2}]`, "A 1"}, {`[{"t":"Q","s":"B","p":2}]`, "(no rule is for it)"},
		}},
		{"several rules for one payload", `map: [{symbol: s, bid: b}, {kind: trade, symbol: s, last: p, size: z}]`, []step{
			{`{"s":"A","b":1,"p":2,"z":3}`, "A bid=1; A 2 size=3"}, {`{"s":"A","z":3}`, "(there is none of bid)"},
		}},
		{"json in a string", `map: [{json: [d, e], symbol: d.s, last: d.p, bid: e.0}]`, []step{
			{`{"d":"{\"s\":\"A\",\"p\":1}","e":"[5]"}`, "A 1 bid=5"}, {`{"d":{"s":"A","p":2}}`, "A 2"}, {`{"d":"{"}`, "(there is no symbol)"},
		}},
		{"json in the whole payload", `map: [{json: $value, last: p}]`, []step{{`"{\"p\":1}"`, "desk 1"}}},
		{"times", `map: [{last: p, time: {max: [a, b], unit: ms}}]`, []step{
			{`{"p":1,"a":1714748300000,"b":"1714748300500"}`, "desk 1 2024-05-03T14:58:20.5"}, {`{"p":1,"a":0}`, "desk 1"}, {`{"p":1,"b":"soon"}`, `desk 1; error: time: "soon" is not a time`},
		}},
		{"a status", `map: [{kind: status, symbol: s, state: {path: t, alias: {T: open, H: halted}}, reason: why}]`, []step{
			{`{"s":"A","t":"H","why":"news"}`, "A halted news"}, {`{"t":"T"}`, "open"}, {`{"s":"A","t":"Z"}`, `error: state: "Z" is none of open, closed, halted, pre and post`}, {`{"s":"A"}`, "(there is no state)"},
		}},
		{"rows that are left out beside others", `map: [{each: d, symbol: s, last: p, when: {gone: {not: "true"}}}]`, []step{
			{`{"d":[{"s":"A","p":1},{"s":"B","p":2,"gone":true},{"s":"C","p":3,"gone":true}]}`, "A 1; (2 of 3 rows left out: gone is true)"}, {`{"d":[{"s":"A","p":1,"gone":false}]}`, "A 1"}, {`{"d":[{"s":"A","p":1,"gone":true}]}`, "(gone is true)"},
		}},
		{"rows that another rule reads are not left out", `map: [{each: d, symbol: s, last: p, when: {gone: {not: "true"}}}, {each: d, kind: cancel, symbol: s, last: p, when: {gone: "true"}}]`, []step{
			{`{"d":[{"s":"A","p":1},{"s":"B","p":2,"gone":true}]}`, "A 1; B 2"},
		}},
		{"rows that say by their kind that they are cancelled", `map: [{each: d, symbol: s, last: p, when: {t: trade}}]`, []step{
			{`{"d":[{"t":"trade","s":"A","p":1},{"t":"trade_bust","s":"A","p":9},{"t":"quote","s":"A","p":2}]}`, "A 1; (1 of 3 rows left out: t is trade_bust)"}, {`{"d":[{"t":"quote","s":"A","p":1}]}`, "(t is not trade)"},
		}},
		{"which of several words leaves a row out", `map: [{each: d, symbol: s, last: p, when: {t: {not: [void, cancelled]}}}]`, []step{
			{`{"d":[{"s":"A","p":1},{"t":"cancelled","s":"A","p":9}]}`, "A 1; (1 of 2 rows left out: t is cancelled)"}, {`{"d":[{"t":"void","s":"A","p":1}]}`, "(t is void)"},
		}},
		{"texts are made plain", `map: [{symbol: s, name: n, last: p}]`, []step{
			{`{"s":"A\u001b[31mB","n":"x\u202ey\nz","p":1}`, "AB 1 name=xy z"}, {`{"s":"` + strings.Repeat("A", 257) + `","p":1}`, "error: symbol: " + strings.Repeat("A", 39) + "… is longer than 256 characters"},
		}},
		{"names that gjson would take for signs", `map: [{symbol: \$s, last: 'a\.b.05\. p'}]`, []step{{`{"$s":"A","a.b":{"05. p":1}}`, "A 1"}}},
	} {
		d := compiled(t, c.spec)
		for _, s := range c.steps {
			if got := told(d.Decode("message", []byte(s.data))); got != s.want {
				t.Errorf("%s: of %s it says\n%s, want\n%s", c.name, s.data, got, s.want)
			}
		}
	}
}

func TestDeltasAreCompletedButNotRepeated(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, spec string
		steps      []step
	}{
		{"one row", `map: [{each: data.list, merge: true, symbol: c, last: {path: p, decimals: d}, change: {path: g, decimals: d}}]`, []step{
			{`{"data":{"list":{"0":{"c":"600519","p":309298,"g":-3897,"d":2},"1":{"c":"000001","p":1000,"d":1}}}}`, "600519 3092.98 change=-38.97; 000001 100.0"},
			{`{"data":{"list":{"1":{"p":1001}}}}`, "000001 100.1"},
			{`{"data":{"list":[{"g":5}]}}`, "600519 change=0.05"},
			{`{"data":{"list":{"0":{"p":"-","g":null}}}}`, "(there is none of last, change)"},
			{`{"data":{"list":{"0":{"d":3}}}}`, "(there is none of last, change)"},
			{`{"data":{"list":{"9":{"p":1}}}}`, "(there is no symbol)"},
			{`{"data":null}`, "(there is no list or map of rows at data.list)"},
		}},
		{"the payload as the only row", `map: [{merge: true, symbol: {const: "000001"}, last: {path: data.f43, decimals: 2}, open: data.f46}]`, []step{
			{`{"full":1,"data":{"f43":309298,"f46":1}}`, "000001 3092.98 open=1"}, {`{"full":0,"data":{"f43":309300}}`, "000001 3093.00"},
		}},
		{"rows by a member", `map: [{merge: id, symbol: s, last: p}]`, []step{
			{`{"id":1,"s":"A","p":1}`, "A 1"}, {`{"id":2,"s":"B","p":2}`, "B 2"}, {`{"id":1,"p":3}`, "A 3"}, {`{"p":4}`, "(there is no symbol)"},
		}},
		{"maps in rows", `map: [{merge: true, symbol: s, bid: b.p, ask: {path: a.p, exp: a.e}}]`, []step{
			{`{"s":"A","b":{"p":1,"z":5},"a":{"p":2,"e":1}}`, "A bid=1 ask=20"}, {`{"a":{"p":3}}`, "A ask=30"},
		}},
	} {
		d := compiled(t, c.spec)
		for _, s := range c.steps {
			if got := told(d.Decode("message", []byte(s.data))); got != s.want {
				t.Errorf("%s: of %s it says\n%s, want\n%s", c.name, s.data, got, s.want)
			}
		}
	}
}

func TestADocumentIsKeptAndItsChangesRead(t *testing.T) {
	t.Parallel()
	d := compiled(t, `{patch: firebase, map: [{each: markets.*.rows, symbol: $key, last: p, bid: b.x}]}`)
	for _, s := range []struct{ event, data, want string }{
		{"put", `{"path":"/","data":{"markets":{"us":{"rows":{"A":{"p":1},"B":{"p":2,"b":{"x":3}}}},"eu":{"rows":{"C":{"p":4}}}},"other":7}}`, "C 4; A 1; B 2 bid=3"},
		{"put", `{"path":"/markets/us/rows/B/b/x","data":5}`, "B bid=5"},
		{"patch", `{"path":"/markets","data":{"us/rows/A/p":9,"eu":null}}`, "A 9"},
		{"put", `{"path":"/markets/eu/rows/C/p","data":1}`, "C 1"},
		{"put", `{"path":"/other","data":8}`, "(the change touches no row)"},
		{"put", `{"path":"/markets/us","data":{"rows":[{"p":1},null,{"p":2}]}}`, "0 1; 2 2"},
		{"put", `{"path":"/markets","data":"gone"}`, "(the change touches no row)"},
		{"put", `{"path":"` + strings.Repeat("/a", 65) + `","data":1}`, "error: the path is deeper than 64"},
		{"put", `{"path":7,"data":1}`, `error: the data is not {"path": …, "data": …}`},
	} {
		if got := told(d.Decode(s.event, []byte(s.data))); got != s.want {
			t.Errorf("of %s it says\n%s, want\n%s", s.data, got, s.want)
		}
	}
}

func TestADocumentCountsItsBytes(t *testing.T) {
	t.Parallel()
	d := &firebaseDocument{kept: &keptByteCount{budget: memory.NewBudget(memory.Default)}}
	for _, data := range []string{
		`{"path":"/","data":{"a":{"b":1,"c":[1,2,{"d":"xyz"}]}}}`, `{"path":"/a/c/2/d","data":{"e":5}}`, `{"path":"/a/c","data":null}`, `{"path":"/a","data":{"b":null}}`,
	} {
		p, _, _ := ParsePayload(data)
		if _, err := d.apply("put", p); err != nil {
			t.Fatal(err)
		}
		if got, want := d.size, weigh(d.root); got != want {
			t.Errorf("after %s it counts %d bytes, and holds %d", data, got, want)
		}
	}
	if d.root != nil && len(d.root.members) > 0 {
		t.Errorf("%s is left of what was deleted", d.root.toJSON())
	}
}

func weigh(n *documentNode) int {
	if n == nil {
		return 0
	}
	size := n.ownSize()
	for key, below := range n.members {
		size += memberCost + len(key) + weigh(below)
	}
	return size
}

func TestNoticesEndsAndIdsComeBesidePayloads(t *testing.T) {
	t.Parallel()
	d := compiled(t, `{events: [message], errors: [error], end: {s: GoAway}, notice: err, resume_id: id, map: [{last: p}]}`)
	for _, c := range []struct {
		event, data string
		want        decode.Message
	}{
		{"error", "not JSON", decode.Message{Notice: "not JSON"}},
		{"error", `{"error":{"message":"no","code":7}}`, decode.Message{Notice: "no (7)"}},
		{"error", `{"x":1}`, decode.Message{Notice: `{"x":1}`}},
		{"error", ``, decode.Message{Notice: "error"}},
		{"error", strings.Repeat("[", 500), decode.Message{Notice: strings.Repeat("[", 199) + "…"}},
		{"ping", `{}`, decode.Message{Unmapped: "the feed's events are not of type ping"}},
		{"message", `{"s":"GoAway","id":"5"}`, decode.Message{End: true, ResumeID: "5"}},
		{"message", `{"err":"slow down","id":6}`, decode.Message{Notice: "slow down", ResumeID: "6"}},
	} {
		m, err := d.Decode(c.event, []byte(c.data))
		if err != nil {
			t.Errorf("%s: %s", c.data, err)
		}
		if diff := cmp.Diff(c.want, m); diff != "" {
			t.Errorf("%s %s: want (-), got (+):\n%s", c.event, c.data, diff)
		}
	}
}

func TestNoPayloadIsTooDeep(t *testing.T) {
	t.Parallel()
	d := compiled(t, `map: [{last: p}]`)
	for _, open := range []string{"[", `{"a":`} {
		if _, err := d.Decode("message", []byte(strings.Repeat(open, 1<<20))); err == nil {
			t.Errorf("a million of %s is no error", open)
		}
	}
	if _, err := d.Decode("message", []byte(`{"p":1,"x":"`+strings.Repeat("[{", 1000)+`"}`)); err != nil {
		t.Errorf("brackets in a string count as nesting: %s", err)
	}
}

func TestWhatIsKeptOfAFeedIsBounded(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", 6<<10)
	for what, c := range map[string]struct {
		spec  string
		event func(i int) string
	}{
		"rows with long keys": {"map: [{each: q, merge: $key, symbol: s, last: p}]", func(i int) string { return fmt.Sprintf(`{"q":{"%d%s":{"s":"A","p":1}}}`, i, big) }},
		"large rows":          {"map: [{merge: k, symbol: s, last: p}]", func(i int) string { return fmt.Sprintf(`{"k":%d,"s":"A","p":1,"x":"%s"}`, i, big) }},
		"a document": {"patch: firebase\nmap: [{each: q, symbol: $key, last: p}]", func(i int) string {
			return fmt.Sprintf(`{"path":"/q/s%d","data":{"p":1,"a":{"b":{"c":[[1],[2],{"d":{}}]}}}}`, i)
		}},
		"deep paths": {"patch: firebase\nmap: [{each: q, symbol: $key, last: p}]", func(i int) string { return fmt.Sprintf(`{"path":"/q/%d%s","data":1}`, i, strings.Repeat("/a", 50)) }},
		"books": {"map: [{symbol: s, book: {bids: b, asks: a, deltas: true}}]", func(i int) string {
			return fmt.Sprintf(`{"type":"snapshot","s":"S%d","b":%s,"a":[["9999",1]]}`, i, list(50, func(n int) string { return fmt.Sprintf(`["%d",1]`, n+1) }))
		}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			d := compiled(t, c.spec)
			kept := memory.NewBudget(1 << 20)
			decode.CountIn(d, kept)
			said := 0
			for i := range 1000 {
				if _, err := d.Decode("put", []byte(c.event(i))); err != nil && strings.Contains(err.Error(), "more than 1 MiB would have to be kept of this feed") {
					said++
				}
				if used := kept.Used(); used > kept.Limit() || used < 0 {
					t.Fatalf("%d bytes are counted", used)
				}
			}
			if said == 0 || said > 100 {
				t.Errorf("said %d times", said)
			}
		})
	}
}
