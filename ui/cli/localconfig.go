package cli

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"livetape/feed/market"
	"livetape/ui/alert"
	"livetape/ui/cli/config"
	"livetape/ui/cli/notify"
	"livetape/ui/position"
)

// warnLocalConfig says on standard error that the feeds come from a configuration that was merely found in the working
// directory, and which secrets it sends: it may have come with somebody else's files.
func (s *targetSelection) warnLocalConfig(targets []feedTarget) {
	if !s.local {
		return
	}
	out := s.cmd.ErrOrStderr()
	fmt.Fprintf(out, "livetape: using %s in this directory\n", config.FileName)
	for _, line := range secretsSent(targets) {
		fmt.Fprintf(out, "livetape: %s\n", line)
	}
}

const maxSecretsLine = 300 // characters

func secretsSent(targets []feedTarget) []string {
	var lines []string
	for _, t := range targets {
		if secrets := t.origin.SecretSources(); len(secrets) > 0 {
			line := fmt.Sprintf("%s: sends %s to %s", t.config.Name, strings.Join(secrets, ", "), cmp.Or(t.origin.Host(), "the host that a variable names"))
			lines = append(lines, market.PlainText(line, maxSecretsLine))
		}
	}
	return lines
}

// newSecretsSent says which secrets a changed configuration of the working directory sends and did not send before;
// empty for none.
func (s *targetSelection) newSecretsSent(before, now []feedTarget) string {
	if !s.local {
		return ""
	}
	known := secretsSent(before)
	added := slices.DeleteFunc(secretsSent(now), func(line string) bool { return slices.Contains(known, line) })
	if len(added) == 0 {
		return ""
	}
	return config.FileName + " in this directory has changed: " + strings.Join(added, "; ")
}

// checkOwner refuses a configuration of the working directory that has become another user's since it was found.
func (s *targetSelection) checkOwner() error {
	if !s.local {
		return nil
	}
	_, err := config.Find("")
	return err
}

// refuseLocalProgram refuses to run a program since a configuration of the working directory says so.
func (s *targetSelection) refuseLocalProgram(t feedTarget) error {
	if !s.local || len(t.origin.TokenCommand) == 0 || t.config.Name == "" {
		return nil
	}
	return fmt.Errorf("feed %s: token_command runs a program, and %s in this directory may be somebody else's: if it is yours, say --config ./%s", t.config.Name, config.FileName, config.FileName)
}

// alerts are those of the configuration. One that was found in the working directory runs no programs.
func (s *targetSelection) alerts() (notify.Alerts, error) {
	if s == nil || s.file == nil {
		return notify.Alerts{}, nil
	}
	rules := s.file.Alerts()
	if s.local && slices.ContainsFunc(rules, func(r alert.Rule) bool { return len(r.Actions.Exec) > 0 }) {
		return notify.Alerts{}, fmt.Errorf("alerts: exec runs a program, and %s in this directory may be somebody else's: if it is yours, say --config ./%s", config.FileName, config.FileName)
	}
	return notify.Alerts{Rules: rules, Dir: s.file.Dir()}, nil
}

// positions are those of the configuration.
func (s *targetSelection) positions() []position.Position {
	if s == nil || s.file == nil {
		return nil
	}
	return s.file.Positions()
}

// configName is the configuration as the screen names it; empty when there is none.
func (s *targetSelection) configName() string {
	switch {
	case s == nil || s.file == nil:
		return ""
	case s.local:
		return "./" + config.FileName
	}
	if home, err := os.UserHomeDir(); err == nil {
		if below, found := strings.CutPrefix(s.file.Path(), home+string(filepath.Separator)); found {
			return "~/" + filepath.ToSlash(below)
		}
	}
	return s.file.Path()
}
