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

// node is an element as assistive technology gets it.
type node struct{ role, name, live string }

// accessibilityTree returns the page as assistive technology gets it.
func (v *tab) accessibilityTree() (all []node) {
	v.t.Helper()
	got, err := chromedp.Call(v.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		v.t.Fatal(err)
	}
	for _, n := range got.Nodes {
		if n.Ignored || n.Role == nil {
			continue
		}
		element := node{role: stringValue(n.Role), name: stringValue(n.Name)}
		for _, p := range n.Properties {
			if p.Name == "live" {
				element.live = stringValue(p.Value)
			}
		}
		all = append(all, element)
	}
	return all
}

func stringValue(v *accessibility.Value) string {
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

func TestAssistiveTechnologyGetsRolesAndNames(t *testing.T) {
	t.Parallel()
	for _, width := range []int64{1280, 320} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			t.Parallel()
			server := startServer(t, mockserver.Config{Epoch: "e"})
			tab := openPage(t, server)
			tab.do(chromedp.EmulateViewport(width, 800))
			tab.click("#faults-button")
			tab.waitUntil(`document.querySelector('[data-fault=clear]')`)
			all := tab.accessibilityTree()
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
			news := "heading"
			if width < 768 {
				news = "button" // that leads to it
			}
			for _, want := range []node{
				{role: "button", name: "Stop"}, {role: "button", name: "Faults"}, {role: "searchbox", name: "Filter"},
				{role: "checkbox", name: "Single-key shortcuts"}, {role: "heading", name: "Prices"}, {role: news, name: "News"},
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

func TestScreenReadersAnnounceStatesAndNewsButNoTicks(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	live := 0
	for _, n := range tab.accessibilityTree() {
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
	tab.waitForAnnouncement("Live. Prices come as they are made.")
	tab.recordAnnouncements()
	for n := range 50 {
		tab.dispatch("price", fmt.Sprintf(`{"symbol":"NVDA","last":"181.%02d"}`, n))
	}
	tab.dispatch("news", `{"id":"x","headline":"A story"}`)
	tab.waitForAnnouncement("News: A story")
	tab.dispatch("news", `{"id":"x","headline":"The story"}`)
	tab.waitForAnnouncement("Correction: The story")
	tab.click("#toggle")
	tab.waitForAnnouncement("Stopped. You stopped it.")
	want := []string{"News: A story", "Correction: The story", "Stopped. You stopped it. Nothing is received; start resumes behind the last event."}
	if diff := cmp.Diff(want, eval[[]string](tab, `window.announcements`)); diff != "" {
		t.Errorf("announcements (-want +got):\n%s", diff)
	}
}

func (v *tab) waitForAnnouncement(text string) {
	v.t.Helper()
	v.waitUntil(fmt.Sprintf(`document.getElementById('announcer').textContent.includes(%q)`, text))
}

// recordAnnouncements records the announcements from now on.
func (v *tab) recordAnnouncements() {
	v.t.Helper()
	eval[bool](v, `(() => {
		window.announcements = [];
		const region = document.getElementById('announcer');
		new MutationObserver(() => window.announcements.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
		return true;
	})()`)
}

func TestTheKeyboardAloneIsEnough(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	var order []string
	for range 4 {
		tab.press(kb.Tab)
		order = append(order, eval[string](tab, `document.activeElement.id || document.activeElement.className`))
		if outline := eval[string](tab, `getComputedStyle(document.activeElement).outlineStyle`); outline == "none" {
			t.Errorf("the focus on %s cannot be seen", order)
		}
	}
	if diff := cmp.Diff([]string{"skip", "toggle", "faults-button", "filter"}, order); diff != "" {
		t.Error(diff)
	}
	tab.press("s")
	tab.waitForText("#state", "Live")
	if got := eval[string](tab, `document.getElementById('filter').value`); got != "s" {
		t.Errorf("the filter has %q", got)
	}
	tab.press(kb.Escape, "s")
	tab.waitForText("#state", "Stopped")
	tab.press("s")
	tab.waitForText("#state", "Live")

	tab.press("f")
	tab.waitUntil(`document.activeElement.id === 'faults-title'`)
	tab.press(kb.Tab, kb.Tab, "eof", kb.Enter)
	tab.waitForText("#fault-result", "The server does it: eof")
	tab.waitUntil(`document.querySelector('[data-fault=drop]')`)
	tab.press(kb.Tab, kb.Tab, kb.Enter)
	tab.waitForText("#fault-result", "The server does it: drop")
	tab.press(kb.Escape)
	tab.waitUntil(`document.activeElement.id === 'faults-button' && document.getElementById('faults').hidden`)

	if id := tab.text("#last-id"); id != server.Newest() {
		t.Errorf("after a stop and a start the last event id is %q", id)
	}
	tab.press("/", "nvd")
	tab.waitForText("#counted", "1 of 24 symbols")
	tab.press(kb.Escape)
	tab.waitForText("#counted", "24 symbols")
}

func TestShortcutsCanBeTurnedOff(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	tab.click("#shortcuts")
	tab.press("s", "f")
	server.Step(1)
	tab.waitForNewestEvent(server)
	if !eval[bool](tab, `document.getElementById('faults').hidden`) || tab.text("#state") != "Live" {
		t.Error("a disabled shortcut did something")
	}
}

func TestEveryTextHasEnoughContrast(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	server.Step(4000) // halts, corrections
	tab.waitForNewestEvent(server)
	tab.click("#faults-button")
	tab.waitUntil(`document.querySelector('[data-fault=clear]')`)
	for _, state := range []string{"live", "silent", "ended", "stopped"} {
		switch state {
		case "silent":
			tab.advance("20 s")
			tab.waitForText("#state", "Silent")
		case "ended":
			server.inject("204:1h")
			tab.waitForText("#state", "Ended")
		case "stopped":
			server.inject("clear")
			tab.click("#toggle")
			tab.waitForText("#state", "Live")
			tab.click("#toggle")
			tab.waitForText("#state", "Stopped")
		}
		for _, scheme := range []string{"dark", "light"} {
			tab.emulateMedia("prefers-color-scheme", scheme, "prefers-reduced-motion", "reduce")
			for _, text := range eval[[]string](tab, lowContrast) {
				t.Errorf("%s, %s: %s", state, scheme, text)
			}
		}
	}
}

// lowContrast lists texts whose contrast is below 4.5 (WCAG 2.2, 1.4.3), on any of the colours of their background.
const lowContrast = `(() => {
	const parts = (color) => color.match(/[\d.]+/g).map(Number);
	const luminance = (color) => {
		const [r, g, b] = parts(color).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const contrast = (a, b) => {
		const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
		return (light + 0.05) / (dark + 0.05);
	};
	const backgrounds = (element) => {
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
		if (!text || !element.checkVisibility() || element.closest('.visually-hidden, noscript')) continue;
		const { color } = getComputedStyle(element);
		for (const background of backgrounds(element)) {
			const ratio = contrast(color, background);
			if (ratio < 4.5) bad.add(element.className + ' ' + text.slice(0, 30) + ': ' + ratio.toFixed(2) + ' ' + color + ' on ' + background);
		}
	}
	return [...bad];
})()`

// It also checks that the column heading stands above the names, or that there is none where they stand below their symbols.
func TestNamesHaveRoom(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e"})
	tab := openPage(t, server)
	server.Step(3000)
	tab.waitForNewestEvent(server)
	below := map[bool]int{}
	for width := int64(800); width <= 1760; width += 20 {
		tab.do(chromedp.EmulateViewport(width, 800))
		if eval[bool](tab, `getComputedStyle(document.querySelector('thead')).position === 'absolute'`) {
			continue // cards
		}
		got := eval[nameLayout](tab, measureNames)
		below[got.Below]++
		if got.MinRoom < 9 || !got.Below && math.Abs(got.Left[0]-got.Left[1]) > 1 || got.Below != (got.Heading <= 1) || got.Cut {
			t.Errorf("at %d: %+v", width, got)
		}
	}
	if below[true] < 5 || below[false] < 5 {
		t.Errorf("names are below their symbols (true) or beside them at so many widths: %v", below)
	}
}

// nameLayout is where the names of trading symbols are, and their heading.
type nameLayout struct {
	Below   bool       // their symbols, not beside them
	MinRoom float64    // for a name, in em
	Heading float64    // its width
	Left    [2]float64 // of the heading and of a name
	Cut     bool       // the heading
}

const measureNames = `(() => {
	const names = [...document.querySelectorAll('#rows tr:not([data-state]) .name')];
	const heading = document.querySelector('thead .name');
	const em = parseFloat(getComputedStyle(names[0]).fontSize);
	const room = (name) => (name.closest('th').getBoundingClientRect().right - name.getBoundingClientRect().left) / em;
	return {
		Below: names[0].getBoundingClientRect().top > names[0].closest('th').querySelector('.symbol').getBoundingClientRect().bottom - 3,
		MinRoom: Math.min(...names.map(room)),
		Heading: heading.getBoundingClientRect().width,
		Left: [heading, names[0]].map((e) => e.getBoundingClientRect().left),
		Cut: heading.parentElement.scrollWidth > heading.parentElement.clientWidth,
	};
})()`

func TestNothingIsCutOffAtAnyWidth(t *testing.T) {
	t.Parallel()
	server := startServer(t, mockserver.Config{Epoch: "e", Seed: 3})
	tab := openPage(t, server)
	server.Step(500)
	tab.waitForNewestEvent(server)
	tab.click("#faults-button")
	tab.waitUntil(`document.querySelector('[data-fault=clear]')`)
	for _, width := range []int64{320, 390, 600, 768, 900, 1024, 1160, 1280, 1920} {
		tab.do(chromedp.EmulateViewport(width, 800))
		if over := eval[int](tab, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
			t.Errorf("at %d the page is %d pixels too wide", width, over)
		}
		cut := eval[[]string](tab, `[...document.querySelectorAll('#rows td, #rows .symbol, .stats dd, .health p')]
			.filter((e) => e.scrollWidth > e.clientWidth && e.clientWidth > 0 || e.getBoundingClientRect().right > document.querySelector('#prices').getBoundingClientRect().right + 1 && e.closest('#rows'))
			.map((e) => e.className + ' ' + e.textContent)`)
		if len(cut) > 0 {
			t.Errorf("at %d these are cut off: %q", width, cut)
		}
	}
}
