package state

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Settings are what the user has set up on the screen, by key, in a file that instances share: each writes the keys that it
// has changed, and leaves the others as it finds them. Its methods may be called from any goroutine.
type Settings struct {
	path   string
	saving sync.Mutex
}

// settingsContent is what the file holds, as JSON.
type settingsContent struct {
	Version int               `json:"livetape_settings"`
	Values  map[string]string `json:"values"`
}

// NewSettings are the settings in the file at path, which need not exist.
func NewSettings(path string) *Settings { return &Settings{path: path} }

// SettingsPath is where a user's settings are; empty for a user without a home directory.
func SettingsPath() string {
	dir := stateDir()
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, "settings.json")
}

// Load reads the settings. Without a file there are none.
func (s *Settings) Load() (map[string]string, error) {
	content, err := s.read()
	if err != nil {
		return nil, fmt.Errorf("settings %s: %w", s.path, err)
	}
	return content.Values, nil
}

func (s *Settings) read() (settingsContent, error) {
	var read settingsContent
	_, err := readJSON(s.path, &read, &read.Version)
	if read.Values == nil {
		read.Values = map[string]string{}
	}
	read.Version = version
	return read, err
}

// Save changes some settings, and removes those whose value is empty. What is no file of settings is left as it is.
func (s *Settings) Save(changes map[string]string) error {
	s.saving.Lock()
	defer s.saving.Unlock()
	if err := s.merge(changes); err != nil {
		return fmt.Errorf("settings %s: %w", s.path, err)
	}
	return nil
}

func (s *Settings) merge(changes map[string]string) error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return errors.Unwrap(err)
	}
	unlock, err := lockSoon(s.path + ".lock")
	if err != nil {
		return err
	}
	defer unlock()
	content, err := s.read()
	if err != nil {
		return err
	}
	for key, value := range changes {
		content.Values[key] = value
		if value == "" {
			delete(content.Values, key)
		}
	}
	return writeJSON(s.path, content)
}

// Wait returns when nothing is being saved.
func (s *Settings) Wait() {
	s.saving.Lock()
	defer s.saving.Unlock()
}

const (
	lockPatience = 2 * time.Second // far more than a write takes
	lockInterval = 5 * time.Millisecond
)

// lockSoon takes a lock that others hold for the time of a write.
func lockSoon(path string) (unlock func(), err error) {
	for deadline := time.Now().Add(lockPatience); ; time.Sleep(lockInterval) {
		if unlock, err = lock(path); err == nil || time.Now().After(deadline) {
			return unlock, err
		}
	}
}
