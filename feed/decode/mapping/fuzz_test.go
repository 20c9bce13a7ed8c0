package mapping

import (
	"strings"
	"testing"
	"unicode/utf8"

	yaml "github.com/goccy/go-yaml"
	"github.com/tidwall/gjson"

	"livetape/feed/decode/strictyaml"
	"livetape/feed/market"
)

func FuzzTemplatesNeverPanicAndStayBounded(f *testing.F) {
	f.Add("{base|XLM}/{counter|}", `{"base":"A"}`)
	f.Add("{a{b}", `{}`)
	f.Add("}{", `{}`)
	f.Fuzz(func(t *testing.T, text, data string) {
		c := &compiler{}
		parts := c.template(nil, text)
		payload, reason, err := ParsePayload(data)
		if c.errs.Err() != nil || err != nil || reason != "" {
			return
		}
		s, ok, err := parts.render(&row{payload: payload, value: payload})
		if ok && err == nil && len(s) > maxText+len(data)+len(text) {
			t.Errorf("%d bytes of %q and %d bytes", len(s), text, len(data))
		}
	})
}

func FuzzPathsThatCompileAreAsked(f *testing.F) {
	for _, s := range []string{"a.b[1].c", "$.x", "$key", `a.#(b=="c").d`, "@reverse", "a|b", `\$x`, "a..b", "[", "#", "a.#.b", "@this|@pretty:{}"} {
		f.Add(s, `{"a":{"b":[1,{"c":2}]}}`)
	}
	f.Fuzz(func(t *testing.T, s, data string) {
		p, err := parsePath(s)
		if err != nil || len(s) > 200 || len(data) > 10_000 {
			return
		}
		payload, reason, err := ParsePayload(data)
		if err == nil && reason == "" {
			p.get(&row{payload: payload, value: payload})
		}
	})
}

func FuzzSpecsNeverPanicAndTheirDecodersNeither(f *testing.F) {
	for _, s := range []string{
		`map: [{each: "data.*", merge: $key, symbol: {text: "{a|b}"}, last: {path: p, exp: e}, time: {max: [a, b], unit: ms}}]`,
		`{patch: firebase, map: [{each: "*.x", last: [a, $value]}]}`, `map: [{when: {a: {not: b}}, kind: news, headline: h, symbols: {path: s, split: ","}}]`,
		`{errors: [e], end: {a: exists}, notice: n, resume_id: id, map: [{json: d, last: d.p}]}`,
	} {
		f.Add(s, "message", `{"path":"/a","data":{"p":"1","e":-8}}`)
	}
	f.Fuzz(func(t *testing.T, text, event, data string) {
		var s Spec
		if len(text) > 2000 || len(data) > 20_000 || yaml.UnmarshalWithOptions([]byte(text), &s, yaml.Strict()) != nil {
			return
		}
		d, err := Compile("desk", s)
		if err != nil {
			strictyaml.Annotate(err, "livetape.yaml", []byte(text))
			return
		}
		for range 2 {
			m, err := d.Decode(event, []byte(data))
			sound(t, m.Updates, len(data))
			if err == nil && len(m.Updates) == 0 && m.Unmapped == "" && m.Notice == "" && !m.End {
				t.Errorf("nothing, and no reason, of %q", data)
			}
		}
	})
}

// sound checks what every update must keep to.
func sound(t *testing.T, updates []market.Update, size int) {
	t.Helper()
	if len(updates) > 16*(size+1) {
		t.Errorf("%d updates of %d bytes", len(updates), size)
	}
	for _, u := range updates {
		if q, ok := u.(market.Quote); ok {
			if q.Symbol == "" || utf8.RuneCountInString(q.Symbol) > market.MaxSymbol || strings.ContainsAny(q.Symbol, "\x1b\r\n") {
				t.Errorf("the symbol is %q", q.Symbol)
			}
			if q.Time.Year() > 9999 {
				t.Errorf("the time is %s", q.Time)
			}
		}
	}
}

func TestMergedRowsAreJSON(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{`{"a":1,"b":{"c":1}}`, `{"b":{"d":"x\"y"},"e\u00e9\n":null,"f\"":2}`, `{"a":1,"b":{"c":1,"d":"x\"y"},"f\"":2}`},
		{`{}`, `{"a":1,"a":2}`, `{"a":2}`},
		{`{"a":{"b":1}}`, `{"a":[1]}`, `{"a":[1]}`},
	} {
		got := mergeObjects(gjson.Parse(c[0]), gjson.Parse(c[1]), 0)
		if !gjson.Valid(got) || got != c[2] {
			t.Errorf("%s with %s is %s, want %s", c[0], c[1], got, c[2])
		}
	}
}
