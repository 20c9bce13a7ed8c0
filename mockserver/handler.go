package mockserver

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// maxFilter bounds the names in ?symbols=.
const maxFilter = 1000

var kinds = []string{"news", "price", "status"}

func newHandler(s *Server) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/events", onlyGet(s.serveEvents))
	mux.HandleFunc("/healthz", onlyGet(s.serveHealth))
	mux.HandleFunc("/{$}", onlyGet(serveIndex))
	return mux
}

// onlyGet answers other methods, and what a browser asks before it reads a stream of another origin.
func onlyGet(serve http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		switch r.Method {
		case http.MethodGet:
			serve(w, r)
		case http.MethodOptions:
			w.Header().Set("Access-Control-Allow-Methods", "GET")
			w.Header().Set("Access-Control-Allow-Headers", "Last-Event-ID, Cache-Control")
			w.Header().Set("Access-Control-Max-Age", "86400")
			w.WriteHeader(http.StatusNoContent)
		default:
			w.Header().Set("Allow", "GET, OPTIONS")
			http.Error(w, "this server only answers GET", http.StatusMethodNotAllowed)
		}
	}
}

func serveIndex(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprint(w, `livetape mock server: simulated prices and news

  /events    the event stream; ?symbols=NVDA,AAPL and ?types=price,news,status narrow it
  /healthz   how the server is
`)
}

func (s *Server) serveHealth(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{ //nolint:errcheck // the client is gone
		"epoch":   s.config.Epoch,
		"newest":  s.Newest(),
		"clients": s.clients.Load(),
	})
}

// parseFilter reads ?symbols= and ?types=.
func parseFilter(r *http.Request) (filter, error) {
	var f filter
	query := r.URL.Query()
	if query.Has("symbols") {
		names := strings.Split(query.Get("symbols"), ",")
		if len(names) > maxFilter {
			return f, fmt.Errorf("symbols names %d symbols; at most %d are taken", len(names), maxFilter)
		}
		f.symbols = set(names)
	}
	if query.Has("types") {
		names := strings.Split(query.Get("types"), ",")
		for _, name := range names {
			if !slices.Contains(kinds, name) {
				return f, fmt.Errorf("types has %q; the types are %s", name, strings.Join(kinds, ", "))
			}
		}
		f.kinds = set(names)
	}
	return f, nil
}

func set(names []string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, name := range names {
		m[name] = true
	}
	return m
}

// lastEventID is the id that a client resumes from. Browsers send the header only when they reconnect by
// themselves, so a page may use the query.
func lastEventID(r *http.Request) string {
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		return id
	}
	return r.URL.Query().Get("lastEventId")
}

func (s *Server) serveEvents(w http.ResponseWriter, r *http.Request) {
	f, err := parseFilter(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if !s.enter() {
		http.Error(w, "the server is shutting down", http.StatusServiceUnavailable)
		return
	}
	defer s.leave()
	if s.refuse(w) {
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-cache")
	header.Set("X-Accel-Buffering", "no") // nginx would hold events back
	w.WriteHeader(http.StatusOK)
	newClient(s, w, f).serve(r.Context(), lastEventID(r))
}

// enter counts a stream in, unless the server is ending.
func (s *Server) enter() bool {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.ended {
		return false
	}
	s.streams.Add(1)
	s.clients.Add(1)
	return true
}

func (s *Server) leave() {
	s.clients.Add(-1)
	s.streams.Done()
}

// refuse answers instead of a stream while a fault says so.
func (s *Server) refuse(w http.ResponseWriter) bool {
	fault, left := s.faults.lasting()
	switch fault {
	case "503":
		w.Header().Set("Retry-After", fmt.Sprint(int(left.Seconds())+1))
		http.Error(w, "the market data service is down for maintenance", http.StatusServiceUnavailable)
	case "204":
		w.WriteHeader(http.StatusNoContent)
	default:
		return false
	}
	return true
}
