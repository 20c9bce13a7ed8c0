package market

import (
	"slices"
	"strings"
	"time"
)

// Story is a headline as the board keeps it.
type Story struct {
	Headline
	Feed        string
	At          time.Time // arrival of its first version; UTC wall clock
	Corrected   time.Time // arrival of the last correction; zero when there was none
	Corrections int
	OfHalt      bool   // made of a Halt, and told by no headline
	Seq         uint64 // 1, 2, 3 … in order of first arrival, over all feeds
}

// equals ignores the time: a restarted server may send its old stories with new times, which corrects nothing.
func (s *Story) equals(h Headline) bool {
	old := s.Headline
	return old.Title == h.Title && old.Summary == h.Summary && old.Source == h.Source && old.URL == h.URL &&
		old.Importance == h.Importance && slices.Equal(old.Symbols, h.Symbols)
}

// applyHeadline takes a new story, or the correction of one that is kept.
func (b *Board) applyHeadline(f *feedState, h Headline, at time.Time) {
	if s := f.stories[h.ID]; s != nil {
		if s.equals(h) {
			return
		}
		if !b.makeRoom(f, Size(h)-Size(s.Headline), s) {
			b.counts.Refused++
			return
		}
		s.Headline, s.Corrected = h, at
		s.Corrections++
		b.counts.Corrections++
		return
	}
	if !b.makeRoom(f, Size(h), nil) {
		b.counts.Refused++
		return
	}
	b.addStory(f, &Story{Headline: h, Feed: f.name, At: at})
}

// addStory adds a story for which there is room.
func (b *Board) addStory(f *feedState, s *Story) {
	b.counts.Headlines++
	s.Seq = b.counts.Headlines
	if s.ID != "" {
		f.stories[s.ID] = s
	}
	if len(b.news) == b.limits.News {
		b.dropStory(len(b.news) - 1)
	}
	b.news = slices.Insert(b.news, b.placeOf(f, s), s)
}

// historyWithin is how long after the first headline of a feed its old ones come: a server sends them together.
const historyWithin = 10 * time.Second

// placeOf is where a new story goes: on top, where it is seen, however late it is. What a feed gives at its start of the time
// before stands among the stories of other feeds by the time of its publication.
func (b *Board) placeOf(f *feedState, s *Story) int {
	if f.firstStory.IsZero() {
		f.firstStory = s.At
	}
	if s.Time.IsZero() || !s.Time.Before(f.firstStory) || s.At.Sub(f.firstStory) > historyWithin {
		return 0
	}
	if at := slices.IndexFunc(b.news, func(other *Story) bool { return !other.Published().After(s.Time) }); at >= 0 {
		return at
	}
	return len(b.news)
}

// Published is when a story was published, or else when it arrived.
func (s *Story) Published() time.Time {
	if s.Time.IsZero() {
		return s.At
	}
	return s.Time
}

// makeRoom counts n bytes more of a feed's stories. Its oldest make room for them, but for one that is kept, if that is enough.
func (b *Board) makeRoom(f *feedState, n int, kept *Story) bool {
	if n <= 0 || f.kept.fits(n, forRows) {
		f.kept.give(-n)
		return true
	}
	old := func(s *Story) bool { return s.Feed == f.name && s != kept }
	size := 0
	for _, s := range b.news {
		if old(s) {
			size += Size(s.Headline)
		}
	}
	if !f.kept.fits(n-size, forRows) {
		return false
	}
	for i := len(b.news) - 1; !f.kept.take(n, forRows); i-- {
		if i < 0 {
			return false // others have taken the room meanwhile
		}
		if old(b.news[i]) {
			b.dropStory(i)
		}
	}
	return true
}

func (b *Board) dropStory(i int) {
	s := b.news[i]
	f := b.feeds[s.Feed]
	f.kept.give(Size(s.Headline))
	if s.ID != "" {
		delete(f.stories, s.ID)
	}
	b.news = slices.Delete(b.news, i, i+1)
}

// Headline is the story of a halt after another state of its symbol: that it is halted, and why, or that it trades again. It
// reports false if there is nothing new to tell.
func (h Halt) Headline(before Halt) (_ Headline, told bool) {
	story := Headline{Title: "Halted", Symbols: []string{strings.Clone(h.Symbol)}, Importance: High, Time: h.Time}
	switch {
	case h.State == Halted && before.State == Halted && h.Reason == before.Reason:
		return Headline{}, false
	case h.State == Halted && h.Reason != "":
		story.Title += ": " + h.Reason
	case h.State == Open && before.State == Halted:
		story.Title, story.Importance = "Trades again", Normal
	case h.State != Halted:
		return Headline{}, false
	}
	return story, true
}

// tellHalt makes a story of it that a symbol is halted, and why, and that it trades again.
func (b *Board) tellHalt(f *feedState, before, h Halt, at time.Time) {
	story, told := h.Headline(before)
	if !told {
		return
	}
	if !b.makeRoom(f, Size(story), nil) {
		b.counts.Refused++
		return
	}
	b.addStory(f, &Story{Headline: story, Feed: f.name, At: at, OfHalt: true})
}
