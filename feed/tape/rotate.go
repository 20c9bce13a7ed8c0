package tape

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"livetape/feed"
)

// rotate finishes the present file, gives it its number and begins the next one with e.
func (r *Recorder) rotate(e feed.Event) error {
	stat, statErr := r.file.out.Stat()
	err := errors.Join(statErr, r.file.close())
	r.file = nil
	if err != nil {
		return err
	}
	r.held = 1                                                                // e
	if here, err := os.Lstat(r.name); err == nil && os.SameFile(here, stat) { // else someone has moved it already
		if _, err := r.moveAside(); err != nil {
			return err
		}
	}
	if err := r.open(e.At); err != nil {
		return err
	}
	r.text, err = r.encode(r.text[:0], e)
	return err
}

// moveAside renames the file to the next free numbered name, and says which.
func (r *Recorder) moveAside() (string, error) {
	for {
		r.piece++
		to := pieceName(r.name, r.piece)
		if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			return to, os.Rename(r.name, to)
		} else if err != nil {
			return "", err
		}
	}
}

// pieceName is name with a number before its extension: day.tape.gz, 7 → day-0007.tape.gz.
func pieceName(name string, n int) string {
	stem, ext := cutExtension(name)
	return fmt.Sprintf("%s-%04d%s", stem, n, ext)
}

// cutExtension takes .gz and one extension before it for the extension; a leading dot begins none.
func cutExtension(name string) (stem, ext string) {
	dir, base := filepath.Split(name)
	rest := strings.TrimSuffix(base, ".gz")
	if i := strings.LastIndexByte(rest, '.'); i > 0 {
		rest = rest[:i]
	}
	return dir + rest, base[len(rest):]
}

// lastPiece is the highest number that a file beside name has; 0 when there is none.
func lastPiece(name string) (int, error) {
	entries, err := os.ReadDir(filepath.Dir(name))
	if err != nil {
		return 0, err
	}
	stem, ext := cutExtension(filepath.Base(name))
	last := 0
	for _, e := range entries {
		number, found := strings.CutPrefix(e.Name(), stem+"-")
		number, hasExt := strings.CutSuffix(number, ext)
		if n, err := strconv.Atoi(number); found && hasExt && err == nil {
			last = max(last, n)
		}
	}
	return last, nil
}

// isRecording reports whether name is a recording of ours. It is an error when there is anything else.
func isRecording(name string) (bool, error) {
	switch stat, err := os.Stat(name); {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case !stat.Mode().IsRegular():
		return false, fmt.Errorf("%s is not a plain file", name)
	case stat.Size() == 0: // made to reserve the name
		return false, os.Remove(name)
	}
	f, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	if !startsAsRecording(f) {
		return false, fmt.Errorf("%s exists and is not a recording; it was left alone, choose another name", name)
	}
	return true, nil
}

func startsAsRecording(f *os.File) bool {
	in, err := newInput(f)
	if err != nil {
		return false
	}
	head := make([]byte, len(signature))
	_, err = io.ReadFull(in, head)
	return err == nil && string(head) == signature
}

func sortedByTime(status map[string]feed.Event) []feed.Event {
	var events []feed.Event
	for _, e := range status {
		events = append(events, e)
	}
	slices.SortFunc(events, func(a, b feed.Event) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Feed, b.Feed))
	})
	return events
}
