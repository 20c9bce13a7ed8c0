package ui

import (
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"livetape/feed/market"
	"livetape/ui/humanize"
)

const (
	minNewsPart  = 2 // lines, with the title
	wantNewsPart = 6
)

// newsPart is the news of the selected symbol in its details, once there is any news. Where the details stand below the
// panes, the news are on screen already.
func (m Model) newsPart(t *shownData) (_ detailPart, shown bool) {
	if len(t.stories) == 0 || m.width < minBeside && !m.zoomed {
		return detailPart{}, false
	}
	var about []*market.Story
	for _, s := range m.foldStories(t.stories) {
		if hasSymbol(s.Symbols, m.selected.symbol) {
			about = append(about, s)
		}
	}
	wanted := min(1+max(len(about), 1), wantNewsPart)
	return detailPart{pane: noPane, second: true, minimum: minNewsPart, wanted: wanted, view: func(m Model, area drawContext) []string {
		w := newLineWriter(area.theme, area.width)
		area.focused = false
		hint := keyLabel(m.keys.newsOfSymbol) + " " + m.keys.newsOfSymbol.Help().Desc
		lines := []string{paneTitleLine(w, area, "News of "+m.selected.symbol, m.news.countText(about), hint)}
		if len(about) == 0 {
			w.write(muted, spaces(gutter)+"none yet")
			lines = append(lines, w.endLine())
		}
		for _, s := range about[:min(len(about), area.height-1)] {
			m.news.drawUnread(w, s)
			w.write(muted, timeCell(s.Published(), area.now)+"  ")
			m.news.drawFeed(w, area, s)
			drawHeadline(w, s)
			lines = append(lines, w.endLine())
		}
		return lines
	}}, true
}

// countText is how many headlines there are, and how many of them are unread.
func (n newsPane) countText(all []*market.Story) string {
	unread := 0
	for _, s := range all {
		if n.isUnread(s) {
			unread++
		}
	}
	if unread == 0 {
		return humanize.Count(len(all))
	}
	return fmt.Sprintf("%s · %d unread", humanize.Count(len(all)), unread)
}

// isUnread reports whether a headline came since the news last had the keyboard, in this run or one before.
func (n newsPane) isUnread(s *market.Story) bool {
	return s.Seq > n.readTo && !n.readBefore.has(s)
}

// readHeadlines are those that were read in an earlier run. It keeps what it has found out of each headline: hundreds are
// counted in every frame.
type readHeadlines struct {
	keys  map[string]bool // by storyKey
	found map[*market.Story]foundHeadline
}

type foundHeadline struct {
	corrections int // when it was looked up
	isRead      bool
}

func newReadHeadlines() *readHeadlines {
	return &readHeadlines{map[string]bool{}, map[*market.Story]foundHeadline{}}
}

func (r *readHeadlines) has(s *market.Story) bool {
	if r == nil || len(r.keys) == 0 {
		return false
	}
	f, ok := r.found[s]
	if !ok || f.corrections != s.Corrections {
		if f = (foundHeadline{s.Corrections, r.keys[storyKey(s)]}); len(r.found) >= maxFoundHeadlines {
			clear(r.found)
		}
		r.found[s] = f
	}
	return f.isRead
}

// maxFoundHeadlines is more than what boards keep. Headlines that these have dropped go with the others once it is reached.
const maxFoundHeadlines = 4096

// storyKey tells a headline from others, also in the next run, when a feed gives it again.
func storyKey(s *market.Story) string {
	h := fnv.New64a()
	_, _ = io.WriteString(h, strings.Join([]string{s.Feed, s.ID, s.Title}, "\x00")) // a hash takes everything
	return strconv.FormatUint(h.Sum64(), 36)
}

// maxReadMarks is how many headlines are known to be read in the next run.
const maxReadMarks = 500

// keepRead has the headlines that were read kept for the next run, and the oldest of those before forgotten.
func (m Model) keepRead(read []*market.Story) {
	now := strconv.FormatInt(m.now.Unix(), 10)
	for _, s := range read {
		m.settings.note(settingKey("read", storyKey(s)), now)
	}
	kept := m.settings.withPrefix(settingKey("read", ""))
	oldest := slices.SortedFunc(maps.Keys(kept), func(a, b string) int { return strings.Compare(kept[a], kept[b]) })
	for _, key := range oldest[:max(len(oldest)-maxReadMarks, 0)] {
		m.settings.note(settingKey("read", key), "")
	}
}
