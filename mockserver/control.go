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

	"livetape/mockserver/fault"
)

// control lets whom it may be let inject faults over HTTP. The body holds one a line, in fault.Syntax; they are
// injected all or none.
func (s *Server) control(w http.ResponseWriter, r *http.Request) {
	if err := s.admit(r); err != nil {
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
	errToken   = errors.New("faults are for those who send the token: Authorization: Bearer …")
	errRemote  = errors.New("faults are for clients on this machine, unless the server has a token")
	errForeign = errors.New("faults are not for pages of other sites")
)

// admit says why r may not control the server, if so: with a token, it must have it; without, it must come from this
// machine, and not from a page in a browser that another site, or a name that was bent to this machine, sent.
func (s *Server) admit(r *http.Request) error {
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
		return errForeign
	}
	return nil
}

// isForwarded reports whether a proxy on this machine says that it asks for somebody else (RFC 7239, RFC 9110 §7.6.3,
// and what is usual beside them).
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

// listFaults says which faults are at work, and is the help on all, for menus as JSON.
func (s *Server) listFaults(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Vary", "Accept")
	w.Header().Set("Cache-Control", "no-store")
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		s.listFaultsAsJSON(w)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	s.writeActive(w)
	fmt.Fprintf(w, "POST %s, one a line\n\n", fault.Syntax)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range fault.List() {
		fmt.Fprintf(table, "%s\t%s\n", f.Name, describe(f))
	}
	_ = table.Flush() // whoever asked has hung up
}

func (s *Server) listFaultsAsJSON(w http.ResponseWriter) {
	type row struct {
		Name  string `json:"name"`
		Help  string `json:"help"`
		For   string `json:"for,omitempty"`
		Value string `json:"value,omitempty"`
		Whole bool   `json:"whole"`
	}
	list := struct {
		Syntax string       `json:"syntax"`
		Token  bool         `json:"token"` // is asked for
		Active []activeJSON `json:"active"`
		Faults []row        `json:"faults"`
	}{Syntax: fault.Syntax, Token: s.config.Token != "", Active: s.activeAsJSON()}
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

// describe is f in a line.
func describe(f fault.Info) string {
	text := f.Help
	if f.Value != "" {
		text += " (" + f.Value + ")"
	}
	if f.For > 0 {
		text += ", for " + f.For.String()
	}
	return text
}
