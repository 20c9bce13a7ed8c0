package connection_test

import (
	"strings"
	"testing"

	"livetape/feed/connection"
)

func TestALongReasonLeavesRoomForWhatToDo(t *testing.T) {
	o := connection.NewPanic(strings.Repeat("long\n", 1000)).Outcome(&connection.Endpoint{}, "this payload")
	if len([]rune(o.Cause)) > 200 || !strings.HasSuffix(o.Cause, "; please report it") || strings.Contains(o.Cause, "\n") {
		t.Errorf("%q", o.Cause)
	}
}
