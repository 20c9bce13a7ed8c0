package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"livetape/ui/cli/config"
	"livetape/ui/humanize"
)

func configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Write a starting configuration, check one, or show where it is",
		Long: `The configuration says which feeds there are, how symbols are listed and named, and what the screen looks
like. livetape looks for ./` + config.FileName + `, then for livetape/` + config.FileName + ` in your configuration directory and in the
system's (XDG); --config names another file. livetape never writes to it.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(configInitCommand(), configCheckCommand(), configPathCommand())
	return cmd
}

func configInitCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a commented configuration, unless there is one already",
		Args:  atMostOne("file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			path := cmp.Or(strings.Join(args, ""), config.UserPath())
			if path == "" {
				return errors.New("there is no home directory to write to: HOME is not set; name the file: livetape config init FILE")
			}
			if err := config.WriteStarter(path); err != nil {
				return err
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "written to %s\n", path)
			return err
		},
	}
}

func configCheckCommand() *cobra.Command {
	var asked string
	cmd := &cobra.Command{
		Use:   "check [FILE]",
		Short: "Show everything that is wrong with a configuration",
		Long: `check reads a configuration and shows every mistake with its line: unknown keys, impossible values,
missing environment variables and files. It contacts no server; 'livetape check FEED' does. If there is
a mistake, the exit code is 1.`,
		Args: atMostOne("file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := readConfig(cmd.Context(), cmp.Or(strings.Join(args, ""), asked))
			if err != nil {
				return explainNotFound(err)
			}
			if err := file.Check(config.Environment{}); err != nil {
				return err
			}
			for _, line := range file.Warnings() {
				fmt.Fprintf(cmd.ErrOrStderr(), "%s: warning: %s\n", file.Path(), line)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s is right: %s\n", file.Path(), feedNames(file))
			return err
		},
	}
	registerConfig(cmd, &asked)
	return cmd
}

func feedNames(file *config.File) string {
	names := file.Names()
	if len(names) == 0 {
		return "it names no feed"
	}
	return humanize.Plural(len(names), "feed") + ", " + strings.Join(names, ", ")
}

func configPathCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "path",
		Short: "Show which configuration is used",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			path, err := config.Find("")
			if err != nil {
				return explainNotFound(err)
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), path)
			return err
		},
	}
}

// readConfig reads the configuration that [config.Find] finds, until ctx ends: a named pipe may have no writer.
func readConfig(ctx context.Context, asked string) (*config.File, error) {
	path, err := config.Find(asked)
	if err != nil {
		return nil, err
	}
	type result struct {
		file *config.File
		err  error
	}
	read := make(chan result, 1)
	go func() {
		file, err := config.Read(path)
		read <- result{file, err}
	}()
	select {
	case r := <-read:
		return r.file, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("read configuration %s: %w", path, ctx.Err())
	}
}

// explainNotFound says where a configuration was looked for, if there is none.
func explainNotFound(err error) error {
	if !errors.Is(err, config.ErrNotFound) {
		return err
	}
	return fmt.Errorf("%w; livetape looked for it here:\n  %s\n'livetape config init' writes one to start with", err, strings.Join(config.SearchPaths(), "\n  "))
}
