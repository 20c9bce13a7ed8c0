package relay

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/tidwall/gjson"

	"livetape/feed"
	"livetape/feed/decode"
	"livetape/feed/market"
	"livetape/mockserver/hub"
	"livetape/mockserver/hub/jetstream"
)

var _ jetstream.Content = (*State)(nil)

// State is what all events of the feeds add up to: prices, news, halts, and how each feed is. It implements [jetstream.Content].
// It is not safe for concurrent use.
type State struct {
	board *market.Board
	names []string // of the feeds, in order
	feeds map[string]*upstream
}

// upstream is a feed behind the relay.
type upstream struct {
	report   feed.Report
	events   uint64
	lastID   string        // of its messages
	hasTold  bool          // an update
	isTold   bool          // how it is was told
	lastData time.Time     // arrival of the last message
	delay    time.Duration // of the last update, by the feed's own time
}

// NewState returns the state before the first event of feeds, which are said to be connecting. Others may be added by what they
// tell. Budget may be nil.
func NewState(feeds []string, budget func(feed string) market.Budget) *State {
	s := &State{
		board: market.NewBoard(market.Limits{News: 200, Bars: 1, Trades: 1, Budget: budget}),
		feeds: map[string]*upstream{},
	}
	for _, name := range feeds {
		s.upstream(name).isTold = true
	}
	return s
}

func (s *State) upstream(name string) *upstream {
	u := s.feeds[name]
	if u == nil {
		u = &upstream{report: feed.Report{Feed: name}}
		s.feeds[name] = u
		s.names = append(s.names, name)
	}
	return u
}

// take applies an event of a feed, and adds what is to be published of it to out.
func (s *State) take(ev feed.Event, out *batch) {
	switch {
	case ev.Status != nil:
		s.report(feed.Report{Feed: ev.Feed, Status: *ev.Status}, out)
	case ev.Gap != nil:
		s.report(feed.Report{Feed: ev.Feed, Status: s.upstream(ev.Feed).report.Status, Gap: ev.Gap}, out)
	case ev.Message != nil:
		s.takeMessage(ev, out)
	}
}

func (s *State) takeMessage(ev feed.Event, out *batch) {
	from := s.upstream(ev.Feed)
	from.events++
	from.lastData = ev.At
	for _, r := range ev.Message.Reports { // the feed is a relay itself
		r.Feed = nameBehind(ev.Feed, r.Feed)
		s.report(r, out)
	}
	first := len(out.drafts)
	for _, u := range ev.Message.Updates {
		s.update(market.WithOrigin(u, nameBehind(ev.Feed, market.Origin(u))), ev.At, out)
	}
	if id := ev.Message.ID; id != from.lastID { // an event without an id of its own has that of the one before
		from.lastID = id
		out.setFeedID(first, ev.Feed, id)
	}
}

// nameBehind is the name of a feed behind a relay that is itself a feed of this one.
func nameBehind(relay, feed string) string {
	if feed == "" {
		return relay
	}
	return relay + "/" + feed
}

// Apply implements [jetstream.Content]. An event of another type changes nothing.
func (s *State) Apply(e *hub.Event) {
	_ = s.apply(e.Type, e.Data(), e.Logged(), false) // what cannot be read says nothing
}

// Restore implements [jetstream.Content]. What can be read of a snapshot is restored even if the rest cannot.
func (s *State) Restore(snapshot []byte) error {
	if !gjson.ValidBytes(snapshot) {
		return errors.New("restore a snapshot: it is no JSON")
	}
	all := gjson.ParseBytes(snapshot)
	var errs []error
	for _, list := range [...]struct{ name, eventType string }{
		{"feeds", hub.FeedType}, {"prices", "price"}, {"readings", "reading"}, {"news", "news"}, {"status", "status"},
	} {
		for _, row := range all.Get(list.name).Array() {
			if err := s.apply(list.eventType, []byte(row.Raw), time.Now(), true); err != nil {
				errs = append(errs, fmt.Errorf("restore a snapshot: %s: %w", list.name, err))
			}
		}
	}
	return errors.Join(errs...)
}

// apply applies the data of an event that arrived at a time, unless it says when. What is standing is no trade.
func (s *State) apply(eventType string, data []byte, at time.Time, standing bool) error {
	m, err := decode.Native{}.Decode(eventType, data)
	for _, r := range m.Reports {
		s.report(r, nil)
	}
	for _, u := range m.Updates {
		if q, ok := u.(market.Quote); ok {
			q.FromSnapshot = q.FromSnapshot || standing
			u = q
		}
		if isReceived := !gjson.GetBytes(data, "time").Exists(); isReceived {
			u, at = withoutTime(u, at)
		}
		s.update(u, at, nil)
	}
	return err
}

// withoutTime takes the time out of an update of which it is no feed's own, but when a relay received it; at, if it has none.
func withoutTime(u market.Update, at time.Time) (without market.Update, received time.Time) {
	take := func(t *time.Time) {
		if !t.IsZero() {
			at, *t = *t, time.Time{}
		}
	}
	switch u := u.(type) {
	case market.Quote:
		take(&u.Time)
		return u, at
	case market.Headline:
		take(&u.Time)
		return u, at
	case market.Halt:
		take(&u.Time)
		return u, at
	case market.Reading:
		take(&u.Time)
		return u, at
	}
	return u, at
}

// update applies an update that arrived at a time and has its origin, and adds it to out, which may be nil.
func (s *State) update(u market.Update, at time.Time, out *batch) {
	name := market.Origin(u)
	from := s.upstream(name)
	from.hasTold = true
	if own := timeOf(u); !own.IsZero() {
		from.delay = market.Elapsed(own, at)
	}
	if out != nil {
		kind, data := decode.AppendNative(out.data, u, at)
		out.add(hub.Draft{Type: kind, Symbols: symbolsOf(u), Feed: name}, data)
	}
	if h, ok := u.(market.Halt); ok && h.Time.IsZero() {
		h.Time = at
		u = h
	}
	s.board.Apply(name, u, at)
}

// report notes how a feed is, and adds that to out, which may be nil.
func (s *State) report(r feed.Report, out *batch) {
	from := s.upstream(r.Feed)
	from.report.Status, from.isTold = r.Status, true
	if out != nil {
		out.add(hub.Draft{Type: hub.FeedType, Symbols: []string{""}, Feed: r.Feed}, appendReport(out.data, r))
	}
}

func appendReport(b []byte, r feed.Report) []byte {
	text, err := json.Marshal(r)
	if err != nil { // a time of a year that RFC 3339 does not have
		text = fmt.Appendf(nil, `{"feed":%q,"state":%q}`, r.Feed, r.Status.State)
	}
	return append(b, text...)
}

// HasContent reports whether a feed has told anything, so that a snapshot has more in it than how feeds are.
func (s *State) HasContent() bool {
	for _, u := range s.feeds {
		if u.hasTold {
			return true
		}
	}
	return false
}

func symbolsOf(u market.Update) []string {
	switch u := u.(type) {
	case market.Quote:
		return []string{u.Symbol}
	case market.Halt:
		return []string{u.Symbol}
	case market.Reading:
		return []string{u.Name}
	case market.Headline:
		if len(u.Symbols) > 0 {
			return u.Symbols
		}
	}
	return []string{""}
}

func timeOf(u market.Update) time.Time {
	switch u := u.(type) {
	case market.Quote:
		if !u.FromSnapshot {
			return u.Time
		}
	case market.Headline:
		return u.Time
	case market.Reading:
		return u.Time
	}
	return time.Time{}
}

// AppendSnapshot implements [jetstream.Content]: it appends the data of a snapshot event with what f lets through.
func (s *State) AppendSnapshot(b []byte, f hub.Filter) []byte {
	lists := snapshotLists{filter: f}
	for _, r := range s.board.Rows() {
		lists.addRow(r)
	}
	for _, name := range s.names {
		if h := s.board.Market(name); h.State != "" {
			lists.add(&lists.status, h, name, h.Time)
		}
	}
	for _, story := range slices.Backward(s.board.News()) {
		if !story.OfHalt {
			lists.add(&lists.news, story.Headline, story.Feed, story.At)
		}
	}
	return lists.appendTo(s.appendReports(append(b, '{'), f))
}

// appendReports appends how the feeds are. What is not relayed is of no feed.
func (s *State) appendReports(b []byte, f hub.Filter) []byte {
	names := slices.DeleteFunc(slices.Clone(s.names), func(name string) bool { return !s.feeds[name].isTold || !f.PassesFeed(name) })
	if len(names) == 0 {
		return b
	}
	b = append(b, `"feeds":[`...)
	for n, name := range names {
		if n > 0 {
			b = append(b, ',')
		}
		b = appendReport(b, s.feeds[name].report)
	}
	return append(b, "],"...)
}

// snapshotLists are the rows of a snapshot, each list with commas between.
type snapshotLists struct {
	filter                         hub.Filter
	prices, readings, news, status []byte
}

func (l *snapshotLists) appendTo(b []byte) []byte {
	b = append(append(b, `"prices":[`...), l.prices...)
	b = append(append(b, `],"readings":[`...), l.readings...)
	b = append(append(b, `],"news":[`...), l.news...)
	b = append(append(b, `],"status":[`...), l.status...)
	return append(b, `]}`...)
}

// add adds an update to a list, if it passes the filter.
func (l *snapshotLists) add(list *[]byte, u market.Update, name string, received time.Time) {
	u = market.WithOrigin(u, name)
	before := len(*list)
	if before > 0 {
		*list = append(*list, ',')
	}
	kind, text := decode.AppendNative(*list, u, received)
	*list = text
	if !l.filter.PassesFeed(name) || !l.filter.Passes(kind, symbolsOf(u)) {
		*list = (*list)[:before]
	}
}

// addRow adds what is known of a symbol: of its trades and of its quotes apart, where they are of different times, for both
// have an age.
func (l *snapshotLists) addRow(r *market.Row) {
	if r.Halt.State != "" {
		l.add(&l.status, r.Halt, r.Feed, r.Updated)
	}
	if r.IsReading {
		l.add(&l.readings, market.Reading{Name: r.Symbol, Value: r.Last.Value, Time: r.Trade.Event}, r.Feed, r.Trade.Arrival)
		return
	}
	q := market.Quote{
		Symbol: r.Symbol, Name: r.Name, Currency: r.Currency, Last: r.Last.Value, Size: r.Size.Value, Volume: r.Volume.Value,
		Open: r.Open.Value, High: r.High.Value, Low: r.Low.Value, PrevClose: r.PrevClose.Value, VWAP: r.FeedVWAP.Value,
		Change: r.FeedChange.Value, ChangePct: r.FeedChangePct.Value, Time: r.Trade.Event,
	}
	book := market.Quote{
		Symbol: r.Symbol, Bid: r.Bid.Value, Ask: r.Ask.Value, BidSize: r.BidSize.Value, AskSize: r.AskSize.Value, Time: r.Quote.Event,
	}
	hasBook := book.Bid.IsSet() || book.Ask.IsSet()
	switch {
	case !q.Last.IsSet() && !hasBook:
		return // only a halt is known, or an empty book
	case !hasBook:
		l.add(&l.prices, q, r.Feed, r.Trade.Arrival)
	case !q.Last.IsSet() || r.Trade == r.Quote:
		q.Bid, q.Ask, q.BidSize, q.AskSize, q.Time = book.Bid, book.Ask, book.BidSize, book.AskSize, book.Time
		l.add(&l.prices, q, r.Feed, r.Quote.Arrival)
	default:
		l.add(&l.prices, q, r.Feed, r.Trade.Arrival)
		l.add(&l.prices, book, r.Feed, r.Quote.Arrival)
	}
}

func (s *State) writeMetrics(w io.Writer, now time.Time) {
	each := func(name, kind, help string, value func(u *upstream) (float64, bool)) {
		family(w, name, kind, help)
		for _, feed := range s.names {
			if v, ok := value(s.feeds[feed]); ok {
				fmt.Fprintf(w, "%s{feed=%s} %g\n", name, label(feed), v)
			}
		}
	}
	family(w, "livetape_upstream_state", "gauge", "1 for the state that a feed behind the relay is in")
	for _, name := range s.names {
		fmt.Fprintf(w, "livetape_upstream_state{feed=%s,state=%q} 1\n", label(name), s.feeds[name].report.Status.State)
	}
	each("livetape_upstream_live", "gauge", "1 while a feed is live, else 0", func(u *upstream) (float64, bool) {
		if u.report.Status.State == feed.Live {
			return 1, true
		}
		return 0, true
	})
	each("livetape_upstream_events_total", "counter", "events of a feed", func(u *upstream) (float64, bool) { return float64(u.events), true })
	each("livetape_upstream_last_event_age_seconds", "gauge", "since the last event of a feed", func(u *upstream) (float64, bool) {
		return now.Sub(u.lastData).Seconds(), !u.lastData.IsZero()
	})
	each("livetape_upstream_delay_seconds", "gauge", "by how much the last update was late, by the feed's own time", func(u *upstream) (float64, bool) {
		return u.delay.Seconds(), u.hasTold
	})
}
