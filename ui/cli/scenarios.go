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
)

func scenariosCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "scenarios [NAME]",
		Short: "List the stories that the demo and the mock server can tell, or print one",
		Long: `scenarios lists the stories that come with livetape: what each is about, and how long it is. With a name,
it prints the file, to be changed into one of your own: docs/scenarios.md says what may stand in it.`,
		Example: `  livetape demo --scenario flash-crash
  livetape scenarios flash-crash > mine.yaml
  livetape mock --scenario mine.yaml`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return misused(cmd, "scenarios takes one name, but got %d arguments", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listScenarios(cmd.OutOrStdout(), "")
			}
			scenario, err := mockserver.FindScenario(args[0])
			if errors.Is(err, mockserver.ErrNoScenario) {
				return misused(cmd, "%w", err)
			}
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(scenario.Source())
			return err
		},
	}
}

// listScenarios writes a line for each that comes with livetape.
func listScenarios(out io.Writer, indent string) error {
	all, err := mockserver.Scenarios()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, s := range all {
		fmt.Fprintf(table, "%s%s\t%s\t%s\n", indent, s.Name, plainDuration(s.Length), s.About)
	}
	return table.Flush()
}

// plainDuration is one as it is written in a scenario: 2m30s, 3m.
func plainDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	return text
}

// scenarioHelp lists the scenarios for a help text.
func scenarioHelp() string {
	var b strings.Builder
	if err := listScenarios(&b, "  "); err != nil {
		return err.Error()
	}
	return b.String()
}

// mostScenario is how much of a file is read; it is more than a scenario may have.
const mostScenario = 1 << 20

// loadScenario reads the scenario that --scenario names, as one that comes with livetape or as a file.
func loadScenario(cmd *cobra.Command, name string) (*mockserver.Scenario, error) {
	scenario, err := mockserver.FindScenario(name)
	if !errors.Is(err, mockserver.ErrNoScenario) {
		return scenario, err
	}
	file, openErr := os.Open(name)
	if errors.Is(openErr, os.ErrNotExist) && !strings.ContainsAny(name, `./\`) {
		return nil, misused(cmd, "%w; or name a file of your own", err)
	}
	if errors.Is(openErr, os.ErrNotExist) {
		return nil, fmt.Errorf("read the scenario: %w; 'livetape scenarios' lists those that come with livetape", openErr)
	}
	if openErr != nil {
		return nil, fmt.Errorf("read the scenario: %w", openErr)
	}
	defer file.Close()
	source, err := io.ReadAll(io.LimitReader(file, mostScenario))
	if err != nil {
		return nil, fmt.Errorf("read the scenario: %w", err)
	}
	return mockserver.ParseScenario(name, source)
}

// scenario is the one that the flags name, or nil.
func (f *marketFlags) scenario(cmd *cobra.Command) (*mockserver.Scenario, error) {
	if f.story == "" {
		if cmd.Flags().Changed("start") {
			return nil, misused(cmd, "--start is about the clock of a scenario: say --scenario, too")
		}
		return nil, nil
	}
	scenario, err := loadScenario(cmd, f.story)
	if err != nil {
		return nil, err
	}
	scenario.Start, err = f.clock(cmd, scenario.Start)
	return scenario, err
}

// clock is where the payloads' times begin: zero is the time of day.
func (f *marketFlags) clock(cmd *cobra.Command, usual time.Time) (time.Time, error) {
	switch f.start {
	case "":
		return usual, nil
	case startNow:
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, f.start)
	if err != nil {
		return at, misused(cmd, "--start %s is neither %s nor a time such as 2026-03-02T14:30:00Z", f.start, startNow)
	}
	return at.UTC(), nil
}

// startNow is the time of day, as it goes on.
const startNow = "now"

// title is what a market with or without a story is called.
func title(config mockserver.Config) string {
	if config.Scenario == nil {
		return "simulated prices"
	}
	return config.Scenario.Name + " · simulated prices"
}
