package tape

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// smallDisk is a file on a disk that is full after some bytes.
type smallDisk struct {
	*os.File
	room int
}

func (d *smallDisk) Write(p []byte) (int, error) {
	if n := d.room; n < len(p) {
		d.room = 0
		n, _ = d.File.Write(p[:n])
		return n, &fs.PathError{Op: "write", Path: d.Name(), Err: syscall.ENOSPC}
	}
	d.room -= len(p)
	return d.File.Write(p)
}

func TestAFullDiskIsNamedOnceAndDoesNotStopTheWatching(t *testing.T) {
	for _, base := range []string{"x.tape", "x.tape.gz"} {
		name := filepath.Join(t.TempDir(), base)
		r, err := Create(name, RecorderOptions{Feeds: desk, Start: startTime()})
		if err != nil {
			t.Fatal(err)
		}
		r.file.out = &smallDisk{r.file.out.(*os.File), 300}
		want := ticks(100)
		var faults []error
		for _, e := range want {
			if err := r.Write(e); err != nil {
				faults = append(faults, err)
			}
		}
		if len(faults) != 1 || !errors.Is(faults[0], syscall.ENOSPC) || !strings.Contains(faults[0].Error(), "the recording "+name+" ends here") {
			t.Errorf("faults are %v", faults)
		}
		if err := r.Flush(); err != nil {
			t.Errorf("flush says it again: %v", err)
		}
		got, _ := read(t, name)
		same(t, eventsOf(got), want[:len(got)])
		closing := r.Close()
		if !errors.Is(closing, syscall.ENOSPC) || !strings.Contains(closing.Error(), " events") {
			t.Errorf("close says %v", closing)
		}
		if lost := r.messages - r.saved + len(got); lost < len(want) {
			t.Errorf("%d events on the disk, %d said to be missing, of %d", len(got), r.messages-r.saved, len(want))
		}
	}
}

func TestAFullDiskAtTheEndIsToldByClose(t *testing.T) {
	r, err := Create(filepath.Join(t.TempDir(), "x.tape"), RecorderOptions{Feeds: desk, Start: startTime()})
	if err != nil {
		t.Fatal(err)
	}
	r.file.out = &smallDisk{r.file.out.(*os.File), 5}
	e := ticks(1)[0]
	e.At = startTime()
	if err := r.Write(e); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("close says %v", err)
	}
	if err := r.Close(); err != nil {
		t.Errorf("the second close says %v", err)
	}
	if err := r.Write(e); err == nil || !strings.Contains(err.Error(), "is closed") {
		t.Errorf("a write after close says %v", err)
	}
}

func TestARotationThatFailsEndsTheRecordingOnly(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.tape")
	r, err := Create(name, RecorderOptions{Feeds: desk, MaxSize: 300, Start: startTime()})
	if err != nil {
		t.Fatal(err)
	}
	r.create = func(string) (syncWriter, error) { return nil, fs.ErrPermission }
	faults := 0
	for _, e := range ticks(20) {
		if err := r.Write(e); err != nil {
			faults++
		}
	}
	if err := r.Close(); faults != 1 || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("%d faults, close says %v", faults, err)
	}
	got, _ := read(t, numberedName(name, 1))
	same(t, eventsOf(got), ticks(20)[:len(got)])
	if r.messages-r.saved != 20-len(got) {
		t.Errorf("%d events on the disk, %d said to be missing", len(got), r.messages-r.saved)
	}
}

func TestAFileThatGotNoHeaderIsRemoved(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.tape")
	r, err := Create(name, RecorderOptions{Feeds: desk, MaxSize: 300, Start: startTime()})
	if err != nil {
		t.Fatal(err)
	}
	r.create = func(name string) (syncWriter, error) {
		f, err := os.Create(name)
		return &smallDisk{f, 10}, err
	}
	for _, e := range ticks(5) {
		if err := r.Write(e); err != nil && !errors.Is(err, syscall.ENOSPC) {
			t.Error(err)
		}
	}
	if err := r.Close(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("close says %v", err)
	}
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
}

// stuckDisk takes nothing until it is released.
type stuckDisk struct {
	*os.File
	sync, released chan struct{}
}

func (d *stuckDisk) Sync() error {
	close(d.sync)
	<-d.released
	return nil
}

func TestADiskThatDoesNotAnswerIsKnownAndWhatItHasBeenGiven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, err := Create(filepath.Join(t.TempDir(), "x.tape"), RecorderOptions{Feeds: desk, Start: startTime()})
		if err != nil {
			t.Fatal(err)
		}
		disk := &stuckDisk{r.file.out.(*os.File), make(chan struct{}), make(chan struct{})}
		r.file.out = disk
		for _, e := range ticks(3) {
			if err := r.Write(e); err != nil {
				t.Fatal(err)
			}
		}
		if n, all := r.Written(); all || r.DiskWait(time.Now()) != 0 {
			t.Errorf("before the end, %d are written, and the disk is waited for", n)
		}
		closed := make(chan error)
		go func() { closed <- r.Close() }()
		<-disk.sync
		time.Sleep(time.Second)
		if wait := r.DiskWait(time.Now()); wait != time.Second {
			t.Errorf("the disk has been waited for %s", wait)
		}
		if n, all := r.Written(); n != 3 || !all {
			t.Errorf("%d are written, all: %t", n, all)
		}
		close(disk.released)
		if err := <-closed; err != nil || r.DiskWait(time.Now()) != 0 {
			t.Errorf("at the end: %v, and a wait of %s", err, r.DiskWait(time.Now()))
		}
	})
}
