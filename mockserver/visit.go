package mockserver

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"livetape/mockserver/emulate"
	"livetape/mockserver/fault"
)

// abroad is the path under which the market is told in the words of other services.
const abroad = "/as/"

// listServices says in whose words the market can be told.
func listServices(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprint(w, "The simulated market, in the words of other services:\n\n")
	for _, s := range emulate.Services() {
		fmt.Fprintf(w, "%s%s%s\n", abroad, s.Name, s.Example)
	}
}

// visit answers a request as another service.
func (s *Server) visit(w http.ResponseWriter, r *http.Request) {
	allowOrigins(w.Header())
	w.Header().Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
	w.Header().Add("Access-Control-Allow-Headers", "Authorization, Content-Type")
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	client := s.hub.number.Add(1)
	faults := s.faults.Target(client)
	if faults.Answer(w, r) {
		return
	}
	name := r.PathValue("service")
	service, ok := emulate.Find(name)
	if !ok {
		http.Error(w, fmt.Sprintf("there is no service %.40q; GET %s lists them", name, abroad), http.StatusNotFound)
		return
	}
	guest := address(r)
	if no := s.turnstile.Acquire(service, guest, time.Now()); no != nil {
		answer(w, no)
		return
	}
	defer s.turnstile.Release(service, guest)
	talk, reply := hear(w, r, service)
	if reply != nil {
		answer(w, reply)
		return
	}
	leave := s.enter(w, r, client)
	if leave == nil {
		return
	}
	defer leave()
	st := s.newForeignStream(w, r, talk, client, faults)
	defer st.tongue.timer.Stop()
	st.run(r.Context())
}

// hear has a service answer a request to its own path, whose body has its time to come.
func hear(w http.ResponseWriter, r *http.Request, service emulate.Service) (emulate.Session, *emulate.Reply) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(bodyTime)) // a writer without a network behind it does not wait
	path := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, fault.RedirectPrefix), abroad+service.Name)
	talk, reply := service.NewSession(at(r, path), time.Now())
	if reply == nil {
		_ = control.SetReadDeadline(time.Time{}) // a stream lasts
	}
	return talk, reply
}

// at is r for another path.
func at(r *http.Request, path string) *http.Request {
	there, url := *r, *r.URL
	url.Path, url.RawPath = path, ""
	there.URL = &url
	return &there
}

// address is where a client comes from, its port apart.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func answer(w http.ResponseWriter, reply *emulate.Reply) {
	for name, value := range reply.Header {
		w.Header().Set(name, value)
	}
	w.Header().Set("Content-Type", reply.ContentType)
	w.WriteHeader(reply.Status)
	fmt.Fprint(w, reply.Body)
}

func (s *Server) newForeignStream(w http.ResponseWriter, r *http.Request, talk emulate.Session, number uint64, faults *fault.Target) *stream {
	st := s.newStream(w, r, filter{}, number, faults)
	now := s.hub.now.Load()
	st.log, st.first = now.log, now.first
	st.tongue = newTongue(talk, time.Now())
	w.Header().Set("Content-Type", st.tongue.style.ContentType)
	place, number, _ := now.begin(talk.Start())
	st.place = place
	if greeting, ok := talk.(emulate.HeaderSetter); ok {
		greeting.SetHeader(w.Header(), number)
	}
	return st
}

// begin finds where a service's stream begins: behind the event of an id, which is empty for where the market stands
// when it does. Number is that of the event, and found reports whether a stream that is to begin behind an event does.
func (g *generation) begin(at emulate.Start) (id string, number uint64, found bool) {
	newest := g.log.count()
	oldest := newest
	if first, _, _ := g.log.read(g.log.oldest(), make([]*entry, 0, 1)); len(first) > 0 {
		oldest = first[0].number - 1
	}
	asked := newest
	switch at.Kind {
	case emulate.StartNow:
		return "", g.first + newest, true
	case emulate.StartOldest:
		asked = oldest
	case emulate.StartAfterEvent:
		asked = max(at.AfterNumber, g.first) - g.first
		found = at.AfterNumber >= g.first+oldest && at.AfterNumber <= g.first+newest
	case emulate.StartAtTime:
		asked = g.before(at.Since)
	}
	asked = min(max(asked, oldest), newest)
	return g.log.at(asked), g.first + asked, found || at.Kind != emulate.StartAfterEvent
}

// before is the number of the last event before a time.
func (g *generation) before(t time.Time) uint64 {
	place, number := g.log.oldest(), g.log.count()
	events := make([]*entry, 0, maxBatch)
	for {
		events, _, _ = g.log.read(place, events[:0])
		if len(events) == 0 {
			return number // that it was forgotten meanwhile is as good
		}
		for _, e := range events {
			if at := e.time(); !at.IsZero() && !at.Before(t) {
				return e.number - 1
			}
			place, number = e.id, e.number
		}
	}
}

// time is when it happened; zero for what no other service tells.
func (e *entry) time() time.Time {
	if e.news != nil {
		return e.news.Time
	}
	return e.quote.Time
}

// firstNumber is how many events there were before a log that begins at a time, for services that count
// them: more than any log that began earlier has given, at up to 1,600 events a second.
func firstNumber(now time.Time) uint64 {
	const genesis, step = 1443571200, 5 // s; see emulate.Ledgers
	return uint64(max(0, now.Unix()-genesis)/step) * emulate.EventsPerLedger
}

// standing is the market as it stands, for a service, and the id of the newest event that it contains.
func (s *Server) standing() (emulate.Snapshot, string) {
	s.making.Lock()
	defer s.making.Unlock()
	now := s.hub.now.Load()
	all := s.market.Snapshot(filter{}.passes)
	return emulate.Snapshot{Number: now.first + now.log.count(), Quotes: all.Quotes, News: all.News}, now.log.newest()
}
