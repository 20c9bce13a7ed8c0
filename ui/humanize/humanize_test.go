package humanize_test

import (
	"math"
	"testing"
	"time"

	"livetape/feed/connection"
	"livetape/ui/humanize"
)

func TestLengthsOfTimeAreExactToTheirSecondUnit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d                           time.Duration
		duration, tenths, countdown string
	}{
		{0, "<0.1 s", "0.0 s", "0.0 s"},
		{401 * time.Millisecond, "0.4 s", "0.4 s", "0.5 s"},
		{7200 * time.Millisecond, "7 s", "7.2 s", "7.2 s"},
		{12300 * time.Millisecond, "12 s", "12 s", "13 s"},
		{125 * time.Second, "2 min 5 s", "2 min 5 s", "2 min 5 s"},
		{2 * time.Minute, "2 min", "2 min", "2 min"},
		{3*time.Hour + 20*time.Minute, "3 h 20 min", "3 h 20 min", "3 h 20 min"},
		{50 * time.Hour, "2 d 2 h", "2 d 2 h", "2 d 2 h"},
		{-time.Second, "<0.1 s", "0.0 s", "0.0 s"},
	} {
		if got := [...]string{humanize.Duration(c.d), humanize.Tenths(c.d), humanize.Countdown(c.d)}; got != [...]string{c.duration, c.tenths, c.countdown} {
			t.Errorf("%v: %q", c.d, got)
		}
	}
}

func TestAFeedSaysItsUsualGapAsTheScreenDoes(t *testing.T) {
	t.Parallel()
	for d := -time.Second; d < 90*24*time.Hour; d += d/37 + 7*time.Millisecond {
		if said, shown := connection.Rhythm(d), humanize.Tenths(d); said != shown {
			t.Errorf("%v: the feed says %q, the screen %q", d, said, shown)
		}
	}
}

func TestAnAgeIsCoarse(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0s", 59 * time.Second: "59s", 61 * time.Second: "1m", 59 * time.Minute: "59m", 61 * time.Minute: "1h", 49 * time.Hour: "2d", 2500 * time.Hour: "99d", -time.Hour: "0s",
	} {
		if got := humanize.Age(d); got != want {
			t.Errorf("Age(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestThousandsAreGroupedWithoutTouchingADigit(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "0": "0", "999": "999", "1000": "1,000", "48211900": "48,211,900", "-1234567.1234": "-1,234,567.1234", "-123": "-123", "123456.": "123,456.",
	} {
		if got := humanize.Group(in); got != want {
			t.Errorf("humanize.Group(%q) = %q", in, got)
		}
	}
}

func TestAnAbbreviatedNumberHasThreeDigitsAndAUnit(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"999": "999", "0.5312": "0.5312", "531.23456": "531", "5.3123456": "5.31", "0.00031234": "0.000312", "-0.51234": "-0.512", "+1,999": "+1.99K", "1,204": "1.20K", "12,999": "12.9K", "48,211,900": "48.2M", "912,837,465,000": "912B", "1,000,000,000,000.5": "1.00T",
		"1,000,000,000,000,000,000": "…", "-1,999": "-1.99K",
	} {
		if got := humanize.Abbreviate(in); got != want {
			t.Errorf("humanize.Abbreviate(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCountsAndSizesHaveTheirUnits(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		humanize.Plural(1, "event"):    "1 event",
		humanize.Plural(1204, "event"): "1,204 events",
		humanize.Count(48211900.7):     "48,211,900",
		humanize.Bytes(512):            "512 B",
		humanize.Bytes(1500):           "1.5 kB",
		humanize.Bytes(178_400_000):    "178 MB",
		humanize.Bytes(2e9):            "2.0 GB",
		humanize.Bytes(12e15):          "12000 TB",
		humanize.Rate(0.4):             "0.4/s",
		humanize.Rate(1203.6):          "1,204/s",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestMeasuredTimesHaveTheirLeadingDigits(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		humanize.Delay(400 * time.Microsecond):     "<1 ms",
		humanize.Delay(12 * time.Millisecond):      "12 ms",
		humanize.Delay(7200 * time.Millisecond):    "7.2 s",
		humanize.Measured(2540 * time.Microsecond): "2.5 ms",
		humanize.Measured(-120 * time.Millisecond): "-120 ms",
		humanize.Measured(5 * time.Second):         "5.0 s",
		humanize.Measured(15 * time.Minute):        "15 min",
		humanize.Measured(36 * time.Hour):          "36 h",
		humanize.Measured(72 * time.Hour):          "3 days",
		humanize.Measured(math.MaxInt64):           "over 290 years",
		humanize.Duration(math.MaxInt64):           "over 290 years",
		humanize.Coarse(math.MaxInt64):             "over 290 years",
		humanize.Latency(0.071):                    "0.07 ms",
		humanize.Latency(120.4):                    "120 ms",
		humanize.Latency(5000):                     "5.0 s",
		humanize.Coarse(170 * time.Second):         "2 min",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
