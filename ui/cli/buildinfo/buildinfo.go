// Package buildinfo says which livetape this is: its version, commit and date.
package buildinfo

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// A release sets these when it is linked, as in -ldflags "-X livetape/ui/cli/buildinfo.version=v0.1.0". Any other build
// says what the Go tool knows of its working tree or module.
var version, commit, date string

// Info is what is known of a build; empty for what is not.
type Info struct {
	Version  string `json:"version"` // "v0.1.0", or "dev"
	Commit   string `json:"commit"`  // in full
	Date     string `json:"date"`    // of the commit, RFC 3339
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
	Platform string `json:"platform"` // "linux/amd64"
}

// Read says which build this is.
func Read() Info {
	i := Info{Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if build, ok := debug.ReadBuildInfo(); ok {
		i.read(build)
	}
	i.Version, i.Commit, i.Date = cmp.Or(version, i.Version, "dev"), cmp.Or(commit, i.Commit), cmp.Or(date, i.Date)
	return i
}

func (i *Info) read(build *debug.BuildInfo) {
	if build.Main.Version != "(devel)" {
		i.Version = build.Main.Version
	}
	for _, s := range build.Settings {
		switch s.Key {
		case "vcs.revision":
			i.Commit = s.Value
		case "vcs.time":
			i.Date = s.Value
		case "vcs.modified":
			i.Modified = s.Value == "true"
		}
	}
}

// String is the line that livetape prints as its version.
func (i Info) String() string {
	var about []string
	if i.Commit != "" {
		about = append(about, "commit "+i.Commit[:min(12, len(i.Commit))])
	}
	if i.Modified {
		about = append(about, "with changes")
	}
	if i.Date != "" {
		about = append(about, i.Date)
	}
	return fmt.Sprintf("livetape %s (%s)", i.Version, strings.Join(append(about, i.Go, i.Platform), ", "))
}
