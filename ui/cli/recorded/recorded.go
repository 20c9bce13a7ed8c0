// Package recorded serves a recording to every client from its beginning, as a source of the mock server.
package recorded

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"livetape/feed/tape"
	"livetape/mockserver"
	"livetape/mockserver/hub"
)

// Source is a recording. It implements [mockserver.Source].
type Source struct {
	name  string
	speed float64
	from  time.Duration
	log   *slog.Logger
}

var _ mockserver.Source = (*Source)(nil)

// NewSource plays the recording of a file to each client at a speed (0 means 1) from an offset. The error says that it is no
// recording.
func NewSource(name string, speed float64, from time.Duration, log *slog.Logger) (*Source, error) {
	r, err := tape.Open(name)
	if err != nil {
		return nil, err
	}
	return &Source{name, speed, from, log}, r.Close()
}

// Run implements [mockserver.Source]: every client has a playback of its own.
func (*Source) Run(ctx context.Context, _ *hub.Hub) error {
	<-ctx.Done()
	return nil
}

// Ready implements [mockserver.Source].
func (*Source) Ready() bool { return true }

// EventTypes implements [mockserver.Source].
func (*Source) EventTypes() []string { return nil }

// WriteMetrics implements [mockserver.Source].
func (*Source) WriteMetrics(io.Writer) {}

// NewEncoder implements [mockserver.Source].
func (s *Source) NewEncoder(ctx context.Context, asked hub.Native) (hub.Encoder, error) {
	stream, err := tape.OpenStream(ctx, s.name, s.speed, s.from, asked.LastEventID)
	if errors.Is(err, tape.ErrStreamOver) {
		return nil, mockserver.ErrNothingMore
	}
	if err != nil {
		return nil, err
	}
	return &encoder{Encoder: asked.NewEncoder(), stream: stream, source: s, due: stream.Due(time.Now())}, nil
}

// encoder writes what is due of a recording. What is common to all streams of the server is as in the native format.
type encoder struct {
	hub.Encoder
	stream *tape.Stream
	source *Source
	due    time.Time
}

// maxWrite is how many bytes are written before the client's connection is looked at again.
const maxWrite = 64 << 10

// Open implements [hub.Encoder]: nothing of the log is sent.
func (e *encoder) Open(b []byte, log hub.Log) (_ []byte, after string) { return b, log.Newest() }

// Wants implements [hub.Encoder].
func (*encoder) Wants(*hub.Event) bool { return false }

// WakeAt implements [hub.Encoder].
func (e *encoder) WakeAt() time.Time { return e.due }

// Wake implements [hub.Encoder].
func (e *encoder) Wake(b []byte, now time.Time) []byte {
	b = e.stream.Append(b, now, maxWrite)
	if e.due = e.stream.Due(now); e.stream.Err() != nil {
		e.source.log.Error("the recording ends early", "error", e.stream.Err())
	}
	return b
}

// Ended implements [hub.Encoder].
func (e *encoder) Ended() bool { return e.stream.Ended() }

// AppendShutdown implements [hub.Encoder].
func (e *encoder) AppendShutdown(b []byte) []byte { return b }
