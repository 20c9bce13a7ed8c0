package tape

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"livetape/feed"
)

type syncWriter interface {
	io.WriteCloser
	Sync() error
	Stat() (fs.FileInfo, error)
}

// createFile makes a new file. Only its owner may read it: what is recorded may be licensed or private.
func createFile(name string) (syncWriter, error) {
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// outputFile is one file of a recording that is being written, compressed if its name ends in .gz.
type outputFile struct {
	out     syncWriter
	disk    *diskWait
	buf     *bufio.Writer
	gzip    *gzip.Writer  // nil: not compressed
	flushed int64         // bytes handed to out
	all     *atomic.Int64 // the same, of all files
}

const bufferSize = 64 << 10

func newOutputFile(out syncWriter, name string, disk *diskWait, all *atomic.Int64) *outputFile {
	f := &outputFile{out: out, disk: disk, all: all}
	f.buf = bufio.NewWriterSize(f, bufferSize)
	if strings.HasSuffix(name, ".gz") {
		f.gzip, _ = gzip.NewWriterLevel(f.buf, gzip.BestSpeed) // the level is a valid one
	}
	return f
}

// Write implements io.Writer for the buffer, to count.
func (f *outputFile) Write(p []byte) (int, error) {
	defer f.disk.wait()()
	n, err := f.out.Write(p)
	f.flushed += int64(n)
	f.all.Add(int64(n))
	return n, err
}

func (f *outputFile) append(p []byte) error {
	to := io.Writer(f.buf)
	if f.gzip != nil {
		to = f.gzip
	}
	_, err := to.Write(p)
	return err
}

// size is about how long the file is, without what the compressor holds back.
func (f *outputFile) size() int64 { return f.flushed + int64(f.buf.Buffered()) }

// flush hands everything to the operating system, so that the file can be read up to here.
func (f *outputFile) flush() error {
	if f.gzip != nil {
		if err := f.gzip.Flush(); err != nil {
			return err
		}
	}
	return f.buf.Flush()
}

// end hands all of the file to the operating system.
func (f *outputFile) end() error {
	var err error
	if f.gzip != nil {
		err = f.gzip.Close()
	}
	return errors.Join(err, f.buf.Flush())
}

// close waits until a file whose end gave err is on the disk. The file is closed whatever goes wrong.
func (f *outputFile) close(err error) error {
	defer f.disk.wait()()
	if err == nil {
		err = f.out.Sync()
	}
	return errors.Join(err, f.out.Close())
}

// diskWait is since when a disk is waited for. It may be asked from any goroutine.
type diskWait struct{ since atomic.Pointer[time.Time] }

// wait begins a wait, and returns what ends it; within another wait, nothing does.
func (w *diskWait) wait() (end func()) {
	now := time.Now()
	if !w.since.CompareAndSwap(nil, &now) {
		return func() {}
	}
	return func() { w.since.Store(nil) }
}

func (r *Recorder) rotate(e feed.Event) error {
	defer r.disk.wait()()
	stat, statErr := r.file.out.Stat()
	err := errors.Join(statErr, r.file.close(r.file.end()))
	r.file = nil
	if err != nil {
		return err
	}
	r.saved = r.messages
	if here, err := os.Lstat(r.name); err == nil && os.SameFile(here, stat) { // else it was moved already
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

func (r *Recorder) moveAside() (string, error) {
	for {
		r.number++
		to := numberedName(r.name, r.number)
		if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			return to, os.Rename(r.name, to)
		} else if err != nil {
			return "", err
		}
	}
}

// numberedName is name with a number before its extension: day.tape.gz, 7 → day-0007.tape.gz.
func numberedName(name string, n int) string {
	stem, ext := cutExtension(name)
	return fmt.Sprintf("%s-%04d%s", stem, n, ext)
}

// cutExtension splits name before its extension, which may be two when the second is .gz; a leading dot begins none.
func cutExtension(name string) (stem, ext string) {
	dir, base := filepath.Split(name)
	rest := strings.TrimSuffix(base, ".gz")
	if i := strings.LastIndexByte(rest, '.'); i > 0 {
		rest = rest[:i]
	}
	return dir + rest, base[len(rest):]
}

func highestNumber(name string) (int, error) {
	entries, err := os.ReadDir(filepath.Dir(name))
	if err != nil {
		return 0, err
	}
	stem, ext := cutExtension(filepath.Base(name))
	highest := 0
	for _, e := range entries {
		number, found := strings.CutPrefix(e.Name(), stem+"-")
		number, hasExt := strings.CutSuffix(number, ext)
		if n, err := strconv.Atoi(number); found && hasExt && err == nil {
			highest = max(highest, n)
		}
	}
	return highest, nil
}

// isRecording reports whether there is a recording called name. Anything else of that name is an error.
func isRecording(name string) (bool, error) {
	switch stat, err := os.Stat(name); {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case !stat.Mode().IsRegular():
		return false, fmt.Errorf("%s is not a regular file", name)
	case stat.Size() == 0: // made to reserve the name
		return false, os.Remove(name)
	}
	f, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	if !hasSignature(f) {
		return false, fmt.Errorf("%s exists and is not a recording; choose another name", name)
	}
	return true, nil
}

func hasSignature(f *os.File) bool {
	in, err := newInputFile(f)
	if err != nil {
		return false
	}
	head := make([]byte, len(signature))
	_, err = io.ReadFull(in, head)
	return err == nil && string(head) == signature
}

func byTime(status map[string]feed.Event) []feed.Event {
	return slices.SortedFunc(maps.Values(status), func(a, b feed.Event) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Feed, b.Feed))
	})
}
