package feed

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// notAsked stands for a Retry-After that is absent or says nothing usable.
const notAsked time.Duration = -1

// retryAfter reads the Retry-After field (RFC 9110 §10.2.3): whole seconds or an HTTP date. The result
// is at most maxRetryAfter; a date that has passed, like any malformed value, counts as not given.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if isDigits(value) {
		seconds, err := strconv.ParseInt(value, 10, 32)
		if err != nil { // only out of range is left
			return maxRetryAfter
		}
		return min(time.Duration(seconds)*time.Second, maxRetryAfter)
	}
	date, err := http.ParseTime(value)
	if err != nil || !date.After(now) {
		return notAsked
	}
	return min(date.Sub(now), maxRetryAfter)
}

func isDigits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}
