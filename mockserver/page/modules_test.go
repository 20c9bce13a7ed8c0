package page_test

import (
	"fmt"
	"testing"

	"livetape/mockserver"
)

func TestTheModulesAreExact(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	eval[bool](tab, `Promise.all(['decimal', 'time', 'sanitize', 'decode'].map((name) => import('/page/' + name + '.js').then((m) => { window[name] = m; }))).then(() => true)`)
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
		{`decimal.percentChange(decimal.parse('101'), decimal.parse('100')).text`, "1.00"},
		{`decimal.percentChange(decimal.parse('100.125'), decimal.parse('100')).text`, "0.13"},
		{`decimal.percentChange(decimal.parse('99.875'), decimal.parse('100')).text`, "-0.13"},
		{`decimal.percentChange(decimal.parse('-1'), decimal.parse('-2')).text`, "50.00"},
		{`decimal.percentChange(decimal.parse('1'), decimal.parse('0.00'))`, "null"},
		{`decimal.compare(decimal.parse('1.10'), decimal.parse('1.1'))`, "0"},
		{`decimal.grouped('1234567.8901')`, "1,234,567.8901"},
		{`decimal.grouped('-123')`, "-123"},
		{`decimal.grouped('-1234')`, "-1,234"},
		{`decimal.firstDifference('181.46', '181.52')`, "4"},
		{`decimal.firstDifference('99.98', '100.02')`, "0"},

		{`time.shortAge(59999, 0)`, "59s"},
		{`time.shortAge(60000, 0)`, "1m"},
		{`time.shortAge(3 * 3600000, 1)`, "3h"},
		{`time.shortAge(500 * 24 * 3600000, 0)`, "99d"},
		{`time.shortAge(0, 5000)`, "0s"},
		{`time.age(125000, 0)`, "2 min"},
		{`time.duration(40)`, "<0.1 s"},
		{`time.latency(3.2)`, "3 ms"},
		{`time.latency(-20)`, "0 ms"},
		{`time.latency(4100)`, "4.1 s"},
		{`time.latency(-3600000)`, "1 h ahead"},
		{`time.duration(7249)`, "7.2 s"},
		{`time.duration(9999)`, "10.0 s"},
		{`time.duration(125000)`, "2 min 5 s"},
		{`time.duration(59999)`, "1 min"},
		{`time.duration(7200000)`, "2 h"},

		{`sanitize.sanitize('a\u0000b\u202ec\u200b\ufeffd', 99)`, "abcd"},
		{`sanitize.sanitize('\u001b[2J\u001b[31mred\u001b[0m', 99)`, "red"},
		{`sanitize.sanitize('one\r\n\ttwo', 99)`, "one two"},
		{`sanitize.sanitize('\ud800x', 99)`, "\ufffdx"},
		{`sanitize.sanitize('x'.repeat(1e6), 5)`, "xxxx…"},
		{`sanitize.safeURL('https://example.com/a')`, "https://example.com/a"},
		{`sanitize.safeURL('javascript:alert(1)')`, ""},
		{`sanitize.safeURL('data:text/html,x')`, ""},
		{`sanitize.safeURL('/relative')`, ""},

		{`decode.parseJSON('{"a":0.10,"b":"1\\"2","c":[1e5,null,true]}').a`, "0.10"},
		{`JSON.stringify(decode.parseJSON('["1\\\\",2]'))`, `["1\\","2"]`},
		{`decode.decode('price', '{"symbol":"A","last":"-","bid":1}').numbers.last`, "undefined"},
		{thrown(`decode.parseJSON('01')`), "SyntaxError"},
		{thrown(`decode.parseJSON('1.2.3')`), "SyntaxError"},
		{thrown(`decode.decode('price', '{"symbol":"A","last":"NaN"}')`), "Error"},
		{thrown(`decode.decode('price', '{"symbol":"A","volume":"1"}')`), "Error"},
		{thrown(`decode.decode('status', '{"symbol":"A","state":"asleep"}')`), "Error"},
		{thrown(`decode.decode('snapshot', '{"prices":{}}')`), "Error"},
		{thrown(`decode.decode('toString', '{}')`), "Error"},
	} {
		if got := eval[string](tab, `String(`+test[0]+`)`); got != test[1] {
			t.Errorf("%s is %q, want %q", test[0], got, test[1])
		}
	}
}

// thrown returns the name of the error that an expression throws.
func thrown(expression string) string {
	return fmt.Sprintf(`(() => { try { %s; return 'nothing'; } catch (error) { return error.name; } })()`, expression)
}

func TestTheClockCountsSleepAndNeverRunsBackwards(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	got := eval[[]int](tab, `import('/page/time.js').then(({ createClock }) => {
		let monotonic = 0, wall = 5000;
		const clock = createClock(() => monotonic, () => wall), readings = [];
		const pass = (s, w) => { monotonic += s; wall += w; readings.push(clock()); };
		pass(100, 100);      // both advance
		pass(0, 3600000);    // the computer slept
		pass(50, -7200000);  // the time of day was set back
		pass(-10, -10);      // cannot happen
		return readings;
	})`)
	if fmt.Sprint(got) != "[100 3600100 3600150 3600150]" {
		t.Errorf("the clock read %v", got)
	}
}
