package config

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

//go:embed starter.yaml
var starterFile string

// WriteStarter writes a commented file to begin with, for its owner's eyes alone. It does not touch a file that is there.
func WriteStarter(path string) error {
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = WriteNew(path, starterFile, 0o600)
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s is there already, and is left as it is", path)
	case err != nil:
		return fmt.Errorf("write configuration: %w", err)
	}
	return nil
}

// WriteNew writes a file that must not exist yet.
func WriteNew(path, text string, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
