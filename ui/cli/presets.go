package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"livetape/feed/decode/preset"
)

func presetsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "presets [NAME]",
		Short: "List the feeds that livetape knows, or print one as configuration",
		Long: `presets lists the feeds that livetape knows, with what each needs and a command that watches it.
With a name, it prints the whole preset, for you to change in a configuration of your own.`,
		Example: `  livetape presets
  livetape presets pyth`,
		Args: atMostOne("name"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return printPreset(cmd, args[0])
			}
			return listPresets(cmd.OutOrStdout())
		},
	}
}

func listPresets(out io.Writer) error {
	all, err := preset.All()
	if err != nil {
		return err
	}
	var texts []string
	for _, p := range all {
		texts = append(texts, fmt.Sprintf("%s: %s\n  needs    %s\n  example  %s\n", p.Name, p.About, p.Needs, p.Example))
	}
	_, err = io.WriteString(out, strings.Join(texts, "\n"))
	return err
}

func printPreset(cmd *cobra.Command, name string) error {
	p, err := preset.Find(name)
	if err != nil {
		return usageErrorf(cmd, "%w; 'livetape presets' lists them all", err)
	}
	text, err := preset.Format(p.Feed)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n# needs: %s\nfeeds:\n  %s:\n", p.About, p.Needs, p.Name)
	for line := range strings.Lines(string(text)) {
		b.WriteString("    " + line)
	}
	_, err = io.WriteString(cmd.OutOrStdout(), b.String())
	return err
}
