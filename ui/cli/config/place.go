package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
)

// Name is what a configuration file is called.
const Name = "livetape.yaml"

// ErrNone says that there is no configuration file anywhere.
var ErrNone = errors.New("there is no configuration file")

// Find is the file that is used: the one that is asked for; else livetape.yaml in the working directory; else
// that in the user's configuration directory (XDG Base Directory Specification), or in one of the system's. Without
// any, the error is [ErrNone]. One in the working directory that may be somebody else's is an error too.
func Find(asked string) (string, error) {
	if asked != "" {
		return asked, nil
	}
	for _, path := range Places() {
		switch info, err := os.Stat(path); {
		case err == nil && !info.IsDir() && IsLocal(path):
			return path, checkLocal(path, info)
		case err == nil && !info.IsDir():
			return path, nil
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("look for a configuration file: %w", err)
		}
	}
	return "", ErrNone
}

// Places are where a configuration file is looked for, in order.
func Places() []string {
	places := []string{Name, Home()}
	for _, dir := range xdg.ConfigDirs {
		places = append(places, filepath.Join(dir, "livetape", Name))
	}
	return places
}

// Home is the user's own file, whether or not it is there.
func Home() string { return filepath.Join(xdg.ConfigHome, "livetape", Name) }
