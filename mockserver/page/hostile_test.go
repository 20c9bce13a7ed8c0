package page_test

import (
	"strings"
	"testing"

	"livetape/mockserver"
)

func TestHostileHeadlinesAreShownAsText(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	server.inject("bytes:1h")
	server.Step(12) // as many as there are kinds of odd events
	tab.waitForNewestEvent(server)
	tab.waitForText("#headlines", "No space behind the colon")
	shown := tab.text("#headlines")
	for _, want := range []string{"An escape sequence", "An override", "Lines that end with CR and LF", "Lines that end with CR\n", "No UTF-8: \ufffd"} {
		if !strings.Contains(shown, want) {
			t.Errorf("there is no headline with %q in\n%s", want, shown)
		}
	}
	if i := strings.IndexFunc(shown, func(r rune) bool { return r < ' ' && r != '\n' || strings.ContainsRune("\u202e\u202c\u200f\x7f", r) }); i >= 0 {
		t.Errorf("the headlines steer what shows them: %q", shown[i:])
	}
	tab.expectServerPrices(server)
}

func TestMarkupInAHeadlineIsShownAndRunsNothing(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	const markup = `<img src=x onerror="document.title='harm'"><script>document.title='harm'</script>`
	tab.dispatch("news", `{"id":"m","headline":`+jsString(markup)+`,"source":"<b>bold</b>","url":"javascript:alert(1)","symbols":["<i>"]}`)
	tab.dispatch("price", `{"symbol":"<u>U</u>","name":"&lt;","last":"1.00"}`)
	tab.waitForText("#headlines", markup)
	tab.waitForText("#rows", "<u>U</u>")
	if n := eval[int](tab, `document.querySelectorAll('main :is(img, script, b:not(.value b), i, u), #headlines a[href^=javascript]').length`); n != 0 {
		t.Errorf("%d elements were made of text", n)
	}
	if title := eval[string](tab, `document.title`); strings.Contains(title, "harm") {
		t.Error("a script of a headline ran")
	}
}

func TestWhatIsNotUnderstoodIsCountedAndChangesNothing(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	server.inject("garbage:1h")
	server.Step(40)
	tab.expectServerPrices(server)
	tab.waitForText("#events", "not understood")
}

func TestNumbersAreKeptDigitForDigit(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	tab.dispatch("price", `{"symbol":"X","last":9007199254740993.10,"bid":"0.00001230","ask":123e-8,"prev_close":"9007199254740993.00","volume":12345678901234567890}`)
	tab.waitForText("#rows", "9,007,199,254,740,993.10")
	for cell, want := range map[string]string{
		".bid .value": "0.00001230", ".ask .value": "0.00000123", ".volume .value": "12,345,678,901,234,567,890", ".change .value": "+0.10",
	} {
		if got := tab.text(`tr[data-symbol=X] ` + cell); got != want {
			t.Errorf("%s is %s, want %s", cell, got, want)
		}
	}
	tab.dispatch("price", `{"symbol":"X","bid":"0.5"}`)
	tab.waitForText(`tr[data-symbol=X] .bid`, "0.5")
	if got := tab.text(`tr[data-symbol=X] .last .value`); got != "9,007,199,254,740,993.10" {
		t.Errorf("a delta without a last made it %s", got)
	}
}

func TestNewsIsCorrectedInItsPlaceAndBounded(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	tab.dispatch("news", `{"id":"a","headline":"Up by 3%"}`)
	tab.dispatch("news", `{"id":"b","headline":"Another story"}`)
	tab.dispatch("news", `{"id":"a","headline":"Up by 2%"}`)
	tab.waitForText("#headlines li:nth-child(2)", "Corrected Up by 2%")
	tab.waitForText("#headlines li:nth-child(1)", "Another story")
	eval[bool](tab, `(() => { for (let n = 0; n < 300; n++) window.dispatch('news', JSON.stringify({ id: 'n' + n, headline: 'Story ' + n })); return true; })()`)
	tab.waitForText("#headlines li:nth-child(1)", "Story 299")
	if n := eval[int](tab, `document.querySelectorAll('#headlines li').length`); n != 100 {
		t.Errorf("%d headlines are kept, want 100", n)
	}
}
