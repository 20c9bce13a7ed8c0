package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/r3labs/sse/v2"
)

// runNaive is the role of the program that one writes first: every event is a message, and the whole table is drawn again.
func runNaive(args []string) error {
	program := tea.NewProgram(naive{prices: make(map[string]price)}, tea.WithAltScreen())
	go func() {
		_ = sse.NewClient(args[0]).SubscribeRaw(func(e *sse.Event) { // it ends with the process
			var p price
			if json.Unmarshal(e.Data, &p) == nil && p.Symbol != "" {
				program.Send(p)
			}
		})
	}()
	_, err := program.Run()
	return err
}

type naive struct {
	prices map[string]price
	events int
	height int
}

func (m naive) Init() tea.Cmd { return nil }

func (m naive) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.height = msg.Height
	case tea.KeyMsg:
		return m, tea.Quit
	case price:
		m.prices[msg.Symbol] = msg
		m.events++
	}
	return m, nil
}

func (m naive) View() string {
	symbols := make([]string, 0, len(m.prices))
	for symbol := range m.prices {
		symbols = append(symbols, symbol)
	}
	slices.Sort(symbols)
	var b strings.Builder
	fmt.Fprintf(&b, "%d events\n", m.events)
	bold, cell := lipgloss.NewStyle().Bold(true), lipgloss.NewStyle().Width(14).Align(lipgloss.Right)
	for _, symbol := range symbols[:min(len(symbols), max(m.height-2, 0))] {
		p := m.prices[symbol]
		b.WriteString(bold.Width(12).Render(symbol))
		for _, text := range []string{p.Last, p.Bid, p.Ask, p.Size, p.Volume, p.Time.Format("15:04:05.000")} {
			b.WriteString(cell.Render(text))
		}
		b.WriteByte('\n')
	}
	return b.String()
}
