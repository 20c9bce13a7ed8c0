package ui

import (
	"path/filepath"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"livetape/ui/picture"
)

// writtenScreen is a screen as it was when the user asked for a file of it.
type writtenScreen struct {
	view  string
	width int
	at    string // time on it
}

// screenWrittenMsg says that a screen is in a file, or why not.
type screenWrittenMsg struct {
	at, path string
	err      error
}

// promptForFile asks for a file to write the screen to, as it is now.
func (m Model) promptForFile() Model {
	at := m.now
	if m.paused != nil {
		at = m.paused.at
	}
	m.written = writtenScreen{m.View(), m.width, at.Local().Format(time.TimeOnly)}
	m.prompt = newPrompt(filePrompt, "livetape-"+at.Local().Format("20060102-150405")+".svg")
	return m
}

// writeScreen writes the screen as a picture to a file that is called so, or else as text.
func (m Model) writeScreen(path string) (Model, tea.Cmd) {
	if path == "" {
		return m, nil
	}
	screen, write := m.written, m.config.WriteFile
	ground := picture.Light()
	if m.config.Renderer.HasDarkBackground() {
		ground = picture.Dark()
	}
	m.written = writtenScreen{}
	return m, func() tea.Msg {
		text, extension := screen.text(), filepath.Ext(path)
		if strings.EqualFold(extension, ".svg") {
			text = picture.SVG(screen.view, screen.width, ground)
		}
		written, err := write(strings.TrimSuffix(path, extension), extension, text)
		return screenWrittenMsg{screen.at, written, err}
	}
}

// text is the screen without its colors.
func (s *writtenScreen) text() string {
	lines := strings.Split(ansi.Strip(s.view), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}

func (m Model) showScreenWritten(msg screenWrittenMsg) (Model, tea.Cmd) {
	if msg.err != nil {
		return m.showToast(span{bad, "the screen was not written: " + plainLine(msg.err.Error())})
	}
	return m.showToast(span{accent, "screen of " + msg.at + " written to " + plainLine(msg.path)})
}
