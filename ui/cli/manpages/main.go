// Command manpages writes what archives and packages of livetape have beside the program: manual pages, and completions for
// bash, zsh, fish and PowerShell.
//
//	go run ./ui/cli/manpages DIR
//
// It is a program of its own, so that livetape is built without the libraries that make manual pages.
package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"livetape/ui/cli"
	"livetape/ui/cli/buildinfo"
	"livetape/ui/cli/exitcode"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: manpages DIR")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "manpages:", err)
		os.Exit(1)
	}
}

// write fills dir/man1 and dir/completions. The same commit gives the same bytes.
func write(dir string) error {
	root := cli.Command()
	root.DisableAutoGenTag = true
	if err := writeManual(root, filepath.Join(dir, "man1")); err != nil {
		return err
	}
	return writeCompletions(root, filepath.Join(dir, "completions"))
}

func writeManual(root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root.InitDefaultCompletionCmd()
	fillIn(root)
	build := buildinfo.Read()
	at, err := time.Parse(time.RFC3339, build.Date)
	if err != nil {
		at = time.Unix(0, 0).UTC() // a build that does not know its commit
	}
	header := &doc.GenManHeader{Section: "1", Date: &at, Source: "livetape " + build.Version, Manual: "livetape"}
	if err := doc.GenManTree(root, header, dir); err != nil {
		return fmt.Errorf("write the manual: %w", err)
	}
	return nil
}

// fillIn has every command complete its description, as it does for its help, and say its exit codes.
func fillIn(cmd *cobra.Command) {
	cmd.SetOut(io.Discard)
	cmd.HelpFunc()(cmd, nil)
	cmd.Long = markdown(cmp.Or(cmd.Long, cmd.Short)+"\n\nExit codes:\n"+exitcode.Text(cmd.CommandPath())) + "\nlivetape help exit-codes lists those of all commands.\n"
	for _, c := range cmd.Commands() {
		fillIn(c)
	}
}

// markdown keeps the lines of tables, which are indented, as they are.
func markdown(text string) string {
	var b strings.Builder
	table := false
	for line := range strings.Lines(text) {
		if indented := strings.HasPrefix(line, " "); indented != table {
			b.WriteString("\n")
			table = indented
		}
		if table {
			b.WriteString("\t")
		}
		b.WriteString(line)
	}
	return b.String()
}

func writeCompletions(root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, generate := range map[string]func(string) error{
		"livetape.bash": func(file string) error { return root.GenBashCompletionFileV2(file, true) },
		"_livetape":     root.GenZshCompletionFile,
		"livetape.fish": func(file string) error { return root.GenFishCompletionFile(file, true) },
		"livetape.ps1":  root.GenPowerShellCompletionFileWithDesc,
	} {
		if err := generate(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("write the completion %s: %w", name, err)
		}
	}
	return nil
}
