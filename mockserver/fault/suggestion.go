package fault

import (
	"fmt"
	"strings"

	"github.com/agext/levenshtein"
)

// Suggestion guesses which of the known words was meant, for the end of a sentence; empty when none is near.
func Suggestion(word string, known []string) string {
	const maxWord = 40 // bytes; longer words are not typing errors
	if len(word) > maxWord {
		return ""
	}
	best, least := "", len(word)/3+2
	for _, k := range known {
		if d := levenshtein.Distance(strings.ToLower(word), strings.ToLower(k), nil); d < least {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}
