package page_test

import (
	"context"
	"encoding/json"
	"fmt"
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

// browser is one Chromium for all tests, started by the first that needs it; each gets a profile and a tab of its own.
var browser struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
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

// openBrowser skips the test where there is no Chromium, unless LIVETAPE_BROWSER says that there must be one.
func openBrowser(t *testing.T) context.Context {
	t.Helper()
	path := findChromium()
	if path == "" && os.Getenv("LIVETAPE_BROWSER") == "required" {
		t.Fatal("there is no Chromium, and LIVETAPE_BROWSER=required; on Debian: apt-get install chromium")
	}
	if path == "" {
		t.Skip("there is no Chromium to open the page in; on Debian: apt-get install chromium")
	}
	browser.once.Do(func() { startBrowser(path) })
	if browser.err != nil {
		t.Fatalf("start %s: %v", path, browser.err)
	}
	return browser.ctx
}

func findChromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func startBrowser(path string) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium's sandbox does not work for root
	}
	ctx, stopProcess := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stopBrowser := chromedp.NewContext(ctx)
	browser.ctx, browser.stop = ctx, func() { stopBrowser(); stopProcess() }
	browser.err = chromedp.Do(ctx)
}

// tab is one visitor's view of a page.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu      sync.Mutex
	console []string // what the page complained of
}

// patience is how long a tab waits for what must come: so long only on a machine that is out of breath.
const patience = 3 * time.Minute

// openTab opens a tab. What its page complains of fails the test, but for answers that a story spoils.
func openTab(t *testing.T) *tab {
	t.Helper()
	ctx, closeTab := chromedp.NewContext(openBrowser(t), chromedp.WithNewBrowserContext())
	v := &tab{t: t, ctx: ctx}
	console := chromedp.Console(ctx)
	read := make(chan struct{})
	go func() {
		defer close(read)
		for message, err := range console {
			if err != nil {
				return
			}
			v.complain(message)
		}
	}()
	t.Cleanup(func() {
		closeTab()
		<-read
		for _, text := range v.console {
			t.Errorf("the page complained: %s", text)
		}
	})
	v.do(chromedp.EmulateViewport(1280, 800))
	v.prepare(hooks)
	return v
}

func (v *tab) complain(m chromedp.ConsoleMessage) {
	for _, ours := range []string{"EventSource's response has a MIME type", "Connecting to 'http://localhost:"} { // type, redirect
		if strings.HasPrefix(m.Text, ours) {
			return
		}
	}
	if m.Source == "network" {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.console = append(v.console, fmt.Sprintf("%s %s (%s:%d)", m.Type, m.Text, m.URL, m.Line))
}

func (v *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		v.t.Fatal(err)
	}
}

func (v *tab) open(url string) {
	v.t.Helper()
	v.do(chromedp.Navigate(url))
}

// prepare runs a script in every document before its own.
func (v *tab) prepare(script string) {
	v.t.Helper()
	params := page.AddScriptToEvaluateOnNewDocumentParams{Source: script}
	if _, err := chromedp.Call(v.ctx, page.AddScriptToEvaluateOnNewDocument, params); err != nil {
		v.t.Fatal(err)
	}
}

// look has the page drawn for a medium: pairs of a feature and its value.
func (v *tab) look(features ...string) {
	v.t.Helper()
	params := emulation.SetEmulatedMediaParams{}
	for i := 0; i < len(features); i += 2 {
		params.Features = append(params.Features, &emulation.MediaFeature{Name: features[i], Value: features[i+1]})
	}
	if _, err := chromedp.Call(v.ctx, emulation.SetEmulatedMedia, params); err != nil {
		v.t.Fatal(err)
	}
}

// eval is the value of an expression, or of what it promises.
func eval[T any](v *tab, expression string) T {
	v.t.Helper()
	value, err := evaluate[T](v, expression)
	if err != nil {
		v.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

func evaluate[T any](v *tab, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// until waits until an expression is true, looking at every frame.
func (v *tab) until(expression string) {
	v.t.Helper()
	_, err := evaluate[bool](v, `new Promise((resolve) => {
		const look = () => (`+expression+`) ? resolve(true) : requestAnimationFrame(look);
		look();
	})`)
	if err == nil {
		return
	}
	v.t.Fatalf("it never came true that %s: %v; the page shows\n%s", expression, err, v.gist())
}

// gist is what the page shows, as far as a reader of a failure wants it: its head in a line, and the end of its body.
func (v *tab) gist() string {
	shown, err := evaluate[[2]string](v, `['.top', 'main'].map((part) => document.querySelector(part)?.innerText ?? 'no ' + part)`)
	if err != nil {
		return fmt.Sprintf("nothing: %v", err)
	}
	return strings.Join(strings.Fields(shown[0]), " ") + "\n" + ending(shown[1])
}

// ending is the last 20 lines of a text, of 200 characters at most.
func ending(text string) string {
	const mostLines, mostLetters = 20, 200
	lines := strings.Split(strings.TrimSpace(text), "\n")
	above := max(0, len(lines)-mostLines)
	lines = lines[above:]
	for i, line := range lines {
		if letters := []rune(line); len(letters) > mostLetters {
			lines[i] = string(letters[:mostLetters]) + "…"
		}
	}
	if above > 0 {
		lines = append([]string{fmt.Sprintf("(%d lines above)", above)}, lines...)
	}
	return strings.Join(lines, "\n")
}

// text is what an element shows.
func (v *tab) text(selector string) string {
	v.t.Helper()
	return eval[string](v, fmt.Sprintf(`document.querySelector(%q).innerText`, selector))
}

// says waits until an element shows a text, among others.
func (v *tab) says(selector, text string) {
	v.t.Helper()
	v.until(fmt.Sprintf(`document.querySelector(%q)?.innerText.includes(%q)`, selector, text))
}

// press types keys as a keyboard does: a key whose keydown the page takes for itself writes nothing.
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

// tell has the page take an event as if it had been sent to it.
func (v *tab) tell(kind, data string) {
	v.t.Helper()
	eval[bool](v, fmt.Sprintf(`window.tell(%q, %s)`, kind, quote(data)))
}

// quote is a text as a script writes it.
func quote(text string) string {
	b, _ := json.Marshal(text) // a string cannot fail
	return string(b)
}

// freeze stops the page's clocks: from now on, time passes by pass alone.
func (v *tab) freeze() {
	v.t.Helper()
	eval[bool](v, `window.freeze()`)
}

// pass lets time pass on the page's clocks.
func (v *tab) pass(length string) {
	v.t.Helper()
	d, err := time.ParseDuration(strings.ReplaceAll(length, " ", ""))
	if err != nil {
		v.t.Fatal(err)
	}
	eval[bool](v, fmt.Sprintf(`window.pass(%d)`, d.Milliseconds()))
}

// hooks are put under the page before it begins: they keep hold of its EventSource, to dispatch events of the test's
// own, and of its clocks. The page itself knows of no test.
const hooks = `
	const Real = window.EventSource;
	window.EventSource = class extends Real {
		constructor(...given) { super(...given); window.latest = this; }
	};
	window.tell = (type, data) => window.latest.dispatchEvent(new MessageEvent(type, { data, lastEventId: 'told' }));
	const clocks = [Date, performance].map((place) => ({ place, now: place.now.bind(place), passed: 0, stood: null }));
	for (const clock of clocks) clock.place.now = () => (clock.stood ?? clock.now()) + clock.passed;
	window.freeze = () => { for (const clock of clocks) clock.stood = clock.now(); return true; };
	window.pass = (ms) => { for (const clock of clocks) clock.passed += ms; return true; };
`

// write puts a text into a field.
func (v *tab) write(selector, text string) {
	v.t.Helper()
	v.do(chromedp.SetValue(chromedp.CSS(selector), text))
}
