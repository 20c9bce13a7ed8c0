package cli

import (
	"log/slog"

	"github.com/spf13/cobra"
)

// logFlags say how a server logs to standard error.
type logFlags struct{ format, level string }

func (f *logFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.format, "log-format", "text", "how to log on standard error: text or json")
	cmd.Flags().StringVar(&f.level, "log-level", "info", "what to log: debug, which tells of every client, info, warn or error")
}

func (f *logFlags) logger(cmd *cobra.Command) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.level)); err != nil {
		return nil, misused(cmd, "--log-level %s is not debug, info, warn or error", f.level)
	}
	options := &slog.HandlerOptions{Level: level}
	switch f.format {
	case "text":
		return slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), options)), nil
	}
	return nil, misused(cmd, "--log-format %s is not text or json", f.format)
}
