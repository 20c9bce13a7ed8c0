package cli_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// secureMock is `livetape mock --tls`, and the file with its certificate.
func secureMock(t *testing.T, args ...string) (server *mockProcess, file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "cert.pem")
	return startMockProcess(t, append([]string{"--tls", "--tls-out", file}, args...)...), file
}

// trusting is a client that trusts the certificate in file alone, and the number of connections that it made.
func trusting(t *testing.T, file string) (*http.Client, *atomic.Int64) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		t.Fatalf("%s holds no certificate", file)
	}
	made := new(atomic.Int64)
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: roots},
		ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			made.Add(1)
			return new(net.Dialer).DialContext(ctx, network, addr)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}, made
}

func TestASelfMadeCertificateIsGoodForThisMachineAndAWhile(t *testing.T) {
	t.Parallel()
	server, file := secureMock(t)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" || len(rest) > 0 {
		t.Fatalf("%s", text)
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
		if err := certificate.VerifyHostname(host); err != nil {
			t.Error(err)
		}
	}
	life := time.Until(certificate.NotAfter)
	if certificate.IsCA || certificate.PublicKeyAlgorithm != x509.ECDSA || life < 24*time.Hour || life > 30*24*time.Hour {
		t.Errorf("CA %t, %s, %s to live", certificate.IsCA, certificate.PublicKeyAlgorithm, life)
	}
	sum := sha256.Sum256(block.Bytes)
	if said := strings.ReplaceAll(fmt.Sprintf("SHA-256 % X", sum), " ", ":"); !strings.Contains(server.banner, strings.Replace(said, "SHA-256:", "SHA-256 ", 1)) {
		t.Errorf("its fingerprint is %s, but the server said\n%s", said, server.banner)
	}
	if !strings.Contains(server.banner, "livetape watch --ca "+file+" "+server.url+"/events\n") {
		t.Errorf("the server said\n%s", server.banner)
	}
}

func TestACertificateIsGoodForTheAddressThatWasAskedFor(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "cert.pem")
	server := startMockProcess(t, "--tls", "--tls-out", file, "--listen", "127.0.0.2:0")
	client, _ := trusting(t, file)
	resp, err := client.Get(server.url + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	everywhere := startMockProcess(t, "--tls", "--tls-out", file, "--listen", ":0")
	if !strings.HasPrefix(everywhere.url, "https://localhost:") {
		t.Errorf("a server on all interfaces is at %s", everywhere.url)
	}
}

func TestAProtocolIsAgreedOn(t *testing.T) {
	t.Parallel()
	server, file := secureMock(t)
	for want, offered := range map[string][]string{"h2": {"h2", "http/1.1"}, "http/1.1": {"http/1.1"}, "": nil} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(text)
		conn, err := tls.Dial("tcp", server.addr(), &tls.Config{RootCAs: roots, NextProtos: offered})
		if err != nil {
			t.Fatal(err)
		}
		if got := conn.ConnectionState().NegotiatedProtocol; got != want {
			t.Errorf("of %v, %q was agreed on", offered, got)
		}
		conn.Close()
	}
	plain, err := http.Get("http://" + server.addr() + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Body.Close()
	if plain.StatusCode != http.StatusBadRequest {
		t.Errorf("without TLS it answers %s", plain.Status)
	}
}

// TestOneConnectionHasAHundredStreamsUntilTheServerEnds does what a browser with many tabs does.
func TestOneConnectionHasAHundredStreamsUntilTheServerEnds(t *testing.T) {
	t.Parallel()
	server, file := secureMock(t, "--rate", "20") // for each of the streams
	client, made := trusting(t, file)
	var bodies []*bufio.Reader
	for range 100 {
		resp, err := client.Get(server.url + "/events")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.ProtoMajor != 2 {
			t.Fatalf("a stream came over %s", resp.Proto)
		}
		bodies = append(bodies, bufio.NewReader(resp.Body))
	}
	for n, body := range bodies {
		for kind := ""; kind != "event: price\n"; {
			var err error
			if kind, err = body.ReadString('\n'); err != nil {
				t.Fatalf("stream %d: %v", n, err)
			}
		}
	}
	if made.Load() != 1 {
		t.Errorf("%d connections were made", made.Load())
	}
	ended := make(chan int)
	go func() { ended <- server.end(syscall.SIGTERM) }()
	var reading sync.WaitGroup
	for n, body := range bodies {
		reading.Go(func() {
			rest, err := io.ReadAll(body) // a stream that ends in another way than with END_STREAM is an error (RFC 9113 §8.1)
			if err != nil || !regexp.MustCompile(`\n\nretry: \d{4}\n\n$`).Match(rest) {
				t.Errorf("stream %d ended with %v behind %q", n, err, rest[max(0, len(rest)-100):])
			}
		})
	}
	reading.Wait()
	if code := <-ended; code != 128+int(syscall.SIGTERM) {
		t.Errorf("exit code %d", code)
	}
	if server.stderr.Len() > 0 && strings.Contains(server.stderr.String(), "ERROR") {
		t.Error(server.stderr.String())
	}
}

func TestWatchersTrustWhatTheyAreToldTo(t *testing.T) {
	t.Parallel()
	server, file := secureMock(t, "--rate", "100")
	count := []string{"stream", server.url + "/events", "--count", "3"}
	out, err := exec.Command(livetape, append(count, "--ca", file)...).CombinedOutput()
	if err != nil {
		t.Errorf("with the certificate: %v\n%s", err, out)
	}
	out, err = exec.Command(livetape, count...).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "signed by an unknown authority") {
		t.Errorf("without it: %v\n%s", err, out)
	}
	if curl, err := exec.LookPath("curl"); err == nil {
		out, err := exec.Command(curl, "-sS", "--cacert", file, server.url+"/readyz").CombinedOutput()
		if err != nil || string(out) != "ready\n" {
			t.Errorf("curl: %v\n%s", err, out)
		}
	}
}

// writeKeyPair writes a certificate for desk.example and 127.0.0.1, and its key.
func writeKeyPair(t *testing.T, dir string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"desk.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", secret)
}

func TestACertificateOfOnesOwnIsUsed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key := writeKeyPair(t, dir)
	server := startMockProcess(t, "--tls-cert", cert, "--tls-key", key)
	client, _ := trusting(t, cert)
	resp, err := client.Get(server.url + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if diff := cmp.Diff([]string{"desk.example"}, resp.TLS.PeerCertificates[0].DNSNames); diff != "" {
		t.Error(diff)
	}
}

func TestARecordingIsServedOverTLSToo(t *testing.T) {
	t.Parallel()
	server, file := secureMock(t, "--replay", recordTicker(t, "secure.tape"), "--speed", "max")
	client, _ := trusting(t, file)
	resp, err := client.Get(server.url + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.ProtoMajor != 2 || !strings.Contains(string(text), "1100.50") {
		t.Errorf("%d bytes over %s: %v", len(text), resp.Proto, err)
	}
}
