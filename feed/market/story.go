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
	Seq         uint64 // 1, 2, 3 … in order of first arrival, over all feeds
}

// correct replaces the headline; it reports false when nothing in it has changed.
func (s *Story) correct(h Headline, at time.Time) bool {
	if s.equals(h) {
		return false
	}
	s.Headline, s.Corrected = h, at
	s.Corrections++
	return true
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
		if s.correct(h, at) {
			b.counts.Corrections++
		}
		return
	}
	b.counts.Headlines++
	s := &Story{Headline: h, Feed: f.name, At: at, Seq: b.counts.Headlines}
	if h.ID != "" {
		f.stories[h.ID] = s
	}
	b.addStory(s)
}

// addStory puts a story on top of the news; the oldest makes room for it.
func (b *Board) addStory(s *Story) {
	if len(b.news) < b.limits.News {
		b.news = append(b.news, nil)
	} else if last := b.news[len(b.news)-1]; last.ID != "" {
		delete(b.feeds[last.Feed].stories, last.ID)
	}
	copy(b.news[1:], b.news)
	b.news[0] = s
}

// tellHalt makes a story of it that a symbol is halted, and why, and that it trades again.
func (b *Board) tellHalt(f *feedState, before, h Halt, at time.Time) {
	story := Headline{Title: "Halted", Symbols: []string{strings.Clone(h.Symbol)}, Importance: High, Time: h.Time}
	switch {
	case h.State == Halted && before.State == Halted && h.Reason == before.Reason:
		return
	case h.State == Halted && h.Reason != "":
		story.Title += ": " + h.Reason
	case h.State == Open && before.State == Halted:
		story.Title, story.Importance = "Trades again", Normal
	case h.State != Halted:
		return
	}
	b.applyHeadline(f, story, at)
}
