package ui

import (
	"fmt"
	"regexp"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed/decode"
	"livetape/ui/humanize"
)

// guessSign marks what a guessed map reads, until the user confirms the map.
const guessSign = "~"

// Maps proposes maps for feeds, and writes them to files. Its methods may do I/O: they run as commands.
type Maps interface {
	// Propose returns a map for a feed of which nothing could be read, to be completed by the user.
	Propose(feed string, events []decode.Event) (yaml string, err error)
	// Write writes a map to a file, which it names in path.
	Write(feed, yaml string) (path string, err error)
}

type mapPage struct {
	feed     string
	found    decode.FoundMap
	proposed bool // nothing could be read: the user has to complete it
}

type mapProposedMsg struct {
	feed, yaml string
	err        error
}

type mapWrittenMsg struct {
	feed, path string
	err        error
}

// setMap takes over how the feed is read from now on. It reports whether the rows of before are void, because another
// map read them or they cannot be told apart.
func (h *feedHealth) setMap(found decode.FoundMap) (void bool) {
	changed := withoutComments(found.YAML) != withoutComments(h.found.YAML) || found.Problem != h.found.Problem
	void = changed && (h.hasMap || found.Problem != "")
	h.confirmed = h.confirmed && !changed
	h.found, h.hasMap = found, true
	return void
}

// withoutComments is the map alone: how many events it was found from grows while it stays the same.
func withoutComments(yaml string) string { return yamlComment.ReplaceAllString(yaml, "") }

var yamlComment = regexp.MustCompile(`(?m)^#.*\n`)

func (h *feedHealth) isGuessed() bool { return h.found.Guess && !h.confirmed }

// mapAdvice is what to do about rows that cannot be told apart; empty when they can.
func (h *feedHealth) mapAdvice(k *keyMap) string {
	switch {
	case h.found.Problem == "":
		return ""
	case k.writeMap.Enabled():
		return "Name what tells them apart as symbol: in a map. " + keyLabel(k.showMap) + " shows the map, " + keyLabel(k.writeMap) + " writes it."
	}
	return "Name what tells them apart as symbol: in a map."
}

// canShowMap reports whether there is a map to show of a feed, or one to propose: else its definition says how it is read.
func (m Model) canShowMap(h *feedHealth) bool {
	return h != nil && (h.found.YAML != "" || h.mapped == 0 && h.mayMap && m.config.Maps != nil)
}

func (m Model) showMap() (Model, tea.Cmd) {
	h := m.targetFeed()
	switch {
	case m.overlay == mapOverlay || h == nil:
		return m.goBack()
	case h.found.YAML != "":
		return m.openMap(mapPage{feed: h.name, found: h.found}), nil
	case h.mapped > 0:
		return m.showToast(span{accent, h.name + " is not read by a guessed map"})
	case !m.canShowMap(h):
		return m.showToast(span{accent, h.whyNoMap()})
	}
	maps, name, events := m.config.Maps, h.name, m.present().raw.ofFeed(h.name)
	return m, func() tea.Msg {
		yaml, err := maps.Propose(name, events)
		return mapProposedMsg{name, yaml, err}
	}
}

func (h *feedHealth) whyNoMap() string {
	if h.unmapped+h.decodeErrors > 0 && !h.mayMap {
		return "no map helps: " + h.name + " sends nothing that could be mapped"
	}
	return "no map was found for " + h.name
}

func (m Model) openMap(p mapPage) Model {
	m.mapPage = p
	if m.overlay != mapOverlay {
		m = m.toggleOverlay(mapOverlay)
	}
	return m
}

func (m Model) showProposal(msg mapProposedMsg) (Model, tea.Cmd) {
	if msg.err != nil {
		return m.showToast(span{bad, "no map for " + msg.feed + ": " + plainLine(msg.err.Error())})
	}
	return m.openMap(mapPage{feed: msg.feed, found: decode.FoundMap{YAML: msg.yaml}, proposed: true}), nil
}

func (m Model) writeMap() (Model, tea.Cmd) {
	page := m.mapPage
	if h := m.targetFeed(); m.overlay != mapOverlay && h != nil {
		page = mapPage{feed: h.name, found: h.found}
	}
	if page.found.YAML == "" {
		return m.showToast(span{accent, "no map was found that could be written"})
	}
	maps, name, yaml := m.config.Maps, page.feed, page.found.YAML
	return m, func() tea.Msg {
		path, err := maps.Write(name, yaml)
		return mapWrittenMsg{name, path, err}
	}
}

func (m Model) showMapWritten(msg mapWrittenMsg) (Model, tea.Cmd) {
	if msg.err != nil {
		return m.showToast(span{bad, plainLine(msg.err.Error())})
	}
	said := "map of " + msg.feed + " written to " + plainLine(msg.path)
	if m.rewound != nil {
		said += ", as the feed is read now"
	}
	return m.showToast(span{accent, said})
}

func (m Model) confirmMap() (Model, tea.Cmd) {
	m.overlay = noOverlay
	h := m.present().feeds.byName(m.mapPage.feed)
	if h == nil || !h.isGuessed() || h.found.YAML != m.mapPage.found.YAML {
		return m, nil
	}
	h.confirmed = true
	return m.showToast(span{accent, "map of " + h.name + " confirmed"})
}

func (m Model) mapContent() []string {
	w := newLineWriter(m.theme, m.width)
	f := m.mapPage.found
	var about []span
	switch h := m.present().feeds.byName(m.mapPage.feed); {
	case m.mapPage.proposed:
		about = append(about, span{warn, "Nothing could be read. This is a map to complete: write it with " + keyLabel(m.keys.writeMap) + ", edit it, and put it in the configuration."})
	case h != nil && h.isGuessed():
		about = append(about, span{warn, guessSign + " A guess from " + humanize.Plural(f.Sample, "event") + fmt.Sprintf(", of which it reads %d. ", f.Mapped) + keyLabel(m.keys.open) + " confirms it, " + keyLabel(m.keys.writeMap) + " writes it to a file."})
	default:
		about = append(about, span{plain, "Found from " + humanize.Plural(f.Sample, "event") + fmt.Sprintf(", of which it reads %d. ", f.Mapped) + keyLabel(m.keys.writeMap) + " writes it to a file."})
	}
	if f.Problem != "" {
		about = append(about, span{bad, plainLine(f.Problem)}, span{warn, "Name what tells rows apart as symbol: in this map, and put it in the configuration."})
	}
	for _, note := range f.Notes {
		about = append(about, span{muted, "· " + plainLine(note)})
	}
	lines := append(w.wrapped(about, maxMapLines), "")
	return append(lines, yamlLines(w, f.YAML)...)
}

const maxMapLines = 500

func mapLines(w *lineWriter, h *feedHealth) []string {
	if h.found.YAML == "" {
		return nil
	}
	w.writeBlanks(gutter)
	sign, text := "", "map"
	if h.isGuessed() {
		sign, text = guessSign+" ", "guessed map"
	}
	w.write(warn, sign)
	w.write(muted, text+", found from "+humanize.Plural(h.found.Sample, "event"))
	return append([]string{w.endLine()}, yamlLines(w, h.found.YAML)...)
}

func yamlLines(w *lineWriter, yaml string) []string {
	var lines []string
	for _, text := range payloadLines([]byte(strings.TrimSpace(yaml)), w.width) {
		if len(lines) == maxMapLines {
			break
		}
		w.writeBlanks(gutter)
		if name, value, found := strings.Cut(text, ":"); found {
			w.write(muted, name+":")
			text = value
		}
		w.write(plain, text)
		lines = append(lines, w.endLine())
	}
	return lines
}
