package mapping

import (
	"fmt"
	"strings"
	"testing"
)

// list is a JSON list of n rows.
func list(n int, row func(i int) string) string {
	var b strings.Builder
	b.WriteByte('[')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(row(i))
	}
	b.WriteByte(']')
	return b.String()
}

func TestAMapThatDoesTooMuchWithAnEventIsStopped(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", 60<<10)
	rules := strings.Repeat(", {each: $, symbol: $value, last: $key}", 200)
	for name, c := range map[string]struct{ spec, payload string }{
		"many rules for many rows": {"map: [{each: $, symbol: $value, last: $key}" + rules + "]", list(1000, func(i int) string { return fmt.Sprintf(`"S%d"`, i) })},
		"small changes of a large row": {"map: [{merge: k, symbol: k, last: p}]", list(5000, func(i int) string {
			return fmt.Sprintf(`{"k":"A","p":%d,"x%d":"%s"}`, i, min(i, 1), big[:max(1, 50_000*(1-i))])
		})},
		"many changes of a document": {"patch: firebase\nmap: [{each: $, symbol: $key, last: p}]", `{"path":"/","data":{` + strings.Trim(list(8000, func(i int) string { return fmt.Sprintf(`"s%d/p":%d`, i, i) }), "[]") + `}}`},
		"headlines with a long text": {"map: [{each: $, kind: news, headline: {text: \"" + big[:400] + "{$value}\"}, summary: {text: \"" + big[:2000] + "\"}}]", list(60_000, func(i int) string { return "1" })},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := compiled(t, c.spec)
			m, err := d.Decode("patch", []byte(c.payload))
			if err == nil || !strings.Contains(err.Error(), errTooMuch.Error()) {
				t.Errorf("it is not stopped: %d updates, error %.200v", len(m.Updates), err)
			}
			if len(m.Updates) == 0 {
				t.Error("the rows before are left out")
			}
		})
	}
}

func TestALargeEventIsReadAsAWhole(t *testing.T) {
	t.Parallel()
	payload := `{"time":1751372645,"rows":` + list(50_000, func(i int) string { return fmt.Sprintf(`{"s":"S%d","p":"%d.5","b":1,"a":2}`, i, i) }) + `,"end":"x"}`
	d := compiled(t, "map: [{each: rows, symbol: s, last: p, bid: b, ask: a, time: $.time, currency: $.end, name: $.none}]")
	m, err := d.Decode("message", []byte(payload))
	if err != nil || len(m.Updates) != 50_000 {
		t.Errorf("%d updates, error %v", len(m.Updates), err)
	}
}

func TestAReplacementDoesNotGrowWithoutEnd(t *testing.T) {
	t.Parallel()
	d := compiled(t, "map: [{symbol: s, last: p, name: {path: n, replace: [a, "+strings.Repeat("b", 1000)+"]}}]")
	m, err := d.Decode("message", []byte(`{"s":"A","p":1,"n":"`+strings.Repeat("a", 1<<20)+`"}`))
	if len(m.Updates) != 1 || err == nil || !strings.Contains(err.Error(), errTooLong.Error()) {
		t.Errorf("%d updates, error %v", len(m.Updates), err)
	}
}

func TestAMapHasABoundedNumberOfPaths(t *testing.T) {
	t.Parallel()
	s := spec(t, "map: ["+strings.Repeat("{symbol: s, last: p},", 300)+"]")
	_, err := Compile("desk", s)
	if err == nil || err.Error() != "map[250].symbol: this is path number 501, and a feed has at most 500" {
		t.Error(err)
	}
}

func TestThePayloadsOfOneEventShareItsBudget(t *testing.T) {
	t.Parallel()
	d := PerValue(compiled(t, "map: [{merge: k, symbol: k, last: p}]"))
	lines := `{"k":"A","p":1,"x":"` + strings.Repeat("x", 50_000) + `"}` + strings.Repeat("\n"+`{"k":"A","p":2}`, 5000)
	for range 2 { // the next event has one of its own
		m, err := d.Decode("message", []byte(lines))
		if n := len(m.Updates); n == 0 || n > 3000 || err == nil || strings.Count(err.Error(), errTooMuch.Error()) != 1 {
			t.Errorf("%d updates, error %.200v", n, err)
		}
	}
}
