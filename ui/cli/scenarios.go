package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"livetape/mockserver"
	"livetape/mockserver/scenario"
)

func scenariosCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "scenarios [NAME]",
		Short: "List the scenarios that the demo and the mock server can play, or print one",
		Long: `scenarios lists the scenarios that come with livetape: what each is about, and how long it is. With a
name, it prints the file, for you to change: docs/scenarios.md describes the format.`,
		Example: `  livetape demo --scenario flash-crash
  livetape scenarios flash-crash > mine.yaml
  livetape mock --scenario mine.yaml`,
		Args: atMostOne("name"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listScenarios(cmd.OutOrStdout(), "")
			}
			found, err := scenario.Find(args[0])
			if errors.Is(err, scenario.ErrUnknown) {
				return usageErrorf(cmd, "%w", err)
			}
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(found.Source())
			return err
		},
	}
}

func listScenarios(out io.Writer, indent string) error {
	all, err := scenario.Builtin()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, s := range all {
		fmt.Fprintf(table, "%s%s\t%s\t%s\n", indent, s.Name, formatDuration(s.Length), s.About)
	}
	return table.Flush()
}

// formatDuration is a duration as a scenario has it: 2m30s, 3m.
func formatDuration(d time.Duration) string {
	return strings.Replace(d.String(), "m0s", "m", 1)
}

func scenarioHelp() string {
	var b strings.Builder
	if err := listScenarios(&b, "  "); err != nil {
		return err.Error()
	}
	return b.String()
}

// maxScenarioBytes is how much of a file is read. It is more than a scenario may have.
const maxScenarioBytes = 1 << 20

func findScenario(cmd *cobra.Command, name string) (*scenario.Scenario, error) {
	found, err := scenario.Find(name)
	if !errors.Is(err, scenario.ErrUnknown) {
		return found, err
	}
	file, openErr := os.Open(name)
	switch missing := errors.Is(openErr, os.ErrNotExist); {
	case missing && !strings.ContainsAny(name, `./\`):
		return nil, usageErrorf(cmd, "%w; a file of your own works, too", err)
	case missing:
		return nil, fmt.Errorf("read the scenario: %w; 'livetape scenarios' lists those that come with livetape", openErr)
	case openErr != nil:
		return nil, fmt.Errorf("read the scenario: %w", openErr)
	}
	defer file.Close()
	source, err := io.ReadAll(io.LimitReader(file, maxScenarioBytes))
	if err != nil {
		return nil, fmt.Errorf("read the scenario: %w", err)
	}
	return scenario.Parse(name, source)
}

func (f *marketFlags) loadScenario(cmd *cobra.Command) (*scenario.Scenario, error) {
	if f.scenario == "" {
		if cmd.Flags().Changed("start") {
			return nil, usageErrorf(cmd, "--start is for the clock of a scenario: it needs --scenario")
		}
		return nil, nil
	}
	found, err := findScenario(cmd, f.scenario)
	if err != nil {
		return nil, err
	}
	found.Start, err = f.startTime(cmd, found.Start)
	return found, err
}

// startTime is where the times in payloads start. Zero is the time of day.
func (f *marketFlags) startTime(cmd *cobra.Command, fallback time.Time) (time.Time, error) {
	switch f.start {
	case "":
		return fallback, nil
	case startNow:
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, f.start)
	if err != nil {
		return at, usageErrorf(cmd, "--start %s is neither %s nor a time such as 2026-03-02T14:30:00Z", f.start, startNow)
	}
	return at.UTC(), nil
}

// startNow as --start is the time of day.
const startNow = "now"

func marketTitle(config mockserver.Config) string {
	if config.Scenario == nil {
		return "simulated prices"
	}
	return config.Scenario.Name + " · simulated prices"
}
