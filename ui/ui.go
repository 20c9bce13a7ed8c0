// Package ui is the terminal program: a Bubble Tea model that owns a market board and draws it.
//
// [New] makes the model from a [Config]. The feeds' events arrive over Config.Events, many in one message.
// The model does no I/O and reads no clock: commands do. The screen shows every number with its age, and
// every feed with what is known of its health. What it says of a feed follows from the bytes that arrived,
// never from the passing of time alone.
package ui

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/feed/memory"
	"livetape/feed/relayed"
	"livetape/feed/tape"
	"livetape/ui/alert"
	"livetape/ui/position"
)

// Config is what the program shows and how it reaches the feeds.
type Config struct {
	Feeds       []Source
	Events      <-chan feed.Event
	Control     Control                          // nil disables the keys that retry and disconnect
	Memory      func(feed string) *memory.Budget // in which what is kept of a feed is counted; nil for nowhere
	Origin      string                           // where the feeds are configured, as the header names it: "./livetape.yaml"; may be empty
	Banner      string                           // always shown in the header, e.g. "DEMO · simulated prices"; may be empty
	Faults      []FaultMenuItem                  // the menu of the F key; empty disables the key
	Rewind      int                              // bytes of the last events that are kept to go back over, within a fourth of a feed's Memory; 0 for none
	Records     bool                             // everything is recorded, until a Notice says otherwise
	Recorded    func() int64                     // bytes of the recording; it does not block. Nil: the header does not tell them
	Notices     <-chan Notice                    // for the user, shown for some seconds; may be nil
	Diagnostics <-chan string                    // what libraries report, a line each for the event log; may be nil
	Reloads     <-chan Reload                    // changes of what is watched; may be nil
	Maps        Maps                             // proposes and writes maps; nil disables the keys for them
	Deck        Deck                             // plays the recording that is watched; nil for live feeds
	Positions   []position.Position
	Alerts      []alert.Rule
	SendAlert   func(alert.Firing) // tells the user of an alert by other means than the screen; may be nil

	OpenURL func(url string) error  // shows an http or https URL in a browser. It runs as a command; nil disables its key
	Copy    func(text string) error // puts a text into the clipboard. It runs as a command; nil disables its key

	// WriteFile writes a text to a new file, and says where. The file is called base and extension, or nearly so: none is
	// overwritten. It runs as a command; nil disables the keys that write.
	WriteFile func(base, extension, text string) (path string, err error)

	Renderer          *lipgloss.Renderer // how many colors there are, and whether on a dark background; nil: of standard output
	UnknownBackground bool               // whether the background is dark is a guess: colors suit any, unless a theme is asked for
	Looks

	Lists        []List                                 // watchlists, in the order of their tabs
	Columns      []string                               // of the table of prices, from left to right, by ColumnNames; empty for all
	Fold         bool                                   // rows of one symbol from several feeds are one
	Sort         string                                 // one of SortNames, behind "-" for the largest first; empty for the order of the feeds
	Settings     map[string]string                      // as SaveSettings kept them; they go before Columns and Sort
	SaveSettings func(changes map[string]string) error  // keeps what the user sets up; it may do I/O. Nil: nothing is kept
	Ask          func(feed, symbol string, wanted bool) // changes what a feed is asked for; it does not block. Nil: none can be asked

	relays *relayed.Splitter // tells which relay a feed is behind, if any
}

// Notice is what the user should know, on one line.
type Notice struct {
	Text           string
	RecordingEnded bool // nothing is recorded from now on
}

// Source is how one feed is shown.
type Source struct {
	Name string
	URL  string // without secrets

	ReadBy     string // how its events are read, where that is given: "the preset pyth"; may be empty
	Definition string // its part of the configuration as YAML, without secrets; may be empty

	Symbols   []string // in the order of the screen; others follow by name. In upper or lower case
	AllComing bool     // the feed is to give a price of each of Symbols, by this name
	CanAsk    bool     // the feed is asked for symbols, and can be asked for others
	Added     []string // symbols that the user has added to those it is asked for
}

// Reload is what is watched from now on.
type Reload struct {
	Feeds     []Source            // in the order of the screen; nil: as before
	Alerts    []alert.Rule        // with Feeds
	Positions []position.Position // with Feeds
	Lists     []List              // with Feeds

	Problem string // what stands in the way, in a line that stays until the next Setup; empty for nothing
	Notice  string // what the user should know of the change, shown for some seconds; may be empty
	Looks   *Looks // nil: as before. A theme that was chosen on the screen stays until another is configured
}

// Control passes the user's commands to a feed. Its methods do not block.
type Control interface {
	RetryNow(feed string)
	Disconnect(feed string)
	Connect(feed string)
}

// FaultMenuItem is an entry of the demo's fault menu: a fault that the mock server can inject.
type FaultMenuItem struct {
	Name, Help string
	Inject     func(context.Context) error // runs as a command and may do I/O
}

// Options are the Bubble Tea options the model needs: the alternate screen and the mouse. Frames are drawn by another than
// Bubble Tea's renderer, which therefore seldom looks for one.
func Options() []tea.ProgramOption {
	return []tea.ProgramOption{tea.WithAltScreen(), tea.WithMouseCellMotion(), tea.WithFPS(1)}
}

// FrameInterval is the shortest time between two frames on a terminal. The model makes few frames that are closer, but for
// keys.
func FrameInterval(l Looks) time.Duration {
	if l.ReducedMotion {
		return time.Second / 2
	}
	return time.Second / 60
}

// FrameInterval is that of the looks that the configuration has now.
func (m Model) FrameInterval() time.Duration { return FrameInterval(m.config.Looks) }

// Model is the whole screen.
type Model struct {
	relays *relayed.Splitter // shared by copies of the model, as feeds are
	config Config
	theme  *look

	themeName   string // of theme: one of ThemeNames
	chosenTheme string // the same, when no other is tried out
	recorded    int64  // bytes, when the last events came

	allKeys *keyMap // those of this run
	keys    *keyMap // the same, as far as they do something now: a pointer, since each call of a method copies the model

	moment // on screen: the present, unless rewound

	clock        clockFunc  // read by commands only
	pace         *framePace // the same
	deck         tape.Position
	removedFeeds map[string]bool // no longer watched: events that still arrive from them are dropped
	problem      string          // Reload.Problem
	alerts       alerts
	recent       *recentEvents
	paused       *pausedView // nil unless paused
	shown        *shownData  // nil while a message is handled
	frame        *frame      // of the last message that may have changed something
	rewound      *rewound    // nil unless the screen shows the past
	view         rowView
	settings     *settings

	width, height int
	layout        layout
	focus         paneID
	lastTable     paneID // that last had the keyboard
	zoomed        bool   // the details have the screen for themselves
	detailsClosed bool   // they are not shown without being asked for
	selected      rowKey // of the details
	drawn         *partCache
	quote         quotePane
	chart         chartPane
	tape          tapePane
	source        sourcePane
	showLog       bool
	showRaw       bool // raw events in place of prices
	overlay       overlay
	prices        tablePane
	readings      tablePane
	news          newsPane
	foldedNews    *foldedNews // shared by copies of the model
	logPane       logPane
	rawPane       rawPane
	menu          list
	feedMenu      list
	themeMenu     list
	palette       commandPalette
	listedFeed    string // under the cursor of feedMenu
	columnList    list   // of the column chooser
	prompt        prompt
	textSearch    textSearch
	written       writtenScreen // once a file is named
	page          list          // of an overlay that is text
	mapPage       mapPage       // of the map overlay
	rawEvent      rawEvent      // of the event overlay
	toast         toast
	mouseReleased bool // to the terminal, which selects text with it

	alarm      *alarm
	wake       time.Time // when the pending wakeMsg is due; zero for none
	generation int       // of the pending wakeMsg
	ticks      bool      // the screen is drawn at the next whole second, at the latest
}

type paneID int8

const noPane paneID = -1

const (
	focusPrices paneID = iota
	focusReadings
	focusNews
	focusLog
	focusChart
	focusTape
	focusSource
)

type overlay int8

const (
	noOverlay overlay = iota
	helpOverlay
	faultsOverlay
	themesOverlay
	commandsOverlay
	feedsOverlay
	detailOverlay
	mapOverlay
	eventOverlay
	feedOverlay
	alertsOverlay
	positionsOverlay
	columnsOverlay
)

type toast struct {
	id int
	span
}

// budget is that of a feed; nil for none.
func (c Config) budget(feed string) market.Budget {
	if c.Memory == nil {
		return nil
	}
	if b := c.Memory(c.relays.Relay(feed)); b != nil {
		return b
	}
	return nil
}

// New makes the model.
func New(c Config) Model {
	if c.Renderer == nil {
		c.Renderer = lipgloss.DefaultRenderer()
	}
	c.relays = relayed.New()
	m := Model{
		config: c,
		relays: c.relays,
		clock:  wallClock,
		pace:   &framePace{nap: longestNap},
		frame:  &frame{},
		alarm:  &alarm{},

		moment: moment{board: market.NewBoard(market.Limits{Budget: c.budget}), raw: &rawEvents{}},
		alerts: newAlerts(c.Alerts),
		recent: newRecentEvents(c),

		settings:   newSettings(c.Settings),
		foldedNews: &foldedNews{},
		drawn:      &partCache{},
		view:       rowView{lists: c.Lists},

		prices:   newTablePane(false, c.ASCII),
		readings: newTablePane(true, c.ASCII),
	}
	m = m.useLooks(c.Looks)
	if c.Deck != nil {
		m.clock = func() time.Time { return c.Deck.Position().Clock }
	}
	return m.applySettings().withFeeds(newFeeds(c.Feeds))
}

func (m Model) withFeeds(all feedList) Model {
	m.feeds = all
	m.manyFeeds = m.manyFeeds || len(all) > 1
	m.recent.before.manyFeeds = m.manyFeeds
	m.orderRows()
	for _, r := range m.board.Rows() {
		if !hasData(r) {
			m.prices.widths.widenFor(r)
		}
	}
	return m
}

// Close ends what waits for the time to pass. Call it when the program has ended.
func (m Model) Close() { m.alarm.stop() }

// Init implements tea.Model.
func (m Model) Init() tea.Cmd {
	return tea.Batch(m.clock.readMsg, listenEvents(m.config.Events, m.pace, m.clock), listen(m.config.Notices, newNoticeMsg), listen(m.config.Reloads, newReloadMsg), listen(m.config.Diagnostics, newDiagnosticMsg), m.askDeckPosition())
}
