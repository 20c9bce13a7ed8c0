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

// Server sends a recording to any client of event streams: to each from its begin, and to one that
// was there before (Last-Event-ID, or the query lastEventId) from behind the event it had last. A client that has had
// everything gets 204, by which an EventSource ends for good.
//
// What a stream cannot carry is left out with a comment: statuses, gaps, and messages that were skipped.
type Server struct {
	name    string
	options PlayerOptions
}

// The times of a Server: of silence before it sends a comment, and that a client may take for a write.
const (
	heartbeat  = 15 * time.Second
	writeLimit = 30 * time.Second
)

// NewServer makes the server of a recording, which each client hears at the given speed (0 means 1), from the
// given offset on. It reports when the file is no recording.
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
	more, err := s.wind(r, lastEventID(req))
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

// wind goes to where a client wants to begin, and reports whether there is a message for it.
func (s *Server) wind(r *Reader, lastID string) (more bool, err error) {
	if lastID == "" {
		return true, r.Seek(s.options.From)
	}
	found, more, err := r.seekBehind(lastID)
	if err == nil && !found {
		return true, r.Seek(s.options.From)
	}
	return more, err
}

// seekBehind makes Next give the message that follows the first one with the id.
func (r *Reader) seekBehind(id string) (found, more bool, err error) {
	for {
		e, err := r.read()
		switch {
		case err == io.EOF:
			return found, false, nil
		case err != nil:
			return found, false, err
		case e.Message == nil:
		case found:
			r.held = &e
			return true, true, nil
		default:
			found = e.Message.ID == id
		}
	}
}

// serve plays r to a client until one of them ends.
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
	_ = newClient(w).follow(p.Events()) // the client has gone: nobody is left to be told
}

// client is one connection of a Server.
type client struct {
	to      *bufio.Writer
	control *http.ResponseController
	id      string
	idKnown bool
	text    []byte
}

func newClient(w http.ResponseWriter) *client {
	control := http.NewResponseController(w)
	return &client{to: bufio.NewWriterSize(timely{w, control}, bufferSize), control: control}
}

func (c *client) follow(events <-chan feed.Event) error {
	if err := c.flush(); err != nil { // the answer's header: it is live
		return err
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		select {
		case <-beat.C:
			c.text = append(c.text[:0], ":\n\n"...)
		case e, ok := <-events:
			if !ok {
				return c.flush()
			}
			beat.Reset(heartbeat)
			c.encode(e)
		}
		if _, err := c.to.Write(c.text); err != nil {
			return err
		}
		if len(events) == 0 {
			if err := c.flush(); err != nil {
				return err
			}
		}
	}
}

// encode makes text of what the stream can carry of e.
func (c *client) encode(e feed.Event) {
	c.text = c.text[:0]
	switch m := e.Message; {
	case m == nil:
	case !plain(m):
		c.text = fmt.Appendf(c.text, ": an event was left out, which a stream cannot carry\n\n")
	default:
		withID := !c.idKnown || c.id != m.ID
		c.id, c.idKnown = m.ID, true
		c.text = appendEvent(c.text, m, withID)
	}
}

func (c *client) flush() error {
	if err := c.to.Flush(); err != nil {
		return err
	}
	return c.control.Flush()
}

// timely gives every write its own deadline.
type timely struct {
	io.Writer
	control *http.ResponseController
}

func (t timely) Write(p []byte) (int, error) {
	if err := t.control.SetWriteDeadline(time.Now().Add(writeLimit)); err != nil {
		return 0, err
	}
	return t.Writer.Write(p)
}
