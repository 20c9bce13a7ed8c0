//go:build unix

package cli_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// keyStep presses a key of the help, in the place that the help gives it, and says what is then on screen.
type keyStep struct {
	place, key string
	then       string // is typed behind it
	mouse      string // the text that is clicked, in place of a key
	wheel      bool   // the wheel is turned down there instead
	want       string // the parts between bars are all shown
	gone       string // is not shown any more
	written    string // the terminal got it
	signal     syscall.Signal
}

// demoKeys go through the demo, from its first screen to its end.
func demoKeys() []keyStep {
	return []keyStep{
		{place: "Moving", key: "↓", want: "▌ AMD"}, {place: "Moving", key: "j", want: "▌ AMZN"},
		{place: "Moving", key: "k", want: "▌ AMD"}, {place: "Moving", key: "↑", want: "▌ AAPL"},
		{place: "Moving", key: "G", want: "▌ XOM"}, {place: "Moving", key: "g", want: "▌ AAPL"},
		{place: "Moving", key: "end", want: "▌ XOM"}, {place: "Moving", key: "home", want: "▌ AAPL"},
		{place: "Moving", key: "pgdn", gone: "▌ AAPL"}, {place: "Moving", key: "pgup", want: "▌ AAPL"},
		{place: "Moving", key: "pgdn", gone: "▌ AAPL"}, {place: "Moving", key: "b", want: "▌ AAPL"},
		{place: "Moving", key: "ctrl+d", gone: "▌ AAPL"}, {place: "Moving", key: "ctrl+u", want: "▌ AAPL"},

		{mouse: "? help", want: "▸ Keys 1–"}, {mouse: "Moving", wheel: true, want: "▸ Keys 4–"}, {place: "Panes", key: "esc", gone: "▸ Keys"},
		{mouse: "NVDA", want: "▌ NVDA"}, {mouse: "NVDA", want: "Last trade"}, {place: "Panes", key: "esc", gone: "Last trade"}, {place: "Moving", key: "g", want: "▌ AAPL"},

		{place: "Rows and lists", key: "/", then: "btc", want: "1 of 24|▌ BTC/USD"}, {place: "Panes", key: "esc", want: "▌ AAPL"},
		{place: "Rows and lists", key: "s", want: "sort SYMBOL ▴"}, {place: "Rows and lists", key: "S", want: "sort SYMBOL ▾|▌ XOM"},
		{place: "Rows and lists", key: "S", want: "sort SYMBOL ▴|▌ AAPL"},
		{place: "Rows and lists", key: "c", want: "▸ Columns|▌ [x] SYMBOL"},
		{place: "Moving", key: "G", want: "▌ [x] AGE"},
		{place: "Choosing columns", key: "K", want: "▌ [x] AGE\n  [x] RANGE"}, {place: "Choosing columns", key: "J", want: "  [x] RANGE\n▌ [x] AGE"},
		{place: "Choosing columns", key: "space", want: "▌ [ ] AGE"},
		{place: "Choosing columns", key: "backspace", want: "[x] AGE"}, {place: "Panes", key: "esc", gone: "▸ Columns"},
		{place: "Rows and lists", key: "space", want: "★AAPL|2 pinned 1"},
		{place: "Rows and lists", key: "2", want: "▐2 pinned 1▌"}, {place: "Rows and lists", key: "1", want: "▐1 all 24▌"},
		{place: "Rows and lists", key: "3", want: "▐3 movers"},
		{place: "Rows and lists", key: "9", want: "there is no list 9"},
		{place: "Rows and lists", key: "[", want: "▐2 pinned"}, {place: "Rows and lists", key: "]", want: "▐3 movers"},
		{place: "Rows and lists", key: "1", want: "▐1 all 24▌"},
		{place: "Rows and lists", key: "+", then: "NOPE\r", want: "no feed can be asked for NOPE"},
		{place: "Moving", key: "g", want: "▌★AAPL"},
		{place: "Rows and lists", key: "-", want: "AAPL removed from all", gone: "★AAPL"},
		{place: "Rows and lists", key: "a", then: "> 1\r", want: "alert added: AMD > 1"},

		{place: "Panes", key: "enter", want: "─ AMD ·|Last trade", gone: "Prices"}, {place: "Panes", key: "z", want: "Prices"},
		{place: "Panes", key: "z", gone: "Prices"}, {place: "Panes", key: "esc", want: "Prices"}, {place: "Panes", key: "esc", gone: "Tape: AMD"},
		{place: "Panes", key: "enter", want: "Prices|Tape: AMD"}, {place: "Panes", key: "tab", want: "▸ AMD "},
		{place: "In the chart", key: "c", want: "candles"},
		{place: "In the chart", key: "]", want: " 10 s candles"}, {place: "In the chart", key: "[", want: " 1 s candles"}, {place: "In the chart", key: "]", want: " 10 s candles"},
		{place: "In the chart", key: "←", gone: "[ ] pace"}, {place: "In the chart", key: "h", gone: "[ ] pace"},
		{place: "In the chart", key: "l", want: "▸ AMD 10 s"}, {place: "In the chart", key: "→", want: "[ ] pace"},
		{place: "Panes", key: "t", want: "▸ Tape: AMD"}, {place: "In the tape", key: "space", want: "Tape: AMD · HELD"},
		{place: "In the tape", key: "space", gone: "HELD"}, {place: "Panes", key: "t", want: "▸ Tape: all"},
		{place: "In the tape", key: "S", want: "size ≥"},
		{place: "Panes", key: "esc", want: "▸ Prices"}, {place: "Panes", key: "shift+tab", want: "▸ News"}, {place: "Panes", key: "esc", want: "▸ Prices"},

		{place: "Panes", key: "!", want: "▸ Event log"},
		{place: "In the log", key: "c", want: "▸ Changes and errors"}, {place: "In the log", key: "c", want: "▸ Event log"},
		{place: "In the log", key: "&", then: "kind:state\r", want: "only kind:state|● live"},
		{place: "In the log", key: "w", want: "of the log written to livetape-events.log"},
		{place: "In the log", key: "w", want: "written to livetape-events-2.log"},
		{place: "Rows and lists", key: "/", then: "live\r"},
		{place: "In panes of text", key: "n", want: "live: 1 of"}, {place: "In panes of text", key: "N", want: "live: "},
		{place: "Panes", key: "!", gone: "Event log"},

		{place: "Panes", key: "n", want: "▸ News"}, {place: "Panes", key: "esc", want: "▸ Prices"},
		{place: "Panes", key: "N", want: "▸ News of AMD"}, {place: "Panes", key: "esc", want: "▸ Prices"},
		{place: "Panes", key: "o", want: "No headline is selected"},
		{place: "Panes", key: "y", want: "given to the terminal to copy: AMD", written: "\x1b]52;c;"},
		{place: "Panes", key: "A", want: "▸ Alerts 1|AMD > 1"}, {place: "In the alerts", key: "-", want: "removed: AMD > 1"}, {place: "Panes", key: "esc", want: "▸ Prices"},
		{place: "Panes", key: "P", want: "No positions"}, {place: "Panes", key: "esc", gone: "No positions"},
		{place: "Panes", key: "e", want: "▸ Raw events"}, {place: "Panes", key: "e", want: "▸ Prices"},

		{place: "Feeds", key: "f", want: "▸ Feeds 1"}, {place: "Panes", key: "enter", want: "▸ Feed demo|idle_timeout"},
		{place: "Panes", key: "esc", want: "▸ Feeds 1"}, {place: "Panes", key: "esc", want: "▸ Prices"},
		{place: "Feeds", key: "x", want: "■ CLOSED by you"}, {place: "Feeds", key: "r", want: "● LIVE", gone: "CLOSED"},
		{place: "Feeds", key: "R", want: "retrying 1 feed now"},
		{place: "Feeds", key: "M", want: "demo is not read by a guessed map"},
		{place: "Feeds", key: "F", want: "▸ Inject a fault"}, {place: "Panes", key: "esc", gone: "Inject a fault"},

		{place: "Program", key: "p", want: "PAUSED"}, {place: "Program", key: "p", gone: "PAUSED"},
		{place: "Back in time", key: "←", want: "REWIND"}, {place: "Back in time", key: "end", gone: "REWIND"},
		{place: "Program", key: "W", then: "\r", want: "written to livetape-2"},
		{place: "Program", key: ":", then: "feeds", want: ": feeds"}, {place: "Panes", key: "esc", want: "▸ Prices"},
		{place: "Program", key: "T", want: "▸ Themes"}, {place: "Panes", key: "esc", gone: "▸ Themes"},
		{place: "Program", key: "m", written: "\x1b[?1002l"}, {place: "Program", key: "m", written: "\x1b[?1002h"},
		{place: "Program", key: "?", want: "▸ Keys"}, {place: "Program", key: "?", gone: "▸ Keys"},
		{mouse: "3 movers", want: "▐3 movers"}, {mouse: "1 all", want: "▐1 all"},
		{mouse: "CHG%", want: "sort CHG% ▾"}, {mouse: "CHG%▾", want: "sort CHG% ▴"}, {mouse: "SYMBOL", want: "sort SYMBOL ▴"},
		{place: "Program", key: "ctrl+l", written: "\x1b[2J"},
		{place: "Program", key: "ctrl+z", written: "\x1b[?1049l"},
		{signal: syscall.SIGCONT, written: "\x1b[?1049h", want: "▸ Prices"},
		{place: "Program", key: "q"},
	}
}

// mapKeys go through two feeds that are read by a guessed map.
func mapKeys() []keyStep {
	return []keyStep{
		{place: "Rows and lists", key: "u", want: "desk +1"}, {place: "Rows and lists", key: "u", gone: "desk +1"},
		{place: "Feeds", key: "M", want: "▸ Map of desk"}, {place: "In a map", key: "w", want: "map of desk written to desk.map.yaml"},
		{place: "Program", key: "ctrl+c"},
	}
}

// recordingKeys go through a recording that plays.
func recordingKeys() []keyStep {
	const place = "In a recording"
	return []keyStep{
		{place: "Program", key: "p", want: "‖ 00:00:00 / 00:00:59"}, {place: place, key: ".", want: "‖ 00:00:01"},
		{place: "Back in time", key: "→", want: "00:00:11"}, {place: "Back in time", key: "l", want: "00:00:21"},
		{place: "Back in time", key: "←", want: "00:00:11"}, {place: "Back in time", key: "h", want: "00:00:01"},
		{place: place, key: "+", want: "0.25×"}, {place: place, key: "=", want: "0.5×"}, {place: place, key: "-", want: "0.25×"},
		{place: "Program", key: "p", want: "▶ 00:00:01"},
		{place: "Program", key: "q"},
	}
}

// minuteTape is a recording of a minute, with a price each second.
func minuteTape() string {
	var out strings.Builder
	start := time.Date(2026, 3, 2, 14, 30, 0, 0, time.UTC)
	fmt.Fprintf(&out, ": livetape recording 1\n: start %s\n: feed \"desk\" \"http://desk.example/\"\n", start.Format(time.RFC3339Nano))
	for i := range 60 {
		fmt.Fprintf(&out, ": at %s\nevent: price\nid: d-%d\ndata: {\"symbol\":\"NVDA\",\"last\":\"181.%02d\"}\n\n", start.Add(time.Duration(i)*time.Second).Format(time.RFC3339Nano), i, i)
	}
	return out.String()
}

// keyBytes are what a terminal sends for a key of the help.
func keyBytes(label string) string {
	special := map[string]string{
		"↑": "\x1b[A", "↓": "\x1b[B", "→": "\x1b[C", "←": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F", "pgup": "\x1b[5~", "pgdn": "\x1b[6~",
		"tab": "\t", "shift+tab": "\x1b[Z", "enter": "\r", "esc": "\x1b", "space": " ", "backspace": "\x7f",
	}
	if bytes, ok := special[label]; ok {
		return bytes
	}
	if letter, ok := strings.CutPrefix(label, "ctrl+"); ok {
		return string(letter[0] & 0x1f)
	}
	return label
}

// helpKeys are the keys of the help on screen, each with its place: "Moving ↑".
func (term *terminal) helpKeys() (all []string) {
	term.press("?")
	var columns [3][]string
	help := term.waitForText("▸ Keys", "Signs")
	for line := range strings.Lines(help[strings.Index(help, "▸ Keys"):strings.Index(help, "─ Signs")]) {
		cells := []rune(fmt.Sprintf("%-100s", strings.TrimRight(line, "\n")))
		for i := range columns {
			columns[i] = append(columns[i], string(cells[2+30*i:2+30*i+30]))
		}
	}
	place := ""
	for _, entry := range slices.Concat(columns[0][1:], columns[1][1:], columns[2][1:]) {
		keys, does := strings.Fields(string([]rune(entry)[:10])), strings.TrimSpace(string([]rune(entry)[10:]))
		switch {
		case does == "":
		case len(keys) == 0:
			place = does
		case keys[0] == "1–9":
			all = append(all, place+" 1", place+" 9")
		}
		for _, k := range keys {
			if k != "1–9" {
				all = append(all, place+" "+k)
			}
		}
	}
	term.press("?")
	term.waitFor("the end of the help", func(screen string) bool { return !strings.Contains(screen, "▸ Keys") })
	return all
}

// isShown reports whether a screen is as the key leaves it.
func (s *keyStep) isShown(screen string) bool {
	screen = trailingBlanks.ReplaceAllString(screen, "\n")
	for part := range strings.SplitSeq(s.want, "|") {
		if !strings.Contains(screen, part) {
			return false
		}
	}
	return s.gone == "" || !strings.Contains(screen, s.gone)
}

var trailingBlanks = regexp.MustCompile(`[ \r]+\n`)

// playKeys presses keys, and waits for what each brings.
func (term *terminal) playKeys(steps []keyStep) {
	for i, s := range steps {
		before := term.bytesWritten()
		for s.signal != 0 { // until the program waits for it
			term.signal(s.signal)
			if _, shown := term.showsWithin(100*time.Millisecond, s.isShown); shown {
				break
			}
		}
		if s.mouse != "" {
			term.pressMouse(s.mouse, s.wheel)
		} else {
			term.press(keyBytes(s.key))
		}
		if s.then != "" {
			term.press(s.then)
		}
		term.waitFor(fmt.Sprintf("what %s%s brings (step %d: %q, and not %q)", s.key, s.mouse, i, s.want, s.gone), s.isShown)
		if s.written != "" {
			term.waitForBytes(before, s.written)
		}
	}
	if code := term.waitForExit(); code != 0 {
		term.t.Errorf("exit code %d at the end", code)
	}
}

// pressMouse clicks on a text, or turns the wheel down there.
func (term *terminal) pressMouse(text string, wheel bool) {
	button, parts := 0, []string{"M", "m"}
	if wheel {
		button, parts = 65, []string{"M"} // it is not released
	}
	y := 0
	for line := range strings.Lines(term.waitForText(text)) {
		y++
		if before, _, found := strings.Cut(line, text); found {
			for _, part := range parts {
				term.press(fmt.Sprintf("\x1b[<%d;%d;%d%s", button, ansi.StringWidth(before)+1, y, part))
			}
			return
		}
	}
}

// TestEveryKeyOfTheHelpDoesWhatItSays has the built binary show its help, and presses each key that it names.
func TestEveryKeyOfTheHelpDoesWhatItSays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := "feeds:\n"
	for _, name := range []string{"desk", "wire"} {
		url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			for i := 0; ; i++ {
				fmt.Fprintf(w, "data: {\"ticker\":\"NVDA\",\"px\":\"1.5%d\"}\n\n", i%10)
				_ = http.NewResponseController(w).Flush()
				select {
				case <-r.Context().Done():
					return
				case <-time.After(100 * time.Millisecond):
				}
			}
		}))
		config += "  " + name + ": {url: '" + url + "'}\n"
	}
	for name, text := range map[string]string{"livetape.yaml": config, "minute.tape": minuteTape()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var named, pressed []string
	for _, run := range []struct {
		args  []string
		first string
		steps []keyStep
	}{
		{[]string{"demo", "--rate", "10"}, "AAPL", demoKeys()},
		{[]string{"watch"}, "NVDA", mapKeys()},
		{[]string{"replay", "--speed", "0.1", "minute.tape"}, "NVDA", recordingKeys()},
	} {
		cmd := livetapeIn(dir, run.args)
		cmd.Env = append(cmd.Env, "XDG_STATE_HOME="+filepath.Join(dir, "state"))
		term := startTerminal(t, 120, 46, cmd)
		term.waitForText(run.first)
		named = append(named, term.helpKeys()...)
		for _, s := range run.steps {
			pressed = append(pressed, s.place+" "+s.key)
		}
		term.playKeys(run.steps)
	}
	slices.Sort(named)
	for _, key := range slices.Compact(named) {
		if !slices.Contains(pressed, key) {
			t.Errorf("the help names the key %q, which is not pressed here", key)
		}
	}
	log, err := os.ReadFile(filepath.Join(dir, "livetape-events.log"))
	if err != nil || !strings.Contains(string(log), "\tstate\t● live") {
		t.Errorf("the written log is %q (%v)", log, err)
	}
}

// TestATerminalWithoutUnicodeIsDrawnInASCII goes by the locale and the kind of the terminal, unless a flag says otherwise.
func TestATerminalWithoutUnicodeIsDrawnInASCII(t *testing.T) {
	t.Parallel()
	isBeyondASCII := func(r rune) bool { return r > '~' }
	for _, c := range []struct {
		env   []string
		flag  string
		ascii bool
	}{
		{[]string{"LC_ALL=C"}, "--reduced-motion", true},
		{[]string{"TERM=linux", "LC_ALL=C.UTF-8"}, "--reduced-motion", true},
		{[]string{"LC_ALL=C"}, "--ascii=false", false},
	} {
		cmd := exec.Command(livetape, "demo", "--rate", "1", c.flag)
		cmd.Env = c.env
		term := startTerminal(t, 80, 24, cmd)
		screen := term.waitForText("LIVE", "AAPL", "help")
		if ascii := strings.IndexFunc(screen, isBeyondASCII) < 0; ascii != c.ascii {
			t.Errorf("%v %s: drawn in ASCII is %t:\n%s", c.env, c.flag, ascii, screen)
		}
		term.press("q")
		term.waitForExit()
	}
}

func TestATerminalThatCannotDrawIsPointedToLines(t *testing.T) {
	t.Parallel()
	for _, command := range [][]string{{"demo"}, {"watch", "http://127.0.0.1:1/"}} {
		cmd := exec.Command(livetape, command...)
		cmd.Env = []string{"TERM=dumb"}
		term := startTerminal(t, 100, 24, cmd)
		if code := term.waitForExit(); code != 2 || !strings.Contains(term.output(), "TERM is dumb: such a terminal cannot draw a screen") || !strings.Contains(term.output(), "livetape stream") {
			t.Errorf("%v ends with %d and says\n%s", command, code, term.output())
		}
	}
}
