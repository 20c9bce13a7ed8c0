package mockserver

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"livetape/mockserver/fault"
	"livetape/mockserver/page"
)

// Handler serves GET /events, /healthz, /readyz and /metrics, and lists them at /, where browsers get a page. A server that
// may be put to the test also serves GET and POST /faults, and one of a simulated market /as/.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	guard := func(h http.HandlerFunc) http.Handler { return h }
	if readers := s.config.Readers; readers != nil {
		guard = func(h http.HandlerFunc) http.Handler { return readers.Guard(h) }
		mux.HandleFunc("POST /session", readers.HandleSession)
	}
	mux.Handle("/events", guard(s.handleEvents))
	mux.HandleFunc("GET /healthz", s.handleHealth)
	mux.HandleFunc("GET /readyz", s.handleReady)
	mux.Handle("GET /metrics", guard(s.metrics.ServeHTTP))
	if !s.config.NoFaults {
		mux.Handle(fault.RedirectPrefix+"/events", guard(s.handleEvents))
		mux.HandleFunc("GET /faults", s.handleListFaults)
		mux.HandleFunc("POST /faults", s.handleInjectFaults)
	}
	if s.isEmulated() {
		mux.HandleFunc("/as/{service}/", s.handleEmulated)
		mux.HandleFunc(fault.RedirectPrefix+"/as/{service}/", s.handleEmulated)
		mux.HandleFunc("GET /as/{$}", handleListServices)
	}
	browser := page.Handler()
	mux.Handle("GET /page/", browser)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { s.handleIndex(w, r, browser) })
	return limitQuery(mux)
}

// isEmulated reports whether other services are: their formats say what a simulated market in this process knows.
func (s *Server) isEmulated() bool { return s.simulator != nil && s.config.Share == nil }

func (s *Server) handleIndex(w http.ResponseWriter, r *http.Request, browser http.Handler) {
	w.Header().Set("Vary", "Accept")
	if page.AcceptsHTML(r) {
		browser.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	types := strings.Join(s.source.EventTypes(), ", ")
	fmt.Fprintf(w, `%s

GET /          in a browser, a page of live prices and news
GET /events    an event stream (Server-Sent Events)
               ?symbols=NVDA,EUR/USD   only these
               ?types=price,news       only these of %s
               ?untyped                all as messages, for onmessage, with the type in the JSON
               Last-Event-ID           resumes; ?lastEventId= where a header cannot be set
`, s.config.Title, cmp.Or(types, "the event's own types"))
	if s.isEmulated() {
		fmt.Fprint(w, "GET /as/       the same market in the formats of other services, for their clients\n")
	}
	fmt.Fprint(w, `GET /healthz   epoch, newest event and number of clients
GET /readyz    200 while new streams are welcome, 503 before and after
GET /metrics   counts in the text format of Prometheus
`)
	if !s.config.NoFaults {
		fmt.Fprint(w, "GET /faults    the active faults, and all that there are; POST /faults injects them\n")
	}
}

func (s *Server) handleHealth(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	log := s.hub.Log()
	fmt.Fprintf(w, `{"status":"ok","epoch":"%s","newest":"%s","oldest":"%s","clients":%d}`+"\n", // an epoch needs no escapes
		log.Epoch(), log.Newest(), log.Oldest(), s.hub.Clients())
}

// allowOrigins lets scripts of any origin read the stream, or of some with their credentials (Fetch, CORS protocol).
func (s *Server) allowOrigins(h http.Header, r *http.Request) {
	if len(s.config.AllowOrigins) == 0 {
		h.Set("Access-Control-Allow-Origin", "*")
	} else {
		h.Add("Vary", "Origin")
		if origin := r.Header.Get("Origin"); slices.Contains(s.config.AllowOrigins, origin) {
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Allow-Credentials", "true")
		}
	}
	h.Set("Access-Control-Allow-Methods", "GET, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Authorization, Last-Event-ID, Cache-Control")
	h.Set("Access-Control-Max-Age", "86400")
}

// handleReady says whether new streams are welcome: not before Run, nor when it ends, nor while the source has nothing to
// tell. GET /healthz says something
// else: that the process answers at all.
func (s *Server) handleReady(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if !s.hub.Ready() || !s.source.Ready() {
		fault.WriteStatus(w, http.StatusServiceUnavailable, time.Second)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ready\n")) // an error means that the client is gone
}

// Bounds of one request, whichever http.Server it comes through.
const (
	maxQuery = 32 << 10        // bytes: room for as many symbols as a filter may have
	maxID    = 1 << 10         // bytes of an id to resume after; no log gives longer ones
	bodyTime = 5 * time.Second // for the whole of a body
)

// limitQuery refuses a request whose query is longer than any that makes sense (RFC 9110 §15.5.15).
func limitQuery(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := len(r.URL.RawQuery); n > maxQuery {
			http.Error(w, fmt.Sprintf("the query has %d bytes; at most %d are read", n, maxQuery), http.StatusRequestURITooLong)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// setBodyDeadline bounds the time for a body. A stream has none: a read time-out of the whole server would cut it.
func setBodyDeadline(w http.ResponseWriter) {
	// A writer without a network behind it has no deadline, and does not wait.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTime))
}
