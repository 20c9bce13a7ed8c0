// Package help lays out what commands say of themselves, for a terminal of [Width] columns. The texts of commands may be
// broken anywhere: paragraphs are filled anew, and indented lines, such as those of a table, keep their own.
package help

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"livetape/ui/cli/exitcode"
)

// Width is how many columns help takes at most.
const Width = 80

// Install has a command and all below it print their help so, with their exit codes.
func Install(root *cobra.Command) {
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		if about := cmd.Long; about != "" || cmd.Short != "" {
			if about == "" {
				about = cmd.Short
			}
			fmt.Fprintln(cmd.OutOrStdout(), Fill(strings.TrimSpace(about), Width))
		}
		if cmd.Runnable() || cmd.HasSubCommands() {
			fmt.Fprintln(cmd.OutOrStdout())
			writeUsage(cmd.OutOrStdout(), cmd)
		}
	})
	root.SetUsageFunc(func(cmd *cobra.Command) error {
		writeUsage(cmd.OutOrStderr(), cmd)
		return nil
	})
}

func writeUsage(out io.Writer, cmd *cobra.Command) {
	var b strings.Builder
	b.WriteString("Usage:\n")
	if cmd.Runnable() {
		b.WriteString("  " + cmd.UseLine() + "\n")
	}
	if cmd.HasAvailableSubCommands() {
		b.WriteString("  " + cmd.CommandPath() + " [command]\n")
	}
	if cmd.HasExample() {
		b.WriteString("\nExamples:\n" + cmd.Example + "\n")
	}
	list(&b, cmd, "Commands", (*cobra.Command).IsAvailableCommand)
	if cmd.HasAvailableLocalFlags() {
		b.WriteString("\nFlags:\n" + strings.TrimRight(cmd.LocalFlags().FlagUsagesWrapped(Width), "\n") + "\n")
	}
	list(&b, cmd, "More help", (*cobra.Command).IsAdditionalHelpTopicCommand)
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\nRun '%s [command] --help' for more about a command.\n", cmd.CommandPath())
	}
	b.WriteString("\nExit codes:\n" + Fill(exitcode.Text(cmd.CommandPath()), Width))
	fmt.Fprintln(out, strings.TrimRight(b.String(), "\n"))
}

func list(b *strings.Builder, cmd *cobra.Command, title string, in func(*cobra.Command) bool) {
	var lines []string
	for _, c := range cmd.Commands() {
		if in(c) {
			lines = append(lines, Fill(fmt.Sprintf("  %-*s  %s", cmd.NamePadding(), c.Name(), c.Short), Width))
		}
	}
	if lines != nil {
		b.WriteString("\n" + title + ":\n" + strings.Join(lines, "\n") + "\n")
	}
}

// Fill breaks text into lines of at most width columns, where there are spaces. Lines that begin with a space stand for
// themselves; what is too long of one goes on below its last column.
func Fill(text string, width int) string {
	var out, paragraph []string
	end := func() {
		if paragraph != nil {
			out = append(out, wrap(strings.Join(paragraph, " "), width))
			paragraph = nil
		}
	}
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case line == "":
			end()
			out = append(out, "")
		case line[0] == ' ' || line[0] == '\t':
			end()
			out = append(out, hang(line, width))
		default:
			paragraph = append(paragraph, line)
		}
	}
	end()
	return strings.Join(out, "\n")
}

// wrap breaks text at spaces alone: a flag or a name with a hyphen in it is one word.
func wrap(text string, width int) string {
	const hyphen = "\u2011" // does not end a line, and is one column wide
	return strings.ReplaceAll(ansi.Wordwrap(strings.ReplaceAll(text, "-", hyphen), width, ""), hyphen, "-")
}

var columns = regexp.MustCompile(`^ *(\S+( \S+)* {2,})*`)

// hang breaks an indented line. Its last column begins behind the last two spaces in its left half.
func hang(line string, width int) string {
	line = strings.ReplaceAll(line, "\t", "  ")
	if ansi.StringWidth(line) <= width {
		return line
	}
	head := columns.FindString(line)
	if indent := line[:len(line)-len(strings.TrimLeft(line, " "))]; ansi.StringWidth(head) > width/2 {
		head = indent
	}
	column := ansi.StringWidth(head)
	rest := wrap(line[len(head):], width-column)
	return head + strings.ReplaceAll(rest, "\n", "\n"+strings.Repeat(" ", column))
}
