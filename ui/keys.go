package ui

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// keyMap has the keys of everything that a key does. Footer and help are made from it.
type keyMap struct {
	up, down, pageUp, pageDown, halfUp, halfDown, first, last key.Binding

	focus, focusBack, open, back key.Binding
	zoom, tape                   key.Binding
	chartKind                    key.Binding
	fasterPace, slowerPace       key.Binding
	crossLeft, crossRight        key.Binding
	hold, minSize                key.Binding
	retry, retryAll, connect     key.Binding
	feeds, log, raw, showMap     key.Binding
	pause, fault, themes, mouse  key.Binding
	commands                     key.Binding
	help, redraw, suspend, quit  key.Binding
	fewLog, filterLog, saveLog   key.Binding
	writeMap, writeScreen        key.Binding
	find, sort, reverseSort      key.Binding
	columns, pin                 key.Binding
	listByNumber                 key.Binding
	previousList, nextList       key.Binding
	addSymbol, removeSymbol      key.Binding
	addAlert                     key.Binding
	nextMatch, previousMatch     key.Binding
	toggleColumn, resetColumns   key.Binding
	columnLeft, columnRight      key.Binding
	step, faster, slower         key.Binding
	forward, backward, live      key.Binding
	alerts, removeAlert          key.Binding
	news, newsOfSymbol           key.Binding
	openURL, copyText            key.Binding
	positions, fold              key.Binding
}

// keyPlace is where keys have their meaning. Within a place, a key does one thing; what it does in a pane goes before what
// it does everywhere.
type keyPlace string

const (
	placeMoving    keyPlace = "Moving"
	placePanes     keyPlace = "Panes"
	placeFeeds     keyPlace = "Feeds"
	placeProgram   keyPlace = "Program"
	placeRows      keyPlace = "Rows and lists"
	placeChart     keyPlace = "In the chart"
	placeTape      keyPlace = "In the tape"
	placeText      keyPlace = "In panes of text"
	placeLog       keyPlace = "In the log"
	placeColumns   keyPlace = "Choosing columns"
	placeMap       keyPlace = "In a map"
	placeAlerts    keyPlace = "In the alerts"
	placeRecording keyPlace = "In a recording"
	placeTime      keyPlace = "Back in time"
)

// placesEverywhere are those where a key means the same wherever one is.
func placesEverywhere() []keyPlace {
	return []keyPlace{placeMoving, placeRows, placePanes, placeFeeds, placeProgram}
}

// action is one thing that keys do.
type action struct {
	binding *key.Binding
	place   keyPlace
	name    string // in the configuration
	does    string // in the footer and the help
	keys    string // unless the configuration has others; the first is shown in the footer
}

// actions are all actions, in the order of the help.
func (k *keyMap) actions() []action {
	return slices.Concat(k.rowActions(), k.programActions(), k.placeActions())
}

// rowActions are those of cursors and rows.
func (k *keyMap) rowActions() []action {
	return []action{
		{&k.up, placeMoving, "up", "up", "up k"},
		{&k.down, placeMoving, "down", "down", "down j"},
		{&k.first, placeMoving, "first", "first", "g home"},
		{&k.last, placeMoving, "last", "last", "G end"},
		{&k.pageUp, placeMoving, "page-up", "page up", "pgup b"},
		{&k.pageDown, placeMoving, "page-down", "page down", "pgdn"},
		{&k.halfUp, placeMoving, "half-page-up", "half a page up", "ctrl+u"},
		{&k.halfDown, placeMoving, "half-page-down", "half a page down", "ctrl+d"},

		{&k.find, placeRows, "filter", "filter", "/"},
		{&k.sort, placeRows, "sort", "sort", "s"},
		{&k.reverseSort, placeRows, "reverse-sort", "reverse sort", "S"},
		{&k.columns, placeRows, "columns", "columns", "c"},
		{&k.fold, placeRows, "fold", "fold feeds", "u"},
		{&k.pin, placeRows, "pin", "pin", "space"},
		{&k.listByNumber, placeRows, "list", "list 1 to 9", "1 2 3 4 5 6 7 8 9"},
		{&k.previousList, placeRows, "previous-list", "previous list", "["},
		{&k.nextList, placeRows, "next-list", "next list", "]"},
		{&k.addAlert, placeRows, "add-alert", "alert on row", "a"},
		{&k.addSymbol, placeRows, "add-symbol", "add symbol", "+"},
		{&k.removeSymbol, placeRows, "remove-symbol", "remove symbol", "-"},
	}
}

// programActions are those of panes, feeds and the program.
func (k *keyMap) programActions() []action {
	return []action{
		{&k.open, placePanes, "open", "details", "enter"},
		{&k.zoom, placePanes, "full-screen", "full screen", "z"},
		{&k.back, placePanes, "close", "close", "esc"},
		{&k.focus, placePanes, "next-pane", "next pane", "tab"},
		{&k.focusBack, placePanes, "previous-pane", "previous pane", "shift+tab"},
		{&k.tape, placePanes, "tape", "tape", "t"},
		{&k.log, placePanes, "log", "log", "!"},
		{&k.news, placePanes, "news", "news", "n"},
		{&k.newsOfSymbol, placePanes, "news-of-symbol", "news of symbol", "N"},
		{&k.openURL, placePanes, "open-url", "open URL", "o"},
		{&k.copyText, placePanes, "copy", "copy", "y"},
		{&k.alerts, placePanes, "alerts", "alerts", "A"},
		{&k.positions, placePanes, "positions", "positions", "P"},
		{&k.raw, placePanes, "raw-events", "raw events", "e"},

		{&k.feeds, placeFeeds, "feeds", "feeds", "f"},
		{&k.retry, placeFeeds, "retry", "retry now", "r"},
		{&k.retryAll, placeFeeds, "retry-all", "retry all", "R"},
		{&k.connect, placeFeeds, "disconnect", "disconnect", "x"},
		{&k.showMap, placeFeeds, "map", "map", "M"},
		{&k.fault, placeFeeds, "faults", "faults", "F"},

		{&k.pause, placeProgram, "pause", "pause", "p"},
		{&k.writeScreen, placeProgram, "write-screen", "write screen", "W"},
		{&k.commands, placeProgram, "commands", "commands", ":"},
		{&k.themes, placeProgram, "themes", "themes", "T"},
		{&k.mouse, placeProgram, "mouse", "mouse on or off", "m"},
		{&k.help, placeProgram, "help", "help", "?"},
		{&k.redraw, placeProgram, "redraw", "redraw", "ctrl+l"},
		{&k.suspend, placeProgram, "suspend", "suspend", "ctrl+z"},
		{&k.quit, placeProgram, "quit", "quit", "q ctrl+c"},
	}
}

// placeActions are those that have a meaning in one place alone.
func (k *keyMap) placeActions() []action {
	return []action{
		{&k.chartKind, placeChart, "candles", "candles", "c"},
		{&k.fasterPace, placeChart, "faster-pace", "shorter bars", "["},
		{&k.slowerPace, placeChart, "slower-pace", "longer bars", "]"},
		{&k.crossLeft, placeChart, "cross-left", "cross-hair back", "left h"},
		{&k.crossRight, placeChart, "cross-right", "cross-hair on", "right l"},
		{&k.hold, placeTape, "hold", "hold", "space"},
		{&k.minSize, placeTape, "size", "least size", "S"},
		{&k.nextMatch, placeText, "next-match", "next match of /", "n"},
		{&k.previousMatch, placeText, "previous-match", "match before", "N"},
		{&k.fewLog, placeLog, "log-changes", "changes only", "c"},
		{&k.filterLog, placeLog, "filter-log", "show only", "&"},
		{&k.saveLog, placeLog, "save-log", "write to a file", "w"},
		{&k.removeAlert, placeAlerts, "remove-alert", "remove alert", "-"},
		{&k.writeMap, placeMap, "write-map", "write map", "w"},

		{&k.toggleColumn, placeColumns, "toggle-column", "show or hide", "space"},
		{&k.columnLeft, placeColumns, "column-left", "move left", "K"},
		{&k.columnRight, placeColumns, "column-right", "move right", "J"},
		{&k.resetColumns, placeColumns, "reset-columns", "as before", "backspace"},

		{&k.step, placeRecording, "next-event", "next event", "."},
		{&k.slower, placeRecording, "slower", "slower", "-"},
		{&k.faster, placeRecording, "faster", "faster", "+ ="},

		{&k.backward, placeTime, "backward", "rewind 10 s", "left h"},
		{&k.forward, placeTime, "forward", "forward 10 s", "right l"},
		{&k.live, placeTime, "live", "live again", "end"},
	}
}

func newKeys(c Config) *keyMap {
	k := &keyMap{}
	for _, a := range k.actions() {
		keys := strings.Fields(a.keys)
		if rebound := c.Keys[a.name]; len(rebound) > 0 {
			keys = slices.Clone(rebound)
		}
		for i := range keys {
			keys[i] = typedKey(keys[i])
		}
		*a.binding = key.NewBinding(key.WithKeys(append(keys, runPrefix+a.name)...), key.WithHelp(keyName(keys[0]), a.does))
	}
	for _, b := range []*key.Binding{&k.step, &k.faster, &k.slower} {
		b.SetEnabled(c.Deck != nil)
	}
	k.live.SetEnabled(c.Deck == nil)
	k.addSymbol.SetEnabled(c.Deck == nil)
	k.removeSymbol.SetEnabled(c.Deck == nil)
	k.writeMap.SetEnabled(c.Maps != nil)
	k.saveLog.SetEnabled(c.WriteFile != nil)
	k.writeScreen.SetEnabled(c.WriteFile != nil)
	k.fault.SetEnabled(len(c.Faults) > 0)
	k.openURL.SetEnabled(c.OpenURL != nil)
	k.copyText.SetEnabled(c.Copy != nil)
	k.retry.SetEnabled(c.Control != nil)
	k.retryAll.SetEnabled(c.Control != nil)
	k.connect.SetEnabled(c.Control != nil)
	return k
}

// runPrefix and the name of an action are a key that no keyboard has: by it the list of commands and the mouse run the action.
const runPrefix = "run "

// runs is the key message that runs what a binding is for, wherever its keys have another meaning.
func runs(b key.Binding) tea.KeyMsg {
	keys := b.Keys()
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(keys[len(keys)-1])}
}

func isRun(msg tea.KeyMsg) bool { return strings.HasPrefix(msg.String(), runPrefix) }

// typedKeys are the keys of a binding that a keyboard has.
func typedKeys(b key.Binding) []string { return b.Keys()[:len(b.Keys())-1] }

// has reports whether a key does anything now.
func (k *keyMap) has(msg tea.KeyMsg) bool {
	return slices.ContainsFunc(k.actions(), func(a action) bool { return key.Matches(msg, *a.binding) })
}

// ActionNames are the names of what keys do, as a configuration has them.
func ActionNames() []string {
	var names []string
	for _, a := range new(keyMap).actions() {
		names = append(names, a.name)
	}
	return names
}

// KeyProblems says what is wrong with the keys that a configuration gives to actions, by the name of the action: a key that
// does two things in one place, or that no terminal sends. All names are of [ActionNames].
func KeyProblems(rebound map[string][]string) map[string]string {
	problems, used := map[string]string{}, map[string]string{}
	check := func(a action) {
		for _, k := range typedKeys(*a.binding) {
			where := string(a.place) + k
			if slices.Contains(placesEverywhere(), a.place) {
				where = k
			}
			switch other := used[where]; {
			case !isKey(k):
				problems[a.name] = fmt.Sprintf("%q is not a key: write one character, or a name such as enter, space, f5, ctrl+k or alt+k", k)
			case other != "":
				problems[a.name] = fmt.Sprintf("%q is the key of %s, too: one of them needs another", keyName(k), other)
			}
			used[where] = a.name
		}
		if names, ok := rebound[a.name]; ok && len(names) == 0 {
			problems[a.name] = "needs a key"
		}
	}
	keys := newKeys(Config{Looks: Looks{Keys: rebound}})
	for _, configured := range []bool{false, true} { // so that the problem is with what was configured
		for _, a := range keys.actions() {
			if _, ok := rebound[a.name]; ok == configured {
				check(a)
			}
		}
	}
	return problems
}

// isKey reports whether Bubble Tea has a key of that name.
func isKey(name string) bool {
	name = strings.TrimPrefix(name, "alt+")
	if utf8.RuneCountInString(name) == 1 {
		return true
	}
	for t := tea.KeyF20; t <= tea.KeyBackspace; t++ { // all of them, from the last of those with a negative number
		if t != tea.KeyRunes && name != "" && t.String() == name {
			return true
		}
	}
	return false
}

// keyNames are the keys that Bubble Tea calls otherwise than people do.
func keyNames() [][2]string {
	return [][2]string{{" ", "space"}, {"pgdown", "pgdn"}, {"up", "↑"}, {"down", "↓"}, {"left", "←"}, {"right", "→"}}
}

// typedKey is the key of that name as Bubble Tea calls it.
func typedKey(name string) string {
	for _, n := range keyNames() {
		if n[1] == name {
			return n[0]
		}
	}
	return name
}

// keyName is what people call a key of Bubble Tea's.
func keyName(typed string) string {
	for _, n := range keyNames() {
		if n[0] == typed {
			return n[1]
		}
	}
	return typed
}

// keyNamesOf are all keys of a binding, for the help.
func keyNamesOf(b key.Binding) string {
	var names []string
	for _, typed := range typedKeys(b) {
		names = append(names, keyName(typed))
	}
	const digits = "123456789"
	if text := strings.Join(names, ""); len(text) > 2 && strings.Contains(digits, text) {
		return text[:1] + "–" + text[len(text)-1:]
	}
	return strings.Join(names, " ")
}

// footer is what the footer shows as there is room, the most needed keys first.
func (k *keyMap) footer() []key.Binding {
	all := []key.Binding{k.open, k.find, k.sort, k.focus, k.help, k.tape, k.fewLog, k.fold, k.commands, k.fault, k.quit, k.feeds, k.log, k.pause, k.connect, k.retry, k.raw, k.themes}
	if !k.step.Enabled() {
		return all
	}
	return putFirst(all, k.pause, k.step, k.slower, k.faster, k.backward, k.forward)
}

func (k *keyMap) withFirst(first ...key.Binding) []key.Binding { return putFirst(k.footer(), first...) }

// putFirst moves some keys before all others.
func putFirst(all []key.Binding, first ...key.Binding) []key.Binding {
	return append(first, slices.DeleteFunc(all, func(b key.Binding) bool {
		return slices.ContainsFunc(first, func(f key.Binding) bool { return f.Help().Key == b.Help().Key })
	})...)
}

func enabledBindings(all []key.Binding) []key.Binding {
	return slices.DeleteFunc(slices.Clone(all), func(b key.Binding) bool { return !b.Enabled() })
}

// relabel changes what the footer and the help say that a key does.
func relabel(b *key.Binding, does string) { b.SetHelp(b.Help().Key, does) }

func keyLabel(b key.Binding) string { return b.Help().Key }
