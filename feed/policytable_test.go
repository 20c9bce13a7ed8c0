package feed

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"livetape/feed/connection"
)

// policyRow is what the code makes of a row of the table in docs/reconnecting.md.
type policyRow struct {
	says  []string                      // words of the row that state what the steps are, with their numbers
	steps map[string]func() []retryStep // what the policy does, by an outcome of the row
	want  func(s retryStep) bool        // of each of them
	tests []string                      // that show it from outside
}

func TestTheTableOfTheDocsIsThePolicy(t *testing.T) {
	t.Parallel()
	next := func(h retryHistory, outcomes ...attemptOutcome) func() []retryStep {
		return func() (steps []retryStep) {
			for _, o := range outcomes {
				s, _ := h.next(o, 1)
				steps = append(steps, s)
			}
			return steps
		}
	}
	statuses := func(change func(*attemptOutcome), all ...int) (outcomes []attemptOutcome) {
		for _, status := range all {
			o := answered(status)
			if change != nil {
				change(&o)
			}
			outcomes = append(outcomes, o)
		}
		return outcomes
	}
	fresh, live := retryHistory{retry: defaultRetry}, retryHistory{retry: defaultRetry, wasLive: true}
	longLive := retryHistory{retry: defaultRetry, wasLive: true, failures: 30}
	clean := attemptOutcome{Outcome: connection.Outcome{Ending: connection.Ended, RetryAfter: connection.NoRetryAfter}, live: true}
	sentMuch := clean
	sentMuch.delivered = true
	certificate := attemptOutcome{Outcome: connection.Outcome{Ending: connection.Refused, RetryAfter: connection.NoRetryAfter}}
	page := attemptOutcome{Outcome: connection.Outcome{Ending: connection.NotAStream, Status: 200, RetryAfter: connection.NoRetryAfter}}
	done := attemptOutcome{Outcome: connection.Outcome{Ending: connection.Finished, RetryAfter: connection.NoRetryAfter}}
	bug := certificate
	bug.Stack = "x"
	waits := func(s retryStep) bool { return s.state == Waiting && !s.planned && s.attempt > 0 }
	fails := func(s retryStep) bool { return s.state == Failed }
	words := connection.Duration

	rows := map[string]policyRow{
		"the server sends something, then ends the stream cleanly": {
			says: []string{"exactly the reconnection time", words(defaultRetry) + " by default", "no alarm"}, tests: []string{"ACleanEndIsNoFailureAndWaitsExactlyTheReconnectionTime"},
			steps: map[string]func() []retryStep{"a clean end": next(fresh, sentMuch)}, want: func(s retryStep) bool { return s.state == Waiting && s.planned && s.wait == defaultRetry },
		},
		"the third stream in a row that the server ends within 30 s without an event (comments do not count)": {
			says: []string{"the same wait", "with the alarm and its cause: `" + emptyCause + "`", "lasts " + words(provenAfter)}, tests: []string{"WhatAServerSaysOfItsEmptyStreamsIsKept"},
			steps: map[string]func() []retryStep{"the third": next(retryHistory{retry: defaultRetry, empty: emptyLimit - 1, barren: barrenLimit - 1}, clean)},
			want: func(s retryStep) bool {
				return s.state == Waiting && !s.planned && s.wait == minBarrenWait && s.cause == emptyCause
			},
		},
		"connection refused, reset or cut in mid-event, no such host, a TLS handshake that times out": {
			says: []string{"waits and tries again, without end"}, tests: []string{"NobodyListens", "AResetIsCalledSo", "TheHostDoesNotExist", "FailuresBackOffAndNeverEnd"},
			steps: map[string]func() []retryStep{"never live": next(fresh, failed()), "live": next(live, failed())}, want: waits,
		},
		"`200` with `text/event-stream`": {says: []string{"live"}, tests: []string{"ACleanEndIsNoFailureAndWaitsExactlyTheReconnectionTime"}},
		"`200` with another content type": {
			says: []string{"failed; but if the feed was live before, waits and tries again", "the page's own words"}, tests: []string{"APageWhereAStreamWasIsWaitedOut"},
			steps: map[string]func() []retryStep{"never live": next(fresh, page), "live": next(live, page)}, want: func(s retryStep) bool { return s.state == Failed || waits(s) },
		},
		"`204`": {says: []string{"closed"}, tests: []string{"ClosedAndFailedEndOnlyByTheUser"},
			steps: map[string]func() []retryStep{"204": next(live, answered(204))}, want: func(s retryStep) bool { return s.state == Closed }},
		"an event says that nothing more will come (`[DONE]`, `event: done`)": {
			says: []string{"finished"}, tests: []string{"AStreamThatSaysThatItIsDoneIsFinished"},
			steps: map[string]func() []retryStep{"[DONE]": next(live, done)}, want: func(s retryStep) bool { return s.state == Finished },
		},
		"`301` `302` `303` `307` `308`": {says: []string{"followed, up to 10", "stay with the feed's own origin"}, tests: []string{"TheFiveRedirectsAreFollowed", "TenRedirectsAreFollowedAndNoMore", "SecretsStayWithTheirOrigin"}},
		"`408` `425` `429` `5xx`": {
			says: []string{"waits and tries again", "up to 5 minutes", "`429` without one waits " + words(tooManyWait)}, tests: []string{"EachAnswerOfAServerLeadsToItsState"},
			steps: map[string]func() []retryStep{
				"never live":  next(fresh, statuses(nil, 408, 425, 429, 500, 502, 503, 599)...),
				"Retry-After": next(fresh, statuses(func(o *attemptOutcome) { o.RetryAfter = time.Hour }, 503, 429)...),
			},
			want: func(s retryStep) bool { return waits(s) && s.wait <= connection.MaxRetryAfter },
		},
		"`401` to a token of `token_file` or `token_command`": {
			says: []string{"reads it again", "once more after `retry:`"}, tests: []string{"ATokenThatIsRefusedIsReadAnewOnce"},
			steps: map[string]func() []retryStep{"401": next(fresh, statuses(func(o *attemptOutcome) { o.newToken = true }, 401)...)},
			want:  func(s retryStep) bool { return waits(s) && s.wait == defaultRetry && s.note != "" },
		},
		"`401` `403` `404` `410`, any other status, a bad certificate, on a feed that has not been live since livetape was started": {
			says: []string{"failed, with one line of advice"}, tests: []string{"EachAnswerOfAServerLeadsToItsState", "ABadCertificateFailsAndSaysWhy"},
			steps: map[string]func() []retryStep{"statuses": next(fresh, statuses(nil, 400, 401, 402, 403, 404, 405, 409, 410, 412, 418, 431, 451, 206, 304, 600)...), "certificate": next(fresh, certificate)}, want: fails,
		},
		"the same on a feed that was live": {
			says: []string{"waits and tries again, up to 5 minutes apart", "`Retry-After` is obeyed"}, tests: []string{"AFeedThatWasLiveIsNotGivenUp"},
			steps: map[string]func() []retryStep{"statuses": next(longLive, statuses(nil, 400, 401, 402, 403, 404, 409, 410, 412, 431)...), "certificate": next(longLive, certificate)},
			want: func(s retryStep) bool {
				return waits(s) && s.wait == defaultRetry+refusedCap && refusedCap == 5*time.Minute
			},
		},
		"`400` `410` `412` `416` `422` `431` after a last event id was sent": {
			says: []string{"asks once without the id, and says so"}, tests: []string{"AServerThatRefusesTheIDIsAskedOnceWithout"},
			steps: map[string]func() []retryStep{"never live": next(fresh, statuses(func(o *attemptOutcome) { o.sentID = true }, 400, 410, 412, 416, 422, 431)...)},
			want:  func(s retryStep) bool { return waits(s) && s.forget && s.note != "" },
		},
		"nothing received for the idle timeout (" + words(defaultIdleTimeout) + " by default; comments count), while connecting, during the TLS handshake, or while waiting for the answer or its body": {
			says: []string{"drops the connection, waits and tries again"}, tests: []string{"TheIdleTimeoutCoversEveryPhaseOfAnAttempt", "ASilentStreamIsToldAndThenDropped"},
			steps: map[string]func() []retryStep{"silence": next(fresh, failed())}, want: waits,
		},
		"an error of livetape itself": {says: []string{"failed"}, tests: []string{"ADecoderThatPanicsFailsItsFeedAlone"},
			steps: map[string]func() []retryStep{"never live": next(fresh, bug), "live": next(live, bug)}, want: fails},
	}
	shown := testsOfThisPackage(t)
	for _, line := range docsTable(t) {
		what, does := line[0], line[1]
		row, known := rows[what]
		if !known {
			t.Errorf("a row of the docs has no policy here: %s", what)
			continue
		}
		delete(rows, what)
		for _, text := range row.says {
			if !strings.Contains(does, text) {
				t.Errorf("%s: the docs say %q, and not %q", what, does, text)
			}
		}
		for name, steps := range row.steps {
			for _, s := range steps() {
				if !row.want(s) {
					t.Errorf("%s (%s): the policy does %+v", what, name, s)
				}
			}
		}
		for _, name := range row.tests {
			if !slices.Contains(shown, name) {
				t.Errorf("%s: there is no test %s", what, name)
			}
		}
	}
	for what := range rows {
		t.Errorf("the docs have no row of %s", what)
	}
}

// docsTable are the rows of the table of what happened and what livetape does.
func docsTable(t *testing.T) (rows [][2]string) {
	t.Helper()
	text, err := os.ReadFile("../docs/reconnecting.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| what happened | what livetape does |\n| --- | --- |\n")
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if len(cells) != 2 {
			break
		}
		rows = append(rows, [2]string{strings.TrimSpace(cells[0]), strings.TrimSpace(cells[1])})
	}
	return rows
}

var testName = regexp.MustCompile(`(?m)^func Test(\w+)\(`)

func testsOfThisPackage(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range testName.FindAllStringSubmatch(string(text), -1) {
			names = append(names, m[1])
		}
	}
	return names
}
