package doctor_test

import (
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"

	"livetape/feed"
	"livetape/ui/cli/doctor"
)

func TestFindingsAreToldWhileTheStreamGoesOn(t *testing.T) {
	var out strings.Builder
	printer := doctor.NewPrinter(&out, lipgloss.NewRenderer(io.Discard), address)
	var titles, phases []string
	var eventsThen []int // when a section was told
	events := 0
	report := examineServer(t, streamOf("text/event-stream",
		step{0, "data: {\"symbol\":\"A\",\"last\":\"1\"}\n\n"}, step{time.Second, "data: {\"symbol\":\"A\",\"last\":\"2\"}\n\n"},
	), feed.Config{}, doctor.Options{
		For: time.Minute, Events: 2,
		Found: func(s doctor.Section) {
			printer.Section(s)
			titles, eventsThen = append(titles, s.Title), append(eventsThen, events)
		},
		Progress: func(phase string, n int) {
			if phases = append(phases, phase); phase == "listening" {
				events = n
			}
		},
	})
	if err := printer.End(report); err != nil {
		t.Fatal(err)
	}
	if want := []string{"connection", "connection", "stream", "payloads"}; !slices.Equal(titles, want) || !slices.Equal(eventsThen, []int{0, 2, 2, 2}) {
		t.Errorf("told %q, after %d events", titles, eventsThen)
	}
	if phases = slices.Compact(phases); len(phases) < 2 || phases[0] != "connecting" || phases[1] != "listening" {
		t.Errorf("phases: %q", phases)
	}
	if whole := reportText(t, report); out.String() != whole {
		t.Errorf("printed by and by:\n%s\nat once:\n%s", &out, whole)
	}
}

func TestASectionThatHasChangedIsPrintedAgain(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	printer := doctor.NewPrinter(&out, lipgloss.NewRenderer(io.Discard), address)
	good := doctor.Section{Title: "connection", Findings: []doctor.Finding{{Mark: doctor.Good, About: "content type", Text: "application/json"}}}
	bad := doctor.Section{Title: "connection", Findings: []doctor.Finding{{Mark: doctor.Bad, About: "content type", Text: "one JSON document"}}}
	printer.Section(good)
	printer.Section(good)
	if err := printer.End(&doctor.Report{Sections: []doctor.Section{bad}}); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); strings.Count(text, "application/json") != 1 || !strings.Contains(text, "✗ content type  one JSON document") {
		t.Errorf("printed:\n%s", text)
	}
}
