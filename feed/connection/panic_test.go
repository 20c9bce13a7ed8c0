package connection

import (
	"strings"
	"testing"
)

func TestALongReasonLeavesRoomForWhatToDo(t *testing.T) {
	o := NewPanic(strings.Repeat("long\n", 1000)).Outcome(&Endpoint{}, "this payload")
	if len([]rune(o.Cause)) > 200 || !strings.HasSuffix(o.Cause, "; please report it") || strings.Contains(o.Cause, "\n") {
		t.Errorf("%q", o.Cause)
	}
}
