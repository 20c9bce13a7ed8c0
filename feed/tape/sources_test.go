package tape

import (
	"context"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed"
	"livetape/feed/decode"
)

// TestARotatedSetOfSeveralFeedsReplaysToTheLiveBoard joins the pieces of a recording, as cat does, and plays them.
func TestARotatedSetOfSeveralFeedsReplaysToTheLiveBoard(t *testing.T) {
	for _, base := range []string{"x.tape", "x.tape.gz"} {
		name := filepath.Join(t.TempDir(), base)
		live := watchSeveral(t, name)
		files := pieces(t, name)
		if len(files) < 3 || live.decoded < 900 || len(live.faults) == 0 {
			t.Fatalf("the live part was poor: %d files, %d updates, %d faults", len(files), live.decoded, len(live.faults))
		}
		joined := filepath.Join(t.TempDir(), "joined"+base)
		var all []byte
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, text...)
		}
		if err := os.WriteFile(joined, all, 0o600); err != nil {
			t.Fatal(err)
		}
		p := Play(t.Context(), open(t, joined), PlayerOptions{Speed: Unlimited, NewDecoder: native})
		replayed := newApplied()
		for e := range p.Events() {
			replayed.take(e)
		}
		replayed.equals(t, live)
	}
}

// watchSeveral watches three servers until all say stop, recording to small files.
func watchSeveral(t *testing.T, name string) *applied {
	t.Helper()
	var feeds []Source
	var configs []feed.Config
	for i, each := range []string{"desk", "news", "far \"east\""} {
		server := httptest.NewServer(shortStreams(rand.New(rand.NewPCG(1, uint64(i)))))
		defer server.Close()
		feeds = append(feeds, Source{Name: each, URL: server.URL})
		configs = append(configs, feed.Config{Name: each, URL: server.URL, Decoder: decode.Native{}})
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := Create(name, RecorderOptions{Feeds: feeds, MaxSize: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	set, err := feed.Start(ctx, configs...)
	if err != nil {
		t.Fatal(err)
	}
	live, closed := newApplied(), 0
	for e := range r.Tee(ctx, set.Events(), func(err error) { t.Error(err) }) {
		live.take(e)
		if e.Status != nil && e.Status.State == feed.Closed {
			if closed++; closed == len(configs) {
				cancel()
			}
		}
	}
	for range set.Events() {
	}
	return live
}

var mappedDesk = []Source{{Name: "desk", URL: "http://desk.example/", Mapping: `{"preset": "livetape"}`}}

// TestAFeedThatJoinsOrChangesIsNamedFromThenOn also in the header of the files that follow.
func TestAFeedThatJoinsOrChangesIsNamedFromThenOn(t *testing.T) {
	for _, size := range []int64{0, 700} {
		known := map[string]Source{"desk": mappedDesk[0]}
		name := filepath.Join(t.TempDir(), "x.tape")
		r, err := Create(name, RecorderOptions{Feeds: mappedDesk, Start: startTime(), MaxSize: size, Source: func(feed string) Source { return known[feed] }})
		if err != nil {
			t.Fatal(err)
		}
		write := func(e feed.Event, name string) {
			if e.Feed = name; name == "" {
				e.Feed = "desk"
			}
			if err := r.Write(e); err != nil {
				t.Fatal(err)
			}
		}
		connecting := feed.Status{State: feed.Connecting}
		write(status(0, connecting), "desk")
		write(message(time.Second, "price", "1", "a"), "desk")
		known["late"] = Source{Name: "late", URL: "http://late.example/?token=s3cret", Mapping: "first"}
		write(status(2*time.Second, connecting), "late")
		write(message(3*time.Second, "price", "1", "b"), "late")
		write(message(4*time.Second, "price", "2", "c"), "desk")
		known["late"] = Source{Name: "late", URL: "http://late.example/", Mapping: "second"}
		write(status(5*time.Second, connecting), "late")
		write(message(6*time.Second, "price", "2", "d"), "late")
		write(message(7*time.Second, "price", "3", "e"), "desk")
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		want := []string{"desk {\"preset\": \"livetape\"} a", "late first b", "desk {\"preset\": \"livetape\"} c", "late second d", "desk {\"preset\": \"livetape\"} e"}
		var got []string
		for _, file := range pieces(t, name) {
			text, err := os.ReadFile(file)
			if err != nil || strings.Contains(string(text), "s3cret") {
				t.Errorf("%v, or a secret: %s", err, text)
			}
			p := Play(t.Context(), open(t, file), PlayerOptions{Speed: Unlimited, NewDecoder: func(s Source) decode.Decoder { return says(s.Name + " " + s.Mapping) }})
			for e := range p.Events() {
				if e.Message != nil {
					got = append(got, e.Message.Unmapped+" "+string(e.Message.Data))
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("size %d (-want +got):\n%s", size, diff)
		}
	}
}

// says is a decoder that says who it is.
type says string

func (s says) Decode(string, []byte) (decode.Message, error) {
	return decode.Message{Unmapped: string(s)}, nil
}

func TestAMappingOfSeveralLinesIsLeftOut(t *testing.T) {
	name := record(t, "x.tape", RecorderOptions{Feeds: []Source{{Name: "desk", Mapping: "a\ndata: forged\n\n"}}}, ticks(1)...)
	r := open(t, name)
	defer r.Close()
	if got := r.Info().Feeds; !slices.Equal(got, []Source{{Name: "desk"}}) {
		t.Errorf("the feeds are %+v", got)
	}
	entries, _ := read(t, name)
	if len(entries) != 1 {
		t.Errorf("%d entries", len(entries))
	}
}
