package mockserver

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"livetape/mockserver/market"
)

const (
	maxRate    = 1e6
	maxRing    = 1 << 24
	maxEpoch   = 64
	maxClients = 1e6
)

var errRanBefore = errors.New("mock server: runs only once")

// validate reports every fault of c.
func (c Config) validate() error {
	var all []error
	require := func(ok bool, format string, args ...any) {
		if !ok {
			all = append(all, fmt.Errorf(format, args...))
		}
	}
	require(c.Rate > 0 && c.Rate <= maxRate, "rate: %v events a second is not above 0 and up to %v", c.Rate, maxRate)
	require(between(c.Symbols, market.MaxSymbols), "symbols: %d is not between 1 and %d", c.Symbols, market.MaxSymbols)
	require(between(c.Ring, maxRing), "ring: %d events is not between 1 and %d", c.Ring, maxRing)
	require(between(c.Queue, maxRing), "queue: %d events is not between 1 and %d", c.Queue, maxRing)
	require(between(c.MaxClients, maxClients), "max clients: %d is not between 1 and %d", c.MaxClients, int(maxClients))
	require(c.Heartbeat >= time.Millisecond, "heartbeat: %s is shorter than a millisecond", c.Heartbeat)
	require(c.Retry >= 0, "retry: %s is below 0", c.Retry)
	require(isEpoch(c.Epoch), "epoch: %q is not 1 to %d visible ASCII characters", c.Epoch, maxEpoch)
	if c.Scenario != nil {
		if err := c.Scenario.checkFor(c); err != nil {
			all = append(all, err)
		}
	}
	for _, f := range c.Faults {
		if err := f.CheckAtStart(); err != nil {
			all = append(all, fmt.Errorf("fault: %w", err))
		}
	}
	return errors.Join(all...)
}

func between(n, most int) bool { return 1 <= n && n <= most }

// isEpoch keeps the ids free of what a header or JSON would have to escape.
func isEpoch(s string) bool {
	odd := func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }
	return s != "" && len(s) <= maxEpoch && !strings.ContainsFunc(s, odd)
}
