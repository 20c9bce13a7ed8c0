package tape

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"livetape/feed"
)

// Server sends a recording to any client of event streams: from its beginning, or, to a client that reconnects
// (Last-Event-ID, or the query lastEventId), from after the event it received last. A client that has received
// everything gets 204, which ends an EventSource for good.
//
// What a stream cannot carry is left out: statuses and gaps silently, messages that were skipped with a comment.
type Server struct {
	name    string
	options PlayerOptions
}

const (
	heartbeat    = 15 * time.Second // of silence, after which a comment is sent
	writeTimeout = 30 * time.Second // that a client may take for a write
	maxServed    = 4 << 20          // bytes of an event, since each client takes as much; a larger one is left out
)

// NewServer makes the server of a recording, which plays to each client at the given speed (0 means 1) from the
// given offset. It returns an error when the file is no recording.
func NewServer(name string, speed float64, from time.Duration) (*Server, error) {
	r, err := Open(name)
	if err != nil {
		return nil, err
	}
	return &Server{name, PlayerOptions{Speed: speed, From: from}}, r.Close()
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		http.Error(w, "only GET", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	r, err := Open(s.name)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	r.maxData, r.lines.Limit = maxServed, maxServed
	stop := context.AfterFunc(req.Context(), func() { _ = r.Close() }) // ends what is being read
	defer stop()
	more, err := s.seekStart(r, lastEventID(req))
	switch {
	case err != nil:
		_ = r.Close() // it was only read
		http.Error(w, err.Error(), http.StatusInternalServerError)
	case !more:
		_ = r.Close()
		w.WriteHeader(http.StatusNoContent)
	default:
		s.serve(w, req, r)
	}
}

func lastEventID(req *http.Request) string {
	if id := req.Header.Get("Last-Event-ID"); id != "" {
		return id
	}
	return req.URL.Query().Get("lastEventId")
}

// seekStart goes to where a client wants to begin, and reports whether there is a message for it.
func (s *Server) seekStart(r *Reader, lastID string) (more bool, err error) {
	if lastID == "" {
		return true, r.Seek(s.options.From)
	}
	found, more, err := r.seekAfter(lastID)
	if err == nil && !found {
		return true, r.Seek(s.options.From)
	}
	return more, err
}

// seekAfter makes Next return the message that follows the first one with the id.
func (r *Reader) seekAfter(id string) (found, more bool, err error) {
	for {
		e, err := r.read()
		switch {
		case err == io.EOF:
			return found, false, nil
		case err != nil:
			return found, false, err
		case e.Message == nil:
		case found:
			r.found = &e
			return true, true, nil
		default:
			found = e.Message.ID == id
		}
	}
}

func (s *Server) serve(w http.ResponseWriter, req *http.Request, r *Reader) {
	ctx, cancel := context.WithCancel(req.Context())
	p := Play(ctx, r, PlayerOptions{Speed: s.options.Speed})
	defer func() {
		cancel()
		for range p.Events() { // until its goroutine has ended
		}
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	_ = newStreamWriter(w).writeAll(p.Events()) // an error means that the client has gone
}

type streamWriter struct {
	to      *bufio.Writer
	control *http.ResponseController
	encoder messageEncoder
	text    []byte
}

func newStreamWriter(w http.ResponseWriter) *streamWriter {
	control := http.NewResponseController(w)
	return &streamWriter{to: bufio.NewWriterSize(deadlineWriter{w, control}, bufferSize), control: control}
}

func (s *streamWriter) writeAll(events <-chan feed.Event) error {
	if err := s.flush(); err != nil { // the header: the stream is live
		return err
	}
	ticker := time.NewTicker(heartbeat)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			s.text = append(s.text[:0], ":\n\n"...)
		case e, ok := <-events:
			if !ok {
				return s.flush()
			}
			ticker.Reset(heartbeat)
			s.encode(e)
		}
		if _, err := s.to.Write(s.text); err != nil {
			return err
		}
		if len(events) == 0 {
			if err := s.flush(); err != nil {
				return err
			}
		}
	}
}

func (s *streamWriter) encode(e feed.Event) {
	s.text = s.text[:0]
	switch m := e.Message; {
	case m == nil:
	case !fitsEventStream(m):
		s.text = fmt.Appendf(s.text, ": an event was left out, which a stream cannot carry\n\n")
	default:
		s.text = s.encoder.append(s.text, m)
	}
}

func (s *streamWriter) flush() error {
	if err := s.to.Flush(); err != nil {
		return err
	}
	return s.control.Flush()
}

type deadlineWriter struct {
	io.Writer
	control *http.ResponseController
}

func (d deadlineWriter) Write(p []byte) (int, error) {
	if err := d.control.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return 0, err
	}
	return d.Writer.Write(p)
}
