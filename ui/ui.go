// Package ui is the terminal program: a Bubble Tea model that owns a market board and draws it.
//
// [New] makes the model from a [Config]; the events of the feeds come in over Config.Events, many to a
// message. The model does no I/O and reads no clock: commands do. Every number on screen
// stands beside its age, and every feed beside what is known of its health: what the screen
// says of a feed follows from the bytes that came, never from the passing of time alone.
package ui

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/feed/tape"
)

// Config is what the program shows and how it reaches the feeds.
type Config struct {
	Feeds    []Source
	Events   <-chan feed.Event
	Control  Control            // nil: no keys to retry or to disconnect
	Origin   string             // what names the feeds, shown beside the program's name: "./livetape.yaml"; empty for none
	Banner   string             // shown in plain sight, e.g. "DEMO · simulated prices"; empty for none
	Faults   []FaultMenuItem    // what the F key offers; empty: no F key
	Notices  <-chan string      // what the user should hear of besides the feeds, a line each; nil for nothing
	Reloads  <-chan Reload      // what is watched, whenever that changes; nil for never
	Deck     Deck               // what plays the recording that is watched; nil for live feeds
	Renderer *lipgloss.Renderer // nil: that of the standard output
}

// Source names one feed on screen.
type Source struct {
	Name string
	URL  string // without secrets
}

// Reload is what is watched from now on.
type Reload struct {
	Feeds   []Source // in the order of the screen; nil: as before
	Problem string   // what stands in the way, in a line that stays until the next Setup; empty for nothing
	Notice  string   // what the user should know of the change, for some seconds; empty for nothing
}

// Control is what the user can ask of a feed. The calls do not block.
type Control interface {
	RetryNow(feed string)
	Disconnect(feed string)
	Connect(feed string)
}

// FaultMenuItem is an entry of the demo's fault menu.
type FaultMenuItem struct {
	Name, Help string
	Inject     func(context.Context) error // may do I/O; runs as a command
}

// Options are how Bubble Tea has to run the model: on the alternate screen, of which it writes what has changed
// thirty times a second. An event is on the terminal one gathering and one frame, or 44 ms, after it came.
func Options() []tea.ProgramOption {
	return []tea.ProgramOption{tea.WithAltScreen(), tea.WithFPS(30)}
}

// Model is the whole screen.
type Model struct {
	config Config
	styles *theme
	keys   keyMap

	clock        clockFunc // asked by commands
	now          time.Time // as the last message told it
	deck         tape.Position
	board        *market.Board
	feeds        feedList
	removedFeeds map[string]bool // feeds that are watched no more: what still comes of them is dropped
	problem      string          // Setup.Trouble
	marks        []gapMark
	log          eventLog
	paused       *pausedView // set while paused

	width, height int
	layout        layout
	focus         focus
	showLog       bool
	overlay       overlay
	prices        pricesPane
	news          newsPane
	logPane       logPane
	menu, help    list
	toast         toast

	wake       time.Time // when the pending wakeMsg is due; zero for none
	generation int       // of the pending wakeMsg
}

// focus is a part of the screen that can have the keyboard.
type focus int8

const (
	focusPrices focus = iota
	focusNews
	focusLog
)

// overlay is what stands over the panes until it is closed.
type overlay int8

const (
	noOverlay overlay = iota
	helpOverlay
	faultsOverlay
	detailOverlay
)

// toast is a short message in place of the footer.
type toast struct {
	id int
	span
}

// content is what there is to show.
type content struct {
	rows    []*market.Row
	stories []*market.Story
	marks   []gapMark
	log     eventLog
}

// pausedView is the tape as it was when the screen was paused.
type pausedView struct {
	content
	heldMessages uint64                      // messages since
	shared       map[*market.Row]*market.Row // copies by their rows that have not changed since: both have the same bars
	widths       columnWidths                // and the room of the news, as they will be when the screen goes on
	news         newsPane
}

// unshareBars gives the copy of a row that is about to change bars of its own: to copy those of a large market at once
// would hold the screen up.
func (s *pausedView) unshareBars(r *market.Row) {
	if held := s.shared[r]; held != nil {
		held.Seconds, held.Minutes = r.Seconds.Clone(), r.Minutes.Clone()
		delete(s.shared, r)
	}
}

// New makes the model.
func New(c Config) Model {
	if c.Renderer == nil {
		c.Renderer = lipgloss.DefaultRenderer()
	}
	m := Model{
		config: c,
		clock:  wallClock,
		styles: newTheme(c.Renderer),
		keys:   newKeys(c),
		board:  market.NewBoard(market.Limits{}),
		feeds:  newFeeds(c.Feeds),
	}
	if c.Deck != nil {
		m.clock = func() time.Time { return c.Deck.Position().Clock }
	}
	m.prices.manyFeeds = len(c.Feeds) > 1
	m.logPane.manyFeeds = len(c.Feeds) > 1
	return m
}

// Init implements tea.Model.
func (m Model) Init() tea.Cmd {
	return tea.Batch(m.clock.readMsg, listenEvents(m.config.Events, m.clock), listenNotices(m.config.Notices), listenReloads(m.config.Reloads), m.askDeckPosition())
}

// content is what the panes show: the board, or while paused what it was.
func (m Model) content() *content {
	if m.paused != nil {
		return &m.paused.content
	}
	return &content{m.board.Rows(), m.board.News(), m.marks, m.log}
}
