package doctor

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"livetape/ui/humanize"
)

// Text writes the report for people. The renderer says whether marks have colours.
func (r *Report) Text(w io.Writer, colours *lipgloss.Renderer) error {
	t := text{styles: map[Mark]lipgloss.Style{
		Good:    colours.NewStyle().Foreground(lipgloss.Color("2")),
		Warning: colours.NewStyle().Foreground(lipgloss.Color("3")),
		Bad:     colours.NewStyle().Foreground(lipgloss.Color("1")),
	}}
	t.printf("livetape check %s\n", r.URL)
	for _, s := range r.Sections {
		t.section(s)
	}
	if r.Stream != nil && len(r.Stream.Types) > 0 {
		t.types(r.Stream)
	}
	if r.Reading != nil && r.Reading.YAML != "" {
		t.printf("\nfor livetape.yaml, below feeds:\n\n%s", r.entry())
	}
	t.printf("\n%s %s\n", t.mark(r.Verdict.mark()), r.Summary)
	if _, err := io.WriteString(w, t.String()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

func (v Verdict) mark() Mark {
	switch v {
	case Understood:
		return Good
	case Unmapped:
		return Warning
	}
	return Bad
}

type text struct {
	strings.Builder
	styles map[Mark]lipgloss.Style
}

func (t *text) printf(format string, args ...any) { fmt.Fprintf(&t.Builder, format, args...) }

func (t *text) mark(m Mark) string {
	return t.styles[m].Render(map[Mark]string{Good: "✓", Warning: "!", Bad: "✗"}[m])
}

func (t *text) section(s Section) {
	if len(s.Findings) == 0 {
		return
	}
	t.printf("\n%s\n", s.Title)
	for _, f := range s.Findings {
		t.printf("  %s %-13s %s\n", t.mark(f.Mark), f.About, f.Text)
		if f.Advice != "" {
			t.printf("    %-13s → %s\n", "", f.Advice)
		}
	}
}

// types is a table of the event types with a sample each.
func (t *text) types(s *Stream) {
	width := 4
	for _, k := range s.Types {
		width = max(width, ansi.StringWidth(k.Type))
	}
	t.printf("\nevent types\n")
	for _, k := range s.Types {
		pad := strings.Repeat(" ", width-ansi.StringWidth(k.Type))
		t.printf("  %s%s %6d %8.2f/s  %s\n", k.Type, pad, k.Count, k.PerSecond, k.Sample)
	}
	if s.OtherTypes > 0 {
		t.printf("  and %s of other types\n", humanize.Plural(s.OtherTypes, "event"))
	}
}
