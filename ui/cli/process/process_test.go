package process

import (
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

func TestASmallHeapMayGrowByTheSpareOneAndALargeOneToTwiceItsSize(t *testing.T) {
	t.Parallel()
	for live, want := range map[uint64]int{0: 800, 1 << 20: 800, 6 << 20: 400, 8 << 20: 300, 20 << 20: 100, 1 << 30: 100} {
		if got := percentFor(live); got != want {
			t.Errorf("of %d MiB in use: %d %%, want %d", live>>20, got, want)
		}
	}
}

// inOwnProcess, set in the environment, has a test run in a process of its own, whose runtime it may change.
const inOwnProcess = "LIVETAPE_TEST_PROCESS"

func TestThePercentageFollowsTheHeap(t *testing.T) {
	t.Parallel()
	if os.Getenv(inOwnProcess) == "" {
		cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), inOwnProcess+"=1", "GOGC=", "GOMAXPROCS=")
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "PASS") {
			t.Fatalf("%v: %s", err, out)
		}
		return
	}
	CollectGarbageSeldom()
	UseOneCore()
	if n := runtime.GOMAXPROCS(0); n != 1 {
		t.Errorf("%d cores", n)
	}
	small := percent()
	kept := make([]byte, 100<<20)
	for range 100 {
		runtime.GC()
		runtime.Gosched() // finalizers run in a goroutine of their own
		if percent() == 100 {
			break
		}
	}
	if large := percent(); small < 400 || large != 100 {
		t.Errorf("%d %% of a small heap and %d %% of a large one", small, large)
	}
	runtime.KeepAlive(kept)
}

// percent is GOGC as it is set.
func percent() int {
	p := debug.SetGCPercent(-1)
	debug.SetGCPercent(p)
	return p
}
