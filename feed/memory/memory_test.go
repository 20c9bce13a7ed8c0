package memory_test

import (
	"testing"

	"livetape/feed/memory"
)

func TestABudgetCountsWhatIsKeptAndGivenBack(t *testing.T) {
	b := memory.NewBudget(10)
	if !b.Add(10) || b.Fits(1) || b.Add(1) {
		t.Error("it takes more than its limit")
	}
	if b.Add(-5); !b.Fits(4) || b.Fits(5) || b.Used() != 6 {
		t.Errorf("%d bytes are counted", b.Used())
	}
	if got := memory.NewBudget(0).Limit(); got != memory.Default {
		t.Errorf("the limit is %d by default", got)
	}
}
