package cli_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"livetape/ui/picture"
)

var updatePictures = flag.Bool("update-pictures", false, "draw the README's pictures anew, into docs/")

// savePicture draws what the terminal shows now as docs/<name>.svg, when asked to.
func (term *terminal) savePicture(name string) {
	term.t.Helper()
	if *updatePictures {
		writePicture(term.t, name, term.picture())
	}
}

func writePicture(t testing.TB, name, svg string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join("..", "..", "docs", name+".svg"), []byte(svg), 0o644); err != nil {
		t.Fatal(err)
	}
}

// picture is the screen as an SVG, between two frames.
func (term *terminal) picture() string {
	for before := -1; before != term.bytesWritten(); time.Sleep(8 * time.Millisecond) {
		before = term.bytesWritten()
	}
	term.mu.Lock()
	defer term.mu.Unlock()
	return picture.SVG(term.screen.Render(), term.screen.Width(), picture.Dark())
}

// TestThePicturesOfTheReadme draws, when asked to, those that no other test comes by.
func TestThePicturesOfTheReadme(t *testing.T) {
	if !*updatePictures {
		t.Skip("it only draws")
	}
	t.Run("details", drawDetails)
	t.Run("plug", drawPulledPlug)
}

// drawDetails draws a symbol with its chart and its tape, and the alerts.
func drawDetails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := "feeds:\n  desk: {url: '" + startServer(t, "127.0.0.1:0").url() + "'}\nalerts:\n" +
		"  - {symbol: BTC/USD, crosses: \"96,750\", notify: [bell, desktop]}\n  - {symbol: NVDA, moves: 0.1%, within: 5m, notify: [bell]}\n" +
		"  - {halted: true, notify: [terminal]}\n  - {feed: desk, silent: 30s, exec: [./page.sh]}\n  - {feed: desk, gap: 10s}\n" +
		"positions:\n  BTC/USD: {lots: [\"0.5 @ 96,500\"]}\n"
	if err := os.WriteFile(filepath.Join(dir, "livetape.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	term := startTerminal(t, 180, 46, livetapeIn(dir, []string{"watch", "--config", filepath.Join(dir, "livetape.yaml")}, "XDG_STATE_HOME="+dir, "HOME="+dir))
	term.waitForText("● LIVE", "NVDA")
	term.press("jjjj")
	term.waitForText("─ BTC/USD ·")
	term.press("a< 95,000\r")
	term.waitForText("alert added")
	waitForTrading(term, 3600)
	term.press("\t[c") // candles of a second, which fill the chart
	term.waitForText("1 s candles")
	term.press("\x1b[Z")
	waitForTrading(term, 3700)
	term.savePicture("details")
	term.press("A")
	term.waitForText("▸ Alerts", "Fired")
	waitForTrading(term, 3700)
	term.savePicture("alerts")
}

// waitForTrading waits until so many events have come, and nothing stands over the footer.
func waitForTrading(term *terminal, n int) {
	term.waitFor("a while of trading", func(screen string) bool { return eventsTaken(screen) > n && strings.Contains(screen, "? help") })
}

// drawPulledPlug draws, moving, how a server is cut off and comes back.
func drawPulledPlug(t *testing.T) {
	t.Parallel()
	server := startServer(t, "127.0.0.1:0")
	term := startTerminal(t, 100, 24, exec.Command(livetape, "watch", server.url()))
	var frames []string
	shoot := func(n int, what string) {
		for range n {
			term.waitForText(what)
			frames = append(frames, term.picture())
			time.Sleep(frameTime) // it is a film
		}
	}
	waitForTrading(term, 1500)
	shoot(4, "● LIVE")
	server.cut()
	term.waitForText("↻ RETRY in", "attempt 2")
	shoot(4, "RETRY")
	server.listen()
	term.waitForText("resumed after")
	shoot(5, "● LIVE")
	writePicture(t, "plug", animation(frames))
}

const frameTime = 900 * time.Millisecond

// animation is pictures of one size that follow each other again and again; the first alone for who wants no motion.
func animation(frames []string) string {
	const body, end = `<g font-family`, "</svg>\n"
	head, _, _ := strings.Cut(frames[0], body)
	var style, groups strings.Builder
	part := 100 / float64(len(frames))
	for i, svg := range frames {
		from, to := float64(i)*part, float64(i+1)*part
		before := "0%{visibility:hidden}"
		if i == 0 {
			before = ""
		}
		fmt.Fprintf(&style, "@keyframes f%d{%s%.2f%%{visibility:visible}%.2f%%{visibility:hidden}}#f%d{animation-name:f%d}\n", i, before, from, to, i, i)
		_, drawn, _ := strings.Cut(svg, body)
		fmt.Fprintf(&groups, "<g class=\"f\" id=\"f%d\">%s</g>\n", i, body+strings.TrimSuffix(drawn, end))
	}
	return head + fmt.Sprintf("<style>.f{visibility:hidden;animation:%.1fs step-end infinite}\n%s@media(prefers-reduced-motion){.f{animation:none}#f0{visibility:visible}}</style>\n",
		frameTime.Seconds()*float64(len(frames)), style.String()) + groups.String() + end
}
