package cli_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"livetape/feed/decode/preset"
	"livetape/ui/cli"
)

// docSections are those of docs/feeds.md that are about a preset.
func docSections(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for i, part := range strings.Split(readPage(t, "../../docs/feeds.md"), "\n## ") {
		if name, text, _ := strings.Cut(part, "\n"); i > 0 {
			all[name] = text
		}
	}
	return all
}

func TestEveryPresetIsExplainedWithItsExampleAndVars(t *testing.T) {
	t.Parallel()
	about := docSections(t)
	if got := slices.Sorted(maps.Keys(about)); !slices.Equal(got, preset.Names()) {
		t.Errorf("explained are %v, and there are %v", got, preset.Names())
	}
	presets, err := preset.All()
	if err != nil {
		t.Fatal(err)
	}
	placeholder := regexp.MustCompile(`\$?\{([A-Za-z_]+)\}`)
	for _, p := range presets {
		text := about[p.Name]
		if !strings.Contains(text, "\n"+p.Example+"\n") {
			t.Errorf("%s: the example is missing: %s", p.Name, p.Example)
		}
		asked := p.Feed.URL + p.Feed.Body + strings.Join(slices.Collect(maps.Values(p.Feed.Headers)), "")
		for _, m := range placeholder.FindAllStringSubmatch(asked, -1) {
			if m[1] != "symbols" && !regexp.MustCompile(`\b`+m[1]+`\b`).MatchString(text) {
				t.Errorf("%s: nothing is said of %s", p.Name, m[0])
			}
		}
		for _, choices := range p.Feed.Choices {
			for choice := range choices {
				if p.Name == "stellar-trades" && !strings.Contains(text, "`"+choice+"`") {
					t.Errorf("%s: nothing is said of %s", p.Name, choice)
				}
			}
		}
	}
}

// TestEveryCommandOfFeedsIsUnderstood runs the commands without a terminal: all of a command line is read, and its feed
// made ready, before there is found to be no screen.
func TestEveryCommandOfFeedsIsUnderstood(t *testing.T) {
	commands := commandsOf(readPage(t, "../../docs/feeds.md"))
	for _, line := range commands {
		t.Run(line, func(t *testing.T) {
			words := shellWord.FindAllString(line, -1)
			for ; words[0] != "livetape"; words = words[1:] {
				name, value, _ := strings.Cut(words[0], "=")
				t.Setenv(name, value)
			}
			for i, word := range words {
				words[i] = strings.Trim(word, "'")
			}
			var said strings.Builder
			code := cli.Run(t.Context(), words[1:], strings.NewReader(""), &said, &said)
			if code == cli.ExitOK || !strings.Contains(said.String(), "standard output is not a terminal") {
				t.Errorf("it gives %d: %s", code, said.String())
			}
		})
	}
	if len(commands) < len(preset.Names()) {
		t.Errorf("there are %d commands", len(commands))
	}
}

// shellWord is a word for a shell, plain or in single quotes.
var shellWord = regexp.MustCompile(`'[^']*'|\S+`)

func readPage(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// pageBlock is a block of commands, or of a configuration, in a page of the docs.
var pageBlock = regexp.MustCompile("(?s)```(sh|yaml)\n(.*?)```")

// commandsOf are the lines of the blocks of commands in a page.
func commandsOf(page string) (all []string) {
	for _, m := range pageBlock.FindAllStringSubmatch(page, -1) {
		if m[1] == "sh" {
			all = append(all, slices.Collect(strings.Lines(m[2]))...)
		}
	}
	return all
}
