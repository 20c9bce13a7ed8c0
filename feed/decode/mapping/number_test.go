package mapping

import (
	"testing"

	"github.com/tidwall/gjson"
)

func TestWhatIsNoNumberWithoutQuotesIsNoneInQuotes(t *testing.T) {
	t.Parallel()
	for _, word := range nonNumbers {
		v := gjson.Result{Type: gjson.String, Str: word}
		if d, err := ParseNumber(v); err != nil || d.IsSet() || !IsMissingNumber(v) {
			t.Errorf("%q is the number %s (%v), want none", word, d, err)
		}
	}
}
