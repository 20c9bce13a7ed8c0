package tape

import (
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"livetape/feed"
)

// longTape is one with many marks: 2,000 events of a kilobyte, a second apart, some statuses between.
func longTape(t *testing.T, base string) (name string, all []feed.Event) {
	t.Helper()
	payload := strings.Repeat("x", 1000)
	for i, e := range ticks(2000) {
		e.Message.Data = []byte(payload)
		e.Message.ID = strings.TrimRight(e.Message.ID, "123") // some have the id of the one before
		if all = append(all, e); i%100 == 0 {
			all = append(all, status(e.At.Sub(startTime()), feed.Status{State: feed.Live}))
		}
	}
	return record(t, base, RecorderOptions{Feeds: desk}, all...), all
}

// from is what is at or after offset.
func from(all []feed.Event, offset time.Duration) []feed.Event {
	for i, e := range all {
		if e.At.Sub(startTime()) >= offset {
			return all[i:]
		}
	}
	return nil
}

func TestSeekFindsTheFirstEntryAtOrAfterAnOffset(t *testing.T) {
	for _, base := range []string{"x.tape", "x.tape.gz"} {
		name, all := longTape(t, base)
		r := open(t, name)
		random := rand.New(rand.NewPCG(3, 4))
		for range 40 {
			offset := time.Duration(random.Int64N(int64(2100 * time.Second))).Round(time.Second / 2)
			if err := r.Seek(offset); err != nil {
				t.Fatal(err)
			}
			want := from(all, offset)
			for range min(3, len(want)) {
				e, err := r.Next()
				if err != nil {
					t.Fatal(err)
				}
				same(t, []feed.Event{e.Event}, want[:1])
				want = want[1:]
			}
			if len(want) == 0 {
				if _, err := r.Next(); err != io.EOF {
					t.Errorf("after the last entry: %v", err)
				}
			}
		}
		if err := r.Seek(0); err != nil {
			t.Fatal(err)
		}
		same(t, eventsOf(rest(t, r)), all)
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheTotalIsKnownFromTheEndOfAPlainFile(t *testing.T) {
	name, _ := longTape(t, "x.tape")
	for _, end := range []string{"", ": at 2026-11-21T19:00:00", ": at 2026-11-21T19:00:00Z carried {}\n", "data: \n: at nonsense\n"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r := open(t, write(t, "x.tape", string(text)+end))
		if total := r.Info().Total; total != 2000*time.Second {
			t.Errorf("total with %q is %s", end, total)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	zipped, _ := longTape(t, "x.tape.gz")
	r := open(t, zipped)
	defer r.Close()
	if total := r.Info().Total; total != 0 {
		t.Errorf("total of a compressed file is %s", total)
	}
	rest(t, r)
	if total := r.Info().Total; total != 2000*time.Second {
		t.Errorf("total of a compressed file that was read is %s", total)
	}
}

// A machine's clock may be set back while it records.
func TestOffsetsNeverGoBack(t *testing.T) {
	events := []feed.Event{message(5*time.Second, "a", "", ""), message(time.Second, "b", "", ""), message(-time.Hour, "c", "", ""), message(6*time.Second, "d", "", "")}
	got, _ := read(t, record(t, "x.tape", RecorderOptions{Feeds: desk}, events...))
	same(t, eventsOf(got), events) // the times themselves are kept
	for i, want := range []time.Duration{5, 5, 5, 6} {
		if got[i].Offset != want*time.Second {
			t.Errorf("offset %d is %s", i, got[i].Offset)
		}
	}
}

func TestACarriedStatusIsShownOnlyAtTheBegin(t *testing.T) {
	want := append([]feed.Event{status(0, feed.Status{State: feed.Live, Since: at(-time.Hour)})}, ticks(40)...)
	name := record(t, "x.tape", RecorderOptions{Feeds: desk, MaxSize: 1500}, want...)
	got, _ := read(t, name)
	if e := got[0]; e.Status == nil || e.Status.State != feed.Live || e.Offset != 0 || !e.At.Equal(startTime()) {
		t.Errorf("the last file begins with %+v", e)
	}
	if first := got[1]; first.Offset != 0 {
		t.Errorf("its first message is at %s", first.Offset)
	}
	r := open(t, name)
	defer r.Close()
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	if err := r.Seek(0); err != nil {
		t.Fatal(err)
	}
	same(t, eventsOf(rest(t, r)), eventsOf(got))
}
