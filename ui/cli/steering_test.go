package cli_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
)

// steering is text that tries to steer a terminal: it sets the clipboard and the title, clears the screen, turns the
// direction, hides, and stacks marks on a letter.
const steering = "a\x1b]52;c;b3duZWQ=\aa\x1b]0;owned\x1b\\b\x1b[66;6Hc\u009b66;7Hd\u009d52;c;b3duZWQ\u009ce\u202ef\u2066g\u200bh\u2060i\U000e0041j\u0301\u0301\u0301\u0301\u0301\u0301k"

// steers finds what steering would do to a terminal in what one has received.
var steers = regexp.MustCompile(`\x1b\]52|\x1b\]0|\x1b\[66|\x{9b}|\x{9d}|\x{9c}|[\x{202a}-\x{202e}\x{2060}-\x{2069}\x{200b}-\x{200f}\x{e0000}-\x{e007f}]|\x{301}{5}`)

// received is all that a terminal gets of a command until it ends, or serves.
func received(t *testing.T, args ...string) string {
	t.Helper()
	term := startScreen(t, 200, 50, args...)
	term.waitFor("an end, or an address", func(screen string) bool {
		select {
		case <-term.drained:
			return true
		default:
			return strings.Contains(screen, "Stop it:")
		}
	})
	term.stop()
	term.waitForExit()
	return term.output()
}

func requireNoSteering(t *testing.T, what any, all string) {
	t.Helper()
	if found := steers.FindString(all); found != "" {
		t.Errorf("%q: the terminal got %q in\n%q", what, found, all)
	}
}

func TestNothingOfACommandLineOrAFileSteersATerminal(t *testing.T) {
	t.Chdir(t.TempDir())
	feeds := "feeds:\n  desk: {url: 'http://127.0.0.1:1/'}\n"
	for name, content := range map[string]string{
		steering + ".yaml": feeds, "evil.yaml": feeds + steering + ": 1\n", "keys.yaml": "feeds:\n  '" + steering + "': {url: x}\n", "broken.yaml": "feeds: [\n" + steering,
		"names.yaml":     feeds + "symbols:\n  '" + steering + "': {decimals: 99, aliases: ['" + steering + "', '']}\nwatchlists: {'" + steering + "': []}\n",
		"value.yaml":     "feeds:\n  desk: {url: '" + steering + "', preset: '" + steering + "', watchlist: '" + steering + "', retry_min: '" + steering + "'}\n",
		"files.yaml":     "feeds:\n  desk: {url: 'http://127.0.0.1:1/', token_file: '" + steering + "', tls_ca: '" + steering + "'}\n",
		"alerts.yaml":    feeds + "alerts:\n  - {symbol: '" + steering + "', above: '" + steering + "', name: '" + steering + "', notify: ['" + steering + "'], '" + steering + "': 1}\n",
		"positions.yaml": feeds + "positions:\n  '" + steering + "': {lots: ['" + steering + "'], currency: '" + steering + "'}\n",
		"looks.yaml":     feeds + "theme: '" + steering + "'\nthemes: {'" + steering + "': {up: '" + steering + "'}}\nkeys: {'" + steering + "': ['" + steering + "']}\ncolumns: ['" + steering + "']\nsort: '" + steering + "'\n",
		"state.json":     `{"livetape_state": "` + steering, "alert.yaml": feeds + "alerts: [{symbol: '" + steering + "', below: 1}]\n",
		"story.yaml": "about: x\n" + steering + ": 1\n", "none.tape": steering + "\n",
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const url = "http://127.0.0.1:1/"
	for _, args := range [][]string{
		{steering}, {"--" + steering}, {"help", steering}, {"presets", steering}, {"scenarios", steering},
		{"config", "path", steering}, {"config", "check", steering}, {"config", "check", steering + ".yaml"}, {"config", "init", steering + "/x.yaml"},
		{"config", "check", "evil.yaml"}, {"config", "check", "keys.yaml"}, {"config", "check", "broken.yaml"}, {"config", "check", "names.yaml"},
		{"config", "check", "value.yaml"}, {"config", "check", "files.yaml"}, {"watch", "--config", "names.yaml"}, {"watch", "--config", steering},
		{"watch", steering}, {"watch", "desk/" + steering}, {"watch", "--list", steering, url}, {"watch", "--preset", steering}, {"watch", url, "--ca", steering},
		{"watch", url, "--var", steering}, {"watch", url, "-H", steering}, {"watch", url, "-H", steering + ": x"}, {"watch", url, "--idle-timeout", steering},
		{"stream", "--for", "1ms", url + steering}, {"stream", "--for", "1ms", url, "--name", steering}, {"stream", "--for", "1ms", url, "--last-event-id", steering},
		{"stream", "--for", "1ms", "http://" + steering + "/"}, {"stream", url, "--output", steering}, {"stream", url, "--events", steering}, {"stream", url, "-t", "{{." + steering},
		{"stream", "--for", "1ms", url, "--once", "--symbols", steering}, {"stream", url, "--record", steering + "/x", "--for", "1ms"},
		{"record", "--for", "1ms", url, "--record", steering + ".tape"}, {"record", url, "--record", steering + ".yaml"},
		{"replay", steering}, {"replay", "none.tape"}, {"replay", "--from", steering, "x"}, {"replay", "--speed", steering, "x"},
		{"check", "--for", "1ms", url + "?x=" + steering}, {"check", url, "--format", steering}, {"check", url, "--write", steering + ".yaml"},
		{"bench", "--for", "1ms", "--clients", "1", "http://" + steering + ":1/"}, {"mock", "--listen", steering}, {"mock", "--fault", steering},
		{"mock", "--scenario", steering}, {"mock", "--scenario", "./" + steering}, {"mock", "--scenario", "story.yaml"}, {"mock", "--start", steering, "--scenario", "flash-crash"},
		{"mock", "--log-level", steering}, {"mock", "--log-format", steering}, {"mock", "--token", steering}, {"mock", "--token-file", steering}, {"mock", "--tls-cert", steering, "--tls-key", "x"},
		{"mock", "--listen", "127.0.0.1:0", "--tls", "--tls-out", steering + "/x"}, {"mock", "--replay", steering}, {"mock", "--allow-origin", steering},
		{"config", "check", "alerts.yaml"}, {"config", "check", "positions.yaml"}, {"config", "check", "looks.yaml"}, {"watch", "--config", "looks.yaml"},
		{"watch", url, "--theme", steering}, {"tape", "--once", url, "--theme", steering}, {"tape", "--once", steering}, {"tape", "--once", url, "--list", steering},
		{"stream", "--for", "1ms", url, "--state", steering + "/x"}, {"stream", "--for", "1ms", url, "--state", "state.json"}, {"stream", "--for", "1ms", "--alerts", "--config", "alert.yaml"},
		{"watch", url, "--memory", steering}, {"watch", url, "--record-size", steering}, {"bench", "--format", steering, url},
	} {
		t.Run(strings.Join(args[:min(len(args), 2)], " "), func(t *testing.T) {
			t.Parallel()
			requireNoSteering(t, args, received(t, args...))
		})
	}
}

func TestNothingOfAFeedOrItsNamesSteersTheScreen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	events := "id: " + steering + "\nevent: " + steering + "\ndata: {\"ticker\":\"NVDA\",\"px\":\"1.50\",\"" + steering + "\":1}\n\n" +
		"data: " + steering + "\n\nevent: error\ndata: " + steering + "\n\n"
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, events)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	config := "feeds:\n  desk: {url: '" + url + "'}\nsymbols:\n  \"x" + escaped(steering) + "\": {name: \"y" + escaped(steering) + "\", aliases: [NVDA]}\n"
	file := filepath.Join(dir, steering+".yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	tape := filepath.Join(dir, steering+".tape")
	for _, args := range [][]string{{"watch", "--config", file, "--record", tape}, {"watch", url, "--name", steering}, {"replay", tape}} {
		term := startScreen(t, 160, 40, args...)
		term.waitForText("1.50")
		if args[0] == "watch" && args[1] == "--config" {
			if err := os.WriteFile(file, []byte("feeds:\n  desk: {url: '"+url+"', "+steering+": 1}\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			term.waitForText("the settings before it hold")
		}
		for _, key := range []string{"!", "\t", "i", "?"} {
			term.press(key)
		}
		term.waitForText("Signs")
		term.press("q")
		term.waitForExit()
		requireNoSteering(t, args, term.output())
	}
}

// TestNothingOfAlertsListsAndPositionsSteersTheScreen has steering text wherever alerts, positions, lists, pins, filters, headlines and
// themes can have it, and goes through the panes that show it.
func TestNothingOfAlertsListsAndPositionsSteersTheScreen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		text := escapedJSON(steering)
		fmt.Fprintf(w, "event: price\ndata: {\"symbol\":\"NVDA\",\"name\":%[1]s,\"currency\":%[1]s,\"last\":\"1.50\"}\n\n"+
			"event: price\ndata: {\"symbol\":%[1]s,\"last\":\"1.50\"}\n\nevent: status\ndata: {\"symbol\":\"NVDA\",\"state\":\"halted\",\"reason\":%[1]s}\n\n"+
			"event: news\ndata: {\"id\":\"1\",\"headline\":%[1]s,\"summary\":%[1]s,\"source\":%[1]s,\"symbols\":[%[1]s,\"NVDA\"],\"url\":\"https://x.example/\"}\n\n", text)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	text := escaped(steering)
	config := "feeds:\n  desk: {url: '" + url + "', symbols: [NVDA, \"" + text + "\"]}\nwatchlists: {\"" + text + "\": [NVDA]}\n" +
		"symbols: {NVDA: {name: \"" + text + "\"}}\npositions: {NVDA: {lots: ['1 @ 1'], currency: \"" + text + "\"}, \"" + text + "\": {lots: ['1 @ 1']}}\n" +
		"themes: {\"" + text + "\": {base: dark}}\nalerts:\n  - {symbol: NVDA, above: 1, name: \"" + text + "\", notify: [bell, terminal]}\n" +
		"  - {news: a, name: \"" + text + "\", notify: [terminal], exec: [\"/none/" + text + "\"]}\n  - {symbol: \"" + text + "\", below: 2, notify: [terminal]}\n  - {halted: true, notify: [terminal]}\n"
	file := filepath.Join(dir, "desk.yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(dir, "state", "livetape", "settings.json")
	if err := os.MkdirAll(filepath.Dir(settings), 0o700); err != nil {
		t.Fatal(err)
	}
	kept := escapedJSON(steering)
	if err := os.WriteFile(settings, []byte(`{"livetape_settings":1,"values":{"filter":`+kept+`,"theme":`+kept+`,"list":`+kept+`,"sort":`+kept+`,"columns":`+kept+`,`+kept+`:"1"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(livetape, "watch", "--config", file)
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+filepath.Join(dir, "state"), "LANG=C.UTF-8", "TERM=xterm-256color")
	term := startTerminal(t, 160, 40, cmd)
	term.waitForText("1.50")
	paste := "\x1b[200~" + strings.ReplaceAll(steering, "\x1b", "") + "\x1b[201~"
	for _, key := range []string{"A", "\x1b", "P", "\x1b", "T", "\x1b", "C", "\x1b", "f", "\r", "\x1b", "\x1b", "t", "\x1b", "\r", "\x1b", "a", paste, "\r", "\x1b", "/", paste, "\r", "\x1b", ":", paste, "\x1b", "+", paste, "\r", "\x1b", "n", "\r", "y", "\x1b", "e", "!", "]", "["} {
		term.press(key)
	}
	term.press("?")
	term.waitForText("Signs")
	term.press("q")
	term.waitForExit()
	requireNoSteering(t, "watch", strings.ReplaceAll(term.output(), "\x1b]52;c;", "")) // y copies the headline, as base64
	for _, args := range [][]string{{"tape", "--once", "--config", file}, {"stream", "--alerts", "--for", "300ms", "--config", file, "-o", "table"}, {"config", "check", file}} {
		requireNoSteering(t, args, received(t, args...))
	}
}

// escapedJSON is text as a string of JSON has it, with an escape for what cannot be printed.
func escapedJSON(text string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&b, `\u%04x`, unit)
	}
	return `"` + b.String() + `"`
}

// escaped is text as a string of YAML in double quotes has it.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\U%08X`, r)
		}
	}
	return b.String()
}
