package tape

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"livetape/feed"
)

// pieces are the files of a recording in the order of their time.
func pieces(t *testing.T, name string) []string {
	t.Helper()
	var all []string
	for n := 1; ; n++ {
		if _, err := os.Stat(numberedName(name, n)); err != nil {
			return append(all, name)
		}
		all = append(all, numberedName(name, n))
	}
}

func TestRotationLosesAndSplitsNothing(t *testing.T) {
	for _, base := range []string{"x.tape", "x.tape.gz", "x", ".x"} {
		want := append(oneOfEach(), ticks(300)...)
		name := record(t, base, RecorderOptions{Feeds: desk, MaxSize: 2000}, want...)
		var got []feed.Event
		files := pieces(t, name)
		for i, file := range files {
			entries, stats := read(t, file)
			if stats.MidEvent || stats.Unreadable > 0 || stats.Cut {
				t.Errorf("%s: stats is %+v", file, stats)
			}
			if i > 0 && entries[0].Status == nil {
				t.Errorf("%s does not begin with the state of the feed", file)
			}
			got = append(got, eventsOf(entries[min(i, 1):])...)
		}
		same(t, got, want)
		if len(files) < 3 {
			t.Errorf("%s: only %d files", base, len(files))
		}
	}
}

func TestTheBytesOfARecordingAreThoseOfItsFiles(t *testing.T) {
	for _, base := range []string{"x.tape", "x.tape.gz"} {
		name := filepath.Join(t.TempDir(), base)
		r, err := Create(name, RecorderOptions{Feeds: desk, MaxSize: 2000})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range ticks(300) {
			if err := r.Write(e); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		all := int64(0)
		for _, file := range pieces(t, name) {
			stat, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			all += stat.Size()
		}
		if got := r.Bytes(); got != all {
			t.Errorf("%s: %d bytes, and the files have %d", base, got, all)
		}
	}
}

func TestAPlainPieceIsNoLargerThanAsked(t *testing.T) {
	name := record(t, "x.tape", RecorderOptions{Feeds: desk, MaxSize: 2000}, ticks(300)...)
	for _, file := range pieces(t, name) {
		if stat, err := os.Stat(file); err != nil || stat.Size() > 2000 {
			t.Errorf("%s: %v, %v", file, stat.Size(), err)
		}
	}
}

func TestAnEventLargerThanAFileGetsOneOfItsOwn(t *testing.T) {
	var want []feed.Event
	for i := range 3 {
		want = append(want, message(time.Duration(i), "price", "1", strings.Repeat("x", 5000)))
	}
	name := record(t, "x.tape", RecorderOptions{Feeds: desk, MaxSize: 100}, want...)
	files := pieces(t, name)
	if len(files) != 3 {
		t.Fatalf("files are %v", files)
	}
	for i, file := range files {
		got, _ := read(t, file)
		same(t, eventsOf(got), want[i:i+1]) // with its id, though that is the one before
	}
}

func TestJoinedPiecesReplayAsOne(t *testing.T) {
	want := append([]feed.Event{status(0, feed.Status{State: feed.Live})}, ticks(100)...)
	name := record(t, "x.tape", RecorderOptions{Feeds: desk, MaxSize: 1000}, want...)
	var all strings.Builder
	for _, file := range pieces(t, name) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	got, _ := read(t, write(t, "all.tape", all.String()))
	same(t, eventsOf(got), want)
	if last := got[len(got)-1].Offset; last != 100*time.Second {
		t.Errorf("the last event is at %s", last)
	}
}

func TestAnOlderRecordingIsMovedAside(t *testing.T) {
	for _, base := range []string{"x.tape", "x.tape.gz"} {
		name := filepath.Join(t.TempDir(), base)
		for i := range 3 {
			recordTo(t, name, RecorderOptions{Feeds: desk}, ticks(3)[i])
		}
		for i, file := range pieces(t, name) {
			got, _ := read(t, file)
			same(t, eventsOf(got), ticks(3)[i:i+1])
		}
	}
}

func TestANumberOnceGivenIsNotGivenAgain(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.tape")
	if err := os.WriteFile(numberedName(name, 7), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	recordTo(t, name, RecorderOptions{})
	recordTo(t, name, RecorderOptions{})
	if _, err := os.Stat(numberedName(name, 8)); err != nil {
		t.Error(err)
	}
}

func TestAFileThatIsNoRecordingIsLeftAlone(t *testing.T) {
	for _, content := range []string{"precious", ":ok\n\ndata: a capture\n\n", "\x1f\x8bprecious"} {
		name := write(t, "x.tape", content)
		_, err := Create(name, RecorderOptions{})
		if err == nil || !strings.Contains(err.Error(), "exists and is not a recording") {
			t.Errorf("error is %v", err)
		}
		if kept, err := os.ReadFile(name); err != nil || string(kept) != content {
			t.Errorf("now it holds %q (%v)", kept, err)
		}
	}
	if _, err := Create(t.TempDir(), RecorderOptions{}); err == nil || !strings.Contains(err.Error(), "is not a regular file") {
		t.Errorf("error for a folder is %v", err)
	}
	if _, err := Create(filepath.Join(t.TempDir(), "missing", "x.tape"), RecorderOptions{}); !os.IsNotExist(unwrapAll(err)) {
		t.Errorf("error for a missing folder is %v", err)
	}
	empty := write(t, "x.tape", "")
	recordTo(t, empty, RecorderOptions{Feeds: desk}, ticks(1)...)
}

func unwrapAll(err error) error {
	for {
		inner, ok := err.(interface{ Unwrap() error })
		if !ok {
			return err
		}
		err = inner.Unwrap()
		if os.IsNotExist(err) {
			return err
		}
	}
}

func TestARecordingThatTheUserMovesAwayIsNotMovedAgain(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.tape")
	r, err := Create(name, RecorderOptions{Feeds: desk, MaxSize: 300, Start: startTime()})
	if err != nil {
		t.Fatal(err)
	}
	events := ticks(20)
	if err := r.Write(events[0]); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(name, name+".mine"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name+".other", []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, e := range events[1:] {
		if err := r.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	mine, _ := read(t, name+".mine")
	if len(mine) == 0 {
		t.Error("the moved file is empty")
	}
	got := eventsOf(mine)
	for _, file := range pieces(t, name) {
		entries, _ := read(t, file)
		got = append(got, eventsOf(entries)...)
	}
	same(t, got, events)
}

func TestPieceNamesKeepTheExtension(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"day.tape.gz", "day-0007.tape.gz"},
		{"a.b/day", "a.b/day-0007"},
		{"day.gz", "day-0007.gz"},
		{".day", ".day-0007"},
		{"v1.2.tape", "v1.2-0007.tape"},
	} {
		if got := numberedName(filepath.FromSlash(c.name), 7); got != filepath.FromSlash(c.want) {
			t.Errorf("%s → %s, want %s", c.name, got, c.want)
		}
	}
	if got := numberedName("x", 123456); got != "x-123456" {
		t.Error(got)
	}
}

func TestEveryFileBeginsWithTheStateOfEachFeed(t *testing.T) {
	wire := status(time.Second, feed.Status{State: feed.Silent, Cause: "no bytes for 45 s"})
	wire.Feed = "wire"
	late := status(2*time.Second, feed.Status{State: feed.Live, Connections: 2})
	events := []feed.Event{wire, status(time.Second, feed.Status{State: feed.Live}), late}
	name := record(t, "x.tape", RecorderOptions{MaxSize: 600}, append(events, ticks(20)...)...)
	got, _ := read(t, name)
	same(t, eventsOf(got[:2]), []feed.Event{wire, late})
}
