package cli

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"livetape/feed"
	"livetape/feed/connection"
	"livetape/feed/decode/infer"
	"livetape/feed/decode/preset"
	"livetape/feed/redact"
	"livetape/ui/cli/flags"
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
	method      *flags.Text
	data        string // of a POST, or "@" and a file
	format      *flags.Text
	timeout     time.Duration // for an answer; 0 for none of its own
	idleTimeout time.Duration
	lastEventID string
	maxEvent    *flags.Size
	memory      *flags.Size
	ca          string // file of certificates to trust

	keepsSymbols bool // the command filters by symbols itself
}

// register adds the flags that every such command has. [feedFlags.registerSymbols] is for commands without a --symbols
// of their own.
func (f *feedFlags) register(cmd *cobra.Command) {
	f.method, f.format = flags.NewText("GET", "GET", "POST"), flags.NewText(autoFormat, autoFormat, string(feed.SSE), string(feed.NDJSON))
	f.maxEvent, f.memory = flags.NewSize(preset.EventSizes()), flags.NewSize(preset.MemorySizes())
	set := cmd.Flags()
	registerConfig(cmd, &f.configFile)
	set.StringVar(&f.name, "name", "", "call the feed `NAME` (default: its host)")
	set.StringVar(&f.preset, "preset", "", "use the preset `NAME`: see 'livetape presets'")
	set.StringArrayVar(&f.vars, "var", nil, "`name=value` for a {name} in the URL of a preset (repeatable)")
	set.StringArrayVarP(&f.headers, "header", "H", nil, "`'Name: value'` to send with the request (repeatable)")
	set.Var(f.method, "method", "the request's `METHOD`: GET or POST")
	set.StringVar(&f.data, "data", "", "send `TEXT` as the body of a POST; @FILE sends what is in FILE")
	set.Var(f.format, "format", "the `FORMAT` of the stream: sse, ndjson (one JSON value per line) or auto (what the content type says)")
	set.DurationVar(&f.timeout, "timeout", 0, "give a server up to `DURATION` to connect and to answer; 0 for the usual time")
	set.DurationVar(&f.idleTimeout, "idle-timeout", 90*time.Second, "reconnect after `DURATION` without a byte; 0 for never")
	set.StringVar(&f.lastEventID, "last-event-id", "", "resume from this event `ID`")
	set.StringVar(&f.ca, "ca", "", "also trust the certificates in `FILE` (PEM)")
	set.Var(f.maxEvent, "max-event", "skip events larger than `SIZE`, from 1KiB to 64MiB")
	set.Var(f.memory, "memory", "keep at most `SIZE` of the feed in memory, from 1MiB to 1GiB")
}

// autoFormat stands for the format that the content type of an answer says.
const autoFormat = "auto"

// streamFormat is the format that is asked for; empty for whatever it is.
func (f feedFlags) streamFormat() string {
	return strings.TrimPrefix(f.format.String(), autoFormat)
}

func (f *feedFlags) registerSymbols(cmd *cobra.Command) {
	registerSymbolsIn(cmd, &f.symbols)
}

func registerSymbolsIn(cmd *cobra.Command, symbols *[]string) {
	cmd.Flags().StringSliceVar(symbols, "symbols", nil, "only these `SYMBOLS`, such as BTC/USD,ETH/USD; servers that can filter are asked for them")
}

func (f *feedFlags) registerList(cmd *cobra.Command) {
	registerListIn(cmd, &f.watchlist)
}

func registerConfig(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "config", "", "read the configuration `FILE` (default: see 'livetape config path')")
}

func registerListIn(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVar(name, "list", "", "only the symbols of this `WATCHLIST` in the configuration")
}

func registerState(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "state", "", "keep the last event ID of each feed in `FILE`, and resume from it at the next start")
}

func (f feedFlags) oneFeedFlag(cmd *cobra.Command) string {
	for _, name := range []string{"name", "preset", "var", "header", "method", "data", "format", "timeout", "idle-timeout", "last-event-id", "max-event", "memory", "ca"} {
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
	d := preset.Definition{Preset: f.preset, Symbols: f.symbols, Vars: vars, Headers: header, Format: f.streamFormat()}
	if err := f.setRequest(cmd, &d); err != nil {
		return d, err
	}
	if cmd.Flags().Changed("idle-timeout") {
		d.IdleTimeout = "never"
		if f.idleTimeout != 0 {
			d.IdleTimeout = f.idleTimeout.String()
		}
	}
	if cmd.Flags().Changed("memory") {
		d.Memory = f.memory.String()
	}
	return d, nil
}

// setRequest says how to ask. Data alone makes a POST, as in curl.
func (f feedFlags) setRequest(cmd *cobra.Command, d *preset.Definition) error {
	changed := cmd.Flags().Changed
	switch {
	case f.timeout < 0:
		return usageErrorf(cmd, "--timeout is %s; it must be at least 0", f.timeout)
	case changed("data") && changed("method") && f.method.String() != http.MethodPost:
		return usageErrorf(cmd, "--data is the body of a POST: leave out --method %s", f.method)
	case changed("data"):
		d.Method = http.MethodPost
	case changed("method"):
		d.Method = f.method.String()
	}
	name, isFile := strings.CutPrefix(f.data, "@")
	if d.Body = f.data; !isFile {
		return nil
	}
	text, err := os.ReadFile(name)
	switch {
	case err != nil:
		return fmt.Errorf("--data: %w", err)
	case len(text) > maxData:
		return usageErrorf(cmd, "--data: %s has more than 1 MiB", name)
	}
	d.Body = string(text)
	return nil
}

// maxData is how large the body of a request from a file may be.
const maxData = 1 << 20

// urlConfig is the feed at a URL as it is written: with braces that are no {vars}, and with a user and a password.
func (f feedFlags) urlConfig(cmd *cobra.Command, rawURL string) (feed.Config, error) {
	d, err := f.definition(cmd)
	if err != nil {
		return feed.Config{}, err
	}
	name := cmp.Or(f.name, urlHost(rawURL))
	decoder, err := infer.NewDecoder(name, d)
	return feed.Config{
		Name: name, URL: rawURL, Method: d.Method, Header: d.Headers, Body: d.Body, Format: connection.Format(d.Format),
		IdleTimeout: d.IdleLimit(), Memory: d.MemoryLimit(), Decoder: decoder,
	}, err
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
