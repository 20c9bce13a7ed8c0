package ui

import (
	"strings"
	"testing"
)

func TestALetterOfAnotherAlphabetStandsForTheLatinOneInItsPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ typed, want string }{
		{"й", "q"}, {"о", "j"}, {"л", "k"}, {"П", "G"}, {"ъ", "]"}, {"ї", "]"}, {"κ", "k"}, {"ח", "j"}, {"ك", "ك"}, {"ت", "j"}, {"ㅓ", "j"},
		{"j", "j"}, {"é", "é"}, {"7", "7"}, {" ", " "},
	} {
		if got := onLatinKeyboard(keyMsg(c.typed)).String(); got != c.want {
			t.Errorf("%s stands for %s, want %s", c.typed, got, c.want)
		}
	}
}

func TestKeysWorkOnACyrillicKeyboard(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 24).openMarket()
	s.keys("о", "о", "л")
	if s.m.prices.cursor != 1 {
		t.Errorf("the cursor is at row %d after j j k", s.m.prices.cursor)
	}
}

func TestAKeyOfTheUsersIsTakenAsItIs(t *testing.T) {
	t.Parallel()
	s := newHarness(func(c *Config) { c.Keys = map[string][]string{"help": {"о", "f1"}, "down": {"ctrl+n"}} }).resize(100, 40).openMarket()
	s.keys("о")
	if s.m.overlay != helpOverlay {
		t.Error("о does not open the help")
	}
	s.keys("esc", "j")
	if s.m.prices.cursor != 0 {
		t.Error("j still moves down")
	}
}

func TestHintsNameTheKeysOfTheConfiguration(t *testing.T) {
	t.Parallel()
	s := newHarness(func(c *Config) {
		c.Keys = map[string][]string{"close": {"Z"}}
		c.Faults = []FaultMenuItem{{Name: "drop", Help: "reset connections"}}
	}).resize(120, 40).openMarket()
	for _, keys := range [][]string{{"F"}, {"A"}, {"T"}, {"!", "enter"}, {"n", "G", "enter"}} {
		s.keys(keys...)
		if view := s.screen(); !strings.Contains(view, "Z closes") && !strings.Contains(view, "Z takes back") || strings.Contains(view, "esc ") {
			t.Errorf("after %q:\n%s", keys, view)
		}
		s.keys("Z", "Z", "Z")
	}
}
