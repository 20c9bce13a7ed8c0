package process

import (
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestASmallHeapMayGrowByTheSpareOneAndALargeOneToTwiceItsSize(t *testing.T) {
	t.Parallel()
	for live, want := range map[uint64]int{0: 800, 1 << 20: 800, 6 << 20: 300, 8 << 20: 250, 20 << 20: 100, 1 << 30: 100} {
		if got := percentFor(live); got != want {
			t.Errorf("of %d MiB in use: %d %%, want %d", live>>20, got, want)
		}
	}
}

// inOwnProcess, set in the environment, has a test run in a process of its own, whose runtime it may change.
const inOwnProcess = "LIVETAPE_TEST_PROCESS"

// runsInOwnProcess reports whether the test does. If not, it runs there, and here is nothing left to do.
func runsInOwnProcess(t *testing.T) bool {
	t.Helper()
	if os.Getenv(inOwnProcess) != "" {
		return true
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), inOwnProcess+"=1", "GOGC=", "GOMAXPROCS=")
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "PASS") {
		t.Fatalf("%v: %s", err, out)
	}
	return false
}

func TestAProcessUsesAllCoresWhileAKeyIsFresh(t *testing.T) {
	t.Parallel()
	if !runsInOwnProcess(t) {
		return
	}
	requireCores := func(want bool, when string) {
		t.Helper()
		if n := runtime.GOMAXPROCS(0); (n > 1) != want {
			t.Errorf("%d cores %s", n, when)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		runtime.GOMAXPROCS(1)
		Hurry()
		requireCores(false, "where a process does not keep to one by itself")
		UseOneCore()
		requireCores(false, "at first")
		Hurry()
		requireCores(true, "after a key")
		time.Sleep(hurryFor - time.Millisecond)
		Hurry()
		time.Sleep(hurryFor - time.Millisecond)
		requireCores(true, "less than a second after the last key")
		time.Sleep(2 * time.Millisecond)
		requireCores(false, "a second later")
		Hurry()
		requireCores(true, "after another key")
		time.Sleep(2 * hurryFor)
	})
}

func TestThePercentageFollowsTheHeap(t *testing.T) {
	t.Parallel()
	if !runsInOwnProcess(t) {
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
