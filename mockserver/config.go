package mockserver

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"time"

	"livetape/mockserver/access"
	"livetape/mockserver/emulate"
	"livetape/mockserver/fault"
	"livetape/mockserver/hub"
	"livetape/mockserver/market"
	"livetape/mockserver/scenario"
)

const (
	maxRate    = 1e6
	maxRing    = 1 << 24
	maxEpoch   = 64
	maxClients = 1e6
)

// Config says what a Server is like; a zero field takes its default.
type Config struct {
	Source Source  // what is served; nil: a simulated market of Seed, Rate, Symbols and Scenario
	Log    hub.Log // of the source's events; nil: one in memory, of Epoch and Ring
	// Share makes the source that is served of the one whose events they are, where the log is shared with other processes. Of
	// several with the same simulated market, each goes on where the one before ended. Nil: the log is this server's alone.
	Share func(Source) Source
	Title string // of the server, in the list of what it serves; default "livetape mock server: simulated prices and news"

	Seed      uint64          // of the market; 0 means 1. The same seed, rate and number of symbols make the same sequence of events
	Rate      float64         // events a second, all symbols together; default 40, at most a million
	Symbols   int             // how many symbols the market has; default 24, at most 10,000
	Ring      int             // events kept for clients that resume; default 16,384
	Queue     int             // events a client may fall behind before it is disconnected; default 4,096
	Heartbeat time.Duration   // silence after which a stream gets a comment; default 15 s
	Retry     time.Duration   // the reconnection time that clients are told; default 1 s
	Epoch     string          // first part of every id; default made from the start time. Changes when the server restarts
	Faults    []fault.Fault   // injected at the start; see fault.Parse
	Readers   *access.Readers // who may read the streams and the metrics; nil: everybody
	NoFaults  bool            // none can be injected over HTTP
	Token     string          // that POST /faults requires; without one, only clients on this machine may inject faults
	// AllowOrigins are origins such as https://page.example whose pages may read streams, also with credentials. Pages of other
	// origins may not. If the list is empty, the pages of all origins may, without credentials.
	AllowOrigins []string

	Now      func() time.Time   // for the times in payloads, nothing else; default time.Now
	Scenario *scenario.Scenario // what happens in the market; nil: a story of its own. It has a Rate and Symbols, and with a Start an Epoch

	MaxClients int          // streams at a time; one more is answered 503 with Retry-After; default 20,000, at most a million
	Logger     *slog.Logger // of clients at level debug, of faults and of the start and end at info, of slow clients at warn; default none
}

func (c Config) withDefaults() Config {
	c.Title = cmp.Or(c.Title, "livetape mock server: simulated prices and news")
	c.Logger = cmp.Or(c.Logger, slog.New(slog.DiscardHandler))
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Seed = cmp.Or(c.Seed, 1)
	if c.Scenario != nil {
		c.Rate = cmp.Or(c.Rate, c.Scenario.Rate)
		c.Symbols = cmp.Or(c.Symbols, c.Scenario.Symbols)
	}
	c.Rate = cmp.Or(c.Rate, 40)
	c.Symbols = cmp.Or(c.Symbols, market.DefaultSymbols)
	c.Ring = cmp.Or(c.Ring, 16384)
	c.Queue = cmp.Or(c.Queue, 4096)
	c.MaxClients = cmp.Or(c.MaxClients, 20000)
	c.Heartbeat = cmp.Or(c.Heartbeat, 15*time.Second)
	c.Retry = cmp.Or(c.Retry, time.Second)
	if c.Scenario != nil && !c.Scenario.Start.IsZero() {
		c.Epoch = cmp.Or(c.Epoch, c.Scenario.Epoch(c.Seed, c.Rate, c.Symbols))
	}
	if c.Share != nil {
		c.Epoch = cmp.Or(c.Epoch, fmt.Sprintf("market%d", c.Seed)) // part of the ids of headlines: the same in all processes
	}
	c.Epoch = cmp.Or(c.Epoch, strconv.FormatInt(c.Now().UnixMicro(), 36))
	return c
}

// log is the event log that a server begins with.
func (c Config) log() hub.Log {
	if c.Log != nil {
		return c.Log
	}
	return hub.NewRing(c.Epoch, c.Ring, emulate.FirstNumber(c.Now()))
}

func (c Config) validate() error {
	var all []error
	require := func(ok bool, format string, args ...any) {
		if !ok {
			all = append(all, fmt.Errorf(format, args...))
		}
	}
	require(c.Rate > 0 && c.Rate <= maxRate, "rate: %v events a second is not above 0 and up to %v", c.Rate, maxRate)
	require(inRange(c.Symbols, market.MaxSymbols), "symbols: %d is not between 1 and %d", c.Symbols, market.MaxSymbols)
	require(inRange(c.Ring, maxRing), "ring: %d events is not between 1 and %d", c.Ring, maxRing)
	require(inRange(c.Queue, maxRing), "queue: %d events is not between 1 and %d", c.Queue, maxRing)
	require(inRange(c.MaxClients, maxClients), "max clients: %d is not between 1 and %d", c.MaxClients, int(maxClients))
	require(c.Heartbeat >= time.Millisecond, "heartbeat: %s is shorter than a millisecond", c.Heartbeat)
	require(c.Retry >= 0, "retry: %s is below 0", c.Retry)
	require(isValidEpoch(c.Epoch), "epoch: %q is not 1 to %d visible ASCII characters", c.Epoch, maxEpoch)
	if c.Scenario != nil {
		all = append(all, c.Scenario.CheckFor(c.Rate, c.Symbols))
	}
	for _, origin := range c.AllowOrigins {
		require(isOrigin(origin), "allow origin: %q is not an origin such as https://page.example, without a path", origin)
	}
	for _, f := range c.Faults {
		err := f.CheckAtStart()
		require(err == nil, "fault: %w", err)
	}
	return errors.Join(all...)
}

func inRange(n, most int) bool { return 1 <= n && n <= most }

// isOrigin reports whether s is what browsers send as an Origin: "null" is that of a page from a file (Fetch §3.1).
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	return s == "null" || err == nil && u.Host != "" && s == strings.ToLower(u.Scheme+"://"+u.Host)
}

// isValidEpoch keeps the ids free of what a header or JSON would have to escape.
func isValidEpoch(s string) bool {
	odd := func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }
	return s != "" && len(s) <= maxEpoch && !strings.ContainsFunc(s, odd)
}
