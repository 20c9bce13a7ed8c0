package cli

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"livetape/mockserver"
)

type embeddedServer struct {
	url         string // http://host:port or https://host:port, without a path
	mock        *mockserver.Server
	certificate *tls.Certificate // nil: no TLS
	listener    net.Listener
	server      *http.Server
}

// newMockServer makes the mock server and listens; nothing is served yet.
func newMockServer(cmd *cobra.Command, settings serverSettings, config mockserver.Config) (*embeddedServer, error) {
	mock, err := mockserver.New(config)
	if err != nil {
		return nil, usageErrorf(cmd, "%w", err)
	}
	s, err := listenHTTP(cmd, settings, mock.Handler())
	if err != nil {
		return nil, err
	}
	s.mock, s.listener = mock, mock.Listener(s.listener)
	return s, nil
}

// listenHTTP listens for a handler; nothing is served yet. With a certificate it speaks only TLS, and HTTP/2 with
// clients that can (RFC 7301): a browser may then have a hundred streams open over one connection, where HTTP/1.1
// allows it six to a host.
func listenHTTP(cmd *cobra.Command, settings serverSettings, handler http.Handler) (*embeddedServer, error) {
	addr := settings.addr
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return nil, usageErrorf(cmd, "--listen %s is not of the form 127.0.0.1:8080", addr)
	}
	listener, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("listen on %s: the port is taken; choose another with --listen, or --listen 127.0.0.1:0 for a free one", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	s := &embeddedServer{certificate: settings.certificate, listener: listener, server: newHTTPServer(handler, settings.errorLog)}
	s.url = "http://" + clientHostPort(addr, listener.Addr().String())
	if c := settings.certificate; c != nil {
		s.url = "https" + strings.TrimPrefix(s.url, "http")
		s.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*c}, MinVersion: tls.VersionTLS12}
	}
	return s, nil
}

// clientHostPort is where a client on this machine reaches a listener: by the name that was asked for, never by the
// address of all interfaces, for which there is no certificate.
func clientHostPort(asked, bound string) string {
	host, _, _ := net.SplitHostPort(asked)
	boundHost, port, _ := net.SplitHostPort(bound)
	switch ip := net.ParseIP(boundHost); {
	case host != "" && net.ParseIP(host) == nil:
		return net.JoinHostPort(host, port)
	case ip == nil || ip.IsUnspecified():
		return net.JoinHostPort("localhost", port)
	}
	return bound
}

// newHTTPServer is a server that no client can block or fill: headers must come soon and be short, and idle connections
// are closed. Reading and writing have no timeout here, since a stream has no end; the handler bounds every write.
func newHTTPServer(handler http.Handler, errorLog *log.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          errorLog,
	}
}

func (s *embeddedServer) acceptAll() error {
	if s.certificate != nil {
		return s.server.ServeTLS(s.listener, "", "")
	}
	return s.server.Serve(s.listener)
}

// serve runs the market and the listener until ctx ends, then ends every stream cleanly. It returns when everything is
// closed. The error is nil unless serving itself broke.
func (s *embeddedServer) serve(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() {
		defer stop()
		served <- s.acceptAll()
	}()

	var runErr error
	if s.mock != nil {
		runErr = s.mock.Run(ctx)
	}
	<-ctx.Done()
	closeErr := s.shutdown()
	serveErr := <-served
	if errors.Is(serveErr, http.ErrServerClosed) {
		serveErr = nil
	}
	return errors.Join(runErr, closeErr, serveErr)
}

// shutdown waits a moment for responses under way, then cuts what is left.
func (s *embeddedServer) shutdown() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := s.server.Shutdown(ctx); err != nil {
		return s.server.Close()
	}
	return nil
}

// certificateLife is short, since every start of a server makes a new certificate.
const certificateLife = 7 * 24 * time.Hour

// selfSignedCertificate makes a certificate and its key for this machine and for host, which may be empty. It cannot
// sign other certificates.
func selfSignedCertificate(host string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make a key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make a serial number: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: "livetape mock server"},
		NotBefore:             now.Add(-time.Hour), // clocks differ
		NotAfter:              now.Add(certificateLife),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		DNSNames:              []string{"localhost"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	addHost(template, host)
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make a certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// addHost makes c valid for host, too: for all names and addresses of this machine, if that is the address of all interfaces.
func addHost(c *x509.Certificate, host string) {
	ip := net.ParseIP(host)
	switch {
	case host == "" || ip != nil && ip.IsUnspecified():
		addMachine(c)
	case ip != nil:
		addAddress(c, ip)
	case host != "localhost":
		c.DNSNames = append(c.DNSNames, host)
	}
}

// addMachine adds what this machine is called, as far as it knows.
func addMachine(c *x509.Certificate) {
	if name, err := os.Hostname(); err == nil && name != "localhost" {
		c.DNSNames = append(c.DNSNames, name)
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return // it is valid for this machine alone
	}
	for _, a := range addresses {
		if network, ok := a.(*net.IPNet); ok {
			addAddress(c, network.IP)
		}
	}
}

func addAddress(c *x509.Certificate, ip net.IP) {
	if !slices.ContainsFunc(c.IPAddresses, ip.Equal) {
		c.IPAddresses = append(c.IPAddresses, ip)
	}
}

// encodePEM is a certificate without its key (RFC 7468).
func encodePEM(c tls.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]})
}

// fingerprint is what browsers and openssl show as a certificate's SHA-256.
func fingerprint(c tls.Certificate) string {
	sum := sha256.Sum256(c.Certificate[0])
	return strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")
}
