package page_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"go.uber.org/goleak"
)

// browser is one Chromium for all tests, started by the first that needs it.
var browser struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error

	mu   sync.Mutex
	free []*tab // that no test uses
}

func TestMain(m *testing.M) {
	code := m.Run()
	if browser.stop != nil {
		browser.stop()
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// openBrowser skips the test where there is no Chromium, unless LIVETAPE_BROWSER=required.
func openBrowser(t *testing.T) context.Context {
	t.Helper()
	path := findChromium()
	if path == "" && os.Getenv("LIVETAPE_BROWSER") == "required" {
		t.Fatal("there is no Chromium, and LIVETAPE_BROWSER=required; on Debian: apt-get install chromium-headless-shell")
	}
	if path == "" {
		t.Skip("there is no Chromium to open the page in; on Debian: apt-get install chromium-headless-shell")
	}
	browser.once.Do(func() { startBrowser(path) })
	if browser.err != nil {
		t.Fatalf("start %s: %v", path, browser.err)
	}
	return browser.ctx
}

// findChromium prefers a Chromium without windows: the tests take half the processor time there.
func findChromium() string {
	for _, name := range []string{"chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func startBrowser(path string) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path),
		chromedp.Flag("disable-features", "Translate,SpareRendererForSitePerProcess"), // no process for a page that may come
		chromedp.Flag("renderer-process-limit", "1"), chromedp.Flag("disable-site-isolation-trials", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium's sandbox does not work for root
	}
	ctx, stopProcess := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stopBrowser := chromedp.NewContext(ctx)
	browser.ctx, browser.stop = ctx, func() { stopBrowser(); stopProcess() }
	browser.err = chromedp.Do(ctx)
}

// tab is a browser tab. A test has it alone, and then leaves it to another: a new one costs more than most tests.
type tab struct {
	t       *testing.T
	ctx     context.Context
	console iter.Seq2[chromedp.ConsoleMessage, error] // since the test began
}

// waitLimit is long because test machines may be very slow.
const waitLimit = 3 * time.Minute

// openTab returns an empty tab.
func openTab(t *testing.T) *tab {
	t.Helper()
	v := takeTab(openBrowser(t), t)
	v.t, v.console = t, chromedp.Console(v.ctx)
	t.Cleanup(v.leave)
	v.do(chromedp.EmulateViewport(1280, 800))
	return v
}

func takeTab(ctx context.Context, t *testing.T) *tab {
	t.Helper()
	browser.mu.Lock()
	if last := len(browser.free) - 1; last >= 0 {
		defer browser.mu.Unlock()
		v := browser.free[last]
		browser.free = browser.free[:last]
		return v
	}
	browser.mu.Unlock()
	ctx, _ = chromedp.NewContext(ctx) // ends with the browser
	v := &tab{t: t, ctx: ctx}
	v.addScript(hooks)
	return v
}

// leave empties the tab, and fails the test if there are errors or warnings on the console.
func (v *tab) leave() {
	v.emulateMedia()
	v.open("about:blank")
	const over = "the test is over"
	eval[bool](v, `console.error('`+over+`') ?? true`)
	for message, err := range v.console {
		if err != nil {
			v.t.Fatal(err)
		}
		if message.Text == over {
			break
		}
		v.check(message)
	}
	browser.mu.Lock()
	defer browser.mu.Unlock()
	browser.free = append(browser.free, v)
}

// check fails the test for a message on the console, unless it is about a response that tests break on purpose.
func (v *tab) check(m chromedp.ConsoleMessage) {
	for _, expected := range []string{"EventSource's response has a MIME type", "Connecting to 'http://localhost:"} { // type, redirect
		if strings.HasPrefix(m.Text, expected) {
			return
		}
	}
	if m.Source != "network" {
		v.t.Errorf("on the console: %s %s (%s:%d)", m.Type, m.Text, m.URL, m.Line)
	}
}

func (v *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, waitLimit)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		v.t.Fatal(err)
	}
}

func (v *tab) open(url string) {
	v.t.Helper()
	v.do(chromedp.Navigate(url))
}

// addScript runs a script in every document before the document's own.
func (v *tab) addScript(script string) {
	v.t.Helper()
	params := page.AddScriptToEvaluateOnNewDocumentParams{Source: script}
	if _, err := chromedp.Call(v.ctx, page.AddScriptToEvaluateOnNewDocument, params); err != nil {
		v.t.Fatal(err)
	}
}

// emulateMedia sets media features, given as pairs of name and value.
func (v *tab) emulateMedia(features ...string) {
	v.t.Helper()
	params := emulation.SetEmulatedMediaParams{}
	for i := 0; i < len(features); i += 2 {
		params.Features = append(params.Features, &emulation.MediaFeature{Name: features[i], Value: features[i+1]})
	}
	if _, err := chromedp.Call(v.ctx, emulation.SetEmulatedMedia, params); err != nil {
		v.t.Fatal(err)
	}
}

// eval returns the value of an expression, or of its promise.
func eval[T any](v *tab, expression string) T {
	v.t.Helper()
	value, err := evaluate[T](v, expression)
	if err != nil {
		v.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

func evaluate[T any](v *tab, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(v.ctx, waitLimit)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// waitUntil waits until an expression is true. It checks in every frame.
func (v *tab) waitUntil(expression string) {
	v.t.Helper()
	_, err := evaluate[bool](v, `new Promise((resolve) => {
		const check = () => (`+expression+`) ? resolve(true) : requestAnimationFrame(check);
		check();
	})`)
	if err == nil {
		return
	}
	v.t.Fatalf("waited for %s: %v; the page shows\n%s", expression, err, v.summary())
}

// summary is what a failure message shows of the page: its header in one line, and the end of its body.
func (v *tab) summary() string {
	shown, err := evaluate[[2]string](v, `['.page-header', 'main'].map((part) => document.querySelector(part)?.innerText ?? 'no ' + part)`)
	if err != nil {
		return fmt.Sprintf("nothing: %v", err)
	}
	return strings.Join(strings.Fields(shown[0]), " ") + "\n" + tail(shown[1])
}

// tail returns the last 20 lines of a text, of 200 characters at most.
func tail(text string) string {
	const maxLines, maxRunes = 20, 200
	lines := strings.Split(strings.TrimSpace(text), "\n")
	above := max(0, len(lines)-maxLines)
	lines = lines[above:]
	for i, line := range lines {
		if runes := []rune(line); len(runes) > maxRunes {
			lines[i] = string(runes[:maxRunes]) + "…"
		}
	}
	if above > 0 {
		lines = append([]string{fmt.Sprintf("(%d lines above)", above)}, lines...)
	}
	return strings.Join(lines, "\n")
}

// text returns the visible text of an element.
func (v *tab) text(selector string) string {
	v.t.Helper()
	return eval[string](v, fmt.Sprintf(`document.querySelector(%q).innerText`, selector))
}

// waitForText waits until the visible text of an element contains a text.
func (v *tab) waitForText(selector, text string) {
	v.t.Helper()
	v.waitUntil(fmt.Sprintf(`document.querySelector(%q)?.innerText.includes(%q)`, selector, text))
}

// press types keys as a keyboard does: a key whose keydown is default-prevented enters no text.
func (v *tab) press(keys ...string) {
	v.t.Helper()
	for _, key := range strings.Join(keys, "") {
		strokes := kb.Encode(key)
		down, up := strokes[0], strokes[len(strokes)-1]
		if len(strokes) == 3 {
			down.Text = strokes[1].Text
		}
		for _, params := range []*input.DispatchKeyEventParams{down, up} {
			if _, err := chromedp.Call(v.ctx, input.DispatchKeyEvent, *params); err != nil {
				v.t.Fatal(err)
			}
		}
	}
}

func (v *tab) click(selector string) {
	v.t.Helper()
	v.do(chromedp.Click(chromedp.CSS(selector)))
}

// dispatch makes the page receive an event as if the server had sent it.
func (v *tab) dispatch(eventType, data string) {
	v.t.Helper()
	eval[bool](v, fmt.Sprintf(`window.dispatch(%q, %s)`, eventType, jsString(data)))
}

// jsString returns a text as a JavaScript literal.
func jsString(text string) string {
	b, _ := json.Marshal(text) // a string cannot fail
	return string(b)
}

// freezeClocks stops the page's clocks: from now on, only advance moves them.
func (v *tab) freezeClocks() {
	v.t.Helper()
	eval[bool](v, `window.freezeClocks()`)
}

// advance moves the page's clocks.
func (v *tab) advance(length string) {
	v.t.Helper()
	d, err := time.ParseDuration(strings.ReplaceAll(length, " ", ""))
	if err != nil {
		v.t.Fatal(err)
	}
	eval[bool](v, fmt.Sprintf(`window.advance(%d)`, d.Milliseconds()))
}

// hooks run before the page's scripts. They give tests access to its EventSource and its clocks, so that the page needs no
// code for tests.
const hooks = `
	const RealEventSource = window.EventSource;
	window.EventSource = class extends RealEventSource {
		constructor(...args) { super(...args); window.latest = this; }
	};
	window.dispatch = (type, data) => window.latest.dispatchEvent(new MessageEvent(type, { data, lastEventId: 'dispatched' }));
	const clocks = [Date, performance].map((api) => ({ api, now: api.now.bind(api), added: 0, frozenAt: null }));
	for (const clock of clocks) clock.api.now = () => (clock.frozenAt ?? clock.now()) + clock.added;
	window.freezeClocks = () => { for (const clock of clocks) clock.frozenAt = clock.now(); return true; };
	window.advance = (ms) => { for (const clock of clocks) clock.added += ms; return true; };
`

func (v *tab) setValue(selector, text string) {
	v.t.Helper()
	v.do(chromedp.SetValue(chromedp.CSS(selector), text))
}
