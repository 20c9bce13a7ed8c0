package page_test

import (
	"fmt"
	"testing"

	"livetape/mockserver"
)

// TestTheModulesAreExact reads as a table of what the pure modules make of what.
func TestTheModulesAreExact(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	eval[bool](b, `Promise.all(['decimal', 'age', 'text', 'wire'].map((name) => import('/page/' + name + '.js').then((m) => { window[name] = m; }))).then(() => true)`)
	for _, test := range [][2]string{
		{`decimal.parse('181.50').text`, "181.50"},
		{`decimal.parse('+5').text`, "5"},
		{`decimal.parse('-0.00').text`, "-0.00"},
		{`decimal.parse('1234e-8').text`, "0.00001234"},
		{`decimal.parse('1.5E3').text`, "1500"},
		{`decimal.parse('.5').text`, "0.5"},
		{`decimal.parse('5.').text`, "5"},
		{`decimal.parse('9'.repeat(60)).text.length`, "60"},
		{`decimal.parse('1e999')`, "null"},
		{`decimal.parse('1e9999999999')`, "null"},
		{`decimal.parse('9'.repeat(70))`, "null"},
		{`decimal.parse('ten')`, "null"},
		{`decimal.parse('')`, "null"},
		{`decimal.parse('.')`, "null"},
		{`decimal.parse('0x10')`, "null"},
		{`decimal.parse('1\n')`, "null"},
		{`decimal.subtract(decimal.parse('0.3'), decimal.parse('0.1')).text`, "0.2"},
		{`decimal.subtract(decimal.parse('1'), decimal.parse('1.001')).text`, "-0.001"},
		{`decimal.signed(decimal.subtract(decimal.parse('1'), decimal.parse('1.001')))`, "−0.001"},
		{`decimal.signed(decimal.parse('0.00'))`, "0.00"},
		{`decimal.percent(decimal.parse('101'), decimal.parse('100')).text`, "1.00"},
		{`decimal.percent(decimal.parse('100.125'), decimal.parse('100')).text`, "0.13"},
		{`decimal.percent(decimal.parse('99.875'), decimal.parse('100')).text`, "-0.13"},
		{`decimal.percent(decimal.parse('-1'), decimal.parse('-2')).text`, "50.00"},
		{`decimal.percent(decimal.parse('1'), decimal.parse('0.00'))`, "null"},
		{`decimal.compare(decimal.parse('1.10'), decimal.parse('1.1'))`, "0"},
		{`decimal.grouped('1234567.8901')`, "1,234,567.8901"},
		{`decimal.grouped('-123')`, "-123"},
		{`decimal.grouped('-1234')`, "-1,234"},
		{`decimal.changedFrom('181.46', '181.52')`, "4"},
		{`decimal.changedFrom('99.98', '100.02')`, "0"},

		{`age.age(59999, 0)`, "59s"},
		{`age.age(60000, 0)`, "1m"},
		{`age.age(3 * 3600000, 1)`, "3h"},
		{`age.age(500 * 24 * 3600000, 0)`, "99d"},
		{`age.age(0, 5000)`, "0s"},
		{`age.ago(125000, 0)`, "2 min"},
		{`age.spell(40)`, "<0.1 s"},
		{`age.delay(3.2)`, "3 ms"},
		{`age.delay(-20)`, "0 ms"},
		{`age.delay(4100)`, "4.1 s"},
		{`age.delay(-3600000)`, "1 h ahead"},
		{`age.spell(7249)`, "7.2 s"},
		{`age.spell(9999)`, "10.0 s"},
		{`age.spell(125000)`, "2 min 5 s"},
		{`age.spell(59999)`, "1 min"},
		{`age.spell(7200000)`, "2 h"},

		{`text.clean('a\u0000b\u202ec\u200b\ufeffd', 99)`, "abcd"},
		{`text.clean('\u001b[2J\u001b[31mred\u001b[0m', 99)`, "red"},
		{`text.clean('one\r\n\ttwo', 99)`, "one two"},
		{`text.clean('\ud800x', 99)`, "\ufffdx"},
		{`text.clean('x'.repeat(1e6), 5)`, "xxxx…"},
		{`text.link('https://example.com/a')`, "https://example.com/a"},
		{`text.link('javascript:alert(1)')`, ""},
		{`text.link('data:text/html,x')`, ""},
		{`text.link('/relative')`, ""},

		{`wire.exact('{"a":0.10,"b":"1\\"2","c":[1e5,null,true]}').a`, "0.10"},
		{`JSON.stringify(wire.exact('["1\\\\",2]'))`, `["1\\","2"]`},
		{`wire.decode('price', '{"symbol":"A","last":"-","bid":1}').numbers.last`, "undefined"},
		{thrown(`wire.exact('01')`), "SyntaxError"},
		{thrown(`wire.exact('1.2.3')`), "SyntaxError"},
		{thrown(`wire.decode('price', '{"symbol":"A","last":"NaN"}')`), "Error"},
		{thrown(`wire.decode('price', '{"symbol":"A","volume":"1"}')`), "Error"},
		{thrown(`wire.decode('status', '{"symbol":"A","state":"asleep"}')`), "Error"},
		{thrown(`wire.decode('snapshot', '{"prices":{}}')`), "Error"},
		{thrown(`wire.decode('toString', '{}')`), "Error"},
	} {
		if got := eval[string](b, `String(`+test[0]+`)`); got != test[1] {
			t.Errorf("%s is %q, want %q", test[0], got, test[1])
		}
	}
}

// thrown is the name of what an expression throws.
func thrown(expression string) string {
	return fmt.Sprintf(`(() => { try { %s; return 'nothing'; } catch (error) { return error.name; } })()`, expression)
}

func TestTheClockCountsSleepAndNeverRunsBackwards(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	got := eval[[]int](b, `import('/page/age.js').then(({ createClock }) => {
		let steady = 0, wall = 5000;
		const clock = createClock(() => steady, () => wall), read = [];
		const pass = (s, w) => { steady += s; wall += w; read.push(clock()); };
		pass(100, 100);      // both agree
		pass(0, 3600000);    // the computer slept
		pass(50, -7200000);  // somebody set the time of day back
		pass(-10, -10);      // what cannot be
		return read;
	})`)
	if fmt.Sprint(got) != "[100 3600100 3600150 3600150]" {
		t.Errorf("the clock read %v", got)
	}
}
