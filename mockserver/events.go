package mockserver

import (
	"cmp"
	"errors"
	"net/http"
	"time"

	"livetape/mockserver/access"
	"livetape/mockserver/fault"
	"livetape/mockserver/hub"
)

func (s *Server) handleEvents(w http.ResponseWriter, r *http.Request) {
	s.allowOrigins(w.Header(), r)
	switch r.Method {
	case http.MethodOptions:
		w.WriteHeader(http.StatusNoContent)
		return
	case http.MethodGet:
	default:
		w.Header().Set("Allow", "GET, OPTIONS")
		http.Error(w, "an event stream is read with GET", http.StatusMethodNotAllowed)
		return
	}
	client := s.requests.Add(1)
	faults := s.faults.Target(client)
	if faults.Answer(w, r) {
		return
	}
	filter, err := hub.ParseFilter(r.URL.Query(), s.source.EventTypes())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if reader, ok := access.Of(r); ok {
		filter = filter.Within(reader.Symbols, reader.Feeds)
	}
	encoder, err := s.source.NewEncoder(r.Context(), hub.Native{
		Untyped: r.URL.Query().Has(untyped),
		Filter:  filter, LastEventID: lastEventID(r), Retry: s.config.Retry, Interval: s.config.Heartbeat,
		Resumed: s.metrics.countResume,
	})
	switch {
	case errors.Is(err, ErrNothingMore):
		w.WriteHeader(http.StatusNoContent) // an EventSource does not come back (WHATWG HTML §9.2.3)
	case errors.Is(err, ErrNotReady), errors.Is(err, hub.ErrUnavailable):
		fault.WriteStatus(w, http.StatusServiceUnavailable, time.Second)
	case err != nil:
		s.config.Logger.Error("no stream for a client", "client", client, "error", err)
		http.Error(w, "the source of this stream cannot be read", http.StatusInternalServerError)
	default:
		s.serve(w, r, client, faults, encoder)
	}
}

// ErrNothingMore is the error of a source of which a client has had all that there will ever be.
var ErrNothingMore = errors.New("there is nothing more")

// ErrNotReady is the error of a source that is about to begin.
var ErrNotReady = errors.New("the source has not begun yet")

// untyped is the query parameter for clients whose onmessage is all that they have.
const untyped = "untyped"

// lastEventID is the client's header, or the query of one that cannot set it, like a browser's EventSource.
func lastEventID(r *http.Request) string {
	id := cmp.Or(r.Header.Get("Last-Event-ID"), r.URL.Query().Get("lastEventId"))
	return id[:min(len(id), maxID)] // no log gives a longer one, nor what is left of it
}

// serve answers with a stream, unless there is no room for the client.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, client uint64, faults *fault.Target, encoder hub.Encoder) {
	if err := s.hub.Admit(); err != nil {
		reason, retryAfter := "closed", time.Second
		if errors.Is(err, hub.ErrFull) {
			reason, retryAfter = "full", 5*time.Second
		}
		s.metrics.refused[reason].Inc()
		fault.WriteStatus(w, http.StatusServiceUnavailable, retryAfter)
		return
	}
	defer s.hub.Release()
	defer s.logClient(r, client)()
	s.hub.Serve(w, r, client, faults, encoder)
}
