package scenario_test

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver/scenario"
)

func scenarioDocs(t testing.TB) string {
	t.Helper()
	doc, err := os.ReadFile("../../docs/scenarios.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(doc)
}

// documented is the example of the documentation.
func documented(t testing.TB) string {
	t.Helper()
	_, rest, found := strings.Cut(scenarioDocs(t), "```yaml\n")
	example, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("docs/scenarios.md has no example")
	}
	return example
}

func TestTheExampleOfTheDocumentationRuns(t *testing.T) {
	t.Parallel()
	played, err := scenario.Parse("example.yaml", []byte(documented(t)))
	if err != nil {
		t.Fatal(err)
	}
	played.Loop = false
	var got []string
	for _, line := range announcements(play(newPlayer(played), 40*5+120*36+40*20)) {
		if written := strings.Contains(line, "Bellweather ") || strings.Contains(line, "line breaks"); written || !strings.Contains(line, " -n") {
			got = append(got, regexp.MustCompile(` -n\d+:`).ReplaceAllString(line, ""))
		}
	}
	want := []string{
		"5s Apple is said to talk with Bellweather (high, Ticker Post)",
		"12s AAPL halted: News pending",
		"20s The line breaks now (normal, Tape Wire)",
		"22s AAPL open: Trading resumes",
		"30s Apple does not talk with Bellweather (high, Ticker Post)",
		"50s  halted: Circuit breaker",
		"55s  open: Simulated market",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheDocumentationListsEveryScenarioAndExplainsEveryKey(t *testing.T) {
	t.Parallel()
	doc := scenarioDocs(t)
	all, err := scenario.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		length := strings.TrimSuffix(s.Length.String(), "0s")
		if s.Length%time.Minute != 0 {
			length = s.Length.String()
		}
		if row := fmt.Sprintf("| `%s` | %s | %s |", s.Name, length, s.About); !strings.Contains(doc, row) {
			t.Errorf("this row is missing: %s", row)
		}
	}
	for _, source := range []string{
		"x: 1", "length: 1m\nsteps: [{x: 1}]", "length: 1m\nsteps: [{at: 1s, move: {x: 1}}]",
		"length: 1m\nsteps: [{at: 1s, headline: {x: 1}}]", "length: 1m\nsteps: [{at: 1s, correction: {x: 1}}]",
		"length: 1m\nsteps: [{at: 1s, halt: {x: 1}}]", "length: 1m\nsteps: [{at: 1s, resume: {x: 1}}]", "market: {x: 1}",
	} {
		for _, key := range keysAsTold(t, source) {
			if !strings.Contains(doc, "`"+key+"`") {
				t.Errorf("nothing is said of %s", key)
			}
		}
	}
}

// keysAsTold are those that the error about an unknown key x tells.
func keysAsTold(t *testing.T, source string) []string {
	t.Helper()
	_, err := scenario.Parse("x.yaml", []byte(source))
	var bad *scenario.Error
	if !errors.As(err, &bad) {
		t.Fatalf("%s: %v", source, err)
	}
	told := regexp.MustCompile(`^unknown key "x".* has (.*)$`).FindStringSubmatch(bad.Problems[0].Text)
	if told == nil {
		t.Fatalf("%s: %v", source, err)
	}
	return strings.Split(told[1], ", ")
}
