package ui

import (
	"errors"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed/market"
	"livetape/ui/filter"
)

type promptKind int8

const (
	noPrompt promptKind = iota
	filterPrompt
	searchPrompt
	symbolPrompt
	removalPrompt
	alertPrompt
	logPrompt
	filePrompt
)

// prompt is a line in which the user types.
type prompt struct {
	kind   promptKind
	text   []rune
	cursor int // characters before it
}

func newPrompt(kind promptKind, text string) prompt {
	p := prompt{kind: kind, text: []rune(text)}
	p.cursor = len(p.text)
	return p
}

// edit changes the text or moves the cursor, as a key says. It reports whether the text has changed.
func (p *prompt) edit(msg tea.KeyMsg) (changed bool) {
	before := string(p.text)
	switch msg.Type {
	case tea.KeyRunes, tea.KeySpace:
		typed := []rune(market.PlainText(string(msg.Runes), filter.MaxLength))
		typed = typed[:max(min(len(typed), filter.MaxLength-len(p.text)), 0)]
		p.text = slices.Insert(slices.Clone(p.text), p.cursor, typed...)
		p.cursor += len(typed)
	case tea.KeyLeft:
		p.cursor = max(p.cursor-1, 0)
	case tea.KeyRight:
		p.cursor = min(p.cursor+1, len(p.text))
	case tea.KeyHome, tea.KeyCtrlA:
		p.cursor = 0
	case tea.KeyEnd, tea.KeyCtrlE:
		p.cursor = len(p.text)
	case tea.KeyBackspace, tea.KeyCtrlH:
		p.remove(p.cursor-1, p.cursor)
	case tea.KeyDelete:
		p.remove(p.cursor, p.cursor+1)
	case tea.KeyCtrlU:
		p.remove(0, p.cursor)
	case tea.KeyCtrlK:
		p.remove(p.cursor, len(p.text))
	case tea.KeyCtrlW:
		p.remove(p.wordBegin(), p.cursor)
	}
	return string(p.text) != before
}

func (p *prompt) remove(from, to int) {
	from, to = max(from, 0), min(to, len(p.text))
	if from < to {
		p.text = slices.Delete(slices.Clone(p.text), from, to)
		p.cursor = from
	}
}

func (p *prompt) wordBegin() int {
	at := p.cursor
	for at > 0 && p.text[at-1] == ' ' {
		at--
	}
	for at > 0 && p.text[at-1] != ' ' {
		at--
	}
	return at
}

// draw draws the text with its cursor in so many cells. It returns the cell of a character.
func (p *prompt) draw(w *lineWriter, room int) (cellOf func(at int) int) {
	from := 0
	for from < p.cursor && cells(string(p.text[from:p.cursor]))+1 > room {
		from++
	}
	start := w.used
	w.write(strong, truncateWith(string(p.text[from:p.cursor]), room-1, ""))
	under, rest := " ", ""
	if p.cursor < len(p.text) {
		under, rest = string(p.text[p.cursor]), string(p.text[p.cursor+1:])
	}
	w.write(held, under)
	w.write(strong, truncate(rest, max(start+room-w.used, 0)))
	return func(at int) int {
		at = min(max(at, from), len(p.text))
		return start + min(cells(string(p.text[from:at])), room-1)
	}
}

const (
	acceptKey = "enter"
	cancelKey = "esc"
)

// promptKeys are the keys that are not text to the line in which the user types.
func (m Model) promptKeys() []key.Binding {
	accept, cancel := "keep", "clear"
	switch m.prompt.kind {
	case symbolPrompt, alertPrompt:
		accept, cancel = "add", "cancel"
	case removalPrompt:
		accept, cancel = "remove", "cancel"
	case filePrompt:
		accept, cancel = "write", "cancel"
	}
	return []key.Binding{
		key.NewBinding(key.WithKeys(acceptKey), key.WithHelp(acceptKey, accept)),
		key.NewBinding(key.WithKeys(cancelKey), key.WithHelp(cancelKey, cancel)),
	}
}

// handlePromptKey handles a key while the user types.
func (m Model) handlePromptKey(msg tea.KeyMsg) (Model, tea.Cmd) {
	switch msg.String() {
	case acceptKey:
		return m.acceptPrompt()
	case cancelKey:
		return m.cancelPrompt(), nil
	}
	if m.prompt.edit(msg) {
		switch m.prompt.kind {
		case filterPrompt:
			m = m.setFilter(string(m.prompt.text))
		case searchPrompt:
			m = m.searchFor(string(m.prompt.text))
		case logPrompt:
			m = m.filterLog(string(m.prompt.text))
		}
	}
	return m, nil
}

func (m Model) acceptPrompt() (Model, tea.Cmd) {
	p := m.prompt
	if p.kind == filterPrompt && m.view.mistake != nil {
		return m, nil
	}
	m.prompt = prompt{}
	switch p.kind {
	case symbolPrompt:
		return m.addSymbol(string(p.text))
	case alertPrompt:
		return m.addAlert(string(p.text))
	case filePrompt:
		return m.writeScreen(strings.TrimSpace(string(p.text)))
	case removalPrompt:
		return m.takeBack(strings.TrimSpace(string(p.text)))
	}
	return m, nil
}

func (m Model) cancelPrompt() Model {
	p := m.prompt
	m.prompt = prompt{}
	switch p.kind {
	case filterPrompt:
		return m.setFilter("")
	case searchPrompt:
		return m.searchFor("")
	case logPrompt:
		return m.filterLog("")
	}
	return m
}

// setFilter filters rows as it is typed. While there is a mistake in it, the last expression without
// holds.
func (m Model) setFilter(text string) Model {
	f, err := filter.Parse(text)
	m.view.text, m.view.mistake = text, nil
	if err != nil {
		errors.As(err, &m.view.mistake)
		if m.view.filter.IsExpression() {
			return m
		}
		f = nil // the words before were the beginning of an expression
	}
	m.view.filter = f
	if f == nil && err == nil {
		m.view.text = ""
	}
	return m.redefine()
}
