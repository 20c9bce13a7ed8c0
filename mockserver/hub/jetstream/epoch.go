package jetstream

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// epochRecord says which epoch a stream has. It is in the bucket beside the stream under epochKey; the epoch alone is also in
// the stream's metadata.
type epochRecord struct {
	Epoch    string    `json:"epoch"`
	Created  time.Time `json:"created"`  // of the stream
	After    uint64    `json:"after"`    // the last sequence before the epoch
	Previous string    `json:"previous"` // epoch, which may still be in the metadata for a moment
	Reason   string    `json:"reason"`
}

const (
	epochKey    = "epoch"
	metadataKey = "livetape-epoch"
	settleTime  = 5 * time.Second // for which the metadata may still say the previous epoch
)

// errAgain is of what another process did at the same time: look again.
var errAgain = errors.New("another process changed it at the same time")

// bucketName is that of the key-value bucket and of the object store beside a stream.
func (s *Stream) bucketName() string { return "livetape-" + s.config.Stream }

// remote is what NATS has of a log.
type remote struct {
	stream jetstream.Stream
	info   *jetstream.StreamInfo
	bucket jetstream.KeyValue
	store  jetstream.ObjectStore
	epoch  epochRecord
}

// open finds the stream and what is beside it, makes what is missing, and settles the epoch.
func (s *Stream) open(ctx context.Context) (*remote, error) {
	r := &remote{}
	var err error
	if r.stream, err = s.openStream(ctx); err != nil {
		return nil, err
	}
	replicas := r.stream.CachedInfo().Config.Replicas
	if r.bucket, err = s.js.KeyValue(ctx, s.bucketName()); errors.Is(err, jetstream.ErrBucketNotFound) {
		r.bucket, err = s.js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: s.bucketName(), Replicas: replicas, History: 1,
			Description: "lease and epoch of the livetape log " + s.config.Stream})
	}
	if err != nil {
		return nil, fmt.Errorf("open the bucket %s: %w", s.bucketName(), err)
	}
	if r.store, err = s.js.ObjectStore(ctx, s.bucketName()); errors.Is(err, jetstream.ErrBucketNotFound) {
		r.store, err = s.js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: s.bucketName(), Replicas: replicas,
			Description: "snapshot of the livetape log " + s.config.Stream})
	}
	if err != nil {
		return nil, fmt.Errorf("open the object store %s: %w", s.bucketName(), err)
	}
	return r, s.settleEpoch(ctx, r)
}

func (s *Stream) openStream(ctx context.Context) (jetstream.Stream, error) {
	stream, err := s.js.Stream(ctx, s.config.Stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		stream, err = s.js.CreateStream(ctx, s.streamConfig())
	}
	if err != nil {
		return nil, fmt.Errorf("open the stream %s: %w", s.config.Stream, err)
	}
	config := stream.CachedInfo().Config
	if !s.setLimits(&config) {
		return stream, nil
	}
	if stream, err = s.js.UpdateStream(ctx, config); err != nil {
		return nil, fmt.Errorf("set the limits of the stream %s: %w", s.config.Stream, err)
	}
	return stream, nil
}

func (s *Stream) subject() string { return "livetape." + s.config.Stream }

// streamConfig is that of a stream that is created.
func (s *Stream) streamConfig() jetstream.StreamConfig {
	replicas := s.config.Replicas
	if replicas == 0 {
		replicas = 1
		if s.conn.ConnectedClusterName() != "" && len(s.conn.Servers()) >= 3 {
			replicas = 3
		}
	}
	config := jetstream.StreamConfig{
		Name: s.config.Stream, Description: "event log of livetape", Subjects: []string{s.subject()}, Replicas: replicas,
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardOld, Storage: jetstream.FileStorage,
		MaxAge: 24 * time.Hour, MaxBytes: 1 << 30, MaxMsgs: -1, Duplicates: 2 * time.Minute,
	}
	s.setLimits(&config)
	return config
}

// setLimits reports whether it changed anything.
func (s *Stream) setLimits(c *jetstream.StreamConfig) (changed bool) {
	before := [3]int64{int64(c.MaxAge), c.MaxBytes, c.MaxMsgs}
	if s.config.MaxAge > 0 {
		c.MaxAge = s.config.MaxAge
	}
	if c.MaxAge > 0 {
		c.Duplicates = min(c.Duplicates, c.MaxAge)
	}
	if s.config.MaxBytes > 0 {
		c.MaxBytes = s.config.MaxBytes
	}
	if s.config.MaxEvents > 0 {
		c.MaxMsgs = s.config.MaxEvents
	}
	return before != [3]int64{int64(c.MaxAge), c.MaxBytes, c.MaxMsgs}
}

// settleEpoch finds out which epoch the stream has, and declares another one where its parts contradict each other.
func (s *Stream) settleEpoch(ctx context.Context, r *remote) (err error) {
	if r.info, err = r.stream.Info(ctx); err != nil {
		return fmt.Errorf("ask for the stream %s: %w", s.config.Stream, err)
	}
	entry, err := r.bucket.Get(ctx, epochKey)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return s.declare(ctx, r, 0, "the log is new, or its bucket was lost")
	}
	if err != nil {
		return fmt.Errorf("ask for the epoch: %w", err)
	}
	r.epoch = epochRecord{} // of what is not in the JSON
	if err := json.Unmarshal(entry.Value(), &r.epoch); err != nil {
		return s.declare(ctx, r, entry.Revision(), "its record could not be read")
	}
	stated := r.info.Config.Metadata[metadataKey]
	switch sameStream := isSameCreation(r.epoch.Created, r.info.Created); {
	case sameStream && stated == r.epoch.Epoch:
		s.doubts.Store(0)
		return nil
	case sameStream && stated == r.epoch.Previous && r.info.TimeStamp.Sub(entry.Created()) < settleTime:
		return s.setMetadata(ctx, r) // whoever declared it is about to do the same
	case s.doubts.Add(1) <= confirmations: // what a server says that has just started may be of before
		return fmt.Errorf("the stream %s and its bucket are not of one epoch", s.config.Stream)
	case !sameStream:
		return s.declare(ctx, r, entry.Revision(), "the stream was created anew")
	}
	return s.declare(ctx, r, entry.Revision(), "the stream is not of the epoch that its bucket says: one of them is an older copy")
}

// isSameCreation reports whether two times of creation are of one stream. The servers of a cluster differ in what they say: a
// server that was restarted says when it made its own copy.
func isSameCreation(a, b time.Time) bool {
	const tolerance = 10 * time.Second
	return a.Sub(b).Abs() < tolerance
}

// declare begins another epoch after the last sequence there is. Revision is that of the record that it replaces; 0 for none.
func (s *Stream) declare(ctx context.Context, r *remote, revision uint64, reason string) error {
	epoch := strconv.FormatInt(time.Now().UnixMicro(), 36) + strings.ToLower(rand.Text()[:4])
	record := epochRecord{epoch, r.info.Created, r.info.State.LastSeq, r.info.Config.Metadata[metadataKey], reason}
	value, err := json.Marshal(record)
	if err != nil {
		return fmt.Errorf("describe an epoch: %w", err)
	}
	if revision == 0 {
		_, err = r.bucket.Create(ctx, epochKey, value)
	} else {
		_, err = r.bucket.Update(ctx, epochKey, value, revision)
	}
	if isConflict(err) {
		return errAgain
	}
	if err != nil {
		return fmt.Errorf("declare another epoch: %w", err)
	}
	s.config.Logger.Warn("another epoch of the log begins", "stream", s.config.Stream, "epoch", epoch, "after", record.After, "reason", reason)
	r.epoch = record
	return s.setMetadata(ctx, r)
}

// setMetadata has the stream say its epoch.
func (s *Stream) setMetadata(ctx context.Context, r *remote) error {
	config := r.info.Config
	metadata := map[string]string{metadataKey: r.epoch.Epoch}
	for k, v := range config.Metadata {
		if k != metadataKey && !strings.HasPrefix(k, "_nats.") { // those are the server's
			metadata[k] = v
		}
	}
	config.Metadata = metadata
	stream, err := s.js.UpdateStream(ctx, config)
	if err != nil {
		return fmt.Errorf("write the epoch into the stream %s: %w", s.config.Stream, err)
	}
	r.stream, r.info = stream, stream.CachedInfo()
	return nil
}

// redeclare begins another epoch in place of the one that r has, unless another process was faster.
func (s *Stream) redeclare(ctx context.Context, r *remote, reason string) error {
	entry, err := r.bucket.Get(ctx, epochKey)
	if err != nil {
		return fmt.Errorf("ask for the epoch: %w", err)
	}
	var now epochRecord
	if err := json.Unmarshal(entry.Value(), &now); err == nil && now.Epoch != r.epoch.Epoch {
		return errAgain
	}
	return s.declare(ctx, r, entry.Revision(), reason)
}

func isConflict(err error) bool {
	var api *jetstream.APIError
	return errors.Is(err, jetstream.ErrKeyExists) || errors.As(err, &api) && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence
}

// memory is what a process knows of a stream from having followed it.
type memory struct {
	last uint64    // sequence of the newest event
	time time.Time // when NATS stored it; zero: not known
	size int       // of the largest event, in bytes
}

// evidence is what NATS says of the same stream now.
type evidence struct {
	state  jetstream.StreamState
	config jetstream.StreamConfig
	now    time.Time // by the clock of NATS
	time   time.Time // when the message with the sequence memory.last was stored; zero: it is gone
}

// contradiction is what shows that a stream has lost events that it had, or has others in their place; empty if nothing does.
func (m memory) contradiction(e evidence) string {
	switch {
	case m.last == 0:
		return ""
	case e.state.LastSeq < m.last:
		return fmt.Sprintf("the last sequence of the stream went back from %d to %d", m.last, e.state.LastSeq)
	case e.state.FirstSeq <= m.last && !m.time.IsZero() && !e.time.Equal(m.time):
		return fmt.Sprintf("event %d of the stream is another one now", m.last)
	case e.state.FirstSeq > m.last && !m.explains(e):
		return fmt.Sprintf("event %d of the stream is gone, which no limit explains: it was purged", m.last)
	}
	return ""
}

// explains reports whether a limit of the stream explains that an event which was stored at m.time is gone.
func (m memory) explains(e evidence) bool {
	const slack = time.Second
	c := e.config
	aged := c.MaxAge > 0 && !m.time.IsZero() && e.now.Sub(m.time) >= c.MaxAge-slack
	crowded := c.MaxMsgs > 0 && e.state.Msgs >= uint64(c.MaxMsgs)
	return aged || crowded || c.MaxBytes > 0 && e.state.Bytes+2*uint64(m.size)+1024 >= uint64(c.MaxBytes)
}
