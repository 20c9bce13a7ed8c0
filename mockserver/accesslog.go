package mockserver

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"livetape/mockserver/access"
	"livetape/mockserver/fault"
	"livetape/mockserver/hub"
)

// What of a request is logged never holds a secret: of its headers only Last-Event-ID, of its query only what this
// server knows.

// logClient logs that a client connected, and returns what logs that it disconnected. Most servers do not log so much,
// and pay nothing for it.
func (s *Server) logClient(r *http.Request, number uint64) (logEnd func()) {
	ctx, log := r.Context(), s.config.Logger
	if !log.Enabled(ctx, slog.LevelDebug) {
		return func() {}
	}
	began := time.Now()
	log = log.With("client", number)
	if reader, ok := access.Of(r); ok {
		log = log.With("reader", reader.Name)
	}
	log.DebugContext(ctx, "client connected", "from", r.RemoteAddr, "proto", r.Proto, "path", r.URL.Path,
		"query", maskedQuery(r.URL.RawQuery), "last_event_id", hub.ValidPrefix(lastEventID(r)))
	return func() { log.DebugContext(ctx, "client disconnected", "after", time.Since(began)) }
}

// maskedQuery is a query as it may be logged: with the values of parameters that this server knows, and only the names
// of others. A parameter without a value may be a secret itself.
func maskedQuery(raw string) string {
	const most = 256
	if raw == "" {
		return ""
	}
	var shown []string
	for pair := range strings.SplitSeq(raw, "&") {
		name, _, named := strings.Cut(pair, "=")
		switch {
		case slices.Contains([]string{"symbols", "types", "feeds", "lastEventId", untyped}, name):
		case !named:
			pair = "…"
		default:
			pair = name + "=…"
		}
		shown = append(shown, pair)
	}
	text := strings.Join(shown, "&")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

func (s *Server) logFault(f fault.Fault) {
	s.metrics.faults[f.Name].Inc()
	if f.Name == fault.Clear {
		s.config.Logger.Info("faults cleared")
		return
	}
	s.config.Logger.Info("fault started", "fault", f.Name, "value", f.Value, "share", f.Share.String(), "for", f.For)
}
