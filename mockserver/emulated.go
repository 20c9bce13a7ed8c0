package mockserver

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"livetape/mockserver/access"
	"livetape/mockserver/emulate"
	"livetape/mockserver/fault"
)

// emulatePrefix is the path under which the market is served in the formats of other services.
const emulatePrefix = "/as/"

func handleListServices(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprint(w, "The simulated market, in the formats of other services:\n\n")
	for _, s := range emulate.Services() {
		fmt.Fprintf(w, "%s%s%s\n", emulatePrefix, s.Name, s.Example)
	}
}

func (s *Server) handleEmulated(w http.ResponseWriter, r *http.Request) {
	s.allowOrigins(w.Header(), r)
	w.Header().Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
	w.Header().Add("Access-Control-Allow-Headers", "Content-Type")
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	client := s.requests.Add(1)
	faults := s.faults.Target(client)
	if faults.Answer(w, r) {
		return
	}
	name := r.PathValue("service")
	service, ok := emulate.Find(name)
	if !ok {
		http.Error(w, fmt.Sprintf("there is no service %.40q; GET %s lists them", name, emulatePrefix), http.StatusNotFound)
		return
	}
	addr := access.ClientAddress(r)
	if reply := s.limiter.Acquire(service, addr, time.Now()); reply != nil {
		writeReply(w, reply)
		return
	}
	defer s.limiter.Release(service, addr)
	session, reply := newSession(w, r, service)
	if reply != nil {
		writeReply(w, reply)
		return
	}
	s.serve(w, r, client, faults, emulate.NewEncoder(session, s.simulator.quotes, s.simulator.time))
}

// newSession has a service answer a request to its own path, whose body has a deadline.
func newSession(w http.ResponseWriter, r *http.Request, service emulate.Service) (emulate.Session, *emulate.Reply) {
	setBodyDeadline(w)
	path := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, fault.RedirectPrefix), emulatePrefix+service.Name)
	r = r.Clone(r.Context())
	r.URL.Path, r.URL.RawPath = path, ""
	session, reply := service.NewSession(r, time.Now())
	if reply == nil {
		_ = http.NewResponseController(w).SetReadDeadline(time.Time{}) // a stream lasts
	}
	return session, reply
}

func writeReply(w http.ResponseWriter, reply *emulate.Reply) {
	for name, value := range reply.Header {
		w.Header().Set(name, value)
	}
	w.Header().Set("Content-Type", reply.ContentType)
	w.WriteHeader(reply.Status)
	fmt.Fprint(w, reply.Body)
}
