package cli

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"livetape/feed"
	"livetape/feed/decode/auto"
)

// watchFlags say how to reach one feed.
type watchFlags struct {
	name        string
	headers     []string
	idle        time.Duration
	lastEventID string
	maxEvent    int // MiB
}

func watchCommand() *cobra.Command {
	var flags watchFlags
	var record recordFlags
	cmd := &cobra.Command{
		Use:   "watch URL",
		Short: "Watch a feed",
		Long: `watch shows the prices and news of one event stream. Events that it does not understand are
counted, and shown as they are in the event log (the ! key).

${NAME} in a header or in the URL is read from the environment, so that a token stays out of
the shell's history; quote it, or the shell expands it first.`,
		Example: `  livetape watch https://desk.example/events
  livetape watch https://desk.example/events -H 'Authorization: Bearer ${DESK_TOKEN}'`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return misused(cmd, "watch takes one URL, but got %d arguments", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			config, err := flags.feed(cmd, args[0])
			if err != nil {
				return err
			}
			if err := config.Validate(); err != nil {
				return usageError{err, hint(cmd)}
			}
			if err := needTerminal(cmd); err != nil {
				return err
			}
			return watch(cmd.Context(), cmd, watching{feeds: []feed.Config{config}, record: record})
		},
	}
	cmd.Flags().StringVar(&flags.name, "name", "", "what to call the feed on screen (default: its host)")
	cmd.Flags().StringArrayVarP(&flags.headers, "header", "H", nil, "`'Name: value'` to send with the request (repeatable)")
	cmd.Flags().DurationVar(&flags.idle, "idle-timeout", 90*time.Second, "reconnect when nothing was received for so long; 0 for never")
	cmd.Flags().IntVar(&flags.maxEvent, "max-event", 1, "skip events of over so many `MiB`, from 1 to 64")
	record.register(cmd)
	cmd.Flags().StringVar(&flags.lastEventID, "last-event-id", "", "resume from this event id")
	return cmd
}

func (f watchFlags) feed(cmd *cobra.Command, rawURL string) (feed.Config, error) {
	if scheme, _, found := strings.Cut(rawURL, "://"); !found || scheme != "http" && scheme != "https" && !strings.HasPrefix(scheme, "${") {
		return feed.Config{}, misused(cmd, "%q is not the URL of a feed: it must begin with http:// or https://", displayed(rawURL))
	}
	header, err := parseHeaders(cmd, f.headers)
	if err != nil {
		return feed.Config{}, err
	}
	if f.maxEvent < 1 || f.maxEvent > 64 {
		return feed.Config{}, misused(cmd, "max-event: %d MiB is not between 1 and 64", f.maxEvent)
	}
	name := f.name
	if name == "" {
		name = hostOf(rawURL)
	}
	idle := f.idle
	if idle == 0 {
		idle = -1
	}
	return feed.Config{
		Name:        name,
		URL:         rawURL,
		Header:      header,
		LastEventID: f.lastEventID,
		IdleTimeout: idle,
		MaxEvent:    f.maxEvent << 20,
		Decoder:     auto.New(name, nil),
	}, nil
}

// displayed is what may be repeated of an argument that is no URL, and may hold a secret all the same.
func displayed(argument string) string {
	if scheme, _, found := strings.Cut(argument, "://"); found {
		return scheme + "://…"
	}
	return strings.TrimPrefix(feed.DisplayURL("http://"+argument), "http://")
}

// hostOf is the host of a feed's URL as it is written, to call the feed by.
func hostOf(rawURL string) string {
	_, rest, _ := strings.Cut(feed.DisplayURL(rawURL), "://")
	host, _, _ := strings.Cut(rest, "/")
	host, _, _ = strings.Cut(host, "?")
	return cmp.Or(host, "feed")
}

// parseHeaders reads "Name: value" lines. An error names the header, never its value.
func parseHeaders(cmd *cobra.Command, lines []string) (map[string]string, error) {
	headers := map[string]string{}
	for i, line := range lines {
		name, value, found := strings.Cut(line, ":")
		name = http.CanonicalHeaderKey(strings.TrimSpace(name))
		if !found || name == "" {
			return nil, misused(cmd, "header %d is not of the form 'Name: value'", i+1)
		}
		if _, twice := headers[name]; twice {
			return nil, misused(cmd, "the header %s is given twice", name)
		}
		headers[name] = strings.TrimSpace(value)
	}
	return headers, nil
}
