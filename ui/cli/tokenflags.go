package cli

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"livetape/ui/cli/config"
)

// tokenFlags say where the token is that whoever injects faults must send.
type tokenFlags struct{ variable, file string }

func (f *tokenFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.variable, "token", "", "let those inject faults, from anywhere, who send the token in the environment: `'${NAME}'`, quoted")
	flags.StringVar(&f.file, "token-file", "", "the same, with the token in `FILE`")
}

var tokenVariable = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$`)

// token is the token, or empty when there is none. No error repeats what may be one.
func (f *tokenFlags) token(cmd *cobra.Command) (string, error) {
	given := cmd.Flags().Changed
	switch {
	case given("token") && given("token-file"):
		return "", misused(cmd, "--token and --token-file are two ways to say the same: say one of them")
	case given("token-file"):
		token, err := config.ReadToken(f.file)
		if err != nil {
			return "", fmt.Errorf("--token-file: %w", err)
		}
		return token, nil
	case !given("token"):
		return "", nil
	}
	name := tokenVariable.FindStringSubmatch(f.variable)
	if name == nil {
		return "", misused(cmd, "--token: a token does not stand on the command line, where all users of the machine and the shell's history see it: "+
			"write '${NAME}', quoted, and put it into that environment variable, or use --token-file")
	}
	token := strings.TrimSpace(os.Getenv(name[1]))
	if token == "" {
		return "", misused(cmd, "--token: environment variable %s is not set or empty", name[1])
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", misused(cmd, "--token: environment variable %s has more than one line, or control characters in it", name[1])
	}
	return token, nil
}
