package jetstream_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"livetape/mockserver/hub"
)

// TestAPublisherThatStopsIsReplacedAtOnce hands the lease over without a gap, and without another epoch.
func TestAPublisherThatStopsIsReplacedAtOnce(t *testing.T) {
	t.Parallel()
	url := startNATS(t).ClientURL()
	c := testConfig(url, "HANDOVER")
	c.LeaseTime = time.Minute // nobody waits for that
	first, second := newPublishing(), newPublishing()
	a := start(t, c, &first)
	first.lead(t)
	a.publish(1, 10)
	b := start(t, c, &second)
	eventually(t, "the other has all", func() bool { return b.hub.Log().Newest() == a.hub.Log().Newest() })
	oldest, epoch := a.hub.Log().Oldest(), a.hub.Log().Epoch()
	a.stop()
	second.lead(t)
	if got := feedID(b); got != "10" {
		t.Errorf("it goes on after %q, want 10", got)
	}
	b.publish(9, 12) // 9 and 10 come again
	if got := strings.Join(b.payloads(t, oldest), " "); got != "1 2 3 4 5 6 7 8 9 10 11 12" {
		t.Errorf("the log has %s", got)
	}
	if b.hub.Log().Epoch() != epoch {
		t.Error("another epoch began")
	}
}

// TestAPublisherThatStopsInTheMiddleKnowsWhatItWrote stops one while an event is on its way to the log.
func TestAPublisherThatStopsInTheMiddleKnowsWhatItWrote(t *testing.T) {
	t.Parallel()
	c := testConfig(startNATS(t).ClientURL(), "MIDDLE")
	epoch := ""
	for range 5 {
		source := newPublishing()
		n := start(t, c, &source)
		term := source.lead(t)
		if now := n.hub.Log().Epoch(); epoch != "" && now != epoch {
			t.Fatalf("epoch %s follows %s", now, epoch)
		}
		epoch = n.hub.Log().Epoch()
		began := n.hub.Log().Newest()
		source.busy.Go(func() {
			for i := 1; term.Err() == nil; i++ {
				n.publish(i, i)
			}
		})
		eventually(t, "an event comes", func() bool { return n.hub.Log().Newest() != began })
		n.stop()
	}
}

// TestAPublisherThatDiesIsReplaced cuts one off from NATS, as a death or a pause does. What it still writes is refused.
func TestAPublisherThatDiesIsReplaced(t *testing.T) {
	t.Parallel()
	url := startNATS(t).ClientURL()
	proxy := newProxy(t, strings.TrimPrefix(url, "nats://"))
	c := testConfig(url, "DEATH")
	first, second := newPublishing(), newPublishing()
	cut := c
	cut.Servers = "nats://" + proxy.addr()
	a := start(t, cut, &first)
	term := first.lead(t)
	a.publish(1, 9)
	b := start(t, c, &second)
	eventually(t, "the other follows", func() bool { return b.hub.Log().Newest() == a.hub.Log().Newest() && b.followed() })
	a.publish(10, 10) // a sign of life
	eventually(t, "the other has all", func() bool { return b.hub.Log().Newest() == a.hub.Log().Newest() })
	oldest, epoch := a.hub.Log().Oldest(), a.hub.Log().Epoch()
	proxy.stall()
	began := time.Now()
	published := make(chan struct{})
	go func() { a.publish(11, 11); close(published) }()
	second.lead(t)
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("it was replaced after %s", took)
	}
	b.publish(12, 13)
	proxy.resume()
	select {
	case <-term.Done():
	case <-time.After(waitLimit):
		t.Fatal("the first publisher does not see that it was replaced")
	}
	<-published
	got := strings.Join(b.payloads(t, oldest), " ")
	want := `1 2 3 4 5 6 7 8 9 10 {"feed":"","state":"live","cause":"the publisher before is gone"} 12 13`
	if got != want {
		t.Errorf("the log has %s, want %s", got, want)
	}
	eventually(t, "the first reads what the second wrote", func() bool { return strings.Join(a.payloads(t, oldest), " ") == want })
	if b.hub.Log().Epoch() != epoch {
		t.Error("another epoch began")
	}
}

// TestAPublisherThatNobodySawIsNotContinued has a lone process die, and another start: what the first gave its clients last is
// not known.
func TestAPublisherThatNobodySawIsNotContinued(t *testing.T) {
	t.Parallel()
	url := startNATS(t).ClientURL()
	proxy := newProxy(t, strings.TrimPrefix(url, "nats://"))
	c := testConfig(url, "LONE")
	first, second := newPublishing(), newPublishing()
	cut := c
	cut.Servers = "nats://" + proxy.addr()
	a := start(t, cut, &first)
	first.lead(t)
	a.publish(1, 3)
	epoch := a.hub.Log().Epoch()
	proxy.stall()
	b := start(t, c, &second)
	second.lead(t)
	if b.hub.Log().Epoch() == epoch {
		t.Error("the epoch goes on")
	}
	if got := feedID(b); got != "3" {
		t.Errorf("the feed is resumed after %q, want 3", got)
	}
	data, _ := b.state(t)
	if !strings.Contains(data, `"last":"3"`) {
		t.Errorf("a new client is told %s", data)
	}
	proxy.resume()
}

// TestAPublisherThatAnotherProcessSawIsContinued has a lone publisher die, and one start that never saw it: a process that only
// serves says that it did.
func TestAPublisherThatAnotherProcessSawIsContinued(t *testing.T) {
	t.Parallel()
	url := startNATS(t).ClientURL()
	proxy := newProxy(t, strings.TrimPrefix(url, "nats://"))
	c := testConfig(url, "SEEN")
	c.LeaseTime = 3 * time.Second // twice that is how long the one that starts waits to be told
	first, second := newPublishing(), newPublishing()
	cut := c
	cut.Servers = "nats://" + proxy.addr()
	a := start(t, cut, &first)
	first.lead(t)
	a.publish(1, 1)
	serving := start(t, c, nil)
	eventually(t, "it follows the log", func() bool { return serving.hub.Log().Newest() == a.hub.Log().Newest() && serving.followed() })
	a.publish(2, 3)
	eventually(t, "it has all", func() bool { return serving.hub.Log().Newest() == a.hub.Log().Newest() })
	epoch := a.hub.Log().Epoch()
	proxy.stall()
	b := start(t, c, &second)
	second.lead(t)
	if b.hub.Log().Epoch() != epoch || serving.hub.Log().Epoch() != epoch {
		t.Error("another epoch began")
	}
	b.publish(4, 4)
	eventually(t, "it goes on", func() bool { return serving.hub.Log().Newest() == b.hub.Log().Newest() })
	proxy.resume()
}

func feedID(n *node) string {
	return n.hub.Log().(interface{ FeedID(string) string }).FeedID("desk")
}

// TestEventsThatAreLostOnTheWayAreReadAgain has a connection to NATS end with events on it, which NATS does not send again.
func TestEventsThatAreLostOnTheWayAreReadAgain(t *testing.T) {
	t.Parallel()
	url := startNATS(t).ClientURL()
	proxy := newProxy(t, strings.TrimPrefix(url, "nats://"))
	c := testConfig(url, "LOST")
	source := newPublishing()
	a := start(t, c, &source)
	source.lead(t)
	a.publish(1, 3)
	c.Servers = "nats://" + proxy.addr()
	b := start(t, c, nil)
	eventually(t, "it has all", func() bool { return b.hub.Log().Newest() == a.hub.Log().Newest() && b.followed() })
	oldest := a.hub.Log().Oldest()
	proxy.stall()
	other := `{"symbol":"B","last":"7"}`
	a.hub.Publish([]hub.Draft{{Type: "price", Symbols: []string{"B"}, Feed: "desk", FeedID: "b", Size: len(other)}}, []byte(other))
	a.publish(4, 6)
	proxy.lose()
	a.publish(7, 8)
	eventually(t, "it has all again", func() bool { return b.hub.Log().Newest() == a.hub.Log().Newest() })
	if got, want := strings.Join(b.payloads(t, oldest), " "), strings.Join(a.payloads(t, oldest), " "); got != want {
		t.Errorf("it has %s, want %s", got, want)
	}
	if data, _ := b.state(t); !strings.Contains(data, other) {
		t.Errorf("a new client is told %s", data)
	}
}

// TestNATSAwayIsToldAndEndsNothing takes NATS away: what is in memory is served, and clients are told.
func TestNATSAwayIsToldAndEndsNothing(t *testing.T) {
	t.Parallel()
	url := startNATS(t).ClientURL()
	proxy := newProxy(t, strings.TrimPrefix(url, "nats://"))
	c := testConfig(url, "AWAY")
	source := newPublishing()
	a := start(t, c, &source)
	source.lead(t)
	a.publish(1, 5)
	oldest := a.hub.Log().Oldest()
	cut := c
	cut.Servers = "nats://" + proxy.addr()
	b := start(t, cut, nil)
	eventually(t, "it has all", func() bool { return b.hub.Log().Newest() == a.hub.Log().Newest() })
	client := listen(t, b, "")
	client.until(t, "event: snapshot")
	proxy.stall()
	a.publish(6, 8)
	client.until(t, `"state":"quiet"`)
	if got := strings.Join(b.payloads(t, oldest), " "); got != "1 2 3 4 5" {
		t.Errorf("it has %s", got)
	}
	late := listen(t, b, oldest)
	late.until(t, fmt.Sprintf(`event: resume`+"\n"+`data: {"from":%q,"replayed":5}`, oldest))
	late.until(t, `"state":"quiet"`)
	proxy.resume()
	eventually(t, "the rest comes, and it is told that it does", func() bool {
		text := client.read()
		return strings.Contains(text, `"last":"8"`) && strings.Contains(text, `"state":"live"`)
	})
}
