package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/launchdarkly/eventsource"
	"github.com/r3labs/sse/v2"
	gosse "github.com/tmaxmax/go-sse"
	"golang.org/x/sys/unix"
	"gopkg.in/cenkalti/backoff.v1"

	"livetape/feed"
	"livetape/feed/decode"
	"livetape/feed/market"
	tuning "livetape/ui/cli/process"
)

// readFunc reads a stream until it has given n events.
type readFunc func(url string, n int) error

func subscribers() map[string]readFunc {
	return map[string]readFunc{livetapeFeed: readFeed, rawR3labs: readRaw, goSSE: readGoSSE, launchDarkly: readEventsource}
}

const (
	livetapeFeed = "livetape"
	rawR3labs    = "r3labs/sse"
	goSSE        = "go-sse"
	launchDarkly = "eventsource"
)

// readReport is what it took to read a burst.
type readReport struct {
	Took, CPU     time.Duration
	Mallocs, Size uint64 // allocations and their bytes
}

// readBurst is the role of a subscriber: of a name, a URL, and how many events come. It prints its report. Garbage is collected
// as seldom as the commands of livetape do, whoever subscribes.
func readBurst(args []string) error {
	n, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	tuning.CollectGarbageSeldom()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began, used := time.Now(), usedBy(unix.RUSAGE_SELF)
	if err := subscribers()[args[0]](args[1], n); err != nil {
		return err
	}
	r := readReport{Took: time.Since(began), CPU: usedBy(unix.RUSAGE_SELF) - used}
	runtime.ReadMemStats(&after)
	r.Mallocs, r.Size = after.Mallocs-before.Mallocs, after.TotalAlloc-before.TotalAlloc
	return json.NewEncoder(os.Stdout).Encode(r)
}

// readRaw has r3labs/sse read, and decodes nothing.
func readRaw(url string, n int) error {
	read := 0
	return wantEvents(n, &read, rawClient(url).SubscribeRaw(func(*sse.Event) { read++ }))
}

func rawClient(url string) *sse.Client {
	client := sse.NewClient(url)
	client.ReconnectStrategy = &backoff.StopBackOff{}
	return client
}

func wantEvents(n int, read *int, err error) error {
	if *read != n {
		return fmt.Errorf("%d of %d events: %w", *read, n, err)
	}
	return nil
}

// readFeed has a feed read and decode, and applies the prices to a board.
func readFeed(url string, n int) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	set, err := feed.Start(ctx, feed.Config{Name: "compare", URL: url, Decoder: decode.Native{}})
	if err != nil {
		return err
	}
	board := market.NewBoard(market.Limits{})
	for e := range set.Events() {
		if e.Message == nil {
			continue
		}
		for _, u := range e.Message.Updates {
			board.Apply(e.Feed, u, e.At)
		}
		if board.Counts().Quotes >= uint64(n) {
			cancel()
		}
	}
	if quotes := board.Counts().Quotes; quotes != uint64(n) {
		return fmt.Errorf("%d of %d quotes", quotes, n)
	}
	return nil
}

// price is what others than livetape decode by encoding/json.
type price struct {
	Symbol string    `json:"symbol"`
	Name   string    `json:"name"`
	Last   string    `json:"last"`
	Bid    string    `json:"bid"`
	Ask    string    `json:"ask"`
	Size   string    `json:"size"`
	Volume string    `json:"volume"`
	Time   time.Time `json:"time"`
}

// readGoSSE has tmaxmax/go-sse read, and encoding/json decode.
func readGoSSE(url string, n int) (err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	read := 0
	connection := gosse.NewConnection(request)
	connection.SubscribeToAll(func(e gosse.Event) {
		var p price
		if jsonErr := json.Unmarshal([]byte(e.Data), &p); jsonErr != nil {
			err = errors.Join(err, jsonErr)
		}
		if read++; read == n {
			cancel()
		}
	})
	return errors.Join(err, wantEvents(n, &read, connection.Connect()))
}

// readEventsource has launchdarkly/eventsource read, and encoding/json decode.
func readEventsource(url string, n int) error {
	stream, err := eventsource.SubscribeWithURL(url)
	if err != nil {
		return err
	}
	defer stream.Close()
	for range n {
		select {
		case e := <-stream.Events:
			var p price
			if err := json.Unmarshal([]byte(e.Data()), &p); err != nil {
				return err
			}
		case err := <-stream.Errors:
			return err
		}
	}
	return nil
}

// followRaw is the role of r3labs/sse that reads a stream, and decodes nothing, until standard input ends. It reconnects, as
// it does by itself. For each line of input it prints how many events it has read.
func followRaw(args []string) error {
	var read atomic.Int64
	go func() {
		_ = sse.NewClient(args[0]).SubscribeRaw(func(*sse.Event) { read.Add(1) }) // it ends with the process
	}()
	asked := bufio.NewScanner(os.Stdin)
	for asked.Scan() {
		fmt.Println(read.Load())
	}
	return asked.Err()
}
