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
	newest      *market.Story // of those that were folded last
	total       int
	corrections uint64

	stories []*market.Story
	feeds   map[*market.Story][]string // of headlines of several feeds
}

// fold folds headlines, newest first, unless they are those of the last time.
func (f *foldedNews) fold(all []*market.Story, corrections uint64) []*market.Story {
	if len(all) == 0 {
		return all
	}
	if f.newest == all[0] && f.total == len(all) && f.corrections == corrections {
		return f.stories
	}
	*f = foldedNews{newest: all[0], total: len(all), corrections: corrections, feeds: map[*market.Story][]string{}}
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
	if slices.Contains(feeds, s.Feed) || storyTime(s).Sub(storyTime(first)).Abs() > sameStoryWithin {
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
