// Package process sets up the Go runtime for a process that lives long and mostly sleeps.
package process

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

// cores are those of a process that keeps to one of them.
var cores struct {
	sync.Mutex
	all      int // 0: it does not keep to one
	hurrying bool
	until    time.Time
}

// UseOneCore saves up to a third of a screen's processor time: each event would wake up threads on other cores only to find
// nothing to do. GOMAXPROCS in the environment overrides it.
func UseOneCore() {
	if os.Getenv("GOMAXPROCS") != "" {
		return
	}
	cores.Lock()
	defer cores.Unlock()
	cores.all = max(runtime.GOMAXPROCS(1), 2)
}

// hurryFor is how long a process that keeps to one core uses all of them for what the user wants.
const hurryFor = time.Second

// Hurry has a process that keeps to one core use all of them for a second. Beside the reading of a large event, which needs
// seconds, what a key asks for would wait for up to 10 ms whenever one goroutine hands it to another.
func Hurry() {
	cores.Lock()
	defer cores.Unlock()
	if cores.all == 0 {
		return
	}
	cores.until = time.Now().Add(hurryFor)
	if !cores.hurrying {
		cores.hurrying = true
		runtime.GOMAXPROCS(cores.all)
		time.AfterFunc(hurryFor, endHurry)
	}
}

func endHurry() {
	cores.Lock()
	defer cores.Unlock()
	if left := time.Until(cores.until); left > 0 {
		time.AfterFunc(left, endHurry)
		return
	}
	cores.hurrying = false
	runtime.GOMAXPROCS(1)
}

// spareHeap is how many bytes a heap may grow before garbage is collected, however little of it is in use: of each event
// some 2 kB become garbage, and Go's own rule has a small heap collected a hundred times a second where many come.
const spareHeap = 20 << 20

// CollectGarbageSeldom has garbage collected when the heap has grown by spareHeap, or to twice what is in use where that is
// more. GOGC in the environment overrides it.
func CollectGarbageSeldom() {
	if os.Getenv("GOGC") == "" {
		afterCollections.Do(func() { adjustPercent(0) })
	}
}

// afterCollections is done once in a process, as what it sets up is the process's.
var afterCollections sync.Once

// adjustPercent sets the percentage for the heap that is in use now, and again after each collection.
func adjustPercent(before int) {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	percent := percentFor(live[0].Value.Uint64())
	if percent != before {
		debug.SetGCPercent(percent)
	}
	runtime.SetFinalizer(new([64]byte), func(*[64]byte) { adjustPercent(percent) })
}

// percentFor is GOGC for so many bytes in use, in steps, since to set it stops the program for a moment.
func percentFor(live uint64) int {
	const step, most = 50, 800
	percent := int(min(spareHeap*100/max(live, 1), most))
	return max(percent/step*step, 100)
}
