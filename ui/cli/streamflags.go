package cli

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"livetape/ui/cli/output"
)

type selectionFlags struct{ output.Selection }

func (f *selectionFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVar(&f.Kinds, "events", output.Kinds, "only these `KINDS` of updates")
	flags.StringSliceVar(&f.Symbols, "symbols", nil, "only these `SYMBOLS`, and what is said of the whole market")
	flags.IntVar(&f.Count, "count", 0, "stop after so many updates")
	flags.DurationVar(&f.For, "for", 0, "stop after so long, such as 10s or 5m")
	flags.BoolVar(&f.Once, "once", false, "print the first price of each symbol, and stop")
}

// snapshotTimeout is how long --once waits for a snapshot when nothing else says when to stop.
const snapshotTimeout = 10 * time.Second

// checkAndFillIn refuses what makes no sense, and fills in what follows from --once.
func (f *selectionFlags) checkAndFillIn(cmd *cobra.Command) error {
	changed := cmd.Flags().Changed
	f.Kinds, f.Symbols = trimAll(f.Kinds), trimAll(f.Symbols)
	for _, kind := range f.Kinds {
		if !slices.Contains(output.Kinds, kind) {
			return usageErrorf(cmd, "--events knows %s, not %q", output.JoinAnd(output.Kinds), kind)
		}
	}
	switch {
	case len(f.Kinds) == 0:
		return usageErrorf(cmd, "--events is empty; it knows %s", output.JoinAnd(output.Kinds))
	case changed("symbols") && len(f.Symbols) == 0:
		return usageErrorf(cmd, "--symbols is empty; leave it away for all of them")
	case f.Once && changed("events") && !slices.Equal(f.Kinds, []string{output.Price}):
		return usageErrorf(cmd, "--once prints prices: leave --events away")
	}
	if f.Once {
		f.Kinds = []string{output.Price}
		if len(f.Symbols) == 0 && f.For == 0 {
			f.For = snapshotTimeout
		}
	}
	return checkLimits(cmd, f.Count, f.For)
}

func trimAll(words []string) []string {
	var out []string
	for _, w := range words {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}

type formatFlags struct {
	name     string // of output.FormatNames; empty without --output
	template string
	raw      bool
}

func (f *formatFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.name, "output", "o", "", "the `FORMAT`: "+strings.Join(output.FormatNames, ", ")+" (default: table on a terminal, else json)")
	cmd.Flags().BoolVar(&f.raw, "raw", false, "print every event as JSON, whether it can be read or not: feed, type, id, data, received")
	cmd.Flags().StringVarP(&f.template, "template", "t", "", "print each update by a Go `TEMPLATE`, such as '{{.Symbol}} {{.Last}}'")
}

func (f formatFlags) format(cmd *cobra.Command, terminal, manyFeeds bool) (output.Format, error) {
	name := strings.ToLower(f.name)
	if f.raw {
		for _, flag := range []string{"output", "template", "events", "once"} {
			if cmd.Flags().Changed(flag) {
				return nil, usageErrorf(cmd, "--raw prints every event as it came: --%s has no effect on it", flag)
			}
		}
	}
	switch {
	case cmd.Flags().Changed("template") && name != "":
		return nil, usageErrorf(cmd, "--template is a format of its own: leave --output %s away", f.name)
	case cmd.Flags().Changed("template"):
		format, err := output.NewTemplate(f.template, time.Local)
		if err != nil {
			return nil, usageErrorf(cmd, "--template: %w", err)
		}
		return format, nil
	case name != "" && !slices.Contains(output.FormatNames, name):
		return nil, usageErrorf(cmd, "--output knows %s, not %q; --template is for everything else", output.JoinAnd(output.FormatNames), f.name)
	case name == "" && terminal:
		name = "table"
	}
	return output.NewFormat(name, time.Local, manyFeeds), nil
}
