package page_test

import (
	"strings"
	"testing"

	"livetape/mockserver"
)

func TestHostileHeadlinesAreTextAndNothingElse(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	market.inject("bytes:1h")
	market.Step(12) // as many as there are kinds of odd events
	b.caughtUp(market)
	b.says("#headlines", "No space behind the colon")
	shown := b.text("#headlines")
	for _, want := range []string{"An escape sequence", "An override", "Lines that end with CR and LF", "Lines that end with CR\n", "No UTF-8: \ufffd"} {
		if !strings.Contains(shown, want) {
			t.Errorf("there is no headline with %q in\n%s", want, shown)
		}
	}
	if i := strings.IndexFunc(shown, func(r rune) bool { return r < ' ' && r != '\n' || strings.ContainsRune("\u202e\u202c\u200f\x7f", r) }); i >= 0 {
		t.Errorf("the headlines steer what shows them: %q", shown[i:])
	}
	b.agrees(market)
}

func TestMarkupInAHeadlineIsShownAndRunsNothing(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	const markup = `<img src=x onerror="document.title='harm'"><script>document.title='harm'</script>`
	b.tell("news", `{"id":"m","headline":`+quote(markup)+`,"source":"<b>bold</b>","url":"javascript:alert(1)","symbols":["<i>"]}`)
	b.tell("price", `{"symbol":"<u>U</u>","name":"&lt;","last":"1.00"}`)
	b.says("#headlines", markup)
	b.says("#rows", "<u>U</u>")
	if n := eval[int](b, `document.querySelectorAll('main :is(img, script, b:not(.value b), i, u), #headlines a[href^=javascript]').length`); n != 0 {
		t.Errorf("%d elements were made of text", n)
	}
	if title := eval[string](b, `document.title`); strings.Contains(title, "harm") {
		t.Error("a script of a headline ran")
	}
}

func TestWhatIsNotUnderstoodIsCountedAndChangesNothing(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	market.inject("garbage:1h")
	market.Step(40)
	b.agrees(market)
	b.says("#events", "not understood")
}

func TestNumbersAreKeptDigitForDigit(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	b.tell("price", `{"symbol":"X","last":9007199254740993.10,"bid":"0.00001230","ask":123e-8,"prev_close":"9007199254740993.00","volume":12345678901234567890}`)
	b.says("#rows", "9007199254740993.10")
	for cell, want := range map[string]string{
		".bid .value": "0.00001230", ".ask .value": "0.00000123", ".volume .value": "12,345,678,901,234,567,890", ".change .value": "+0.10",
	} {
		if got := b.text(`tr[data-symbol=X] ` + cell); got != want {
			t.Errorf("%s is %s, want %s", cell, got, want)
		}
	}
	b.tell("price", `{"symbol":"X","bid":"0.5"}`)
	b.says(`tr[data-symbol=X] .bid`, "0.5")
	if got := b.text(`tr[data-symbol=X] .last .value`); got != "9007199254740993.10" {
		t.Errorf("a delta without a last made it %s", got)
	}
}

func TestNewsIsCorrectedInItsPlaceAndBounded(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	b.tell("news", `{"id":"a","headline":"Up by 3%"}`)
	b.tell("news", `{"id":"b","headline":"Another story"}`)
	b.tell("news", `{"id":"a","headline":"Up by 2%"}`)
	b.says("#headlines li:nth-child(2)", "Corrected Up by 2%")
	b.says("#headlines li:nth-child(1)", "Another story")
	eval[bool](b, `(() => { for (let n = 0; n < 300; n++) window.tell('news', JSON.stringify({ id: 'n' + n, headline: 'Story ' + n })); return true; })()`)
	b.says("#headlines li:nth-child(1)", "Story 299")
	if n := eval[int](b, `document.querySelectorAll('#headlines li').length`); n != 100 {
		t.Errorf("%d headlines are kept, want 100", n)
	}
}
