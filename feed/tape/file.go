package tape

import (
	"bufio"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
)

// output is what a Recorder needs of an open file.
type output interface {
	io.WriteCloser
	Sync() error
	Stat() (fs.FileInfo, error)
}

// createFile makes a new file. What is recorded may be licensed or private, so it is the user's own.
func createFile(name string) (output, error) {
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// file is one file of a recording that is being written, compressed if its name ends in .gz.
type file struct {
	out     output
	buf     *bufio.Writer
	zip     *gzip.Writer // nil: not compressed
	flushed int64        // bytes handed to out
}

const bufferSize = 64 << 10

func newFile(out output, name string) *file {
	f := &file{out: out}
	f.buf = bufio.NewWriterSize(f, bufferSize)
	if isGzipName(name) {
		f.zip, _ = gzip.NewWriterLevel(f.buf, gzip.BestSpeed) // the level is a valid one
	}
	return f
}

func isGzipName(name string) bool { return strings.HasSuffix(name, ".gz") }

// Write implements io.Writer for the buffer, to count.
func (f *file) Write(p []byte) (int, error) {
	n, err := f.out.Write(p)
	f.flushed += int64(n)
	return n, err
}

func (f *file) append(p []byte) error {
	var err error
	if f.zip != nil {
		_, err = f.zip.Write(p)
	} else {
		_, err = f.buf.Write(p)
	}
	return err
}

// size is about how long the file is; what the compressor holds is not in it.
func (f *file) size() int64 { return f.flushed + int64(f.buf.Buffered()) }

// flush hands everything to the operating system, in a form that can be read up to here.
func (f *file) flush() error {
	if f.zip != nil {
		if err := f.zip.Flush(); err != nil {
			return err
		}
	}
	return f.buf.Flush()
}

// close ends the file and waits until it is on the disk. The file is closed whatever goes wrong.
func (f *file) close() error {
	var zipErr error
	if f.zip != nil {
		zipErr = f.zip.Close()
	}
	err := errors.Join(zipErr, f.buf.Flush())
	if err == nil {
		err = f.out.Sync()
	}
	return errors.Join(err, f.out.Close())
}
