package cli_test

import (
	"strings"
	"testing"
	"time"

	"livetape/feed"
)

// faultsOfAnswers are those of what a request for a stream is answered with.
func faultsOfAnswers() []faultCase {
	all := []faultCase{
		obeyed("503", "503 Service Unavailable"),
		obeyed("status=429", "429 Too Many Requests"),
		{
			name: "the longest Retry-After is 5 min", fault: "503:1h",
			states: []wantStatus{endedCleanly, reconnecting, waiting(1, "503 Service Unavailable", 5*time.Minute)}, away: 7, press: "r",
			after: []wantStatus{connecting(1), liveAfter(1)}, gap: resumedAsPlanned(7),
		},
		{
			fault:  "204:1h",
			states: []wantStatus{endedCleanly, reconnecting, {State: feed.Closed, Cause: "by server (204)"}}, away: 7, press: "c",
			after: []wantStatus{connecting(0), live}, gap: resumedAsPlanned(7),
		},
		retryingServer("status=500:1h", "500 Internal Server Error"),
		retryingServer("status=408:1h", "408 Request Timeout"),
		retryingServer("status=425:1h", "425 Too Early"),
		retryingServer("status=502:1h", "502 Bad Gateway"),
		retryingServer("type:1h", "200, but text/html instead of an event stream: Welcome"),
		retryingServer("status=401:1h", "401: the server wants to know who is asking"),
		retryingServer("status=403:1h", "403: access is forbidden"),
		retryingServer("status=404:1h", "404: there is nothing at this address"),
		retryingServer("redirect=loop:1h", "redirect loop: more than 10 redirects"),
		{
			name: "of a feed that never was live", fresh: true, fault: "type:1h",
			states: []wantStatus{connecting(0), failed("200, but text/html instead of an event stream: Welcome", "check the URL: what is there is not a stream")},
			away:   7, press: "r", after: []wantStatus{connecting(1), liveAfter(1)}, lost: 7, // before its first snapshot
		},
	}
	for _, status := range []string{"301", "302", "303", "307", "308"} {
		all = append(all, redirectingServer(status+"-same", "127.0.0.1"))
	}
	return append(all, redirectingServer("301-other", "localhost"), redirectingServer("308-other", "localhost"))
}

// obeyed has a fault that says with Retry-After for how long it lasts, in whole seconds: for less, the later it is asked.
func obeyed(name, cause string) faultCase {
	wait := waiting(1, cause, 5*time.Second)
	wait.Whole = true
	return faultCase{
		name: "Retry-After is obeyed", fault: name + ":4900ms",
		states: []wantStatus{endedCleanly, reconnecting, wait}, away: 7,
		after: []wantStatus{connecting(1), liveAfter(1)}, gap: resumedAsPlanned(7),
	}
}

// retryingServer is a server that comes to its senses, also after an answer that would be final at first. From the third connection in a row that gives nothing, the least
// wait is a second.
func retryingServer(fault, cause string) faultCase {
	return faultCase{
		fault: fault,
		states: []wantStatus{
			endedCleanly, reconnecting, waiting(1, cause, shortRetry), connecting(1), waiting(2, cause, 2*shortRetry), connecting(2),
			waiting(3, cause, time.Second),
		},
		away: 7, press: "r", after: []wantStatus{connecting(3), liveAfter(3)}, gap: resumedAsPlanned(7),
	}
}

// redirectingServer leads to the same stream on another host, or path. Secrets stay with the origin that they were given for.
func redirectingServer(value, host string) faultCase {
	const secret = "Bearer of-the-feed"
	return faultCase{
		client: feed.Config{Header: map[string]string{"Authorization": secret}},
		held:   true, fault: "redirect=" + value + ":1h", states: []wantStatus{endedCleanly, reconnecting}, away: 7, behind: 10,
		after: []wantStatus{live}, gap: resumedAsPlanned(7),
		check: func(t *testing.T, p *subscriber) {
			moved := false
			for _, v := range p.gate.requests() {
				own := strings.HasPrefix(v.Host, "127.0.0.1:")
				if own != (v.Authorization == secret) {
					t.Errorf("%s%s was asked with the Authorization %q", v.Host, v.Path, v.Authorization)
				}
				moved = moved || v.Path == "/moved/events" && strings.HasPrefix(v.Host, host+":")
			}
			if !moved {
				t.Error("the redirect was not followed")
			}
		},
	}
}
