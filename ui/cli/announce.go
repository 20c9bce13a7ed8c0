package cli

import (
	"fmt"
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
	fmt.Fprintf(out, "livetape: using %s of this directory\n", config.Name)
	for _, t := range targets {
		if given := t.origin.Discloses(); len(given) > 0 {
			line := fmt.Sprintf("%s: sends %s to %s", t.config.Name, strings.Join(given, ", "), orUnknown(t.origin.Host()))
			fmt.Fprintf(out, "livetape: %s\n", market.PlainText(line, maxReason))
		}
	}
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
	return "./" + config.Name
}
