// Package jetstream is an event log that several processes share: a stream of NATS JetStream. Any of them serves any client
// from any id, and one of them at a time publishes.
//
// A [Stream] is one process's part in it. Each follows the stream into a ring in memory, from which its hub serves; what a
// client asks for that is older is read from the stream. [Stream.Source] wraps the source of a server: its Run follows the
// stream, and runs the wrapped source while this process holds the lease. What that source publishes goes to the stream,
// and comes back from there to all.
//
// # Ids and epochs
//
// An id is "<epoch>-<sequence in the stream>". The epoch belongs to the stream: it is in its metadata and in a key-value
// bucket beside it, with the time at which the stream was created. Where the two disagree, one of them was lost, recreated
// or restored, and a new epoch is declared: no id of before is known in it, and every client is told so. A process also
// declares one when the stream contradicts what the process remembers: its last sequence is lower, the last event that was
// read is another one now, or events are gone that no limit explains. So does the one that publishes, before it writes
// behind a loss; and one that takes over from a publisher that it never saw alive.
package jetstream

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"livetape/mockserver/hub"
)

// Config says which stream, and what of it is kept; a zero field takes its default.
type Config struct {
	Servers     string      // as nats.Connect takes them
	Stream      string      // its name
	Credentials string      // file for NATS, with a JWT and a key; empty for none
	TLS         *tls.Config // nil: as the scheme of Servers says
	Name        string      // of this process, unique; default host, process id and a random part

	Ring   int // events kept in memory; default 16,384
	Replay int // events that a client is given at most when it resumes; default 131,072, at least Ring

	// Limits of the stream. Those of a stream that exists are changed only if they are set here.
	MaxAge    time.Duration // default 24 h
	MaxBytes  int64         // default 1 GiB
	MaxEvents int64         // default none
	Replicas  int           // of the stream in a cluster of NATS; default 3, or 1 where there is no cluster

	LeaseTime   time.Duration                        // without a sign of life, after which a publisher is replaced; default 3 s
	FirstNumber func(created time.Time) uint64       // the number before that of the first event of a stream; nil: 0
	Logger      *slog.Logger                         // default none
	NoticeData  func(state, cause string) []byte     // the data of an event that says how the log is; nil: there is none
	Takeover    func(publisher, cause string) []byte // the data of an event that says that another publishes now; required
	Content     func() Content                       // without events; required
}

// NoticeType is the type of the events of NoticeData and Takeover.
const NoticeType = hub.FeedType

func (c Config) withDefaults() Config {
	host, _ := os.Hostname() // a name without it will do
	c.Name = cmp.Or(c.Name, fmt.Sprintf("%s.%d.%s", host, os.Getpid(), strings.ToLower(rand.Text()[:6])))
	c.Ring = cmp.Or(c.Ring, 16384)
	c.Replay = max(cmp.Or(c.Replay, 1<<17), c.Ring)
	c.LeaseTime = cmp.Or(c.LeaseTime, 3*time.Second)
	c.Logger = cmp.Or(c.Logger, slog.New(slog.DiscardHandler))
	if c.FirstNumber == nil {
		c.FirstNumber = func(time.Time) uint64 { return 0 }
	}
	return c
}

// ParseURL splits nats://host:4222/STREAM, where several servers may be separated by commas, into servers and stream. The
// error is for the user; it does not repeat a password.
func ParseURL(text string) (servers, stream string, err error) {
	at := strings.LastIndexByte(text, '/')
	if at < 0 || strings.HasSuffix(text[:at], "/") {
		return "", "", errors.New("the name of a stream is missing; write nats://host:4222/STREAM")
	}
	servers, stream = text[:at], text[at+1:]
	if stream == "" || strings.ContainsAny(stream, " \t.*>\\?#") || len(stream) > 64 {
		return "", "", fmt.Errorf("%.40q is not the name of a stream: up to 64 characters, without spaces, dots, * and >", stream)
	}
	for server := range strings.SplitSeq(servers, ",") {
		u, err := url.Parse(server)
		if err != nil || u.Host == "" || u.Path != "" || u.Scheme != "nats" && u.Scheme != "tls" {
			return "", "", errors.New("the address of a NATS server is wrong; write nats://host:4222/STREAM, or tls:// for TLS")
		}
	}
	return servers, stream, nil
}

// Stream is one process's part in a shared log. Its methods may be called from any goroutine.
type Stream struct {
	config  Config
	conn    *nats.Conn
	js      jetstream.JetStream
	history *history
	inbox   string // for what others say of the publisher

	view  atomic.Pointer[epochLog] // of the current epoch
	term  atomic.Pointer[term]     // while this process publishes; else nil
	state atomic.Pointer[state]

	reachedOnce atomic.Bool

	mu       sync.Mutex
	hub      *hub.Hub          // while Run runs
	away     error             // why the stream is not followed; nil: it is
	awayFrom time.Time         // when that began
	noticed  bool              // clients were told
	feedIDs  map[string]string // the latest of each feed, by the events that were followed
	tail     uint64            // last sequence of the stream, as far as known
	changed  chan struct{}     // closed when the stream is followed further, or away changes
	seen     sighting
	doubts   atomic.Int32            // how often in a row stream and bucket were of two epochs
	restart  context.CancelCauseFunc // has the stream be followed anew; nil: it is about to be
}

// Open connects to NATS; where no server answers, in the background. The error is about credentials or the address.
func Open(c Config) (*Stream, error) {
	s := &Stream{config: c.withDefaults(), changed: make(chan struct{}), feedIDs: map[string]string{}}
	s.away, s.awayFrom = errors.New("not connected yet"), time.Now()
	options := []nats.Option{
		nats.Name("livetape " + s.config.Name), nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1),
		nats.ReconnectWait(200 * time.Millisecond), nats.ReconnectJitter(100*time.Millisecond, 100*time.Millisecond),
		nats.Timeout(2 * time.Second), nats.PingInterval(2 * time.Second), nats.MaxPingsOutstanding(2),
		nats.ReconnectBufSize(-1), // what cannot be sent is an error, and sent again by its owner
		nats.ErrorHandler(s.noteError),
	}
	if c.Credentials != "" {
		options = append(options, nats.UserCredentials(c.Credentials))
	}
	if c.TLS != nil {
		options = append(options, nats.Secure(c.TLS))
	}
	var err error
	if s.conn, err = nats.Connect(c.Servers, options...); err != nil {
		return nil, fmt.Errorf("connect to NATS: %w", err)
	}
	if s.js, err = jetstream.New(s.conn, jetstream.WithPublishAsyncMaxPending(2*publishWindow),
		jetstream.WithPublishAsyncTimeout(publishTime), jetstream.WithDefaultTimeout(requestTime)); err != nil {
		s.conn.Close()
		return nil, fmt.Errorf("use JetStream: %w", err)
	}
	s.history, s.inbox = &history{stream: s}, s.conn.NewInbox()
	s.state.Store(s.newState())
	s.view.Store(&epochLog{stream: s, epoch: "none"})
	s.view.Load().begin(0)
	return s, nil
}

// noteError logs what NATS says between answers. Without a permission, everything but what it is for goes on.
func (s *Stream) noteError(_ *nats.Conn, _ *nats.Subscription, err error) {
	level := slog.LevelDebug
	if errors.Is(err, nats.ErrPermissionViolation) {
		level = slog.LevelWarn
	}
	s.config.Logger.Log(context.Background(), level, "NATS", "error", err)
}

// Times for NATS.
const (
	requestTime = 2 * time.Second
	publishTime = 2 * time.Second
	retryTime   = 200 * time.Millisecond
	grace       = 2 * time.Second // for which the stream may be away before clients are told
)

// Log is the log of the current epoch; before the stream was reached, an empty one.
func (s *Stream) Log() hub.Log { return s.view.Load() }

// Close ends the connection to NATS. Run must have returned.
func (s *Stream) Close() { s.conn.Close() }

// setAway notes why the stream is not followed, or with nil that it is, and tells clients after a grace period.
func (s *Stream) setAway(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && s.away == nil {
		s.awayFrom = time.Now()
	}
	if (s.away == nil) != (err == nil) {
		s.announceLocked()
	}
	s.away = err
	late := err != nil && time.Since(s.awayFrom) > grace
	if s.hub == nil || s.config.NoticeData == nil || late == s.noticed || err != nil && !late {
		return
	}
	s.noticed = late
	if late {
		s.config.Logger.Warn("the event log is away", "stream", s.config.Stream, "error", err)
		s.hub.Notify(NoticeType, s.config.NoticeData("quiet", fmt.Sprintf("the event log cannot be reached: %v", err)), false)
		return
	}
	s.config.Logger.Info("the event log is back", "stream", s.config.Stream)
	s.hub.Notify(NoticeType, s.config.NoticeData("live", "the event log is back"), true)
}

func (s *Stream) announceLocked() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// isFollowed reports whether the stream is followed and, if not, why.
func (s *Stream) isFollowed() (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.away == nil, s.away
}

// follows has the stream followed anew, from a check of its epoch on.
func (s *Stream) followAnew(why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.restart != nil {
		s.restart(why)
	}
}

// feedID is the id of the newest event of a feed that is in the log.
func (s *Stream) feedID(feed string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.feedIDs[feed]
}
