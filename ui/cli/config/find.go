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

// ErrNotFound is returned when there is no configuration file anywhere.
var ErrNotFound = errors.New("there is no configuration file")

// Find returns the path of the file to use: the one asked for; else livetape.yaml in the working directory; else the one in
// the user's configuration directory (XDG Base Directory Specification), or in one of the system's. Without any, the error
// is [ErrNotFound]. A file in the working directory that may be somebody else's is an error too.
func Find(asked string) (string, error) {
	if asked != "" {
		return asked, nil
	}
	for _, path := range SearchPaths() {
		switch info, err := os.Stat(path); {
		case err == nil && !info.IsDir() && IsLocal(path):
			return path, checkLocalOwner(path, info)
		case err == nil && !info.IsDir():
			return path, nil
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("look for a configuration file: %w", err)
		}
	}
	return "", ErrNotFound
}

// IsLocal reports whether [Find] found a file in the working directory that was not asked for.
func IsLocal(path string) bool { return path == FileName }

// checkLocalOwner refuses a file in the working directory that is not the user's own: it says where secrets are sent, and
// anyone can put one into a directory that all may write to.
func checkLocalOwner(path string, info os.FileInfo) error {
	why := ownershipProblem(info)
	if !info.Mode().IsRegular() { // reading a named pipe may never end
		why = "it is not a regular file"
	}
	if why == "" {
		return nil
	}
	return fmt.Errorf("%s in this directory is not used: %s, and it says where secrets are sent; if it is yours, say --config %s",
		path, why, "."+string(filepath.Separator)+path)
}

// SearchPaths are the paths where a configuration file is looked for, in order.
func SearchPaths() []string {
	places := []string{FileName}
	if path := UserPath(); path != "" {
		places = append(places, path)
	}
	for _, dir := range xdg.ConfigDirs {
		places = append(places, filepath.Join(dir, "livetape", FileName))
	}
	return places
}

// UserPath is the path of the user's own file, whether it exists or not; empty for a user without a home directory.
func UserPath() string {
	if _, err := os.UserHomeDir(); err != nil && os.Getenv("XDG_CONFIG_HOME") == "" {
		return "" // and not a path below the root directory
	}
	return filepath.Join(xdg.ConfigHome, "livetape", FileName)
}
