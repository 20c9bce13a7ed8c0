// Package ui is the terminal program: a Bubble Tea model that owns a market board and draws it.
//
// [New] makes the model from a [Config]; the events of the feeds come in over Config.Events, one
// message a frame. The model does no I/O and reads no clock: commands do.
package ui

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"livetape/feed"
)

// Config is what the program shows and how it reaches the feeds.
type Config struct {
	Feeds    []Source
	Events   <-chan feed.Event
	Control  Control
	Banner   string  // shown in plain sight, e.g. "DEMO · simulated prices"; empty for none
	Faults   []Fault // what the F key offers; empty: no F key
	Renderer *lipgloss.Renderer
}

// Source names one feed on screen.
type Source struct {
	Name string
	URL  string // without secrets
}

// Control is what the user can ask of a feed. The calls do not block.
type Control interface {
	RetryNow(feed string)
	Disconnect(feed string)
	Connect(feed string)
}

// Fault is an entry of the demo's fault menu.
type Fault struct {
	Name, Help string
	Inject     func(context.Context) error // may do I/O; runs as a command
}

// Model is the whole screen.
type Model struct{}

// New makes the model.
func New(c Config) Model { return Model{} }

// Init implements tea.Model.
func (m Model) Init() tea.Cmd { return nil }

// Update implements tea.Model.
func (m Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) { return m, nil }

// View implements tea.Model.
func (m Model) View() string { return "" }
