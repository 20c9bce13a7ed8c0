package mockserver

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"livetape/mockserver/fault"
)

// handleInjectFaults injects the faults in the body, one a line in fault.Syntax: all or none.
func (s *Server) handleInjectFaults(w http.ResponseWriter, r *http.Request) {
	if err := s.authorize(r); err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
	if err != nil {
		http.Error(w, "read the faults: "+err.Error(), http.StatusBadRequest)
		return
	}
	faults, err := parseFaults(string(body))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for _, f := range faults {
		if err := s.Inject(f); err != nil { // fault.Parse has checked it
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

func parseFaults(text string) (all []fault.Fault, err error) {
	for _, line := range strings.Fields(text) {
		f, parseErr := fault.Parse(line)
		all, err = append(all, f), errors.Join(err, parseErr)
	}
	if len(all) == 0 {
		return nil, errors.New("there is no fault in the body; write one a line, as " + fault.Syntax)
	}
	return all, err
}

var (
	errToken       = errors.New("injecting faults needs the token: Authorization: Bearer …")
	errRemote      = errors.New("only clients on this machine may inject faults, unless the server has a token")
	errCrossOrigin = errors.New("pages of other sites may not inject faults")
)

// authorize says why r may not inject faults, if so. If the server has a token, r must send it. Otherwise r must come
// from this machine, and not from a browser's page of another site or of a name that was rebound to this machine.
func (s *Server) authorize(r *http.Request) error {
	if token := s.config.Token; token != "" {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+token)) != 1 {
			return errToken
		}
		return nil
	}
	if !isLoopback(r.RemoteAddr) || isForwarded(r) {
		return errRemote
	}
	if http.NewCrossOriginProtection().Check(r) != nil || !isLoopback(r.Host) {
		return errCrossOrigin
	}
	return nil
}

// isForwarded reports whether a proxy on this machine sent r for somebody else (RFC 7239, RFC 9110 §7.6.3, and the
// usual headers beside them).
func isForwarded(r *http.Request) bool {
	for name := range r.Header {
		if strings.HasPrefix(name, "X-Forwarded-") || name == "Forwarded" || name == "Via" || name == "X-Real-Ip" {
			return true
		}
	}
	return false
}

// isLoopback reports whether an address, with or without a port, is of this machine by itself.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = strings.Trim(address, "[]")
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// handleListFaults lists the active faults, and all that there are: as text, or as JSON for menus.
func (s *Server) handleListFaults(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Vary", "Accept")
	w.Header().Set("Cache-Control", "no-store")
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		s.writeFaultsJSON(w)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	s.writeActive(w)
	fmt.Fprintf(w, "POST %s, one a line\n\n", fault.Syntax)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range fault.List() {
		fmt.Fprintf(table, "%s\t%s\n", f.Name, describeFault(f))
	}
	_ = table.Flush() // whoever asked has hung up
}

func (s *Server) writeFaultsJSON(w http.ResponseWriter) {
	type row struct {
		Name  string `json:"name"`
		Help  string `json:"help"`
		For   string `json:"for,omitempty"`
		Value string `json:"value,omitempty"`
		Whole bool   `json:"whole"`
	}
	list := struct {
		Syntax string        `json:"syntax"`
		Token  bool          `json:"token"` // is asked for
		Active []activeFault `json:"active"`
		Faults []row         `json:"faults"`
	}{Syntax: fault.Syntax, Token: s.config.Token != "", Active: s.activeJSON()}
	for _, f := range fault.List() {
		lasts := ""
		if f.For > 0 {
			lasts = f.For.String()
		}
		list.Faults = append(list.Faults, row{f.Name, f.Help, lasts, f.Value, f.ServerWide})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(list) // whoever asked has hung up
}

// describeFault is f in a line.
func describeFault(f fault.Info) string {
	text := f.Help
	if f.Value != "" {
		text += " (" + f.Value + ")"
	}
	if f.For > 0 {
		text += ", for " + f.For.String()
	}
	return text
}

// activeFaults are those that are on or come again, those of a scenario included.
func (s *Server) activeFaults() []fault.Status {
	return append(s.simulator.activeFaults(), s.faults.Status()...)
}

// writeActive lists the faults that are on or come again as text.
func (s *Server) writeActive(w io.Writer) {
	active := s.activeFaults()
	if len(active) == 0 {
		fmt.Fprint(w, "No fault is active.\n\n")
		return
	}
	fmt.Fprint(w, "Active faults:\n")
	for _, f := range active {
		fmt.Fprintf(w, "  %s\n", f)
	}
	fmt.Fprintln(w)
}

// activeFault is one of them for menus. Times are in ms; what is not there is never.
type activeFault struct {
	Fault string `json:"fault"` // in fault.Syntax
	Name  string `json:"name"`
	Left  int64  `json:"left_ms,omitempty"`
	Next  int64  `json:"next_ms,omitempty"`
}

func (s *Server) activeJSON() []activeFault {
	all := []activeFault{} // an empty list, not null
	for _, f := range s.activeFaults() {
		all = append(all, activeFault{f.Fault.String(), f.Fault.Name, ceilMilliseconds(f.Left), ceilMilliseconds(f.Next)})
	}
	return all
}

// ceilMilliseconds is d rounded up: what is left is never 0.
func ceilMilliseconds(d time.Duration) int64 {
	return int64((d + time.Millisecond - 1) / time.Millisecond)
}
