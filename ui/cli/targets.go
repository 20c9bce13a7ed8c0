package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	yaml "github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"livetape/feed"
	"livetape/feed/connection"
	"livetape/feed/decode/configerr"
	"livetape/feed/decode/mapping"
	"livetape/feed/decode/preset"
	"livetape/feed/redact"
	"livetape/ui/cli/config"
	"livetape/ui/cli/state"
)

type targetSelection struct {
	cmd   *cobra.Command
	flags feedFlags
	args  []string // URLs, and names of feeds in the file; none: all of the file, or the preset

	file    *config.File // nil: none is needed
	local   bool         // the file was found in the working directory: nobody asked for it
	symbols *config.SymbolTable
	options config.SymbolOptions
	asked   askedSymbols // of a screen
}

type feedTarget struct {
	config        feed.Config
	origin        config.Feed // what the configuration and the flags say of it
	serverFilters bool        // its server is asked for the symbols of the command line, and sends no others
	idFile        string      // where its last event id is kept, by "resume: keep"; empty for nowhere
}

func (f feedFlags) selectTargets(cmd *cobra.Command, args []string, pad bool) (*targetSelection, []feedTarget, error) {
	s, err := f.newSelection(cmd, args, pad)
	if err != nil {
		return nil, nil, err
	}
	targets, err := s.targets()
	maskInLog(targets)
	return s, targets, err
}

// newSelection reads the command line, and the configuration if it needs one. Pad is for a screen.
func (f feedFlags) newSelection(cmd *cobra.Command, args []string, pad bool) (*targetSelection, error) {
	s := &targetSelection{cmd: cmd, flags: f, args: args, symbols: config.NewSymbolTable(), options: config.SymbolOptions{Watchlist: f.watchlist, Pad: pad}}
	if err := s.validate(); err != nil {
		return nil, err
	}
	if s.asked = (askedSymbols{}); pad && len(f.symbols) == 0 {
		kept, _ := loadSettings() // what is wrong with them, the screen says
		s.asked = keptAskedSymbols(kept)
	}
	if !s.needsConfig() {
		return s, nil
	}
	var err error
	if s.file, err = readConfig(cmd.Context(), f.configFile); errors.Is(err, config.ErrNotFound) {
		err = s.noConfigError()
	}
	if err != nil {
		return nil, err
	}
	s.local = f.configFile == "" && config.IsLocal(s.file.Path())
	return s, s.symbols.Load(s.file, s.options)
}

func (s *targetSelection) validate() error {
	for _, arg := range s.args {
		if !isURL(arg) && strings.ContainsAny(arg, ":/?") {
			return s.notAURLError(arg)
		}
	}
	if len(s.args) == 1 || len(s.args) == 0 && s.flags.preset != "" {
		return nil
	}
	if name := s.flags.oneFeedFlag(s.cmd); name != "" {
		return usageErrorf(s.cmd, "--%s is for one feed: name that feed", name)
	}
	return nil
}

// needsConfig reports whether a configuration must be read. Where none is needed, a mistake in one does no harm.
func (s *targetSelection) needsConfig() bool {
	named := slices.ContainsFunc(s.args, func(arg string) bool { return !isURL(arg) })
	return named || s.flags.configFile != "" || s.flags.watchlist != "" || s.allFeeds()
}

func (s *targetSelection) allFeeds() bool { return len(s.args) == 0 && s.flags.preset == "" }

func (s *targetSelection) noConfigError() error {
	if s.allFeeds() {
		return usageErrorf(s.cmd, "%s needs the URL of a feed, or a configuration that names feeds: 'livetape config init' writes one to start with", s.cmd.Name())
	}
	for _, arg := range s.args {
		if !isURL(arg) {
			return s.notAURLError(arg)
		}
	}
	return usageErrorf(s.cmd, "there is no configuration with the watchlist %q", s.flags.watchlist)
}

func (s *targetSelection) notAURLError(arg string) error {
	text := fmt.Sprintf("%q is not the URL of a feed: it must start with http:// or https://", redactedArg(arg))
	if _, err := preset.Find(arg); err == nil {
		text = fmt.Sprintf("%q is a preset: use --preset %s", arg, arg)
	}
	return usageErrorf(s.cmd, "%s", text)
}

func (s *targetSelection) targets() ([]feedTarget, error) {
	if len(s.args) == 0 && s.flags.preset != "" {
		t, err := s.flagTarget(s.flags.preset, config.Feed{}, "")
		return []feedTarget{t}, err
	}
	names := s.args
	if s.allFeeds() {
		if names = s.file.Names(); len(names) == 0 {
			return nil, fmt.Errorf("%s names no feed", s.file.Path())
		}
	}
	var all []feedTarget
	var errs []error
	for _, arg := range names {
		t, err := s.target(arg)
		all, errs = append(all, t), append(errs, err, s.refuseLocalProgram(t))
	}
	return all, errors.Join(errs...)
}

func (s *targetSelection) target(arg string) (feedTarget, error) {
	if !isURL(arg) {
		t, err := s.configuredTarget(arg)
		if err == nil && t.origin.KeepsID() && s.cmd.Flags().Lookup("state") != nil && !s.cmd.Flags().Changed("state") {
			t.idFile, err = state.IDPath(s.cmd.Name(), s.file.Path(), arg)
		}
		return t, err
	}
	if s.flags.preset+strings.Join(s.flags.vars, "") != "" || len(s.flags.symbols) > 0 {
		return s.flagTarget(urlHost(arg), config.Feed{Definition: preset.Definition{URL: arg}}, "")
	}
	bare, err := s.flags.urlConfig(s.cmd, arg)
	if err != nil {
		return feedTarget{}, err
	}
	bare.Decoder = s.table(false).Decoder(bare.Decoder)
	return s.withFlags(feedTarget{config: bare})
}

// configuredTarget is a feed of the file; flags win over what the file says.
func (s *targetSelection) configuredTarget(name string) (feedTarget, error) {
	configured, err := s.file.Feed(name)
	if err != nil {
		return feedTarget{}, err
	}
	plain := s.flags.oneFeedFlag(s.cmd) == "" && !(len(s.args) == 1 && len(s.flags.symbols) > 0)
	if plain && len(s.asked[name]) == 0 {
		config, err := s.file.Config(name, config.Environment{Symbols: s.table(false)})
		return feedTarget{config: config, origin: configured}, err
	}
	if plain {
		configured.Symbols = s.asked.over(name, configured.Symbols)
		config, err := configured.Config(name, config.Environment{Symbols: s.table(false), Dir: s.file.Dir()})
		return feedTarget{config: config, origin: configured}, err
	}
	return s.flagTarget(name, configured, s.file.Dir())
}

// flagTarget is a feed with what the flags say over it. Dir is where its files are.
func (s *targetSelection) flagTarget(name string, base config.Feed, dir string) (feedTarget, error) {
	given, err := s.flags.definition(s.cmd)
	if err != nil {
		return feedTarget{}, err
	}
	base.Definition = preset.Merge(base.Definition, given)
	serverFilters := len(given.Symbols) > 0 && base.CanAskForSymbols()
	if base.CanAskForSymbols() {
		base.Symbols = s.asked.over(cmp.Or(s.flags.name, name), base.Symbols)
	}
	if err := base.Validate(); err != nil {
		return feedTarget{}, s.commandLineError(err)
	}
	config, err := base.Config(cmp.Or(s.flags.name, name), config.Environment{Symbols: s.table(serverFilters), Dir: dir})
	if err != nil {
		return feedTarget{}, s.commandLineError(err)
	}
	return s.withFlags(feedTarget{config: config, origin: base, serverFilters: serverFilters})
}

// table is what symbols are called and, where the server does not filter, which are shown.
func (s *targetSelection) table(serverFilters bool) *config.SymbolTable {
	if len(s.flags.symbols) == 0 || serverFilters || s.flags.keepsSymbols {
		return s.symbols
	}
	return s.symbols.Only(s.flags.symbols)
}

func (s *targetSelection) commandLineError(err error) error {
	var lines []string
	for _, f := range configerr.All(err) {
		problem := f.Problem
		if before, found := strings.CutSuffix(problem, ": set it in vars"); found {
			_, name, _ := strings.Cut(before, "{")
			problem = fmt.Sprintf("%s: use --var %s=…", before, strings.TrimSuffix(name, "}"))
		}
		problem = strings.ReplaceAll(problem, ", and symbols is empty", ": use --symbols …")
		lines = append(lines, problem)
	}
	return usageErrorf(s.cmd, "%s", strings.Join(lines, "\n          "))
}

func (s *targetSelection) withFlags(t feedTarget) (feedTarget, error) {
	t.config.LastEventID, t.config.AnswerTimeout = s.flags.lastEventID, s.flags.timeout
	if s.flags.ca != "" {
		t.config.CAFiles = append(t.config.CAFiles, s.flags.ca)
	}
	if s.cmd.Flags().Changed("max-event") {
		t.config.MaxEvent = int(s.flags.maxEvent.Bytes)
	}
	if err := t.config.Validate(); err != nil {
		return t, usageErrorf(s.cmd, "%w", err)
	}
	return t, nil
}

func (f feedFlags) selectOne(cmd *cobra.Command, args []string) (feedTarget, error) {
	if len(args) > 1 || len(args) == 0 && f.preset == "" {
		return feedTarget{}, usageErrorf(cmd, "%s takes one feed, but got %d arguments", cmd.Name(), len(args))
	}
	s, targets, err := f.selectTargets(cmd, args, false)
	if err != nil {
		return feedTarget{}, err
	}
	s.warnLocalConfig(targets)
	return targets[0], nil
}

// definitionText is what a feed is and how it is treated, in the words of a configuration and without secrets. A preset
// stands for its map. What nobody has set is in comments.
func definitionText(t feedTarget) string {
	shown := t.origin
	if full, err := shown.Resolve(); err == nil {
		shown.Definition = full
		if t.origin.Preset != "" && t.origin.Map == nil {
			shown.Spec = mapping.Spec{}
		}
	}
	shown.URL = t.config.URL
	shown.Method = t.config.Method
	shown.Headers = t.config.Header
	shown.Body = t.config.Body
	shown.Format = string(t.config.Format)
	text, err := yaml.MarshalWithOptions(shown, yaml.IndentSequence(true))
	if err != nil {
		return ""
	}
	var defaults strings.Builder
	add := func(key, set, value string) {
		if set == "" {
			defaults.WriteString("# " + key + ": " + value + "\n")
		}
	}
	add("idle_timeout", shown.IdleTimeout, "90s")
	add("quiet_after", shown.QuietAfter, "by the rhythm of the feed")
	add("retry_min", shown.RetryMin, connection.Duration(connection.MinRetryMin))
	add("retry_max", shown.RetryMax, "30s, or the server's own retry: if that is longer")
	add("resume", shown.Resume, cmp.Or(t.config.Resume, connection.ResumeByHeader))
	return strings.TrimSpace(redact.YAML(string(text))) + "\n" + defaults.String()
}
