package cli

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"livetape/feed"
	"livetape/feed/decode/infer"
	"livetape/feed/decode/preset"
	"livetape/feed/redact"
)

// feedFlags say which feeds to use, and how to reach one. Every command that takes feeds has them.
type feedFlags struct {
	configFile string // empty: look for it
	watchlist  string // show only its symbols

	// The others are for one feed.
	name        string
	preset      string
	symbols     []string
	vars        []string
	headers     []string
	idleTimeout time.Duration
	lastEventID string
	maxEvent    int    // MiB; 0 for the default
	memory      int    // MiB
	ca          string // file of certificates to trust

	keepsSymbols bool // the command filters by symbols itself
}

// register adds the flags that every such command has. [feedFlags.registerSymbols] is for commands without a --symbols
// of their own.
func (f *feedFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.configFile, "config", "", "read the configuration `FILE` (default: see 'livetape config path')")
	flags.StringVar(&f.name, "name", "", "what to call the feed (default: its host)")
	flags.StringVar(&f.preset, "preset", "", "a feed that livetape knows, by its `NAME`: see 'livetape presets'")
	flags.StringArrayVar(&f.vars, "var", nil, "`name=value` for a {name} in the URL of a preset (repeatable)")
	flags.StringArrayVarP(&f.headers, "header", "H", nil, "`'Name: value'` to send with the request (repeatable)")
	flags.DurationVar(&f.idleTimeout, "idle-timeout", 90*time.Second, "reconnect when nothing has been received for so long; 0 for never")
	flags.StringVar(&f.lastEventID, "last-event-id", "", "resume from this event id")
	flags.StringVar(&f.ca, "ca", "", "also trust the certificates in `FILE` (PEM)")
	flags.IntVar(&f.maxEvent, "max-event", 1, "skip events larger than so many `MiB`, from 1 to 64")
	flags.IntVar(&f.memory, "memory", 64, "keep no more of the feed than so many `MiB`, from 1 to 1024")
}

func (f *feedFlags) registerSymbols(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&f.symbols, "symbols", nil, "only these `SYMBOLS`, such as BTC/USD,ETH/USD; servers that can are asked for them")
}

func (f *feedFlags) registerList(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.watchlist, "list", "", "show only the symbols of this watchlist of the configuration")
}

func registerState(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "state", "", "keep the last event id of each feed in `FILE`, and resume from it at the next start")
}

func (f feedFlags) oneFeedFlag(cmd *cobra.Command) string {
	for _, name := range []string{"name", "preset", "var", "header", "idle-timeout", "last-event-id", "max-event", "memory", "ca"} {
		if cmd.Flags().Changed(name) {
			return name
		}
	}
	return ""
}

func (f feedFlags) definition(cmd *cobra.Command) (preset.Definition, error) {
	header, err := parseHeaders(cmd, f.headers)
	if err != nil {
		return preset.Definition{}, err
	}
	vars, err := parseVars(cmd, f.vars)
	if err != nil {
		return preset.Definition{}, err
	}
	d := preset.Definition{Preset: f.preset, Symbols: f.symbols, Vars: vars, Headers: header}
	if cmd.Flags().Changed("idle-timeout") {
		d.IdleTimeout = "never"
		if f.idleTimeout != 0 {
			d.IdleTimeout = f.idleTimeout.String()
		}
	}
	if cmd.Flags().Changed("memory") {
		d.Memory = fmt.Sprintf("%dMiB", f.memory)
	}
	return d, nil
}

func (f feedFlags) checkSizes(cmd *cobra.Command) error {
	for _, size := range []struct {
		flag        string
		given, most int
	}{{"max-event", f.maxEvent, 64}, {"memory", f.memory, 1024}} {
		if cmd.Flags().Changed(size.flag) && (size.given < 1 || size.given > size.most) {
			return usageErrorf(cmd, "%s: %d MiB is not between 1 and %d", size.flag, size.given, size.most)
		}
	}
	return nil
}

// urlConfig is the feed at a URL as it is written: with braces that are no {vars}, and with a user and a password.
func (f feedFlags) urlConfig(cmd *cobra.Command, rawURL string) (feed.Config, error) {
	d, err := f.definition(cmd)
	if err != nil {
		return feed.Config{}, err
	}
	name := cmp.Or(f.name, urlHost(rawURL))
	decoder, err := infer.NewDecoder(name, d)
	return feed.Config{Name: name, URL: rawURL, Header: d.Headers, IdleTimeout: d.IdleLimit(), Memory: d.MemoryLimit(), Decoder: decoder}, err
}

func isURL(argument string) bool {
	scheme, _, found := strings.Cut(argument, "://")
	return found && (scheme == "http" || scheme == "https" || strings.HasPrefix(scheme, "${"))
}

// redactedArg is what may be shown of an argument that is not a URL but may hold a secret all the same.
func redactedArg(argument string) string {
	if scheme, _, found := strings.Cut(argument, "://"); found {
		return scheme + "://…"
	}
	return strings.TrimPrefix(redact.URL("http://"+argument), "http://")
}

// urlHost is the host in a feed's URL as it is written. The feed is called by it.
func urlHost(rawURL string) string {
	_, rest, _ := strings.Cut(redact.URL(rawURL), "://")
	host, _, _ := strings.Cut(rest, "/")
	host, _, _ = strings.Cut(host, "?")
	return cmp.Or(host, "feed")
}

func parseHeaders(cmd *cobra.Command, lines []string) (map[string]string, error) {
	return parsePairs(cmd, "header", "'Name: value'", lines, func(line string) (name, value string) {
		name, value, found := strings.Cut(line, ":")
		if !found {
			return "", ""
		}
		return http.CanonicalHeaderKey(strings.TrimSpace(name)), strings.TrimSpace(value)
	})
}

// parseVars reads "name=value" pairs. No value may be empty.
func parseVars(cmd *cobra.Command, pairs []string) (map[string]string, error) {
	return parsePairs(cmd, "var", "name=value", pairs, func(pair string) (name, value string) {
		if name, value, _ = strings.Cut(pair, "="); value == "" {
			return "", ""
		}
		return name, value
	})
}

// parsePairs reads the values of a repeatable flag. An error gives the name, never the value, which may be secret.
func parsePairs(cmd *cobra.Command, what, form string, texts []string, parse func(string) (name, value string)) (map[string]string, error) {
	pairs := map[string]string{}
	for i, text := range texts {
		name, value := parse(text)
		if name == "" {
			return nil, usageErrorf(cmd, "%s %d is not of the form %s", what, i+1, form)
		}
		if _, twice := pairs[name]; twice {
			return nil, usageErrorf(cmd, "the %s %s is given twice", what, name)
		}
		pairs[name] = value
	}
	return pairs, nil
}
