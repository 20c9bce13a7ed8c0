package cli_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"livetape/feed/decode/preset/samples"
	"livetape/feed/market"
	"livetape/ui/cli"
)

// prices are the rows of a screen, without what changes by itself: symbol, feed and numbers.
func prices(screen string) []string {
	var all []string
	for line := range strings.Lines(screen) {
		if priceRow.MatchString(line) {
			all = append(all, strings.Join(strings.Fields(changing.ReplaceAllString(line, " ")), " "))
		}
	}
	return slices.Sorted(slices.Values(all))
}

// changing is what a row shows besides: the age, the marks of the last move and of the cursor, the chart.
var changing = regexp.MustCompile(`\d+[smh]\b|now\b|[│▸▌>‼★┄▲▼△▽·•▁▂▃▄▅▆▇█⠀-⣿]`)

func replayed(t *testing.T, file string, args ...string) *terminal {
	t.Helper()
	return startScreen(t, 140, 60, append([]string{"replay", file, "--speed", "max"}, args...)...)
}

// scripted is a server that sends a whole story of prices, and then says that it has ended.
func scripted(t *testing.T, n int) string {
	t.Helper()
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Last-Event-ID") == fmt.Sprint(n) {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "retry: 10\n\n")
		for i := range n {
			field := []string{"last", "bid", "ask"}[i/2%3]
			fmt.Fprintf(w, "event: price\nid: %d\ndata: {\"symbol\":\"S%c%c\",%q:\"%d.%02d\"}\n\n", i+1, 'A'+i%5, 'A'+i%3, field, 100+i*7%90, i%100)
		}
	}))
}

func TestARecordingEndsInTheBoardOfWatching(t *testing.T) {
	t.Parallel()
	url := scripted(t, 500)
	for _, args := range [][]string{{"desk.tape"}, {"desk.tape.gz"}, {"desk.tape", "--record-size", "1"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			watched := startScreen(t, 140, 40, "watch", url)
			watched.waitFor("all of the story", func(screen string) bool {
				return strings.Contains(screen, "■ CLOSED by server (204)") && strings.Contains(screen, "500 events") && len(prices(screen)) == 15
			})
			args[0] = filepath.Join(t.TempDir(), args[0])
			if code, said := runRecord(t, append([]string{url, "--record"}, args...)...); code != 0 {
				t.Fatalf("exit code %d:\n%s", code, said)
			}
			waitForBoth("the same prices", watched, replayed(t, args[0]), func(watched, replayed string) bool {
				want := prices(watched)
				return strings.Contains(replayed, "■ end") && len(want) == 15 && slices.Equal(want, prices(replayed))
			})
		})
	}
}

func TestARecordingThatIsKilledReplaysUpToItsLastWholeEvent(t *testing.T) {
	t.Parallel()
	server := startServer(t, "127.0.0.1:0")
	for _, base := range []string{"desk.tape", "desk.tape.gz"} {
		t.Run(base, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), base)
			cmd := exec.Command(livetape, "record", server.url(), "--record", file)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			waitForEvents(t, file, 30)
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			cmd.Wait()
			whole := countEvents(t, file)
			replayed(t, file).waitForText("■ end", fmt.Sprintf("%d events", whole))
		})
	}
}

func TestARecordingSaysHowItsFeedsAreRead(t *testing.T) {
	t.Parallel()
	e, dir := startPriceServer(t), t.TempDir()
	e.writeConfig(t, dir, `
feeds:
  plain: {url: EXCHANGE/nvda}
  scaled: {url: EXCHANGE/amd, token: '${DESK_TOKEN}', map: [{symbol: ticker, last: {path: px, mul: 100}}]}
`)
	for _, args := range [][]string{
		{"stream", "--record", "stream.tape", "--count", "2"},
		{"record", "--record", "record.tape", "--count", "2"},
	} {
		cmd := livetapeIn(dir, args, "DESK_TOKEN=s3cret-s3cret")
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, said)
		}
		file := filepath.Join(dir, args[0]+".tape")
		text, err := os.ReadFile(file)
		if err != nil || strings.Contains(string(text), "s3cret") || strings.Contains(string(text), "DESK_TOKEN") {
			t.Errorf("%v, or a secret in:\n%s", err, text)
		}
		replayed(t, file).waitFor("prices read as they were", func(screen string) bool {
			return strings.Contains(screen, "■ end") && inStrip(screen, "■ plain") && inStrip(screen, "■ scaled") &&
				strings.Contains(row(screen, "NVDA"), "100.50") && strings.Contains(row(screen, "AMD"), "10,050")
		})
	}
}

func TestAFeedThatJoinsWhileItIsRecordedIsInTheRecording(t *testing.T) {
	t.Parallel()
	e, dir := startPriceServer(t), t.TempDir()
	const one = "feeds:\n  one: {url: EXCHANGE/nvda}\n"
	e.writeConfig(t, dir, one)
	term := startTerminal(t, 120, 40, livetapeIn(dir, []string{"watch", "--record", "joined.tape"}))
	term.waitForText("● LIVE", "REC", "NVDA", "100.50")
	e.writeConfig(t, dir, one+"  two: {url: 'EXCHANGE/amd', map: [{symbol: ticker, last: {path: px, mul: 100}}]}\n")
	term.waitFor("the second feed", func(screen string) bool { return strings.Contains(row(screen, "AMD"), "10,050") })
	e.writeConfig(t, dir, one+"  two: {url: 'EXCHANGE/amd', map: [{symbol: ticker, last: {path: px, mul: 10}}]}\n")
	term.waitFor("the second feed read otherwise", func(screen string) bool { return strings.Contains(row(screen, "AMD"), "1,005") })
	term.press("q")
	if code := term.waitForExit(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, term.text())
	}

	screen := replayed(t, filepath.Join(dir, "joined.tape")).waitFor("both feeds, and the last prices", func(screen string) bool {
		return strings.Contains(screen, "■ end") && inStrip(screen, "■ one") && inStrip(screen, "■ two") &&
			strings.Contains(row(screen, "NVDA"), "100.50") && strings.Contains(row(screen, "AMD"), "1,005")
	})
	if strings.Contains(screen, "joined") {
		t.Errorf("there is a feed that nobody watched:\n%s", screen)
	}
}

func TestADemoIsRecorded(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "demo.tape.gz")
	term := startScreen(t, 120, 40, "demo", "--record", file)
	term.waitFor("prices", func(screen string) bool {
		return strings.Contains(screen, "● LIVE") && strings.Contains(screen, "REC") && eventsTaken(screen) > 20
	})
	term.press("q")
	term.waitForExit()
	n := countEvents(t, file)
	if n <= 20 {
		t.Errorf("%d events are recorded", n)
	}
	replayed(t, file).waitFor("all of the recording", func(screen string) bool {
		return strings.Contains(screen, "■ end") && strings.Contains(screen, fmt.Sprintf(" %d events", n)) && len(prices(screen)) >= 10
	})
}

func TestAReplayCallsSymbolsAsAConfigurationDoes(t *testing.T) {
	t.Parallel()
	url := serve(t, pricesHandler("NVDA 1.5", "AMD 2.5"))
	dir := t.TempDir()
	file := filepath.Join(dir, "desk.tape")
	if code, said := runRecord(t, url, "--record", file, "--count", "2"); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, said)
	}
	config := filepath.Join(dir, "names.yaml")
	const text = "feeds:\n  desk: {url: 'http://desk.example/'}\nsymbols:\n  CHIPS: {aliases: [NVDA], decimals: 4}\nwatchlists:\n  few: [CHIPS]\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	screen := replayed(t, file, "--config", config, "--list", "few").waitForText("■ end", "CHIPS", "1.5000")
	if strings.Contains(screen, "AMD") {
		t.Errorf("the list is not kept:\n%s", screen)
	}
}

func TestWhatCurlCapturedReplays(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl")
	}
	file := filepath.Join(t.TempDir(), "captured.sse")
	if out, err := exec.Command("curl", "-sN", "-o", file, scripted(t, 30)).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	replayed(t, file).waitForText("■ end", "30 events", "■ END", "SAA")
}

func TestEveryServiceIsReadAgainAsItWasRecorded(t *testing.T) {
	t.Parallel()
	all, err := samples.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		definition, err := s.Definition()
		if err != nil {
			t.Fatal(err)
		}
		decoder, err := cli.ReadAgain(s.Name, definition)
		if err != nil {
			t.Fatal(err)
		}
		var updates []market.Update
		for _, e := range s.Events() {
			m, err := decoder.Decode(e.Type, e.Data)
			if err != nil {
				t.Errorf("%s: %s: %v", s.Name, e.Data, err)
			}
			updates = append(updates, m.Updates...)
		}
		for _, wrong := range s.Diff(updates) {
			t.Errorf("%s: %s", s.Name, wrong)
		}
	}
}

func TestARecordingThatNobodyKnowsToReadSaysSo(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "newer.tape")
	const text = ": livetape recording 1\n: start 2026-11-21T10:00:00Z\n" +
		": feed \"desk\" \"http://desk.example/\" {\"decoder\": \"of-tomorrow\"}\n" +
		": at 2026-11-21T10:00:01Z\ndata: {\"symbol\":\"A\",\"price\":1}\n\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	term := replayed(t, file)
	term.waitForText("■ end", "1 event", "1 decode error")
	term.press("!")
	term.waitForText(`unknown decoder "of-tomorrow"`)
}
