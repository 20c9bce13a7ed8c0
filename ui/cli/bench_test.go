package cli_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"livetape/ui/cli"
)

// runBench runs livetape bench and gives its exit code and what it wrote.
func runBench(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, complaints bytes.Buffer
	code = cli.Run(ctx, append([]string{"bench"}, args...), strings.NewReader(""), &out, &complaints)
	return code, out.String(), complaints.String()
}

func TestBenchFindsThatTheMockServerDeliversAll(t *testing.T) {
	t.Parallel()
	server := startServer(t, "127.0.0.1:0")
	code, out, complaints := runBench(t.Context(), server.url(), "--clients", "20", "--for", "2s", "-o", "json")
	var report struct {
		Connections struct{ Connected, Held int }
		Events      struct {
			Delivered int
			JudgedBy  string `json:"judged_by"`
			Lost      *int
		}
		OK bool
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	e := report.Events
	if code != cli.ExitOK || !report.OK || report.Connections.Connected != 20 || e.JudgedBy != "sequence" || e.Lost == nil || *e.Lost != 0 || e.Delivered == 0 || complaints != "" {
		t.Errorf("exit code %d: %s%s", code, out, complaints)
	}
}

func TestBenchExitsWithOneWhenSomethingWasNotDelivered(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	full := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) > 1 {
			http.Error(w, "full", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	defer full.Close()
	code, out, complaints := runBench(t.Context(), full.URL, "--clients", "4", "--for", "10ms")
	if code != cli.ExitError || !strings.Contains(out, "3 × 503 Service Unavailable: full") || complaints != "" {
		t.Errorf("exit code %d: %s%s", code, out, complaints)
	}
}

func TestBenchSaysAtOnceWhyNobodyGotAStream(t *testing.T) {
	t.Parallel()
	full := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "full", http.StatusServiceUnavailable)
	}))
	defer full.Close()
	const closed = "http://127.0.0.1:1" // a port of its own could be another test's by now
	for url, want := range map[string]string{
		full.URL: "livetape: none of 3 clients got a stream: 503 Service Unavailable: full; the server, or what stands before it, is not well: try again later\n",
		closed:   "livetape: none of 3 clients got a stream: connection refused; check host and port, and that the server runs and is not behind a firewall\n",
	} {
		code, out, complaints := runBench(t.Context(), url, "--clients", "3", "--for", "1000h")
		if code != cli.ExitError || out != "" || complaints != want {
			t.Errorf("exit code %d: %s%s", code, out, complaints)
		}
		code, out, complaints = runBench(t.Context(), url, "--clients", "3", "--for", "1000h", "-o", "json")
		if code != cli.ExitError || !strings.Contains(out, `"refused": 3`) || complaints != want {
			t.Errorf("as JSON, exit code %d: %s%s", code, out, complaints)
		}
	}
}

func TestASignalEndsBenchWithTheReportSoFar(t *testing.T) {
	t.Parallel()
	server := startServer(t, "127.0.0.1:0")
	term := startTerminal(t, 100, 30, exec.Command(livetape, "bench", server.url(), "--clients", "5", "--for", "1h"))
	term.waitForText("5 of 5 connected", "events/s")
	term.signal(syscall.SIGINT)
	term.waitForText("5 held to the end", "0 lost", "all delivered")
	if code := term.waitForExit(); code != 128+2 {
		t.Errorf("exit code %d", code)
	}
}

func TestBenchTrustsTheCertificatesItIsGiven(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	writeCertificate(t, file, server.Certificate())
	if code, out, _ := runBench(t.Context(), server.URL, "--clients", "2", "--for", "1ms", "--ca", file); code != cli.ExitOK {
		t.Errorf("with the certificate, exit code %d: %s", code, out)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if code, _, complaints := runBench(ctx, server.URL, "--clients", "2", "--for", "1ms"); code != cli.ExitError || !strings.Contains(complaints, "unknown authority") {
		t.Errorf("without, exit code %d: %s", code, complaints)
	}
}

func writeCertificate(t *testing.T, file string, certificate *x509.Certificate) {
	t.Helper()
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
