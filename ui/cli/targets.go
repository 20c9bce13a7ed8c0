package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"livetape/feed"
	"livetape/feed/decode/configerr"
	"livetape/feed/decode/preset"
	"livetape/ui/cli/config"
)

// choice is which feeds a command line asks for.
type choice struct {
	cmd   *cobra.Command
	flags feedFlags
	args  []string // URLs, and names of feeds of the file; none: all of the file, or the preset

	file    *config.File        // nil: none is needed
	local   bool                // the file was found in the working directory: nobody asked for it
	book    *config.SymbolTable // what symbols are called
	options config.SymbolOptions
}

// target is a feed that was chosen.
type target struct {
	config feed.Config
	origin config.Feed // what the configuration and the flags say of it
	served bool        // its server was told the symbols of the command line, and sends no others
}

// targets are the feeds that the command line asks for, and how it chose them. Pad is for a screen.
func (f feedFlags) targets(cmd *cobra.Command, args []string, pad bool) (*choice, []target, error) {
	c, err := f.choose(cmd, args, pad)
	if err != nil {
		return nil, nil, err
	}
	targets, err := c.targets()
	return c, targets, err
}

// choose reads the command line, and the configuration if it needs one. Pad is for a screen.
func (f feedFlags) choose(cmd *cobra.Command, args []string, pad bool) (*choice, error) {
	c := &choice{cmd: cmd, flags: f, args: args, book: config.NewSymbolTable(), options: config.SymbolOptions{Watchlist: f.list, Pad: pad}}
	if err := c.check(); err != nil {
		return nil, err
	}
	if !c.needsFile() {
		return c, nil
	}
	path, err := config.Find(f.file)
	if errors.Is(err, config.ErrNotFound) {
		return nil, c.withoutFile()
	}
	if err != nil {
		return nil, err
	}
	if c.file, err = config.Read(path); err != nil {
		return nil, err
	}
	c.local = f.file == "" && config.IsLocal(path)
	return c, c.book.Load(c.file, c.options)
}

func (c *choice) check() error {
	for _, arg := range c.args {
		if !isURL(arg) && strings.ContainsAny(arg, ":/?") {
			return c.notAURL(arg)
		}
	}
	if err := c.flags.checkMaxEvent(c.cmd); err != nil {
		return err
	}
	if len(c.args) == 1 || len(c.args) == 0 && c.flags.preset != "" {
		return nil
	}
	if name := c.flags.given(c.cmd); name != "" {
		return misused(c.cmd, "--%s is about one feed: name the one that it is for", name)
	}
	return nil
}

// needsFile reports whether a configuration has to be read. Otherwise none is: a fault in it is then no obstacle.
func (c *choice) needsFile() bool {
	for _, arg := range c.args {
		if !isURL(arg) {
			return true
		}
	}
	return c.flags.file != "" || c.flags.list != "" || c.all()
}

// all reports whether all feeds of the file are meant.
func (c *choice) all() bool { return len(c.args) == 0 && c.flags.preset == "" }

func (c *choice) withoutFile() error {
	if c.all() {
		return misused(c.cmd, "%s needs the URL of a feed, or a configuration that names some: 'livetape config init' writes one to begin with", c.cmd.Name())
	}
	for _, arg := range c.args {
		if !isURL(arg) {
			return c.notAURL(arg)
		}
	}
	return misused(c.cmd, "there is no configuration with the watchlist %q", c.flags.list)
}

func (c *choice) notAURL(arg string) error {
	text := fmt.Sprintf("%q is not the URL of a feed: it must begin with http:// or https://", displayed(arg))
	if _, err := preset.Find(arg); err == nil {
		text = fmt.Sprintf("%q is a preset: say --preset %s", arg, arg)
	}
	return misused(c.cmd, "%s", text)
}

// targets are the feeds that are asked for.
func (c *choice) targets() ([]target, error) {
	if len(c.args) == 0 && c.flags.preset != "" {
		t, err := c.defined(c.flags.preset, config.Feed{})
		return []target{t}, err
	}
	names := c.args
	if c.all() {
		if names = c.file.Names(); len(names) == 0 {
			return nil, fmt.Errorf("%s names no feed", c.file.Path())
		}
	}
	var all []target
	var errs []error
	for _, arg := range names {
		t, err := c.target(arg)
		all, errs = append(all, t), append(errs, err)
	}
	return all, errors.Join(errs...)
}

func (c *choice) target(arg string) (target, error) {
	if !isURL(arg) {
		return c.named(arg)
	}
	if c.flags.preset+strings.Join(c.flags.vars, "") != "" || len(c.flags.symbols) > 0 {
		return c.defined(hostOf(arg), config.Feed{Definition: preset.Definition{URL: arg}})
	}
	bare, err := c.flags.bare(c.cmd, arg)
	if err != nil {
		return target{}, err
	}
	bare.Decoder = c.book.Decoder(bare.Decoder)
	return c.finish(target{config: bare})
}

// named is a feed of the file, with what the flags say over it.
func (c *choice) named(name string) (target, error) {
	asked, err := c.file.Feed(name)
	if err != nil {
		return target{}, err
	}
	over, err := c.flags.definition(c.cmd)
	if err != nil {
		return target{}, err
	}
	if c.flags.given(c.cmd) == "" {
		config, err := c.file.Config(name, config.Environment{Symbols: c.book})
		return target{config: config, origin: asked}, err
	}
	asked.Definition = preset.Merge(asked.Definition, over)
	return c.define(cmp.Or(c.flags.name, name), asked, config.Environment{Symbols: c.book, Dir: c.file.Dir()})
}

// defined is a feed that the flags say all of, but for its base.
func (c *choice) defined(name string, base config.Feed) (target, error) {
	over, err := c.flags.definition(c.cmd)
	if err != nil {
		return target{}, err
	}
	base.Definition = preset.Merge(base.Definition, over)
	return c.define(cmp.Or(c.flags.name, name), base, config.Environment{Symbols: c.book})
}

func (c *choice) define(name string, f config.Feed, w config.Environment) (target, error) {
	served, err := c.served(f)
	if err != nil {
		return target{}, err
	}
	if err := f.Validate(); err != nil {
		return target{}, c.onCommandLine(err)
	}
	config, err := f.Config(name, w)
	if err != nil {
		return target{}, c.onCommandLine(err)
	}
	return c.finish(target{config, f, served})
}

// served reports whether the feed's server is told the symbols of the command line. Where it is not, they must say what
// is printed, or they have no use.
func (c *choice) served(f config.Feed) (bool, error) {
	full, err := f.Resolve()
	switch {
	case err != nil || len(c.flags.symbols) == 0:
		return false, nil // the first is said by Validate
	case strings.Contains(full.URL+full.Body, "{symbols}"):
		return true, nil
	case c.flags.sifts:
		return false, nil
	}
	return false, misused(c.cmd, "--symbols has no use: this feed is not asked for symbols%s", cmp.Or(c.vars(full), c.otherWays()))
}

// otherWays says how to see only some symbols of a feed that has no word for them.
func (c *choice) otherWays() string {
	text := "; where its server takes them, say so in the URL: '…?symbols={symbols}'; else 'stream --symbols' prints only these"
	if c.cmd.Flags().Lookup("list") != nil {
		text += ", and --list shows only a watchlist of the configuration"
	}
	return text
}

// vars says what else a preset can be asked for.
func (c *choice) vars(d preset.Definition) string {
	var ways []string
	for name, ready := range d.Choices {
		for value := range ready {
			ways = append(ways, fmt.Sprintf("; there is --var %s=%s", name, value))
		}
	}
	slices.Sort(ways)
	return strings.Join(ways[:min(len(ways), 1)], "")
}

// onCommandLine says what is wrong with a feed in the words of the command line.
func (c *choice) onCommandLine(err error) error {
	var lines []string
	for _, f := range configerr.All(err) {
		problem := f.Problem
		if before, found := strings.CutSuffix(problem, ": set it in vars"); found {
			_, name, _ := strings.Cut(before, "{")
			problem = fmt.Sprintf("%s: say --var %s=…", before, strings.TrimSuffix(name, "}"))
		}
		problem = strings.ReplaceAll(problem, ", and symbols is empty", ": say --symbols …")
		lines = append(lines, problem)
	}
	return misused(c.cmd, "%s", strings.Join(lines, "\n          "))
}

// finish adds what no definition says.
func (c *choice) finish(t target) (target, error) {
	t.config.LastEventID = c.flags.lastEventID
	if c.flags.ca != "" {
		t.config.CAFiles = append(t.config.CAFiles, c.flags.ca)
	}
	if c.cmd.Flags().Changed("max-event") {
		t.config.MaxEvent = c.flags.maxEvent << 20
	}
	if err := t.config.Validate(); err != nil {
		return t, usageError{err, hint(c.cmd)}
	}
	return t, nil
}

// configs are those of all targets.
func configs(targets []target) []feed.Config {
	var all []feed.Config
	for _, t := range targets {
		all = append(all, t.config)
	}
	return all
}

// one is the single feed that an argument, or a preset, stands for.
func (f feedFlags) one(cmd *cobra.Command, args []string) (target, error) {
	if len(args) > 1 || len(args) == 0 && f.preset == "" {
		return target{}, misused(cmd, "%s takes one feed, but got %d arguments", cmd.Name(), len(args))
	}
	c, targets, err := f.targets(cmd, args, false)
	if err != nil {
		return target{}, err
	}
	c.announce(targets)
	return targets[0], nil
}
