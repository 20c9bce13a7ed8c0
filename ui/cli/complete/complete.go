// Package complete has shells complete what livetape's commands and flags take: presets, the feeds and watchlists of the
// configuration, scenarios, faults, columns, fields, themes, recordings and other files.
//
// A flag means the same in every command, so one table of flags is enough.
package complete

import (
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"livetape/feed/decode/preset"
	"livetape/mockserver/fault"
	"livetape/mockserver/scenario"
	"livetape/ui"
	"livetape/ui/cli/config"
	"livetape/ui/cli/output"
)

// words are what may be written, with what each is behind a tab.
type words func(cmd *cobra.Command) []cobra.Completion

// Register completes all commands below root.
func Register(root *cobra.Command) {
	registerFlags(root)
	if takes, known := arguments()[root.Name()]; known && root.HasParent() {
		root.ValidArgsFunction = takes
	}
	for _, cmd := range root.Commands() {
		Register(cmd)
	}
}

func registerFlags(cmd *cobra.Command) {
	known := flagValues()
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if _, done := cmd.GetFlagCompletionFunc(f.Name); done {
			return
		}
		takes, found := known[f.Name]
		switch fixed, isWord := f.Value.(interface{ Words() []string }); {
		case isWord:
			takes = one(func(*cobra.Command) []cobra.Completion { return fixed.Words() })
		case !found:
			takes = cobra.NoFileCompletions
		}
		_ = cmd.RegisterFlagCompletionFunc(f.Name, takes) // it fails for a flag that is not there, or has one
	})
}

// arguments are what commands take, by their names.
func arguments() map[string]cobra.CompletionFunc {
	all := map[string]cobra.CompletionFunc{
		"presets":   first(one(presets)),
		"scenarios": first(one(scenarios)),
		"replay":    first(recordings),
		"init":      first(files("yaml", "yml")),
		"path":      cobra.NoFileCompletions,
		"demo":      cobra.NoFileCompletions,
		"mock":      cobra.NoFileCompletions,
		"version":   cobra.NoFileCompletions,
		"bench":     first(one(feeds)),
		"help":      topics,
	}
	for _, name := range []string{"watch", "stream", "record", "relay", "tape"} {
		all[name] = one(feeds)
	}
	// Both "check" and "config check" are called so.
	all["check"] = func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if cmd.Parent().Name() == "config" {
			return first(files("yaml", "yml"))(cmd, args, typed)
		}
		return first(one(feeds))(cmd, args, typed)
	}
	return all
}

// flagValues are what flags take, by their names. A flag that is not here takes what nobody can complete.
func flagValues() map[string]cobra.CompletionFunc {
	certificates, anyFile := files("pem", "crt", "cer", "key"), files()
	return map[string]cobra.CompletionFunc{
		"preset": one(presets), "list": one(watchlists), "theme": one(themes), "fault": one(faults),
		"scenario": func(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return beginning(typed, scenarios(cmd)), cobra.ShellCompDirectiveDefault // or a file of one's own
		},
		"symbols":    several(symbols),
		"events":     several(fixed(output.Kinds...)),
		"columns":    several(fixed(ui.ColumnNames()...)),
		"fields":     several(fixed(output.FieldNames()...)),
		"template":   one(templates),
		"output":     one(fixed(output.FormatNames...)),
		"log-format": one(fixed("text", "json")),
		"log-level":  one(fixed("debug\tevery client, too", "info", "warn", "error")),
		"start":      one(fixed("now\tthe time of day")),
		"speed":      one(fixed("1x", "10x", "100x", "max")),
		"config":     files("yaml", "yml"),
		"replay":     recordings,
		"ca":         certificates, "tls-cert": certificates, "tls-key": certificates,
		"log-ca": certificates, "log-cert": certificates, "log-key": certificates, "log-credentials": files("creds"),
		"record": anyFile, "state": anyFile, "write": anyFile, "tls-out": anyFile, "token-file": anyFile,
	}
}

func one(all words) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return beginning(typed, all(cmd)), cobra.ShellCompDirectiveNoFileComp
	}
}

func beginning(typed string, all []cobra.Completion) []cobra.Completion {
	return slices.DeleteFunc(slices.Clone(all), func(word string) bool { return !strings.HasPrefix(word, typed) })
}

// first completes the first argument alone.
func first(f cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return f(cmd, args, typed)
	}
}

// several completes the last word of a list with commas, with words that are not in it yet.
func several(all words) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		var lists []cobra.Completion
		for _, word := range all(cmd) {
			if name, _, _ := strings.Cut(word, "\t"); !slices.Contains(strings.Split(before, ","), name) {
				lists = append(lists, before+word)
			}
		}
		return beginning(typed, lists), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

func files(extensions ...string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(extensions) == 0 {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return extensions, cobra.ShellCompDirectiveFilterFileExt
	}
}

func recordings(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return files("tape", "tape.gz", "sse")(cmd, args, typed)
}

func fixed(all ...string) words {
	return func(*cobra.Command) []cobra.Completion { return all }
}

// configuration is the one that the command line names or that is found; an empty one where there is none that can be read.
func configuration(cmd *cobra.Command) *config.File {
	asked := ""
	if f := cmd.Flags().Lookup("config"); f != nil {
		asked = f.Value.String()
	}
	path, err := config.Find(asked)
	if err != nil {
		return &config.File{}
	}
	file, err := config.Read(path)
	if err != nil {
		return &config.File{}
	}
	return file
}

// topics are the commands below those that are typed already, and what else help tells of.
func topics(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	about, rest, err := cmd.Root().Find(args)
	if err != nil || len(rest) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []cobra.Completion
	for _, c := range about.Commands() {
		if c.IsAvailableCommand() || c.IsAdditionalHelpTopicCommand() {
			names = append(names, cobra.CompletionWithDesc(c.Name(), c.Short))
		}
	}
	return beginning(typed, names), cobra.ShellCompDirectiveNoFileComp
}

func feeds(cmd *cobra.Command) []cobra.Completion { return configuration(cmd).Names() }

func watchlists(cmd *cobra.Command) []cobra.Completion {
	return slices.Sorted(maps.Keys(configuration(cmd).Watchlists))
}

// symbols are those that the configuration names.
func symbols(cmd *cobra.Command) []cobra.Completion {
	file := configuration(cmd)
	all := slices.Collect(maps.Keys(file.Symbols))
	for _, list := range file.Watchlists {
		all = append(all, list...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func themes(cmd *cobra.Command) []cobra.Completion {
	return ui.ThemeNames(configuration(cmd).Looks().Themes)
}

func presets(*cobra.Command) []cobra.Completion {
	all, err := preset.All()
	if err != nil {
		return nil
	}
	var names []cobra.Completion
	for _, p := range all {
		names = append(names, cobra.CompletionWithDesc(p.Name, p.About))
	}
	return names
}

func scenarios(*cobra.Command) []cobra.Completion {
	all, err := scenario.Builtin()
	if err != nil {
		return nil
	}
	var names []cobra.Completion
	for _, s := range all {
		names = append(names, cobra.CompletionWithDesc(s.Name, s.About))
	}
	return names
}

func faults(*cobra.Command) []cobra.Completion {
	var names []cobra.Completion
	for _, f := range fault.List() {
		names = append(names, cobra.CompletionWithDesc(f.Name, f.Help))
	}
	return names
}

// templates are a template for each field.
func templates(*cobra.Command) []cobra.Completion {
	var all []cobra.Completion
	for _, name := range output.TemplateNames() {
		all = append(all, "{{."+name+"}}")
	}
	return all
}
