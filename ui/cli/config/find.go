package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
)

// FileName is what a configuration file is called.
const FileName = "livetape.yaml"

// ErrNotFound says that there is no configuration file anywhere.
var ErrNotFound = errors.New("there is no configuration file")

// Find is the file that is used: the one that is asked for; else livetape.yaml in the working directory; else
// that in the user's configuration directory (XDG Base Directory Specification), or in one of the system's. Without
// any, the error is [ErrNotFound]. One in the working directory that may be somebody else's is an error too.
func Find(asked string) (string, error) {
	if asked != "" {
		return asked, nil
	}
	for _, path := range SearchPaths() {
		switch info, err := os.Stat(path); {
		case err == nil && !info.IsDir() && IsLocal(path):
			return path, checkLocal(path, info)
		case err == nil && !info.IsDir():
			return path, nil
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("look for a configuration file: %w", err)
		}
	}
	return "", ErrNotFound
}

// SearchPaths are where a configuration file is looked for, in order.
func SearchPaths() []string {
	places := []string{FileName, UserPath()}
	for _, dir := range xdg.ConfigDirs {
		places = append(places, filepath.Join(dir, "livetape", FileName))
	}
	return places
}

// UserPath is the user's own file, whether or not it is there.
func UserPath() string { return filepath.Join(xdg.ConfigHome, "livetape", FileName) }
