package jetstream_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	natsjs "github.com/nats-io/nats.go/jetstream"

	"livetape/mockserver/hub"
	"livetape/mockserver/hub/jetstream"
)

// twoNodes are one that publishes five events, and one that serves them, too.
func twoNodes(t *testing.T, url string, c jetstream.Config) (publisher, other *node) {
	t.Helper()
	source := newPublishing()
	publisher = start(t, c, &source)
	source.lead(t)
	go func() {
		for range source.leads { // of later epochs
		}
	}()
	other = start(t, c, nil)
	publisher.publish(1, 5)
	eventually(t, "the other node has all", func() bool { return other.hub.Log().Newest() == publisher.hub.Log().Newest() })
	return publisher, other
}

// TestASnapshotThatCannotBeReadIsNone has a node start alone where the stored snapshot is damaged, or of an older version.
func TestASnapshotThatCannotBeReadIsNone(t *testing.T) {
	t.Parallel()
	for name, snapshot := range map[string]string{"no JSON": "{", "an older version": `{"epoch":"e","last":5,"rows":[]}`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := startNATS(t).ClientURL()
			c := testConfig(url, "DAMAGED")
			publisher, _ := twoNodes(t, url, c)
			publisher.stop()
			store, err := manage(t, url).ObjectStore(t.Context(), "livetape-DAMAGED")
			if err == nil {
				_, err = store.PutString(t.Context(), "snapshot", snapshot)
			}
			if err != nil {
				t.Fatal(err)
			}
			c.Ring = 2 // less than the stream has
			late := start(t, c, nil)
			eventually(t, "it is ready", late.Ready)
			eventually(t, "it has the last price", func() bool { data, _ := late.state(t); return strings.Contains(data, `"last":"5"`) })
		})
	}
}

// TestALossIsToldAsAnotherEpoch damages the stream in every way there is, and asks a node for the ids of before.
func TestALossIsToldAsAnotherEpoch(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(*testing.T, context.Context, natsjs.JetStream, string){
		"purged": func(t *testing.T, ctx context.Context, js natsjs.JetStream, name string) {
			s, err := js.Stream(ctx, name)
			if err == nil {
				err = s.Purge(ctx)
			}
			if err != nil {
				t.Fatal(err)
			}
		},
		"deleted, and created anew by whoever misses it": func(t *testing.T, ctx context.Context, js natsjs.JetStream, name string) {
			if err := js.DeleteStream(ctx, name); err != nil {
				t.Fatal(err)
			}
		},
		"created anew by an administrator, with its metadata": recreate(0),
		"restored from an older copy":                         recreate(3),
		"restored, and as long as before":                     recreate(5),
		"its bucket deleted": func(t *testing.T, ctx context.Context, js natsjs.JetStream, name string) {
			if err := js.DeleteKeyValue(ctx, "livetape-"+name); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := startNATS(t).ClientURL()
			publisher, other := twoNodes(t, url, testConfig(url, "LOSS"))
			before := publisher.hub.Log()
			ids := []string{before.Newest(), before.Oldest()}
			clients := []*client{stay(t, publisher), stay(t, other)}
			ctx, cancel := context.WithTimeout(context.Background(), waitLimit)
			defer cancel()
			damage(t, ctx, manage(t, url), "LOSS")
			for i, n := range []*node{publisher, other} {
				eventually(t, "another epoch begins", func() bool { return n.hub.Log().Epoch() != before.Epoch() })
				eventually(t, "the log is followed", n.followed)
				clients[i].requireReset(t)
				for _, id := range ids {
					if _, _, err := n.hub.Log().Read(id, nil); !errors.Is(err, hub.ErrUnknownID) {
						t.Errorf("from %s, of before: %v", id, err)
					}
					listen(t, n, id).requireReset(t)
				}
			}
			eventually(t, "both are of one epoch", func() bool { return publisher.hub.Log().Epoch() == other.hub.Log().Epoch() })
			eventually(t, "it is published again", func() bool {
				publisher.publish(6, 6)
				return publisher.hub.Log().Newest() != publisher.hub.Log().Oldest()
			})
			eventually(t, "it arrives", func() bool { return other.hub.Log().Newest() == publisher.hub.Log().Newest() })
		})
	}
}

// recreate makes a stream anew with the first n of its messages, and other ones with data of the same length up to 5: what a
// restore from an older copy comes to, where events were published since.
func recreate(n int) func(*testing.T, context.Context, natsjs.JetStream, string) {
	return func(t *testing.T, ctx context.Context, js natsjs.JetStream, name string) {
		s, err := js.Stream(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		var kept []*natsjs.RawStreamMsg
		for i := range n {
			m, err := s.GetMsg(ctx, uint64(i+1))
			if err != nil {
				t.Fatal(err)
			}
			kept = append(kept, m)
		}
		config := s.CachedInfo().Config
		if err := js.DeleteStream(ctx, name); err != nil {
			t.Fatal(err)
		}
		if _, err := js.CreateStream(ctx, config); err != nil && !strings.Contains(err.Error(), "already in use") {
			t.Fatal(err)
		}
		for _, m := range kept {
			if _, err := js.Publish(ctx, m.Subject, m.Data); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestFilesOfAnOlderCopyAreAnotherEpoch has NATS end, and start again with what it had some events ago.
func TestFilesOfAnOlderCopyAreAnotherEpoch(t *testing.T) {
	t.Parallel()
	for name, restored := range map[string]string{"of the stream": "jetstream/$G/streams/OLD", "of all that NATS has": "jetstream"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, backup := t.TempDir(), t.TempDir()
			port := freePorts(t, 1)[0]
			nats := runNATS(t, dir, port)
			end := func() {
				nats.Shutdown()
				nats.WaitForShutdown()
			}
			publisher, other := twoNodes(t, nats.ClientURL(), testConfig(nats.ClientURL(), "OLD"))
			nodes := []*node{publisher, other}
			end()
			if err := os.CopyFS(filepath.Join(backup, restored), os.DirFS(filepath.Join(dir, restored))); err != nil {
				t.Fatal(err)
			}
			nats = runNATS(t, dir, port)
			publisher.publish(6, 8)
			eventually(t, "the other node has all", func() bool { return other.hub.Log().Newest() == publisher.hub.Log().Newest() })
			before := publisher.hub.Log()
			clients := []*client{stay(t, publisher), stay(t, other), stayResumed(t, publisher, before.Oldest()), stayResumed(t, other, before.Newest())}
			end()
			if err := os.RemoveAll(filepath.Join(dir, restored)); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(filepath.Join(dir, restored), os.DirFS(filepath.Join(backup, restored))); err != nil {
				t.Fatal(err)
			}
			nats = runNATS(t, dir, port)
			for _, n := range nodes {
				eventually(t, "another epoch begins", func() bool { return n.hub.Log().Epoch() != before.Epoch() })
			}
			for _, c := range clients {
				c.requireReset(t)
			}
			eventually(t, "it is published again", func() bool {
				publisher.publish(9, 9)
				return publisher.hub.Log().Newest() != publisher.hub.Log().Oldest()
			})
		})
	}
}

// TestAQuietLogIsNotALostOne has all events of a stream expire: those that had all of them resume.
func TestAQuietLogIsNotALostOne(t *testing.T) {
	t.Parallel()
	url := startNATS(t).ClientURL()
	c := testConfig(url, "QUIET")
	c.MaxAge = time.Second
	publisher, other := twoNodes(t, url, c)
	newest := publisher.hub.Log().Newest()
	js, ctx := manage(t, url), context.Background()
	eventually(t, "all events are gone", func() bool {
		s, err := js.Stream(ctx, "QUIET")
		return err == nil && s.CachedInfo().State.Msgs == 0
	})
	eventually(t, "the node knows", func() bool { return other.hub.Log().Oldest() == newest })
	if _, following, err := other.hub.Log().Read(newest, nil); err != nil || following != 0 {
		t.Errorf("from %s: %d follow, %v", newest, following, err)
	}
	publisher.publish(6, 7)
	eventually(t, "what comes then is read", func() bool { return strings.Join(other.payloads(t, newest), " ") == "6 7" })
}

func (n *node) followed() bool {
	var b strings.Builder
	n.WriteMetrics(&b)
	return strings.Contains(b.String(), "livetape_log_followed 1") && strings.Contains(b.String(), "livetape_log_lag_events 0")
}
