package connection

import (
	"net/http"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestRetryAfterIsSecondsOrADate(t *testing.T) {
	for _, c := range []struct {
		value string
		want  time.Duration
	}{
		{"", NoRetryAfter},
		{"0", 0},
		{"7", 7 * time.Second},
		{" 7 ", 7 * time.Second},
		{"300", 5 * time.Minute},
		{"301", 5 * time.Minute},
		{"99999999999999999999999", 5 * time.Minute},
		{"-1", NoRetryAfter},
		{"1.5", NoRetryAfter},
		{"soon", NoRetryAfter},
		{"٣", NoRetryAfter},
		{"Sun, 01 Mar 2026 12:00:09 GMT", 9 * time.Second},
		{"Sunday, 01-Mar-26 12:00:09 GMT", 9 * time.Second},
		{"Sun Mar  1 12:00:09 2026", 9 * time.Second},
		{"Sun, 01 Mar 2026 13:00:00 GMT", 5 * time.Minute},
		{"Sun, 01 Mar 2026 12:00:00 GMT", NoRetryAfter},
		{"Sat, 28 Feb 2026 12:00:00 GMT", NoRetryAfter},
	} {
		if got := parseRetryAfter(c.value, noon); got != c.want {
			t.Errorf("Retry-After: %q: got %s, want %s", c.value, got, c.want)
		}
	}
}

func FuzzRetryAfterStaysWithinItsBounds(f *testing.F) {
	for _, seed := range []string{"", "5", "-5", "1e9", "99999999999", noon.Add(time.Hour).Format(http.TimeFormat)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if got := parseRetryAfter(value, noon); got != NoRetryAfter && (got < 0 || got > MaxRetryAfter) {
			t.Errorf("Retry-After: %q: %s", value, got)
		}
	})
}
