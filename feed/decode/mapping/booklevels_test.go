package mapping

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLevelsThatMayBeChangesAreNoBookUnlessTheMapSaysSo(t *testing.T) {
	t.Parallel()
	const whole = `{map: [{symbol: s, book: {levels: {path: levels}}}]}`
	for _, c := range []struct {
		name, event, want string
		isChange          bool
	}{
		{"both sides", `{"s":"Q","levels":[["buy",100,5],["buy",99,4],["sell",101,3]]}`, "Q bid=100 ask=101", false},
		{"a size of 0 in the first level", `{"s":"Q","levels":[["buy",100,0],["buy",99,4],["sell",101,3]]}`, "Q", true},
		{"a size of 0 in the last level", `{"s":"Q","levels":[["buy",100,5],["sell",101,3],["sell",102,0]]}`, "Q", true},
		{"one side", `{"s":"Q","levels":[["buy",100,5],["buy",99,4]]}`, "Q", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m, err := compiled(t, whole).Decode("message", []byte(c.event))
			if errors.Is(err, ErrBookChanges) != c.isChange || !c.isChange && err != nil {
				t.Errorf("error: %v", err)
			}
			if diff := cmp.Diff(c.want, told(m, nil)); diff != "" {
				t.Errorf("want (-), got (+):\n%s", diff)
			}
		})
	}
}

func TestALevelThatCannotBeReadIsToldEvenBesideOneOfSizeZero(t *testing.T) {
	t.Parallel()
	m, err := compiled(t, `{map: [{symbol: s, book: {levels: {path: levels}}}]}`).Decode("message", []byte(`{"s":"Q","levels":[["buy",100,0],["up",99,4],["sell",101,3]]}`))
	if !errors.Is(err, errLevelUnread) || told(m, nil) != "Q" {
		t.Errorf("%s, error: %v", told(m, nil), err)
	}
}
