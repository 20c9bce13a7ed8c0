package mockserver

import (
	"encoding/json"
	"fmt"
	"net/http"

	"livetape/mockserver/fault"
	"livetape/mockserver/page"
)

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/events", s.events)
	mux.HandleFunc(fault.RedirectPrefix+"/events", s.events)
	mux.HandleFunc("/as/{service}/", s.visit)
	mux.HandleFunc(fault.RedirectPrefix+"/as/{service}/", s.visit)
	mux.HandleFunc("GET /as/{$}", listServices)
	mux.HandleFunc("GET /healthz", s.health)
	mux.HandleFunc("GET /readyz", s.ready)
	mux.Handle("GET /metrics", s.meters)
	mux.HandleFunc("GET /faults", s.listFaults)
	mux.HandleFunc("POST /faults", soon(s.control))
	browser := page.Handler()
	mux.Handle("GET /page/", browser)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { index(w, r, browser) })
	return bounded(mux)
}

// index says what is here; a browser gets the page.
func index(w http.ResponseWriter, r *http.Request, browser http.Handler) {
	w.Header().Set("Vary", "Accept")
	if page.Wanted(r) {
		browser.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprint(w, `livetape mock server: simulated prices and news

GET /          in a browser, a page of live prices and news
GET /events    an event stream (Server-Sent Events)
               ?symbols=NVDA,EUR/USD   only these
               ?types=price,news       only these of price, news, status
               Last-Event-ID           resumes; ?lastEventId= where a header cannot be set
GET /as/       the same market in the words of other services, for their clients
GET /healthz   epoch, newest event and number of clients
GET /readyz    200 while new streams are welcome, 503 before and after
GET /metrics   counts in the text format of Prometheus
GET /faults    the faults at work, and the ways to misbehave; POST /faults begins them
`)
}

func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	now := s.hub.now.Load()
	report := struct {
		Status  string `json:"status"`
		Epoch   string `json:"epoch"`
		Newest  string `json:"newest"`
		Oldest  string `json:"oldest"`
		Clients int    `json:"clients"`
	}{"ok", now.epoch, now.log.newest(), now.log.oldest(), s.hub.clients()}
	_ = json.NewEncoder(w).Encode(report) // whoever asked has hung up
}

// events answers what is not a stream itself; a stream it hands to the hub.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	allowOrigins(w.Header())
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
	client := s.hub.number.Add(1)
	faults := s.faults.Target(client)
	if faults.Answer(w, r) {
		return
	}
	asked, err := parseFilter(r.URL.Query())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	leave := s.enter(w, r, client)
	if leave == nil {
		return
	}
	defer leave()
	s.newStream(w, r, asked, client, faults).run(r.Context())
}

// enter counts a client in, and gives what counts it out again; nil when there is no room, and the client was told so.
func (s *Server) enter(w http.ResponseWriter, r *http.Request, client uint64) (leave func()) {
	if err := s.hub.enter(s.config.MaxClients); err != nil {
		s.meters.refuse(err)
		fault.WriteStatus(w, http.StatusServiceUnavailable, comeAgain(err))
		return nil
	}
	gone := s.logClient(r, client)
	return func() {
		gone()
		s.hub.leave()
	}
}

// allowOrigins lets scripts of any origin read the stream (Fetch, CORS protocol).
func allowOrigins(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Last-Event-ID, Cache-Control")
	h.Set("Access-Control-Max-Age", "86400")
}
