package configerr

import (
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// maxWord bounds the words that are compared, in bytes: longer ones are not typing errors.
const maxWord = 40

// DidYouMean is ` (did you mean "volume"?)` when word looks like one of known, else "". Synonyms are words of other
// vocabularies, in small letters, and what they are called here.
func DidYouMean(word string, known []string, synonyms map[string]string) string {
	if best := nearest(word, known, synonyms); best != "" {
		return ` (did you mean "` + best + `"?)`
	}
	return ""
}

// nearest is the known word that was probably meant; empty when none is near.
func nearest(word string, known []string, synonyms map[string]string) string {
	lower := strings.ToLower(word)
	if name := synonyms[lower]; slices.Contains(known, name) {
		return name
	}
	if len(word) > maxWord {
		return ""
	}
	best, least := "", len(word)/3+1
	for _, name := range known {
		d := levenshtein.Distance(lower, strings.ToLower(name), nil)
		if d < least || d == least && best == "" {
			best, least = name, d
		}
	}
	return best
}
