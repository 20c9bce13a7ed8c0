package cli_test

import (
	"os/exec"
	"testing"
)

func TestATerminalThatDoesNotKnowItsSizeIsTakenFor80x24(t *testing.T) {
	t.Parallel()
	term := startTerminal(t, 80, 24, exec.Command("sh", "-c", `stty rows 0 cols 0; exec "$0" demo`, livetape))
	term.waitForText("DEMO", "SYMBOL", "● LIVE")
	term.press("q")
	term.waitForExit()
}
