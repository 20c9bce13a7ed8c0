package mockserver

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"livetape/mockserver/emulate"
	"livetape/mockserver/fault"
	"livetape/mockserver/hub"
	"livetape/mockserver/market"
	"livetape/mockserver/scenario"
)

// simulator makes the events of a market and publishes them. It is the source of the hub.
type simulator struct {
	config Config
	hub    *hub.Hub
	faults *fault.Schedule

	stepping sync.Mutex // held while events are made and a scenario's faults injected after them

	mu     sync.Mutex // held while events are made and published, so that the market agrees with the log
	player *scenario.Player
	epochs int         // begun since the first
	drafts []hub.Draft // reused by every batch, as is data
	data   []byte
}

// newSimulator leaves out the hub and the faults.
func newSimulator(c Config) *simulator {
	opening := market.Config{Seed: c.Seed, Symbols: c.Symbols, Epoch: c.Epoch, Now: c.Now().UTC()}
	return &simulator{config: c, player: scenario.NewPlayer(c.Scenario, opening, c.Rate)}
}

const batchSize = 256

// makeEvents makes n events at once. With a scenario it is n turns of the market, in some of which nothing happens.
func (s *simulator) makeEvents(n int) {
	s.stepping.Lock()
	defer s.stepping.Unlock()
	for n > 0 {
		turns, _ := s.makeBatch(min(n, batchSize))
		n -= turns
	}
}

// makeBatch makes up to n events, until a scenario does something, and injects its faults after them. It says how many
// turns of the market that were, and how long by the market's time.
func (s *simulator) makeBatch(n int) (turns int, took time.Duration) {
	turns, took, faults := s.publish(n)
	for _, f := range faults {
		_ = s.faults.Inject(f) // it was checked with the scenario
	}
	return turns, took
}

func (s *simulator) publish(n int) (turns int, took time.Duration, faults []fault.Fault) {
	if s.config.Share != nil { // the log may take a while, and the snapshot is not of this market
		turns, took, faults = s.makeDrafts(n)
		s.hub.Publish(s.drafts, s.data)
		return turns, took, faults
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	turns, took, faults = s.makeDraftsLocked(n)
	s.hub.Publish(s.drafts, s.data)
	return turns, took, faults
}

func (s *simulator) makeDrafts(n int) (turns int, took time.Duration, faults []fault.Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.makeDraftsLocked(n)
}

func (s *simulator) makeDraftsLocked(n int) (turns int, took time.Duration, faults []fault.Fault) {
	now, skew := s.config.Now().UTC(), s.faults.Skew()
	s.drafts, s.data = s.drafts[:0], s.data[:0]
	quotes := make([]market.Quote, 0, n) // payloads, which live as long as the log keeps them
	from, acted := s.player.Clock(), false
	for ; turns < n && !acted; turns++ {
		var e market.Event
		if e, acted = s.player.Next(now, skew); !e.IsZero() {
			quotes = s.addDraft(e, quotes)
		}
	}
	return turns, s.player.Clock() - from, s.player.TakeFaults()
}

// addDraft adds e to the drafts. A quote, which the market changes again, is copied to the end of quotes.
func (s *simulator) addDraft(e market.Event, quotes []market.Quote) []market.Quote {
	d, size := hub.Draft{Type: e.Type(), Symbols: e.Symbols()}, len(s.data)
	if s.config.Share != nil {
		d.FeedID = strconv.Itoa(s.player.Market.Turns())
	}
	s.data = e.AppendJSON(s.data)
	d.Size = len(s.data) - size
	switch {
	case e.Quote != nil:
		quotes = append(quotes, *e.Quote)
		d.Payload = &quotes[len(quotes)-1]
	case e.News != nil:
		d.Payload = e.News
	}
	s.drafts = append(s.drafts, d)
	return quotes
}

// Run implements [Source]: it makes as many events as the rate asks for. Fast ones come in batches.
func (s *simulator) Run(ctx context.Context, _ *hub.Hub) error {
	if s.config.Share != nil {
		s.takeOver()
	}
	rate, speed := s.rateAndSpeed()
	ticker := time.NewTicker(tickInterval(rate * speed))
	defer ticker.Stop()
	last, ahead := time.Now(), time.Duration(0)
	for {
		changed := s.faults.Active().Replaced()
		now := last
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
			now = time.Now()
		case now = <-ticker.C:
		}
		elapsed := min(now.Sub(last), time.Second+tickInterval(rate*speed)) // a starved server makes up for a second at most
		last = now
		ahead = s.play(ahead+time.Duration(float64(elapsed)*speed), rate)
		before := rate * speed
		if rate, speed = s.rateAndSpeed(); rate*speed != before {
			ahead = min(ahead, scenario.Interval(rate)) // part of an event at a low rate is not many at a high one
			ticker.Reset(tickInterval(rate * speed))
		}
	}
}

// resumableLog is one that tells how far another process came.
type resumableLog interface{ FeedID(feed string) string }

// takeOver has the market go on after the last turn that is in a shared log. An empty log gets what the market begins with.
func (s *simulator) takeOver() {
	s.stepping.Lock()
	defer s.stepping.Unlock()
	log, _ := s.hub.Log().(resumableLog)
	if log == nil {
		return
	}
	turn, err := strconv.Atoi(log.FeedID(""))
	if err != nil {
		s.publishOpening()
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.player.Market.Turns() > turn { // what came after that did not get into the log
		s.player = newSimulator(s.config).player
	}
	for s.player.Market.Turns() < turn {
		s.player.Next(s.config.Now().UTC(), s.faults.Skew())
	}
	s.player.TakeFaults()
}

// publishOpening publishes the market as it stands, each quote with all that is known of it.
func (s *simulator) publishOpening() {
	data, _ := s.snapshot(hub.Filter{})
	s.drafts, s.data = s.drafts[:0], s.data[:0]
	for _, list := range [][2]string{{"prices", market.PriceType}, {"news", market.NewsType}, {"status", market.StatusType}} {
		for _, row := range gjson.GetBytes(data, list[0]).Array() {
			symbols := []string{row.Get("symbol").Str}
			if many := row.Get("symbols"); many.Exists() {
				symbols = symbols[:0]
				for _, symbol := range many.Array() {
					symbols = append(symbols, symbol.Str)
				}
			}
			s.drafts = append(s.drafts, hub.Draft{Type: list[1], Symbols: symbols, Size: len(row.Raw)})
			s.data = append(s.data, row.Raw...)
		}
	}
	s.hub.Publish(s.drafts, s.data)
}

// rateAndSpeed is how many events a second of the market's time has, and how many times faster than the wall clock that runs.
func (s *simulator) rateAndSpeed() (rate, speed float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.player.Pace(s.faults.Burst())
}

// play makes the events that are due when the market's time goes ahead at a rate, and returns the time that is left.
func (s *simulator) play(ahead time.Duration, rate float64) (left time.Duration) {
	s.stepping.Lock()
	defer s.stepping.Unlock()
	for {
		due := min(int(ahead/scenario.Interval(rate)), batchSize)
		if due <= 0 { // less than 0 when a burst ended within a batch, or a tick is older than the last change of faults
			return ahead
		}
		_, took := s.makeBatch(due)
		ahead -= took
		rate, _ = s.rateAndSpeed()
	}
}

// tickInterval is that of the events, but no shorter than 5 ms.
func tickInterval(rate float64) time.Duration {
	const shortest, longest = 5 * time.Millisecond, time.Hour
	return time.Duration(min(max(float64(time.Second)/rate, float64(shortest)), float64(longest)))
}

// restart begins a new epoch, which knows nothing of the events before: the streams end, and none can resume.
func (s *simulator) restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.epochs++
	suffix := s.epochs + 1
	if s.config.Scenario != nil {
		suffix = s.player.Market.Turns() // in every run, an id of the epoch after as many events stands for the same ones
	}
	epoch := fmt.Sprintf("%s.%d", s.config.Epoch, suffix)
	s.player.Market.SetEpoch(epoch)
	s.config.Logger.Info("restart", "epoch", epoch)
	base := max(emulate.FirstNumber(s.config.Now()), s.hub.Log().NewestNumber()+1)
	s.hub.Replace(hub.NewRing(epoch, s.config.Ring, base))
}

// time is the one that payloads show now.
func (s *simulator) time() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.player.Time(s.config.Now().UTC(), s.faults.Skew())
}

// snapshot is the data of a snapshot event with what f lets through, and the id of the newest event in it.
func (s *simulator) snapshot(f hub.Filter) (data []byte, id string) {
	s.mu.Lock()
	id, all := s.hub.Log().Newest(), s.player.Market.Snapshot(f.Passes)
	s.mu.Unlock()
	return all.AppendJSON(nil), id
}

// quotes are those of all instruments, and the id of the newest event.
func (s *simulator) quotes() ([]market.Quote, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.player.Market.Snapshot(hub.Filter{}.Passes).Quotes, s.hub.Log().Newest()
}

func (s *simulator) activeFaults() []fault.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.player.ActiveFaults()
}
