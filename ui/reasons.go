package ui

import (
	"cmp"
	"slices"

	"livetape/ui/humanize"
)

// reasonCounts counts why events could not be used, or not wholly.
type reasonCounts map[string]uint64

const (
	maxReasons = 100 // that are told apart
	maxReason  = 256 // bytes of one
	topReasons = 3   // that a pane without prices names
)

const otherReasons = "other reasons"

// add counts one more event, and says how many there have been for that reason.
func (r reasonCounts) add(reason string) uint64 {
	if len(reason) > maxReason {
		reason = copyPrefix(reason, maxReason)
	}
	if _, known := r[reason]; !known && len(r) >= maxReasons {
		reason = otherReasons
	}
	r[reason]++
	return r[reason]
}

// top are the reasons that came most.
func (r reasonCounts) top() []string {
	all := make([]string, 0, len(r))
	for reason := range r {
		all = append(all, reason)
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(r[b], r[a]), cmp.Compare(a, b)) })
	return all[:min(len(all), topReasons)]
}

// timesText says a count in words; empty for one.
func timesText(n uint64) string {
	if n < 2 {
		return ""
	}
	return humanize.Count(n) + " times"
}
