package tape_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"livetape/feed/tape"
)

// soon is fast for somebody who presses q, and enough for a busy machine.
const soon = 5 * time.Second

// longRecordings take minutes to read, though the files are small: after one event there are gigabytes without another.
func longRecordings() map[string]string {
	return map[string]string{
		"blank lines":        strings.Repeat("\n", 16<<20),
		"unknown comments":   strings.Repeat(": at last\n", 2<<20),
		"a line without end": strings.Repeat("x", 16<<20),
		"countless feeds":    manyFeeds(20_000),
	}
}

func manyFeeds(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ": feed \"f%d\" \"\"\n", i)
	}
	return b.String()
}

// writeLong writes a recording of one event and very often the text, as gzip members.
func writeLong(t *testing.T, text string) string {
	t.Helper()
	file := bytes.NewBufferString(gzipped(t, ": livetape recording 1\n: at 2026-11-21T10:00:00Z\nid: 1\ndata: 1\n\n"))
	member := gzipped(t, text)
	for range 150 {
		file.WriteString(member)
	}
	name := filepath.Join(t.TempDir(), "long.tape.gz")
	if err := os.WriteFile(name, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestALongRecordingIsNotReadOnOnceItsPlayerIsCancelled(t *testing.T) {
	t.Parallel()
	for what, text := range longRecordings() {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			reader, err := tape.Open(writeLong(t, text))
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			player := tape.Play(ctx, reader, tape.PlayerOptions{Speed: tape.Unlimited, WaitAtEnd: true})
			<-player.Events() // the next one never comes
			cancel()
			requireClosedSoon(t, player)
			if err := player.Err(); err != nil {
				t.Errorf("it is not the file that ended: %v", err)
			}
		})
	}
}

func requireClosedSoon(t *testing.T, player *tape.Player) {
	t.Helper()
	late := time.After(soon)
	for {
		select {
		case _, ok := <-player.Events():
			if !ok {
				return
			}
		case <-late:
			t.Fatal("it still reads")
		}
	}
}

func TestALongRecordingIsNotReadOnForAClientThatHasLeft(t *testing.T) {
	t.Parallel()
	name := writeLong(t, strings.Repeat("\n", 16<<20))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if _, err := tape.OpenStream(ctx, name, tape.Unlimited, 0, "not there"); err == nil { // it is looked for to the end of the file
			t.Error("it was read to its end")
		}
	}()
	cancel()
	select {
	case <-ended:
	case <-time.After(soon):
		t.Fatal("it still reads")
	}
}

func TestARecordingOfCountlessFeedsIsReadForTheFirst(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString(": livetape recording 1\n")
	for i := range 2000 {
		fmt.Fprintf(&text, ": at 2026-11-21T10:00:00Z \"f%d\"\ndata: 1\n\n", i)
	}
	name := filepath.Join(t.TempDir(), "feeds.tape")
	if err := os.WriteFile(name, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	reader, err := tape.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for err == nil {
		_, err = reader.Next()
	}
	if got := reader.Stats(); err != io.EOF || got.Events != 1024 || got.Unreadable != 976 {
		t.Errorf("%+v, %v", got, err)
	}
}
