package ui

import (
	"slices"
	"strings"
	"time"

	"livetape/feed/market"
)

// sameStoryWithin is how far apart the times may be that feeds give for one headline.
const sameStoryWithin = 10 * time.Minute

// foldedNews are headlines, each once where several feeds have it: as it came first.
type foldedNews struct {
	first                  *market.Story // of those that were folded last
	total                  int
	headlines, corrections uint64 // of the board

	stories []*market.Story
	feeds   map[*market.Story][]string // of headlines of several feeds
}

// fold folds headlines, newest first, unless they are those of the last time.
func (f *foldedNews) fold(all []*market.Story, c market.Counts) []*market.Story {
	if len(all) == 0 {
		return all
	}
	if f.first == all[0] && f.total == len(all) && f.headlines == c.Headlines && f.corrections == c.Corrections {
		return f.stories
	}
	*f = foldedNews{first: all[0], total: len(all), headlines: c.Headlines, corrections: c.Corrections, feeds: map[*market.Story][]string{}}
	seen := make(map[string]*market.Story, len(all))
	for _, s := range slices.Backward(all) {
		key := strings.Join(append([]string{s.Title}, s.Symbols...), "\x00")
		first := seen[key]
		if first == nil || !f.add(first, s) {
			seen[key] = s
			f.stories = append(f.stories, s)
		}
	}
	slices.Reverse(f.stories)
	return f.stories
}

// add notes that another feed has a headline. It reports false if it is another headline in the same words.
func (f *foldedNews) add(first, s *market.Story) bool {
	feeds := f.feeds[first]
	if feeds == nil {
		feeds = []string{first.Feed}
	}
	if slices.Contains(feeds, s.Feed) || s.Published().Sub(first.Published()).Abs() > sameStoryWithin {
		return false
	}
	f.feeds[first] = append(feeds, s.Feed)
	return true
}

// feedsOfStory are the feeds that have a headline; empty where one alone has it, and in f == nil, where none are folded.
func (f *foldedNews) feedsOfStory(s *market.Story) string {
	if f == nil {
		return ""
	}
	return strings.Join(f.feeds[s], ", ")
}
