package mapping_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/decode/mapping"
	"livetape/feed/market"
)

func TestAnEventOfSeveralLinesIsSeveralPayloads(t *testing.T) {
	t.Parallel()
	one, err := mapping.Compile("desk", mapping.Spec{
		Errors: []string{"error"},
		Notice: "error",
		Map:    []mapping.Rule{{Symbol: &mapping.Value{Path: "s"}, Last: &mapping.Value{Path: "p"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	d := mapping.PerValue(one)
	for _, c := range []struct {
		event, data string
		symbols     []string
		rest        string
	}{
		{"message", "{\"s\":\"A\",\"p\":1}\n\r\n{\"s\":\"B\",\"p\":2}\n", []string{"A", "B"}, ""},
		{"message", "{\"s\":\"A\",\n\"p\":1}", []string{"A"}, ""},
		{"message", "{\"s\":\"A\",\"p\":1}{\"s\":\"B\",\"p\":2}", []string{"A", "B"}, ""},
		{"message", "{\"s\":\"A\",\"p\":1},{\"s\":\"B\",\"p\":2},", []string{"A", "B"}, ""},
		{"message", "event: tick\nid: 7\ndata: {\"s\":\"A\",\ndata: \"p\":1}", []string{"A"}, ""},
		{"message", "{\"s\":\"A\",\"p\":1,\"q\":-nan,\"r\":1.#QNAN}", []string{"A"}, ""},
		{"message", "{\"s\":\"A\",\"p\":1};", nil, `not JSON: ';' stands behind it, at byte 16`},
		{"message", "{\"s\":\"A\",\"p\":1}}", nil, `not JSON: '}' stands behind it, at byte 16`},
		{"message", "{\"s\":\"A\",\"p\":1}\\n\\n", nil, `not JSON: \n stands behind it as two signs, at byte 16: the server must end its lines with a line feed`},
		{"message", "{&quot;s&quot;:&quot;A&quot;}", nil, "not JSON: its quotes are written &quot;, as in HTML: the server must not escape it"},
		{"message", "{\\\"s\\\":1}", nil, `not JSON: its quotes are written \": the server must send the JSON, not a text with JSON in it`},
		{"message", "event: tick\nand a text: {\"s\":1}", nil, `not JSON: "and a text: " stands before the JSON, which begins at byte 25`},
		{"message", "\x1e{\"s\":\"A\",\"p\":1}\n\x1e{\"s\":\"B\",\"p\":2}\n", []string{"A", "B"}, ""},
		{"message", "{\"s\":\"A\",\"p\":1}\n{\"s\":\"B\"", nil, "not JSON: a second value begins at byte 17, and is neither a map nor a list, or does not end"},
		{"message", "{\"s\":\"A\",\"p\":1}\n{\"s\":\"B\",\"p\":\"x\"}", []string{"A"}, `last: "x" is not a number`},
		{"message", "{\"v\":1}\n{\"s\":\"B\"}", nil, "there is no symbol"},
		{"message", "{\"v\":1}\n{\"error\":\"slow\"}", nil, "slow"},
		{"message", "181.46\n200", nil, "the data is not JSON"},
		{"message", "{\"s\":\"A\",\"p\":1}\n200", nil, "not JSON: a second value begins at byte 17, and is neither a map nor a list, or does not end"},
		{"error", "Slow consumer\ndisconnected", nil, "Slow consumer disconnected"},
	} {
		m, err := d.Decode(c.event, []byte(c.data))
		var symbols []string
		for _, u := range m.Updates {
			symbols = append(symbols, u.(market.Quote).Symbol)
		}
		rest := m.Notice + m.Unmapped
		if err != nil {
			rest = err.Error()
		}
		if diff := cmp.Diff(c.symbols, symbols); diff != "" || rest != c.rest {
			t.Errorf("%q: says %q, want %q; symbols, want (-), got (+):\n%s", c.data, rest, c.rest, diff)
		}
	}
}

func TestManySpacesInAlmostJSONAreReadInTheirTime(t *testing.T) {
	t.Parallel()
	const limit = 5 * time.Second // by looking back from each space it would take some minutes
	began := time.Now()
	v, reason, err := mapping.ParsePayload(`{"a":NaN,"b":1` + strings.Repeat(" ", 1<<20) + "}")
	if took := time.Since(began); took > limit || err != nil || reason != "" || v.Get("b").Num != 1 {
		t.Errorf("it took %v, and read %s: %s %v", took, v.Get("b"), reason, err)
	}
}
