package ui

import (
	"cmp"
	"slices"
	"time"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui/fold"
)

// moment is what all events up to a time add up to. Of what is known of feeds, rates and delays are not of the events alone:
// the present has them.
type moment struct {
	now       time.Time // of the last message
	board     *market.Board
	fold      *fold.Book // nil: each feed has rows of its own
	feeds     feedList
	manyFeeds bool      // there are, or were, several feeds: rows need the name of theirs
	gapMarks  []gapMark // oldest first
	log       eventLog
	raw       *rawEvents
}

// take applies an event to the board and to what is known of its feed, and adds the rows that it changes to changed, which
// may be nil.
func (m *moment) take(ev feed.Event, h *feedHealth, changed map[*market.Row]struct{}) {
	if ev.Status != nil {
		m.noteStream(ev.Feed, h.status.State, ev.Status)
		if isStart(ev) {
			m.board.Restart(ev.Feed)
		}
	}
	h.receive(ev)
	switch {
	case ev.Gap != nil && (!isRoutineGap(ev.Gap) || ev.Gap.Kind == feed.Unreplayed):
		m.addGapMark(ev)
	case ev.Message != nil:
		if found := ev.Message.Map; found != nil && h.setMap(*found) {
			m.board.Forget(ev.Feed)
			m.awaitSymbols(h)
		}
		m.applyUpdates(ev, changed, h.found.Problem != "")
	}
}

// isStart reports whether a feed begins, or was started again.
func isStart(ev feed.Event) bool {
	return ev.Status != nil && ev.Status.State == feed.Connecting && ev.Status.Connections == 0
}

// noteStream notes on the board since when there is a stream, or none: after a silence, since its last byte.
func (m *moment) noteStream(name string, was feed.State, s *feed.Status) {
	switch {
	case s.State.IsConnected():
		m.board.StreamBack(name, s.Since)
	case was == feed.Silent && !s.LastByte.IsZero():
		m.board.StreamLost(name, s.LastByte)
	default:
		m.board.StreamLost(name, s.Since)
	}
}

// applyUpdates applies a message's updates to the board, without prices if nothing tells its rows apart.
func (m *moment) applyUpdates(ev feed.Event, changed map[*market.Row]struct{}, noPrices bool) {
	for _, u := range ev.Message.Updates {
		if _, isQuote := u.(market.Quote); isQuote && noPrices {
			continue
		}
		m.board.Apply(ev.Feed, u, ev.At)
		if changed == nil && m.fold == nil {
			continue
		}
		if halt, ok := u.(market.Halt); ok && m.fold != nil {
			m.fold.Refresh(m.board.Row(ev.Feed, halt.Symbol))
		}
		r := m.board.Row(ev.Feed, rowSymbol(u))
		if r == nil {
			continue
		}
		if changed != nil {
			changed[r] = struct{}{}
		}
		if m.fold != nil {
			m.fold.Apply(r, ev.At)
		}
	}
}

func rowSymbol(u market.Update) string {
	switch u := u.(type) {
	case market.Quote:
		return u.Symbol
	case market.Reading:
		return u.Name
	}
	return ""
}

// newestStory is the number of the last headline so far; zero before the first.
func (m *moment) newestStory() uint64 { return m.board.Counts().Headlines }

// storiesAfter are the headlines that arrived after the one of a number, in the order of arrival. The oldest of many may have
// left the board already.
func (m *moment) storiesAfter(seq uint64) []*market.Story {
	if m.newestStory() == seq {
		return nil
	}
	later := storiesAfter(seq, m.board.News())
	slices.SortFunc(later, func(a, b *market.Story) int { return cmp.Compare(a.Seq, b.Seq) })
	return later
}
