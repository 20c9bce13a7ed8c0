package mockserver

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"

	"github.com/VictoriaMetrics/metrics"

	"livetape/mockserver/fault"
	"livetape/mockserver/hub"
)

// serverMetrics count what a server does, and write it in the text format of Prometheus. Every server has its own.
type serverMetrics struct {
	source   Source
	families []metricFamily

	streams hub.Metrics
	resets  *metrics.Counter

	resumes map[string]*metrics.Counter // by result
	refused map[string]*metrics.Counter // by reason
	faults  map[string]*metrics.Counter // by name
}

type metricFamily struct {
	name, help, kind string // kind is counter or gauge
	set              *metrics.Set
}

// newMetrics makes the metrics of a server, which may have no hub yet.
func newMetrics(s *Server) *serverMetrics {
	m := &serverMetrics{source: s.source}
	m.addFunc("livetape_clients", "open streams", "gauge", func() float64 { return float64(s.hub.Clients()) })
	m.addFunc("livetape_requests_total", "requests for a stream, whatever the answer", "counter",
		func() float64 { return float64(s.requests.Load()) })
	m.refused = m.addCounters("livetape_refused_total", "requests refused because the server was full, or closed (it was stopping)", "reason", "full", "closed")
	m.streams.SlowClients = m.addCounter("livetape_slow_clients_total", "clients disconnected because they were too slow")
	m.resumes = m.addCounters("livetape_resumes_total", "streams with a Last-Event-ID: resumed, or not, because what followed is forgotten or the id unknown",
		"result", "ok", "forgotten", "unknown")
	m.resets = m.addCounter("livetape_resets_total", "reset events sent")
	m.streams.Events = m.addCounters("livetape_events_total", "events made", "type", s.source.EventTypes()...)
	m.streams.Deliveries = m.addCounter("livetape_deliveries_total", "events sent, each once for every client that got it")
	m.streams.Bytes = m.addCounter("livetape_sent_bytes_total", "bytes sent in streams, before compression and without what HTTP and TLS add")
	var names []string
	for _, f := range fault.List() {
		names = append(names, f.Name)
	}
	m.faults = m.addCounters("livetape_faults_total", "faults that started", "fault", names...)
	m.addFunc("livetape_log_events", "events that can be resumed from", "gauge", func() float64 {
		n, _ := s.hub.Log().Span()
		return float64(n)
	})
	m.addFunc("livetape_log_oldest_age_seconds", "age of the oldest of them", "gauge", func() float64 {
		_, age := s.hub.Log().Span()
		return age.Seconds()
	})
	return m
}

func (m *serverMetrics) addFamily(name, help, kind string) *metrics.Set {
	set := metrics.NewSet()
	m.families = append(m.families, metricFamily{name, help, kind, set})
	return set
}

// addFunc makes a family of one value, which is read when it is written.
func (m *serverMetrics) addFunc(name, help, kind string, value func() float64) {
	m.addFamily(name, help, kind).NewGauge(name, value)
}

func (m *serverMetrics) addCounter(name, help string) *metrics.Counter {
	return m.addFamily(name, help, "counter").NewCounter(name)
}

func (m *serverMetrics) addCounters(name, help, label string, values ...string) map[string]*metrics.Counter {
	set, all := m.addFamily(name, help, "counter"), map[string]*metrics.Counter{}
	for _, value := range values {
		all[value] = set.NewCounter(fmt.Sprintf("%s{%s=%q}", name, label, value))
	}
	return all
}

// countResume counts a stream that has a Last-Event-ID, which could be resumed from unless there is an error.
func (m *serverMetrics) countResume(err error) {
	result := "ok"
	if err != nil {
		m.resets.Inc()
		result = "unknown"
	}
	if errors.Is(err, hub.ErrForgotten) {
		result = "forgotten"
	}
	m.resumes[result].Inc()
}

// ServeHTTP writes all in the text format of Prometheus, with what the Go runtime and the system know of the process.
func (m *serverMetrics) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	var b bytes.Buffer
	for _, f := range m.families {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", f.name, f.help, f.name, f.kind)
		f.set.WritePrometheus(&b)
	}
	m.source.WriteMetrics(&b)
	metrics.WriteProcessMetrics(&b)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b.Bytes()) // an error means that the client is gone
}
