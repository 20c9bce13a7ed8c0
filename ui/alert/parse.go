package alert

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"livetape/feed/market"
)

// Syntax is what [Parse] reads, as a hint for who types it.
const Syntax = "> 182   < 175   = 181 (crosses)   2% 5m (moves)   halted   news WORD"

// Parse reads a rule about a symbol as it is typed: "> 182", "< 175", "= 181", "2% 5m", "halted", "news WORD". A number may
// have commas.
func Parse(symbol, text string) (Rule, error) {
	r := Rule{Symbol: symbol, Rearm: DefaultRearm, Actions: Actions{Bell: true, Terminal: true}}
	text = strings.TrimSpace(text)
	word, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case strings.HasPrefix(text, ">"):
		return r.withLimit(Above, text[1:])
	case strings.HasPrefix(text, "<"):
		return r.withLimit(Below, text[1:])
	case strings.HasPrefix(text, "="):
		return r.withLimit(Crosses, text[1:])
	case text == "halted":
		r.Kind = Halted
		return r, nil
	case word == "news" && rest != "":
		r.Kind, r.Keyword = News, rest
		return r, nil
	case strings.HasSuffix(word, "%"):
		return r.withMove(strings.TrimSuffix(word, "%"), rest)
	}
	return Rule{}, fmt.Errorf("%q is no alert: write one of %s", text, Syntax)
}

func (r Rule) withLimit(k Kind, number string) (Rule, error) {
	limit, err := market.ParseDecimal(strings.ReplaceAll(strings.TrimSpace(number), ",", ""))
	if err != nil {
		return Rule{}, fmt.Errorf("a limit is a price: %w", err)
	}
	r.Kind, r.Limit = k, limit
	return r, nil
}

// MaxPercent bounds a move.
const MaxPercent = 1000

func (r Rule) withMove(number, within string) (Rule, error) {
	percent, err := strconv.ParseFloat(number, 64)
	if err != nil || !(percent > 0 && percent <= MaxPercent) {
		return Rule{}, fmt.Errorf("%q is not a percentage over 0 and up to %d", number, MaxPercent)
	}
	r.Kind, r.Percent = Moves, percent
	r.Within, err = ParseWithin(within)
	return r, err
}

// ParseWithin reads Rule.Within: a time from 1s to 24h.
func ParseWithin(s string) (time.Duration, error) {
	wait, err := time.ParseDuration(s)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q is not a time: write 30s, 5m or 1h", s)
	case wait < time.Second || wait > 24*time.Hour:
		return 0, fmt.Errorf("%s is not between 1s and 24h", s)
	}
	return wait, nil
}

// String says in short what a rule waits for: "BTC/USD < 95,000", `"halt" in news`, "desk gap > 10 s".
func (r Rule) String() string {
	about := r.Symbol
	if r.Kind >= Silent || about == "" {
		about = r.Feed
	}
	if about == "" {
		about = "any"
	}
	switch r.Kind {
	case Above:
		return about + " > " + grouped(r.Limit)
	case Below:
		return about + " < " + grouped(r.Limit)
	case Crosses:
		return about + " crosses " + grouped(r.Limit)
	case Moves:
		return about + " moves " + strconv.FormatFloat(r.Percent, 'f', -1, 64) + "% in " + shortTime(r.Within)
	case Halted:
		return about + " halted"
	case News:
		return strconv.Quote(r.Keyword) + " in news" + map[bool]string{true: " of " + r.Symbol}[r.Symbol != ""]
	case Silent:
		return about + " silent for " + shortTime(r.Within)
	case Gap:
		return about + " gap > " + shortTime(r.Within)
	}
	return about + " not live for " + shortTime(r.Within)
}

// shortTime is as a user writes it: "5m", not "5m0s".
func shortTime(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
