package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"livetape/ui/cli"
	"livetape/ui/cli/help"
)

// walk calls f for every command that help shows.
func walk(cmd *cobra.Command, f func(*cobra.Command)) {
	f(cmd)
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() || c.IsAdditionalHelpTopicCommand() {
			walk(c, f)
		}
	}
}

func tree() *cobra.Command {
	root := cli.Command()
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	return root
}

func TestHelpOfEveryCommandFitsIn80Columns(t *testing.T) {
	commands := 0
	walk(tree(), func(cmd *cobra.Command) {
		commands++
		var out bytes.Buffer
		cmd.SetOut(&out)
		if err := cmd.Help(); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(out.String(), "\n") {
			if width := ansi.StringWidth(strings.ReplaceAll(line, "\t", "        ")); width > help.Width {
				t.Errorf("%s: %d columns: %s", cmd.CommandPath(), width, line)
			}
			if strings.HasSuffix(line, "-") {
				t.Errorf("%s breaks a word: %s", cmd.CommandPath(), line)
			}
		}
		if cmd.Runnable() && !strings.Contains(out.String(), "Exit codes:") {
			t.Errorf("%s does not tell its exit codes", cmd.CommandPath())
		}
	})
	if commands < 20 {
		t.Errorf("only %d commands", commands)
	}
}

// TestAFlagMeansTheSameInEveryCommand holds every flag to one meaning: one description, one kind of value, one letter.
func TestAFlagMeansTheSameInEveryCommand(t *testing.T) {
	type meaning struct{ usage, kind, letter string }
	meanings, letters := map[string]meaning{}, map[string]string{}
	walk(tree(), func(cmd *cobra.Command) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Hidden || f.Name == "help" || strings.HasPrefix(cmd.CommandPath(), "livetape completion") {
				return
			}
			usage, _, _ := strings.Cut(f.Usage, ": text or json")
			usage, _, _ = strings.Cut(usage, ": json, csv, table")
			if f.Name == "output" && usage == f.Usage {
				t.Errorf("%s --output is no format: %s", cmd.CommandPath(), f.Usage)
			}
			is := meaning{usage, strings.Replace(f.Value.Type(), "word", "string", 1), f.Shorthand}
			if was, known := meanings[f.Name]; known && was != is {
				t.Errorf("%s --%s is %q, and elsewhere %q", cmd.CommandPath(), f.Name, is, was)
			}
			if name := letters[f.Shorthand]; f.Shorthand != "" && name != "" && name != f.Name {
				t.Errorf("-%s is --%s and --%s", f.Shorthand, f.Name, name)
			}
			meanings[f.Name], letters[f.Shorthand] = is, f.Name
		})
	})
	for _, name := range []string{"count", "symbols", "symbol-count", "output", "format", "data", "method", "timeout", "memory"} {
		if meanings[name].usage == "" {
			t.Errorf("no command has --%s", name)
		}
	}
}

func TestManualPagesAndCompletionsAreWritten(t *testing.T) {
	dir := t.TempDir()
	if err := write(dir); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"man1/livetape.1":             "exit-codes",
		"man1/livetape-mock.1":        "flash-crash", // what only its help knows
		"man1/livetape-config-init.1": "Write a commented configuration",
		"completions/livetape.bash":   "__complete",
		"completions/_livetape":       "#compdef livetape",
		"completions/livetape.fish":   "complete -c livetape",
		"completions/livetape.ps1":    "Register-ArgumentCompleter",
	} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %q: %v", file, want, err)
		}
	}
}

// TestThePackageForHomebrewHasEveryManualPage: it names each, where other packages take a directory.
func TestThePackageForHomebrewHasEveryManualPage(t *testing.T) {
	dir := t.TempDir()
	if err := write(dir); err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob(filepath.Join(dir, "man1", "*"))
	if err != nil {
		t.Fatal(err)
	}
	release, err := os.ReadFile("../../../.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var written, named []string
	for _, page := range pages {
		written = append(written, "man/"+filepath.Base(page))
	}
	for line := range strings.Lines(string(release)) {
		if page, found := strings.CutPrefix(strings.TrimSpace(line), "- man/"); found {
			named = append(named, "man/"+page)
		}
	}
	slices.Sort(named)
	if diff := cmp.Diff(written, named); diff != "" {
		t.Errorf("pages that are written, and those in .goreleaser.yaml (+):\n%s", diff)
	}
}
