package mockserver

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"livetape/mockserver/access"
	"livetape/mockserver/fault"
)

// handleInjectFaults injects the faults in the body, one a line in fault.Syntax: all or none.
func (s *Server) handleInjectFaults(w http.ResponseWriter, r *http.Request) {
	setBodyDeadline(w)
	if err := s.authorize(r); err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	faults, err := readFaults(http.MaxBytesReader(w, r.Body, 64<<10))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for _, f := range faults {
		_ = s.Inject(f) // fault.Parse has checked it
	}
	w.WriteHeader(http.StatusNoContent)
}

func readFaults(body io.Reader) (all []fault.Fault, err error) {
	text, err := io.ReadAll(body)
	if err != nil {
		return nil, fmt.Errorf("read the faults: %w", err)
	}
	for _, line := range strings.Fields(string(text)) {
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
	if !access.IsLocal(r) {
		return errRemote
	}
	if http.NewCrossOriginProtection().Check(r) != nil || !access.IsLoopback(r.Host) {
		return errCrossOrigin
	}
	return nil
}

func (s *Server) handleListFaults(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Vary", "Accept")
	w.Header().Set("Cache-Control", "no-store")
	active := s.faults.Status()
	if s.simulator != nil {
		active = append(s.simulator.activeFaults(), active...)
	}
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		w.Header().Set("Content-Type", "application/json")
		s.writeFaultsJSON(w, active)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	writeFaults(w, active)
}

func writeFaults(w io.Writer, active []fault.Status) {
	if len(active) == 0 {
		fmt.Fprint(w, "No fault is active.\n")
	} else {
		fmt.Fprint(w, "Active faults:\n")
	}
	for _, f := range active {
		fmt.Fprintf(w, "  %s\n", f)
	}
	fmt.Fprintf(w, "\nPOST %s, one a line\n\n", fault.Syntax)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range fault.List() {
		fmt.Fprintf(table, "%s\t%s", f.Name, f.Help)
		if f.Value != "" {
			fmt.Fprintf(table, " (%s)", f.Value)
		}
		if f.For > 0 {
			fmt.Fprintf(table, ", for %s", f.For)
		}
		fmt.Fprintln(table)
	}
	_ = table.Flush() // an error means that the client is gone
}

func (s *Server) writeFaultsJSON(w io.Writer, active []fault.Status) {
	type row struct {
		Name  string `json:"name"`
		Help  string `json:"help"`
		For   string `json:"for,omitempty"`
		Value string `json:"value,omitempty"`
		Whole bool   `json:"whole"`
	}
	type activeRow struct {
		Fault string `json:"fault"` // in fault.Syntax
		Name  string `json:"name"`
		Left  int64  `json:"left_ms,omitempty"`
		Next  int64  `json:"next_ms,omitempty"`
	}
	list := struct {
		Syntax string      `json:"syntax"`
		Token  bool        `json:"token"` // is asked for
		Active []activeRow `json:"active"`
		Faults []row       `json:"faults"`
	}{fault.Syntax, s.config.Token != "", []activeRow{}, nil} // an empty list of active ones, not null
	for _, f := range active {
		list.Active = append(list.Active, activeRow{f.Fault.String(), f.Fault.Name, ceilMilliseconds(f.Left), ceilMilliseconds(f.Next)})
	}
	for _, f := range fault.List() {
		lasts := ""
		if f.For > 0 {
			lasts = f.For.String()
		}
		list.Faults = append(list.Faults, row{f.Name, f.Help, lasts, f.Value, f.ServerWide})
	}
	_ = json.NewEncoder(w).Encode(list) // an error means that the client is gone
}

// ceilMilliseconds is d rounded up: what is left is never 0.
func ceilMilliseconds(d time.Duration) int64 {
	return int64((d + time.Millisecond - 1) / time.Millisecond)
}
