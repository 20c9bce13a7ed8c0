package configerr

import (
	"slices"
	"strings"
)

// DidYouMean is ` (did you mean "volume"?)` when word looks like one of known, else "". Words of renamed, which are not
// mistyped but belong to another vocabulary, are answered with what they are called here.
func DidYouMean(word string, known []string, renamed map[string]string) string {
	lower := strings.ToLower(word)
	if name, ok := renamed[lower]; ok && slices.Contains(known, name) {
		return ` (did you mean "` + name + `"?)`
	}
	best, least := "", len(word)/3+1
	for _, name := range known {
		if d := distance(lower, strings.ToLower(name)); d < least || d == least && best == "" {
			best, least = name, d
		}
	}
	if best == "" {
		return ""
	}
	return ` (did you mean "` + best + `"?)`
}

// maxWord bounds the words that are compared: longer ones are no typing errors.
const maxWord = 40

// distance is how many letters have to be changed, added, removed or swapped with a neighbour to get from a
// to b (optimal string alignment).
func distance(a, b string) int {
	if len(a) > maxWord || len(b) > maxWord {
		return maxWord
	}
	var before, row []int
	next := make([]int, len(b)+1)
	for j := range next {
		next[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, row, next = row, next, make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
	}
	return next[len(b)]
}
