package cli

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"livetape/feed/decode/configerr"
	"livetape/ui/cli/output"
)

type selectionFlags struct{ output.Selection }

func (f *selectionFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&f.Kinds, "events", output.Kinds, "only these `KINDS` of updates")
	registerSymbolsIn(cmd, &f.Symbols)
	registerCount(cmd, &f.Count)
	registerFor(cmd, &f.For, 0)
	registerOnce(cmd, &f.Once)
}

// snapshotTimeout is how long --once waits for a snapshot when nothing else says when to stop.
const snapshotTimeout = 10 * time.Second

// checkAndFillIn refuses what makes no sense, and fills in what follows from --once.
func (f *selectionFlags) checkAndFillIn(cmd *cobra.Command) error {
	changed := cmd.Flags().Changed
	f.Kinds, f.Symbols = trimAll(f.Kinds), trimAll(f.Symbols)
	for _, kind := range f.Kinds {
		if !slices.Contains(output.Kinds, kind) {
			return usageErrorf(cmd, "--events knows %s, not %q%s", output.JoinAnd(output.Kinds), kind, configerr.DidYouMean(kind, output.Kinds, nil))
		}
	}
	switch {
	case len(f.Kinds) == 0:
		return usageErrorf(cmd, "--events is empty; it knows %s", output.JoinAnd(output.Kinds))
	case changed("symbols") && len(f.Symbols) == 0:
		return usageErrorf(cmd, "--symbols is empty; leave it out for all of them")
	case f.Once && changed("events") && !slices.Equal(f.Kinds, []string{output.Price}):
		return usageErrorf(cmd, "--once prints prices: leave out --events")
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
	fields   []string
	raw      bool
}

func (f *formatFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.name, "output", "o", "", outputUsage+strings.Join(output.FormatNames, ", ")+" (default: table on a terminal, else json)")
	cmd.Flags().StringSliceVar(&f.fields, "fields", nil, "only these `FIELDS`, in this order, as JSON or CSV: symbol,last,time")
	cmd.Flags().BoolVar(&f.raw, "raw", false, "print every event as JSON, whether livetape can read it or not: feed, type, id, data, received")
	cmd.Flags().StringVarP(&f.template, "template", "t", "", "print each update by a Go `TEMPLATE`, such as '{{.Symbol}} {{.Last}}'")
}

func (f formatFlags) format(cmd *cobra.Command, terminal, manyFeeds bool) (output.Format, error) {
	name := strings.ToLower(f.name)
	if f.raw {
		for _, flag := range []string{"output", "template", "fields", "events", "once"} {
			if cmd.Flags().Changed(flag) {
				return nil, usageErrorf(cmd, "--raw prints every event as it came: --%s has no effect on it", flag)
			}
		}
	}
	switch {
	case cmd.Flags().Changed("template") && len(f.fields) > 0:
		return nil, usageErrorf(cmd, "--template names its fields itself: leave out --fields")
	case cmd.Flags().Changed("template") && name != "":
		return nil, usageErrorf(cmd, "--template is a format of its own: leave out --output %s", f.name)
	case cmd.Flags().Changed("template"):
		format, err := output.NewTemplate(f.template, time.Local)
		if err != nil {
			return nil, usageErrorf(cmd, "--template: %w", err)
		}
		return format, nil
	case name != "" && !slices.Contains(output.FormatNames, name):
		return nil, usageErrorf(cmd, "--output knows %s, not %q%s; --template is for everything else",
			output.JoinAnd(output.FormatNames), f.name, configerr.DidYouMean(f.name, output.FormatNames, nil))
	case name == "" && terminal && len(f.fields) == 0:
		name = "table"
	}
	return output.NewFormat(name, time.Local, manyFeeds, f.fields...), f.checkFields(cmd, name)
}

func (f formatFlags) checkFields(cmd *cobra.Command, format string) error {
	known := output.FieldNames()
	for i, name := range f.fields {
		switch {
		case format == "table":
			return usageErrorf(cmd, "--fields has no effect on a table: say --output json or csv")
		case !slices.Contains(known, name):
			return usageErrorf(cmd, "there is no field %q%s; there are %s", name, configerr.DidYouMean(name, known, nil), strings.Join(known, ", "))
		case slices.Contains(f.fields[:i], name):
			return usageErrorf(cmd, "--fields has %s twice", name)
		}
	}
	return nil
}
