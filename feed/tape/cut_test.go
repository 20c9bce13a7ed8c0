package tape

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A process that is killed leaves a file that ends anywhere.
func TestARecordingCutAnywhereReplaysItsWholeEvents(t *testing.T) {
	for _, base := range []string{"x.tape", "x.tape.gz"} {
		want := append(oneOfEach(), ticks(2)...)
		whole, err := os.ReadFile(record(t, base, RecorderOptions{Feeds: desk}, want...))
		if err != nil {
			t.Fatal(err)
		}
		most, name := 0, filepath.Join(t.TempDir(), base)
		for n := range len(whole) {
			if err := os.WriteFile(name, whole[:n], 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := Open(name)
			if err != nil {
				if most > 0 || !errors.Is(err, ErrNotRecording) {
					t.Fatalf("%s cut at %d: %v", base, n, err)
				}
				continue // in the middle of the first line
			}
			got := rest(t, r)
			stats := r.Stats()
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			if len(got) < most {
				t.Fatalf("%s cut at %d gives %d events, cut before %d", base, n, len(got), most)
			}
			most = len(got)
			same(t, eventsOf(got), want[:most])
			if base == "x.tape.gz" && !stats.Cut {
				t.Fatalf("%s cut at %d was not noticed", base, n)
			}
			if base == "x.tape" && stats.MidEvent == endsWhole(whole[:n]) {
				t.Fatalf("cut at %d the stats are %+v", n, stats)
			}
		}
		if most < len(want)-1 {
			t.Errorf("%s: only %d of %d events before the last byte", base, most, len(want))
		}
	}
}

// endsWhole reports whether a recording ends between two events.
func endsWhole(text []byte) bool {
	s := string(text)
	if !strings.HasSuffix(s, "\n") {
		return false
	}
	last := s[strings.LastIndexByte(s[:len(s)-1], '\n')+1:]
	isTime := strings.HasPrefix(last, ": at ") && !strings.Contains(last, "{")
	return last == "\n" || strings.HasPrefix(last, ":") && !isTime
}

func TestAKilledRecorderHasLostLessThanASecondOfEvents(t *testing.T) {
	for _, base := range []string{"x.tape", "x.tape.gz"} {
		name := t.TempDir() + "/" + base
		r, err := Create(name, RecorderOptions{Feeds: desk, Start: startTime()})
		if err != nil {
			t.Fatal(err)
		}
		want := ticks(5)
		late := message(want[4].At.Sub(startTime())+flushEvery/2, "price", "late", "x")
		for _, e := range append(want, late) {
			if err := r.Write(e); err != nil {
				t.Fatal(err)
			}
		}
		got, _ := read(t, name) // as it lies on the disk, without Flush or Close
		same(t, eventsOf(got), want)
		if err := r.Flush(); err != nil {
			t.Fatal(err)
		}
		got, _ = read(t, name)
		same(t, eventsOf(got), append(want, late))
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestADamagedCompressedFileIsAnErrorAfterTheEventsBefore(t *testing.T) {
	name := record(t, "x.tape.gz", RecorderOptions{Feeds: desk}, ticks(200)...)
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(text) / 2; i < len(text)/2+8; i++ {
		text[i] ^= 0xFF
	}
	r := open(t, write(t, "x.tape.gz", string(text)))
	defer r.Close()
	entries := restUntilDamage(r)
	if _, err := r.Next(); err == nil || !strings.Contains(err.Error(), "is damaged after ") {
		t.Errorf("error is %v", err)
	}
	if len(entries) == 0 {
		t.Error("nothing was read before the damage")
	}
	same(t, eventsOf(entries), ticks(200)[:len(entries)])
}
