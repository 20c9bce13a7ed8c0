package feed

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"livetape/feed/decode"
	"livetape/feed/market"
)

// market tells of its state by its data: "closed", "open", or a price.
type marketDecoder struct{}

func (marketDecoder) Decode(_ string, data []byte) (decode.Message, error) {
	switch s := string(data); s {
	case "closed", "open":
		return decode.Message{Updates: []market.Update{market.Halt{State: market.Session(s)}}}, nil
	case "ping":
		return decode.Message{Heartbeat: true}, nil
	}
	return decode.Message{}, nil
}

// tick writes an event again and again, so far apart.
func tick(t *testing.T, w io.Writer, n int, gap time.Duration, event string) {
	t.Helper()
	for range n {
		time.Sleep(gap)
		write(t, w, event)
	}
}

// quietFeed is a live feed whose stream the test writes.
func quietFeed(t *testing.T, c Config) (*listener, io.Writer) {
	web, ends := pipes()
	c.Name, c.URL, c.Client, c.Decoder = "f", "http://desk.example/", web.client(), marketDecoder{}
	l := quietEnvironment().listen(t, c)
	end := <-ends
	l.status(Connecting)
	l.status(Live)
	return l, end
}

func TestAFeedIsQuietByItsOwnRhythm(t *testing.T) {
	for _, c := range []struct {
		name       string
		config     Config
		event      string
		gap        time.Duration
		beat       time.Duration // of the heartbeats that follow
		want, says string
	}{
		{"ten a second, then heartbeats", Config{}, "data: 1\n\n", time.Second / 10, time.Second, "Quiet 5s", "(usual gap 0.1 s)"},
		{"one a second, then heartbeats", Config{}, "data: 1\n\n", time.Second, 3 * time.Second, "Quiet 20s", "no event for 20 s (usual gap 1.0 s)"},
		{"a slow feed", Config{}, "data: 1\n\n", 30 * time.Second, 20 * time.Second, "", ""},
		{"heartbeats from the start", Config{}, ":\n\n", time.Second, time.Second, "", ""},
		{"heartbeats that are events", Config{}, "data: ping\n\n", time.Second, time.Second, "", ""},
		{"a limit of its own", Config{QuietAfter: time.Minute}, "data: 1\n\n", time.Second / 10, time.Second, "Quiet 1m0s", "no event for 1 min"},
		{"a limit and no event at all", Config{QuietAfter: time.Minute}, ":\n\n", time.Second / 10, time.Second, "Quiet 59s", "no event"},
		{"never", Config{QuietAfter: -1}, "data: 1\n\n", time.Second / 10, time.Second, "", ""},
		{"ten a second, then nothing", Config{}, "data: 1\n\n", time.Second / 10, 0, "Silent 2s", "nothing received for 2.1 s"},
		{"ten a second, then heartbeats as far apart as a silence", Config{}, "data: 1\n\n", time.Second / 10, 2*time.Second + 20*time.Millisecond, "Quiet 5s", ""},
		{"one a second, then nothing", Config{}, "data: 1\n\n", time.Second, 0, "Silent 10s", "nothing received for 10 s"},
		{"a limit of its own, then nothing", Config{QuietAfter: 5 * time.Second}, "data: 1\n\n", time.Second, 0, "Silent 10s", "nothing received"},
		{"without an idle timeout", Config{IdleTimeout: -1}, "data: 1\n\n", time.Second / 10, time.Second, "Quiet 5s", ""},
		{"a closed market, with heartbeats", Config{}, "data: closed\n\n", time.Second / 10, time.Second, "", ""},
		{"a closed market, with nothing", Config{}, "data: closed\n\n", time.Second / 10, 0, "Silent 45s", ""},
		{"rare heartbeats after many events", Config{}, "data: 1\n\n", time.Second / 10, 15 * time.Second, "Silent 2s, Quiet 15s", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, end := quietFeed(t, c.config)
				defer l.end()
				tick(t, end, 10, c.gap, c.event)
				if c.beat > 0 {
					go func() {
						for time.Sleep(c.beat); ; time.Sleep(c.beat) {
							if _, err := io.WriteString(end, ":\n\n"); err != nil {
								return
							}
						}
					}()
				}
				for len(l.set.Events()) > 0 {
					<-l.set.Events()
				}
				var cause string
				began := time.Now()
				time.Sleep(80 * time.Second)
				var told []string
				for len(l.set.Events()) > 0 {
					if e := <-l.set.Events(); e.Status != nil {
						told = append(told, stateName(e.Status.State)+" "+e.Status.Since.Sub(began).Round(time.Second).String())
						cause = e.Status.Cause
					}
				}
				l.end()
				time.Sleep(c.beat)
				if got := strings.Join(told, ", "); got != c.want || !strings.Contains(cause, c.says) {
					t.Errorf("got %s (%s), want %s (%s)", got, cause, c.want, c.says)
				}
			})
		})
	}
}

func TestAnEventEndsAQuietTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, end := quietFeed(t, Config{})
		defer l.end()
		tick(t, end, 10, time.Second/10, "data: 1\n\n")
		last := time.Now()
		tick(t, end, 6, time.Second, ":\n\n")
		if st := l.until(Quiet); !st.LastEvent.Equal(last) || st.UsualGap != time.Second/10 {
			t.Errorf("%+v", st)
		}
		write(t, end, "data: ping\n\n")
		time.Sleep(time.Second)
		write(t, end, "data: 2\n\n")
		if st := l.status(Live); time.Since(st.Since) > 0 || st.Connections != 1 {
			t.Errorf("live since %s", st.Since)
		}
	})
}

func TestABurstIsOneMoment(t *testing.T) {
	t.Parallel()
	var r eventRhythm
	for n := range 10 {
		for i := range 20 {
			r.add(noon.Add(time.Duration(n)*time.Minute + time.Duration(i)*time.Millisecond))
		}
	}
	if got := r.usualGap(); got != time.Minute {
		t.Errorf("twenty events a minute, at once: usual gap %s", got)
	}
	r.add(noon.Add(-time.Hour)) // the clock was set back
	r.add(noon.Add(-time.Hour + time.Second))
	if got := r.lastGap(); got != time.Second {
		t.Errorf("last gap %s", got)
	}
}
