package ui

import (
	"slices"

	"github.com/charmbracelet/bubbles/key"
)

// keyMap is all keys of the program. Footer and help are made from it.
type keyMap struct {
	up, down, pageUp, pageDown, halfUp, halfDown, first, last key.Binding

	focus, open, back        key.Binding
	retry, retryAll, feeds   key.Binding
	connect, pause, raw      key.Binding
	log, fewLog              key.Binding
	fault, showMap, writeMap key.Binding
	help, suspend, quit      key.Binding

	step, faster, slower, forward, backward key.Binding // of a recording
}

func newKeys(c Config) keyMap {
	k := keyMap{
		up:       newBinding("↑/k", "up", "up", "k"),
		down:     newBinding("↓/j", "down", "down", "j"),
		pageUp:   newBinding("pgup", "page up", "pgup", "b"),
		pageDown: newBinding("pgdn", "page down", "pgdown", " "),
		halfUp:   newBinding("ctrl+u", "half a page up", "ctrl+u"),
		halfDown: newBinding("ctrl+d", "half a page down", "ctrl+d"),
		first:    newBinding("g", "first", "g", "home"),
		last:     newBinding("G", "last", "G", "end"),
		focus:    newBinding("tab", "next pane", "tab"),
		open:     newBinding("enter", "details", "enter"),
		back:     newBinding("esc", "close", "esc"),
		retry:    newBinding("r", "retry now", "r"),
		retryAll: newBinding("R", "retry all", "R"),
		feeds:    newBinding("f", "feeds", "f"),
		connect:  newBinding("x", "disconnect", "x"),
		pause:    newBinding("p", "pause", "p"),
		log:      newBinding("!", "log", "!"),
		fewLog:   newBinding("c", "changes", "c"),
		raw:      newBinding("e", "raw events", "e"),
		showMap:  newBinding("m", "map", "m"),
		writeMap: newBinding("w", "write map", "w"),
		fault:    newBinding("F", "faults", "F"),
		help:     newBinding("?", "help", "?"),
		suspend:  newBinding("ctrl+z", "suspend", "ctrl+z"),
		quit:     newBinding("q", "quit", "q", "ctrl+c"),
		step:     newBinding(".", "next event", "."),
		faster:   newBinding("+", "faster", "+", "="),
		slower:   newBinding("-", "slower", "-"),
		forward:  newBinding("→", "10 s on", "right", "l"),
		backward: newBinding("←", "10 s back", "left", "h"),
	}
	for _, b := range []*key.Binding{&k.step, &k.faster, &k.slower, &k.forward, &k.backward} {
		b.SetEnabled(c.Deck != nil)
	}
	k.writeMap.SetEnabled(c.Maps != nil)
	k.fault.SetEnabled(len(c.Faults) > 0)
	k.retry.SetEnabled(c.Control != nil)
	k.retryAll.SetEnabled(c.Control != nil)
	k.connect.SetEnabled(c.Control != nil)
	return k
}

func newBinding(name, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(name, does))
}

// ShortHelp implements help.KeyMap. It is the footer, the most needed keys first.
func (k keyMap) ShortHelp() []key.Binding {
	return []key.Binding{k.help, k.quit, k.retry, k.log, k.fewLog, k.pause, k.step, k.slower, k.faster, k.backward, k.forward, k.connect, k.fault, k.focus, k.open}
}

func (k keyMap) withFirst(first ...key.Binding) []key.Binding {
	return append(first, slices.DeleteFunc(k.ShortHelp(), func(b key.Binding) bool {
		return slices.ContainsFunc(first, func(f key.Binding) bool { return f.Help().Key == b.Help().Key })
	})...)
}

// FullHelp implements help.KeyMap.
func (k keyMap) FullHelp() [][]key.Binding {
	return [][]key.Binding{
		{k.retry, k.retryAll, k.connect, k.feeds, k.pause, k.log, k.fewLog, k.raw, k.showMap, k.writeMap, k.fault, k.step, k.slower, k.faster, k.backward, k.forward},
		{k.focus, k.open, k.back, k.help, k.suspend, k.quit},
		{k.up, k.down, k.first, k.last, k.pageUp, k.pageDown, k.halfUp, k.halfDown},
	}
}

func keyLabel(b key.Binding) string { return b.Help().Key }
