package config

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"livetape/feed/redact"
)

// IsLocal reports whether a file that [Find] gave is one that lay in the working directory, and was not asked for.
func IsLocal(path string) bool { return path == FileName }

// checkLocal refuses a file of the working directory that is not the user's own: it says where secrets are sent, and
// anyone may put one into a directory that all can write to.
func checkLocal(path string, info os.FileInfo) error {
	why := ownershipProblem(info)
	if why == "" {
		return nil
	}
	return fmt.Errorf("%s in this directory is not used: %s, and it says where secrets are sent; if it is right, say --config %s",
		path, why, "."+string(filepath.Separator)+path)
}

// SecretSources is what the feed sends elsewhere that is not in its configuration: variables of the environment, and a
// file with a token. It never holds a secret.
func (f Feed) SecretSources() []string {
	full, err := f.Resolve()
	if err != nil {
		return nil // Validate says why
	}
	var all []string
	add := func(text string) {
		for _, m := range variablePattern.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(all, m[1]) {
				all = append(all, m[1])
			}
		}
	}
	add(f.Token)
	add(full.URL)
	for _, name := range sortedKeys(full.Headers) {
		if f.Token == "" && f.TokenFile == "" || name != "Authorization" {
			add(full.Headers[name])
		}
	}
	add(full.Body)
	add(f.Proxy)
	if f.TokenFile != "" {
		all = append(all, "the file "+f.TokenFile)
	}
	return all
}

// Host is where the feed is; empty when only a variable says so.
func (f Feed) Host() string {
	full, err := f.Resolve()
	if err != nil {
		return ""
	}
	request, _ := full.Request() // what is wrong in it, Validate says
	at, err := url.Parse(redact.URL(request.URL))
	if err != nil || strings.ContainsAny(at.Host, "${}") {
		return ""
	}
	return at.Host
}
