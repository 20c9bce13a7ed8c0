package fault_test

import (
	"strings"
	"testing"
	"time"

	"livetape/mockserver/fault"
)

func TestAFaultIsParsedAndWrittenBack(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want fault.Fault
	}{
		{"drop", fault.Fault{Name: "drop"}},
		{"drop@20s", fault.Fault{Name: "drop", Every: 20 * time.Second}},
		{"stall", fault.Fault{Name: "stall"}},
		{"stall:5s", fault.Fault{Name: "stall", For: 5 * time.Second}},
		{"503:10s@1m30s", fault.Fault{Name: "503", For: 10 * time.Second, Every: 90 * time.Second}},
		{"garbage:250ms@10ms", fault.Fault{Name: "garbage", For: 250 * time.Millisecond, Every: 10 * time.Millisecond}},
		{"clear", fault.Fault{Name: "clear"}},
		{"slow=50/one", fault.Fault{Name: "slow", Value: "50", Share: fault.One}},
		{"status=429/25%:3s@1m", fault.Fault{Name: "status", Value: "429", Share: 25, For: 3 * time.Second, Every: time.Minute}},
		{"drop/all", fault.Fault{Name: "drop"}},
		{"redirect=301-loop:1s", fault.Fault{Name: "redirect", Value: "301-loop", For: time.Second}},
		{"skew=-1h30m", fault.Fault{Name: "skew", Value: "-1h30m"}},
	}
	for _, test := range tests {
		got, err := fault.Parse(test.text)
		if err != nil || got != test.want {
			t.Errorf("%s: %+v, %v", test.text, got, err)
		}
		again, err := fault.Parse(test.want.String())
		if err != nil || again != test.want {
			t.Errorf("%+v was written as %s, which is %+v, %v", test.want, test.want, again, err)
		}
	}
}

func TestAnUnknownNameIsNamedOnce(t *testing.T) {
	t.Parallel()
	_, err := fault.Parse("explode")
	if err == nil || !strings.HasPrefix(err.Error(), `there is no fault "explode"; the faults are drop, `) || strings.Count(err.Error(), "explode") != 1 {
		t.Errorf("%v", err)
	}
}

func TestAnImpossibleFaultIsExplained(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"", `there is no fault ""; the faults are drop, eof, stall, slow, split, heartbeat, 503, 204, status, redirect, type, ` +
			"gzip, garbage, bytes, huge, retry, noid, dup, reorder, gap, silent-hub, other-node, burst, skew, restart, refuse, clear"},
		{"fire", `there is no fault "fire"`},
		{"DROP", `there is no fault "DROP" (did you mean "drop"?)`},
		{"stal:5s", `there is no fault "stal" (did you mean "stall"?); the faults are drop, `},
		{"stall:", `how long: "" is not a duration such as 5s or 1m30s`},
		{"stall:5", `how long: "5" is not a duration`},
		{"stall:-5s", `how long: "-5s" is not a duration`},
		{"stall:5s@", `how often: "" is not a duration`},
		{"stall@0s", `how often: "0s" is not a duration`},
		{"drop:20s", `drop is over at once: it cannot last 20s; to repeat it, write drop@20s`},
		{"drop@1ms", `drop cannot come every 1ms, only every 10ms or more`},
		{"clear@1s", `clear does not repeat`},
		{"clear:1s", `clear is over at once`},
		{"drop=3", `drop has no value`},
		{"slow=", `there is no value behind slow=`},
		{"slow=9", `slow=9 is not possible; its value is bytes a second, 10 to 1000000; default 1000`},
		{"slow=1e3", `slow=1e3 is not possible`},
		{"status=200", `status=200 is not possible; its value is HTTP status, 204 or 400 to 599`},
		{"status=600", `is not possible`},
		{"redirect=301", `is not possible`},
		{"redirect=300-same", `is not possible`},
		{"redirect=301-away", `is not possible; its value is same (origin), other or loop`},
		{"skew=soon", `skew=soon is not possible; its value is duration such as 90s or -1h`},
		{"huge=65", `huge=65 is not possible; its value is MiB, 1 to 64`},
		{"503=7", `503 has no value`},
		{"drop/", `whom: "" is not one, all or a share such as 25%`},
		{"drop/0%", `whom: "0%" is not`},
		{"drop/101%", `whom: "101%" is not`},
		{"drop/25", `whom: "25" is not`},
		{"restart/one", `restart hits the whole server, not one of its connections`},
	}
	for _, test := range tests {
		if _, err := fault.Parse(test.text); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want %s", test.text, err, test.want)
		}
	}
}

func FuzzAParsedFaultIsWrittenAndInjected(f *testing.F) {
	for _, text := range []string{"drop@20s", "stall:5s@1m", "503", "::@@", "eof@9999999h", "204:1ns", "status=429/25%", "skew=-9h/one", "a=b=c/d/e"} {
		f.Add(text)
	}
	schedule := newSchedule()
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := fault.Parse(text)
		if err != nil {
			t.Skip()
		}
		if again, err := fault.Parse(parsed.String()); err != nil || again != parsed {
			t.Errorf("%q became %s: %+v, %v", text, parsed, again, err)
		}
		if err := schedule.Inject(parsed); err != nil {
			t.Error(err)
		}
	})
}

func newSchedule() *fault.Schedule {
	return fault.NewSchedule(1, fault.Hooks{Changed: func() {}, Restart: func() {}, Started: func(fault.Fault) {}})
}

func TestEveryFaultHasHelpAndCanBeInjected(t *testing.T) {
	t.Parallel()
	schedule := newSchedule()
	for _, info := range fault.List() {
		if info.Help == "" {
			t.Errorf("%s has no help", info.Name)
		}
		if err := schedule.Inject(fault.Fault{Name: info.Name}); err != nil {
			t.Error(err)
		}
	}
	for _, f := range []fault.Fault{{Name: "fire"}, {Name: "stall", For: -1}, {Name: "drop", Every: -1}, {Name: "drop", Share: -2}, {Name: "drop", Share: 100}} {
		if schedule.Inject(f) == nil {
			t.Errorf("%+v was injected", f)
		}
	}
}
