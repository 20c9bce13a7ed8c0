package page_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
)

// node is what assistive technology is told of an element.
type node struct{ role, name, live string }

// tree is the page as assistive technology gets it.
func (v *tab) tree() (all []node) {
	v.t.Helper()
	got, err := chromedp.Call(v.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		v.t.Fatal(err)
	}
	for _, n := range got.Nodes {
		if n.Ignored || n.Role == nil {
			continue
		}
		told := node{role: word(n.Role), name: word(n.Name)}
		for _, p := range n.Properties {
			if p.Name == "live" {
				told.live = word(p.Value)
			}
		}
		all = append(all, told)
	}
	return all
}

func word(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	return strings.TrimSpace(strings.Trim(string(v.Value), `"`))
}

func withRole(all []node, role string) (names []string) {
	for _, n := range all {
		if n.role == role {
			names = append(names, n.name)
		}
	}
	return names
}

func TestAssistiveTechnologyIsToldEverything(t *testing.T) {
	for _, width := range []int64{1280, 320} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			market := openVenue(t, mockserver.Config{Epoch: "e"})
			b := visit(t, market)
			b.do(chromedp.EmulateViewport(width, 800))
			b.click("#faults-button")
			b.until(`document.querySelector('[data-fault=clear]')`)
			all := b.tree()
			tables, columns := withRole(all, "table"), withRole(all, "columnheader")
			if len(tables) != 1 || !strings.HasPrefix(tables[0], "Prices: beside every number is its age") {
				t.Errorf("tables %q", tables)
			}
			if diff := cmp.Diff([]string{"Symbol Name", "Last", "Change", "Bid", "Ask", "Volume"}, columns); diff != "" {
				t.Error(diff)
			}
			if rows, cells := withRole(all, "rowheader"), withRole(all, "cell"); len(rows) != 24 || len(cells) != 24*5 || !strings.HasPrefix(rows[0], "NVDA") {
				t.Errorf("%d rows, the first %q, and %d cells", len(rows), rows, len(cells))
			}
			for _, want := range []node{
				{role: "button", name: "Stop"}, {role: "button", name: "Faults"}, {role: "searchbox", name: "Filter"},
				{role: "checkbox", name: "Single-key shortcuts"}, {role: "heading", name: "Prices"}, {role: "heading", name: "News"},
				{role: "region", name: "Connection"}, {role: "main"}, {role: "banner"}, {role: "contentinfo"},
			} {
				if !slices.ContainsFunc(all, func(n node) bool { return n.role == want.role && (want.name == "" || n.name == want.name) }) {
					t.Errorf("there is no %s %q", want.role, want.name)
				}
			}
			for _, n := range all {
				if slices.Contains([]string{"button", "link", "textbox", "searchbox", "checkbox"}, n.role) && n.name == "" {
					t.Errorf("a %s has no name", n.role)
				}
			}
		})
	}
}

func TestAScreenReaderHearsOfStatesAndNewsNeverOfTicks(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	live := 0
	for _, n := range b.tree() {
		if n.live == "polite" {
			live++
		}
		if n.live == "assertive" {
			t.Errorf("%+v interrupts", n)
		}
	}
	if live != 1 {
		t.Errorf("%d live regions, want that of the announcer", live)
	}
	b.hears("Live. Prices come as they are made.")
	b.keepsHearing()
	for n := range 50 {
		b.tell("price", fmt.Sprintf(`{"symbol":"NVDA","last":"181.%02d"}`, n))
	}
	b.tell("news", `{"id":"x","headline":"A story"}`)
	b.hears("News: A story")
	b.tell("news", `{"id":"x","headline":"The story"}`)
	b.hears("Correction: The story")
	b.click("#toggle")
	b.hears("Stopped. You stopped it.")
	want := []string{"News: A story", "Correction: The story", "Stopped. You stopped it. Nothing is received; start resumes behind the last event."}
	if diff := cmp.Diff(want, eval[[]string](b, `window.heard`)); diff != "" {
		t.Errorf("what was said (-want +got):\n%s", diff)
	}
}

func (v *tab) hears(text string) { v.t.Helper(); v.until(saysInRegion(text)) }

func saysInRegion(text string) string {
	return fmt.Sprintf(`document.getElementById('announcer').textContent.includes(%q)`, text)
}

// keepsHearing collects what is said from now on.
func (v *tab) keepsHearing() {
	v.t.Helper()
	eval[bool](v, `(() => {
		window.heard = [];
		const region = document.getElementById('announcer');
		new MutationObserver(() => window.heard.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
		return true;
	})()`)
}

func TestTheKeyboardAloneIsEnough(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	var order []string
	for range 4 {
		b.press(kb.Tab)
		order = append(order, eval[string](b, `document.activeElement.id || document.activeElement.className`))
		if outline := eval[string](b, `getComputedStyle(document.activeElement).outlineStyle`); outline == "none" {
			t.Errorf("the focus on %s cannot be seen", order)
		}
	}
	if diff := cmp.Diff([]string{"skip", "toggle", "faults-button", "filter"}, order); diff != "" {
		t.Error(diff)
	}
	b.press("s")
	b.says("#state", "Live")
	if got := eval[string](b, `document.getElementById('filter').value`); got != "s" {
		t.Errorf("the filter has %q", got)
	}
	b.press(kb.Escape, "s")
	b.says("#state", "Stopped")
	b.press("s")
	b.says("#state", "Live")

	b.press("f")
	b.until(`document.activeElement.id === 'faults-title'`)
	b.press(kb.Tab, kb.Tab, "eof", kb.Enter)
	b.says("#fault-result", "The server does it: eof")
	b.until(`document.querySelector('[data-fault=drop]')`)
	b.press(kb.Tab, kb.Tab, kb.Enter)
	b.says("#fault-result", "The server does it: drop")
	b.press(kb.Escape)
	b.until(`document.activeElement.id === 'faults-button' && document.getElementById('faults').hidden`)

	if id := b.text("#last-id"); id != market.Newest() {
		t.Errorf("after a stop and a start the page has its place at %q", id)
	}
	b.press("/", "nvd")
	b.says("#counted", "1 of 24 symbols")
	b.press(kb.Escape)
	b.says("#counted", "24 symbols")
}

func TestShortcutsCanBeTurnedOff(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	b.click("#shortcuts")
	b.press("s", "f")
	market.Step(1)
	b.caughtUp(market)
	if !eval[bool](b, `document.getElementById('faults').hidden`) || b.text("#state") != "Live" {
		t.Error("a key that was turned off did something")
	}
}

func TestEveryTextCanBeRead(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	market.Step(4000) // halts, corrections
	b.caughtUp(market)
	b.click("#faults-button")
	b.until(`document.querySelector('[data-fault=clear]')`)
	for _, state := range []string{"live", "silent", "ended", "stopped"} {
		switch state {
		case "silent":
			b.pass("20 s")
			b.says("#state", "Silent")
		case "ended":
			market.inject("204:1h")
			b.says("#state", "Ended")
		case "stopped":
			market.inject("clear")
			b.click("#toggle")
			b.says("#state", "Live")
			b.click("#toggle")
			b.says("#state", "Stopped")
		}
		for _, scheme := range []string{"dark", "light"} {
			b.look("prefers-color-scheme", scheme, "prefers-reduced-motion", "reduce")
			for _, text := range eval[[]string](b, faint) {
				t.Errorf("%s, %s: %s", state, scheme, text)
			}
		}
	}
}

// faint lists texts whose contrast is below 4.5 (WCAG 2.2, 1.4.3). A ground with a pattern is taken at its worst.
const faint = `(() => {
	const parts = (color) => color.match(/[\d.]+/g).map(Number);
	const luminance = (color) => {
		const [r, g, b] = parts(color).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const contrast = (a, b) => {
		const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
		return (light + 0.05) / (dark + 0.05);
	};
	const grounds = (element) => {
		for (let e = element, found = []; e; e = e.parentElement) {
			const { backgroundColor, backgroundImage } = getComputedStyle(e);
			found.push(...(backgroundImage.match(/rgb\([^)]*\)/g) ?? []));
			const [, , , alpha = 1] = parts(backgroundColor);
			if (alpha === 1) return [...found, backgroundColor];
		}
		return ['rgb(255, 255, 255)'];
	};
	const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	const bad = new Set();
	while (texts.nextNode()) {
		const text = texts.currentNode.data.trim();
		const element = texts.currentNode.parentElement;
		if (!text || !element.checkVisibility() || element.closest('.hidden, noscript')) continue;
		const { color } = getComputedStyle(element);
		for (const ground of grounds(element)) {
			const ratio = contrast(color, ground);
			if (ratio < 4.5) bad.add(element.className + ' ' + text.slice(0, 30) + ': ' + ratio.toFixed(2) + ' ' + color + ' on ' + ground);
		}
	}
	return [...bad];
})()`

// TestANameHasRoomOrIsLeftOut also holds the heading above the names.
func TestANameHasRoomOrIsLeftOut(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e"})
	b := visit(t, market)
	market.Step(3000)
	b.caughtUp(market)
	shown := map[bool]int{}
	for width := int64(800); width <= 1600; width += 20 {
		b.do(chromedp.EmulateViewport(width, 800))
		if eval[bool](b, `getComputedStyle(document.querySelector('thead')).position === 'absolute'`) {
			continue // cards
		}
		got := eval[names](b, nameColumn)
		shown[got.Shown]++
		if got.Shown && (got.Least < 9 || math.Abs(got.Left[0]-got.Left[1]) > 1) || got.Shown != (got.Heading > 0) || got.Cut {
			t.Errorf("at %d: %+v", width, got)
		}
	}
	if shown[true] < 10 || shown[false] == 0 {
		t.Errorf("names are shown, or not, at so many widths: %v", shown)
	}
}

// names is what is seen of the names of symbols that trade, and of their heading.
type names struct {
	Shown   bool
	Least   float64    // room for a name, in em
	Heading float64    // its width
	Left    [2]float64 // of the heading and of a name
	Cut     bool       // the heading
}

const nameColumn = `(() => {
	const names = [...document.querySelectorAll('#rows tr:not([data-state]) .name')];
	const heading = document.querySelector('thead .name');
	const em = parseFloat(getComputedStyle(names[0]).fontSize);
	const room = (name) => (name.closest('th').getBoundingClientRect().right - name.getBoundingClientRect().left) / em;
	return {
		Shown: names[0].checkVisibility(),
		Least: Math.min(...names.map(room)),
		Heading: heading.getBoundingClientRect().width,
		Left: [heading, names[0]].map((e) => e.getBoundingClientRect().left),
		Cut: heading.parentElement.scrollWidth > heading.parentElement.clientWidth,
	};
})()`

func TestNothingIsCutOffAtAnyWidth(t *testing.T) {
	market := openVenue(t, mockserver.Config{Epoch: "e", Seed: 3})
	b := visit(t, market)
	market.Step(500)
	b.caughtUp(market)
	b.click("#faults-button")
	b.until(`document.querySelector('[data-fault=clear]')`)
	for _, width := range []int64{320, 390, 600, 768, 900, 1024, 1160, 1280, 1920} {
		b.do(chromedp.EmulateViewport(width, 800))
		if over := eval[int](b, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
			t.Errorf("at %d the page is %d too wide", width, over)
		}
		cut := eval[[]string](b, `[...document.querySelectorAll('#rows td, #rows .symbol, .facts dd, .health p')]
			.filter((e) => e.scrollWidth > e.clientWidth && e.clientWidth > 0 || e.getBoundingClientRect().right > document.querySelector('#prices').getBoundingClientRect().right + 1 && e.closest('#rows'))
			.map((e) => e.className + ' ' + e.textContent)`)
		if len(cut) > 0 {
			t.Errorf("at %d these are cut off: %q", width, cut)
		}
	}
}
