package flags_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"livetape/feed/decode/configerr"
	"livetape/feed/decode/preset"
	"livetape/mockserver/fault"
	"livetape/ui/cli/flags"
)

func command(out *bytes.Buffer) (*cobra.Command, *flags.Size, *int) {
	cmd := &cobra.Command{Use: "desk", SilenceErrors: true, SilenceUsage: true, RunE: func(*cobra.Command, []string) error { return nil }}
	cmd.SetErr(out)
	cmd.SetOut(out)
	memory, count := flags.NewSize(preset.MemorySizes()), new(int)
	cmd.Flags().Var(memory, "memory", "")
	cmd.Flags().IntVar(count, "count", 0, "")
	cmd.Flags().Var(flags.NewText("text", "text", "json"), "output", "")
	flags.Rename(cmd, "events", "", "count", nil)
	flags.Rename(cmd, "json", "", "output", func(string) string { return "json" })
	return cmd, memory, count
}

func TestSizesHaveUnitsAndPlainNumbersAreMiB(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"16": 16 << 20, "64MiB": 64 << 20, "8MB": 8e6, "1GiB": 1 << 30, "2048KiB": 2 << 20} {
		cmd, memory, _ := command(&bytes.Buffer{})
		cmd.SetArgs([]string{"--memory", text})
		if err := cmd.Execute(); err != nil || memory.Bytes != want {
			t.Errorf("%s is %d bytes, %v; want %d", text, memory.Bytes, err, want)
		}
	}
	for _, s := range []*flags.Size{{Bytes: 64 << 20}, {Bytes: 3 << 10}, {Bytes: 8e6}} {
		again := flags.NewSize(preset.SizeRange{Least: 1, Most: 1 << 40})
		if err := again.Set(strings.TrimSuffix(s.String(), "B") + "B"); err != nil || again.Bytes != s.Bytes {
			t.Errorf("%d bytes are written as %s, which is %d: %v", s.Bytes, s, again.Bytes, err)
		}
	}
}

func TestMistakesAreExplainedWithTheWordThatWasMeant(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"--memroy 1":      `unknown flag: --memroy (did you mean "memory"?)`,
		"--memory 2GiB":   `--memory: 2GiB is not between 1MiB and 1GiB`,
		"--memory lots":   `--memory: "lots" is not a size: write 512KiB or 4MiB`,
		"--output jsno":   `--output is "jsno" (did you mean "json"?); it must be text or json`,
		"--count some":    `--count some: not a whole number`,
		"--events some":   `--events some: not a whole number`,
		"--count 9e99999": `--count 9e99999: not a whole number`,
	} {
		cmd, _, _ := command(&bytes.Buffer{})
		cmd.SetArgs(strings.Fields(args))
		if err := flags.Explain(cmd, cmd.Execute()); err == nil || err.Error() != want {
			t.Errorf("%s: %v; want %s", args, err, want)
		}
	}
}

// TestEverySuggestionIsMadeAlike compares the two places that guess what was meant: mockserver and feed share no code.
func TestEverySuggestionIsMadeAlike(t *testing.T) {
	t.Parallel()
	known := []string{"stall", "status", "split", "slow", "503", "flash-crash", "NVDA", "price", "news"}
	for _, word := range []string{"", "stal", "STALL", "sttaus", "spilt", "slo", "504", "flashcrash", "nvd", "prices", "new", "xyz", "statsu", strings.Repeat("s", 41)} {
		if server, client := fault.Suggestion(word, known), configerr.DidYouMean(word, known, nil); server != client {
			t.Errorf("%q: a server suggests%q, and a client%q", word, server, client)
		}
	}
}

func TestAnOldSpellingWorksAndSaysTheNewOne(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	cmd, _, count := command(&out)
	cmd.SetArgs([]string{"--events", "7", "--json"})
	if err := cmd.Execute(); err != nil {
		t.Fatal(err)
	}
	format := cmd.Flags().Lookup("output").Value.String()
	if *count != 7 || format != "json" || !cmd.Flags().Changed("count") {
		t.Errorf("count %d, output %s", *count, format)
	}
	const want = "livetape: --events is now --count; this version still takes it\nlivetape: --json is now --output json; this version still takes it\n"
	if out.String() != want {
		t.Errorf("it says %q", out.String())
	}
	if help := cmd.Flags().FlagUsages(); strings.Contains(help, "events") {
		t.Errorf("help shows the old spelling:\n%s", help)
	}
}
