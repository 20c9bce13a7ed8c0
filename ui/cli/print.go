package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// printer writes records, one a line. Nothing of it may be used from two goroutines.
type printer interface {
	// header appends what stands before the first line.
	header(b []byte) []byte
	// line appends r as one line, with its line break.
	line(b []byte, r *record) ([]byte, error)
}

// The formats of --output.
var formats = []string{"json", "csv", "table"}

// layout is what the flags say about the printed form.
type layout struct {
	format   string // one of formats; empty without --output
	template string
}

func (l *layout) register(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&l.format, "output", "o", "", "the `FORMAT`: "+strings.Join(formats, ", ")+" (default: table on a terminal, else json)")
	cmd.Flags().StringVarP(&l.template, "template", "t", "", "print each update by a Go `TEMPLATE`, such as '{{.Symbol}} {{.Last}}'")
}

// printer is the one that the flags ask for. manyFeeds has a table say which feed each line is of; the other
// formats do so always.
func (l layout) printer(cmd *cobra.Command, terminal, manyFeeds bool) (printer, error) {
	format := strings.ToLower(l.format)
	switch {
	case cmd.Flags().Changed("template") && format != "":
		return nil, misused(cmd, "--template is a format of its own: leave --output %s away", l.format)
	case cmd.Flags().Changed("template"):
		p, err := newTemplatePrinter(l.template, time.Local)
		if err != nil {
			return nil, usageError{fmt.Errorf("--template: %w", err), hint(cmd)}
		}
		return p, nil
	case format != "" && !slices.Contains(formats, format):
		return nil, misused(cmd, "--output knows %s, not %q; --template is for everything else", inWords(formats), l.format)
	case format == "csv":
		return newCSVPrinter(), nil
	case format == "table", format == "" && terminal:
		return newTablePrinter(time.Local, manyFeeds), nil
	}
	return newJSONPrinter(), nil
}

// inWords is "a, b and c".
func inWords(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
