package ui

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/market"
)

// withLinks has URLs opened and texts copied by a test.
func withLinks(did *[]string) func(*Config) {
	return func(c *Config) {
		c.OpenURL = func(url string) error {
			*did = append(*did, "open "+url)
			return nil
		}
		c.Copy = func(text string) error {
			*did = append(*did, "copy "+text)
			return nil
		}
	}
}

func (s *harness) requireText(t *testing.T, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if view := s.screen(); !strings.Contains(view, want) {
			t.Errorf("no %q in\n%s", want, view)
		}
	}
}

func TestHeadlinesAreUnreadUntilTheNewsHadTheKeyboard(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40).openMarket()
	s.requireText(t, "─ News 3 · 3 unread ─", " ● 12:01:47")
	s.keys("n")
	s.requireText(t, "▸ News 3 · 3 unread ─", "▌● 12:02:57")
	s.keys("esc")
	s.requireText(t, "▸ Prices", "─ News 3 ─", "   12:01:47")
	s.message("news", "{…}", market.Headline{ID: "4", Title: "Another", Time: s.now})
	s.requireText(t, "─ News 4 · 1 unread ─", " ● 12:03:17")
}

func TestTheNewsOfTheSelectedSymbolFollowItAndEscGoesBack(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40).openMarket()
	s.requireText(t, "n news · N news of NVDA")
	s.keys("N")
	s.requireText(t, "▸ News of NVDA 1 ", "Nvidia unveils", "N all news")
	if strings.Contains(s.screen(), "Euro steady") {
		t.Errorf("there is news of another symbol:\n%s", s.screen())
	}
	s.message("news", "{…}", market.Headline{ID: "4", Title: "Nvidia again", Symbols: []string{"nvda"}, Time: s.now})
	s.message("news", "{…}", market.Headline{ID: "5", Title: "Others", Symbols: []string{"AAPL"}, Time: s.now})
	s.requireText(t, "▸ News of NVDA 2 ", "Nvidia again")
	s.keys("tab", "down", "down") // to the prices, and MSFT
	s.requireText(t, "─ News of MSFT 0 ─", "No news of MSFT among 5. N shows all.")
	s.keys("n", "esc")
	s.requireText(t, "▸ Prices", "─ News 5 ")
}

func TestOnlyWebURLsOfHeadlinesAreOpened(t *testing.T) {
	t.Parallel()
	var did []string
	s := newHarness(withLinks(&did)).resize(120, 40).openMarket()
	for _, c := range []struct{ url, want string }{
		{"https://news.example/a?b=c&d=e", "opened https://news.example/a?b=c&d=e"},
		{"", "This headline has no URL."},
		{"file:///etc/passwd", "Not opened, because it is not an http or https URL: file:///etc/passwd"},
		{"javascript:alert(1)", "Not opened"},
		{"-https://news.example", "Not opened"},
		{"https:opaque", "Not opened"},
	} {
		s.message("news", "{…}", market.Headline{ID: "u" + c.url, Title: "T" + c.url, URL: c.url, Time: s.now})
		s.keys("n", "g")
		if cmd := s.keys("o"); strings.HasPrefix(c.want, "opened") {
			for _, msg := range runCmd(cmd) {
				s.send(msg)
			}
		}
		s.requireText(t, c.want)
	}
	s.keys("esc", "o")
	s.requireText(t, "No headline is selected: n goes to the news.")
	if diff := cmp.Diff([]string{"open https://news.example/a?b=c&d=e"}, did); diff != "" {
		t.Error(diff)
	}
	s.send(linkDoneMsg{err: errors.New("open https://x with xdg-open: not found")})
	s.requireText(t, "with xdg-open: not found")
}

func TestAHeadlineIsCopiedWithItsURLAndAPriceWithAllDigits(t *testing.T) {
	t.Parallel()
	var did []string
	s := newHarness(withLinks(&did)).resize(120, 40).openMarket()
	s.message("news", "{…}", market.Headline{ID: "4", Title: "Another", URL: "https://news.example/4", Time: s.now})
	s.keys("n", "g")
	runCmd(s.keys("y"))
	s.keys("esc", "down", "down", "down", "down", "down")
	runCmd(s.keys("y"))
	if diff := cmp.Diff([]string{"copy Another\nhttps://news.example/4", "copy PEPE 0.00001234"}, did); diff != "" {
		t.Error(diff)
	}
}

func TestWithoutNewsTheirKeysSayWhy(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 24).goLive()
	s.quote(market.Quote{Symbol: "A", Last: decimal("1")})
	s.keys("n")
	s.requireText(t, "No news yet. ! shows all events that come.")
}
