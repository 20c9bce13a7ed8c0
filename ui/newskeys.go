package ui

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed/market"
)

// linkDoneMsg says that a URL was opened, or a text copied, or why not.
type linkDoneMsg struct {
	said string
	err  error
}

// handleNewsKey does what a key for news asks; it reports false for other keys.
func (m Model) handleNewsKey(msg tea.KeyMsg) (Model, tea.Cmd, bool) {
	var cmd tea.Cmd
	switch k := m.keys; {
	case key.Matches(msg, k.newsOfSymbol):
		m, cmd = m.toggleNewsOfSymbol()
	case key.Matches(msg, k.news):
		m, cmd = m.goToNews()
	case key.Matches(msg, k.openURL):
		m, cmd = m.openStory()
	case key.Matches(msg, k.copyText):
		m, cmd = m.copySelected()
	default:
		return m, nil, false
	}
	return m, cmd, true
}

func (m Model) goToNews() (Model, tea.Cmd) {
	m.overlay = noOverlay
	if !slices.Contains(m.focusOrder(), focusNews) {
		return m.showToast(span{accent, cmp.Or(m.noNewsText(m.shownData()), "There is no room for news here.")})
	}
	m.focus = focusNews
	return m, nil
}

// toggleNewsOfSymbol shows the news of the selected symbol alone, whichever that is, or all again.
func (m Model) toggleNewsOfSymbol() (Model, tea.Cmd) {
	if m.selected.symbol == "" && !m.news.ofSelected {
		return m.showToast(span{accent, "No symbol is selected, so there is no news of one."})
	}
	m.news.ofSelected, m.news.list = !m.news.ofSelected, list{}
	return m.goToNews()
}

// headlines are those of some stories that the news pane shows.
func (m Model) headlines(all []*market.Story) []*market.Story {
	all = m.foldStories(all)
	if !m.news.ofSelected || m.selected.symbol == "" {
		return all
	}
	var kept []*market.Story
	for _, s := range all {
		if hasSymbol(s.Symbols, m.selected.symbol) {
			kept = append(kept, s)
		}
	}
	return kept
}

// foldStories has each headline once while rows are folded.
func (m Model) foldStories(all []*market.Story) []*market.Story {
	if m.shownFold() == nil || !m.manyFeeds {
		return all
	}
	return m.foldedNews.fold(all, m.board.Counts())
}

// selectedStory is the headline under the cursor; nil if the news do not have the keyboard.
func (m Model) selectedStory() *market.Story {
	if m.focus != focusNews {
		return nil
	}
	t := m.shownData()
	if lines := newsLines(t.headlines, t.gapMarks, m.news.cursor, m.news.cursor+1); len(lines) == 1 {
		return lines[0].story
	}
	return nil
}

func (m Model) openStory() (Model, tea.Cmd) {
	s := m.selectedStory()
	switch {
	case s == nil:
		return m.showToast(span{accent, "No headline is selected: " + keyLabel(m.keys.news) + " goes to the news."})
	case s.URL == "":
		return m.showToast(span{accent, "This headline has no URL."})
	case !isWebURL(s.URL):
		return m.showToast(span{warn, "Not opened, because it is not an http or https URL: " + plainLine(s.URL)})
	}
	open, address := m.config.OpenURL, s.URL
	return m, func() tea.Msg { return linkDoneMsg{"opened " + address, open(address)} }
}

// isWebURL reports whether a URL of a feed's is one for a browser.
func isWebURL(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// copySelected copies the selected headline and its URL, or else the selected symbol and its price with all digits.
func (m Model) copySelected() (Model, tea.Cmd) {
	var text string
	if s, r := m.selectedStory(), m.selectedRow(m.shownData()); s != nil {
		text = strings.TrimSpace(s.Title + "\n" + s.URL)
	} else if r != nil && m.focus != focusNews {
		text = strings.TrimSpace(r.Symbol + " " + r.Last.Value.String())
	} else {
		return m.showToast(span{accent, "Nothing is selected that could be copied."})
	}
	send, said := m.config.Copy, "given to the terminal to copy"+m.asOfText()+": "+text
	return m, func() tea.Msg { return linkDoneMsg{said, send(text)} }
}

func (m Model) showLinkDone(msg linkDoneMsg) (Model, tea.Cmd) {
	if msg.err != nil {
		return m.showToast(span{bad, plainLine(msg.err.Error())})
	}
	return m.showToast(span{accent, plainLine(msg.said)})
}

// noNewsText says why there is no headline, and what to do: news may come yet, or can no more, or nothing is known.
func (m Model) noNewsText(t *shownData) string {
	k := m.keys
	switch {
	case len(t.headlines) > 0:
		return ""
	case len(t.stories) > 0:
		return fmt.Sprintf("No news of %s among %d. %s shows all.", m.selected.symbol, len(t.stories), keyLabel(k.newsOfSymbol))
	case slices.ContainsFunc(m.feeds, func(h *feedHealth) bool { return h.status.State.IsConnected() }):
		return "No news yet. " + keyLabel(k.log) + " shows all events that come."
	case slices.ContainsFunc(m.feeds, func(h *feedHealth) bool { return !h.status.State.HasEnded() }):
		return "No news yet."
	case k.retry.Enabled():
		return "No news came. " + keyLabel(k.retry) + " tries again."
	}
	return "No news came."
}

// arrangeNews gives the news pane its lines, and the words that it needs.
func (m Model) arrangeNews(height int, t *shownData) newsPane {
	n := m.news.noteRead(m.focus == focusNews, t)
	if n.readTo > m.news.readTo {
		m.keepRead(storiesAfter(m.news.readTo, t.stories))
		m.settings.due = m.settings.due || !t.isOnlyNews() // else each headline would be a write
	}
	n = n.arrange(height, len(t.headlines)+len(t.gapMarks))
	n.symbol, n.emptyText, n.hint = m.selected.symbol, m.noNewsText(t), ""
	n.folded = nil
	if m.shownFold() != nil {
		n.folded = m.foldedNews
	}
	if m.selected.symbol != "" && !n.focused {
		n.hint = keyLabel(m.keys.news) + " news · " + keyLabel(m.keys.newsOfSymbol) + " " + m.keys.newsOfSymbol.Help().Desc
	}
	return n
}
