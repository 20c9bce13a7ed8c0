package ui

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

// clickOn clicks on a text on screen, and reports where it is.
func (s *harness) clickOn(t *testing.T, text string) tea.Cmd {
	t.Helper()
	for y, line := range strings.Split(s.screen(), "\n") {
		if before, _, found := strings.Cut(line, text); found {
			return s.send(tea.MouseMsg{X: cells(before), Y: y, Button: tea.MouseButtonLeft, Action: tea.MouseActionPress})
		}
	}
	t.Fatalf("no %q to click on in\n%s", text, s.screen())
	return nil
}

func (s *harness) wheel(x, y int, button tea.MouseButton) {
	s.send(tea.MouseMsg{X: x, Y: y, Button: button, Action: tea.MouseActionPress})
}

func TestAClickChoosesARowAndAnotherOpensIt(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig).resize(80, 40).openMarket()
	s.clickOn(t, "MSFT")
	if r := s.m.selectedRow(s.m.shownData()); r == nil || r.Symbol != "MSFT" || s.m.overlay != noOverlay {
		t.Fatalf("the row is not chosen:\n%s", s.screen())
	}
	if s.clickOn(t, "MSFT"); s.m.overlay != detailOverlay {
		t.Errorf("the row is not opened:\n%s", s.screen())
	}
}

func TestAClickGivesAPaneTheKeyboard(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 40).openMarket()
	if s.clickOn(t, "News 3"); s.m.focus != focusNews || s.m.news.cursor != 0 {
		t.Errorf("the pane of news has no keyboard:\n%s", s.screen())
	}
	if s.clickOn(t, "CORRECTED"); s.m.news.cursor != 1 {
		t.Errorf("the headline is not chosen:\n%s", s.screen())
	}
	if s.clickOn(t, "CORRECTED"); !s.m.readsText() {
		t.Errorf("the headline is not opened:\n%s", s.screen())
	}
}

func TestAClickOnAKeyAboveThePanesIsItsKey(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig).resize(120, 40).openMarket()
	playSickFeeds(s)
	if s.clickOn(t, "f feeds"); s.m.overlay != feedsOverlay {
		t.Fatalf("the strip does not open the feeds:\n%s", s.screen())
	}
	s.keys("esc", " ")
	if s.clickOn(t, "/ filter"); s.m.prompt.kind != filterPrompt {
		t.Errorf("the line of lists asks for no filter:\n%s", s.screen())
	}
	s.clickOn(t, "esc clears")
	if s.m.prompt.kind != filterPrompt || len(s.m.prompt.text) > 0 {
		t.Errorf("a click types into the filter:\n%s", s.screen())
	}
}

func TestTheWheelScrollsWhatIsUnderIt(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 24).openMarket()
	for range 2 {
		s.wheel(5, 8, tea.MouseButtonWheelDown)
	}
	if s.m.prices.top != 2*wheelRows || s.m.prices.cursor != s.m.prices.top {
		t.Errorf("prices are at row %d, the cursor at %d", s.m.prices.top, s.m.prices.cursor)
	}
	for range 100 {
		s.wheel(5, 8, tea.MouseButtonWheelDown)
	}
	for range 3 {
		s.wheel(5, 8, tea.MouseButtonWheelUp)
	}
	if want := s.m.prices.total - s.m.prices.height - 3*wheelRows; s.m.prices.top != want {
		t.Errorf("prices are at row %d, want %d", s.m.prices.top, want)
	}
	s.keys("?")
	if s.wheel(5, 8, tea.MouseButtonWheelDown); s.m.page.top != wheelRows {
		t.Errorf("the help is at line %d", s.m.page.top)
	}
}

func TestAClickOnAKeyInTheFooterPressesIt(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 24).openMarket()
	s.clickOn(t, "help")
	if s.m.overlay != helpOverlay {
		t.Errorf("no help:\n%s", s.screen())
	}
	if s.clickOn(t, "esc close ·"); s.m.overlay != noOverlay {
		t.Errorf("the help stays:\n%s", s.screen())
	}
}

func TestTheMouseIsGivenBackToSelectText(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 24).openMarket()
	if !answersWith[tea.Msg](s.keys("m")) || !s.m.mouseReleased || !strings.Contains(s.screen(), "the mouse selects text; m takes it back") {
		t.Errorf("it is not said:\n%s", s.screen())
	}
	if s.keys("m"); s.m.mouseReleased {
		t.Error("a second m does not take it back")
	}
}

func TestAClickOnAHeadSortsAndAnotherReverses(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40).openMarket()
	s.clickOn(t, "CHG%")
	before := s.m.view.order
	if !before.sorted || before.column != colPercent {
		t.Fatalf("it is not sorted by CHG%%:\n%s", s.screen())
	}
	if s.clickOn(t, "CHG%"+before.sign()); s.m.view.order.descending == before.descending {
		t.Error("a second click does not reverse")
	}
	s.clickOn(t, "AAPL") // below the line of lists and order
	if r := s.m.selectedRow(s.m.shownData()); r == nil || r.Symbol != "AAPL" {
		t.Errorf("another row is chosen:\n%s", s.screen())
	}
}

func TestWhileTheUserTypesTheFooterHasTheKeysOfTheLine(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig).resize(80, 24).openMarket()
	s.keys("/", "n", "v")
	if !strings.HasSuffix(s.screen(), "\n enter keep · esc clear") {
		t.Errorf("the footer has other keys:\n%s", s.screen())
	}
	if s.clickOn(t, "enter keep"); s.m.prompt.kind != noPrompt || s.m.view.text != "nv" {
		t.Errorf("a click on enter does not keep the filter:\n%s", s.screen())
	}
}
