package cli

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// selection is what the flags say about which updates to print, and when to stop.
type selection struct {
	kinds   []string
	symbols []string // all when empty; in any case of letters
	count   int      // updates; 0 for no end
	lasting time.Duration
	once    bool
}

func (s *selection) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVar(&s.kinds, "events", []string{price, news, status}, "only these `KINDS` of updates")
	flags.StringSliceVar(&s.symbols, "symbols", nil, "only these `SYMBOLS`, and what is said of the whole market")
	flags.IntVar(&s.count, "count", 0, "stop after so many updates")
	flags.DurationVar(&s.lasting, "for", 0, "stop after so long, such as 10s or 5m")
	flags.BoolVar(&s.once, "once", false, "print the first price of each symbol, and stop")
}

// patience is how long --once waits for a snapshot when nothing else says when to stop.
const patience = 10 * time.Second

// check refuses what makes no sense, and fills in what follows from --once.
func (s *selection) check(cmd *cobra.Command) error {
	changed := cmd.Flags().Changed
	s.kinds, s.symbols = trimmed(s.kinds), trimmed(s.symbols)
	for _, kind := range s.kinds {
		if !slices.Contains([]string{price, news, status}, kind) {
			return misused(cmd, "--events knows price, news and status, not %q", kind)
		}
	}
	switch {
	case len(s.kinds) == 0:
		return misused(cmd, "--events is empty; it knows price, news and status")
	case changed("symbols") && len(s.symbols) == 0:
		return misused(cmd, "--symbols is empty; leave it away for all of them")
	case changed("count") && s.count < 1:
		return misused(cmd, "--count is %d; it must be at least 1", s.count)
	case changed("for") && s.lasting <= 0:
		return misused(cmd, "--for is %s; it must be over 0", s.lasting)
	case s.once && changed("events") && !slices.Equal(s.kinds, []string{price}):
		return misused(cmd, "--once prints prices: leave --events away")
	}
	if s.once {
		s.kinds = []string{price}
		if len(s.symbols) == 0 && s.lasting == 0 {
			s.lasting = patience
		}
	}
	return nil
}

func trimmed(words []string) []string {
	var out []string
	for _, w := range words {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}
