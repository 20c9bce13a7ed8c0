package cli

import (
	"fmt"
	"slices"
	"strings"

	"livetape/feed/market"
	"livetape/ui/cli/config"
)

// announce says that the feeds are those of a configuration that merely lay in the working directory, and which secrets
// it has them send: it may have come with somebody else's files.
func (c *choice) announce(targets []target) {
	if !c.local {
		return
	}
	out := c.cmd.ErrOrStderr()
	fmt.Fprintf(out, "livetape: using %s of this directory\n", config.FileName)
	for _, line := range disclosures(targets) {
		fmt.Fprintf(out, "livetape: %s\n", line)
	}
}

// maxLine is how many characters of such a line are printed.
const maxLine = 300

// disclosures say, a line for each feed that sends secrets, which and whereto.
func disclosures(targets []target) []string {
	var lines []string
	for _, t := range targets {
		if given := t.origin.SecretSources(); len(given) > 0 {
			line := fmt.Sprintf("%s: sends %s to %s", t.config.Name, strings.Join(given, ", "), orUnknown(t.origin.Host()))
			lines = append(lines, market.PlainText(line, maxLine))
		}
	}
	return lines
}

// newlyDisclosed is what a configuration of the working directory has sent since it changed; empty for nothing new.
func (c *choice) newlyDisclosed(before, now []target) string {
	if !c.local {
		return ""
	}
	known := disclosures(before)
	fresh := slices.DeleteFunc(disclosures(now), func(line string) bool { return slices.Contains(known, line) })
	if len(fresh) == 0 {
		return ""
	}
	return config.FileName + " of this directory has changed: " + strings.Join(fresh, "; ")
}

// stillOurs refuses a file of the working directory that has become somebody else's since it was found.
func (c *choice) stillOurs() error {
	if !c.local {
		return nil
	}
	_, err := config.Find("")
	return err
}

func orUnknown(host string) string {
	if host == "" {
		return "the host that a variable names"
	}
	return host
}

// origin is the configuration to name on the screen; empty when it is the one that the user keeps or asked for.
func (c *choice) origin() string {
	if c == nil || !c.local {
		return ""
	}
	return "./" + config.FileName
}
