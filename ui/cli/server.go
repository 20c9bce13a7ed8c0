package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"livetape/mockserver"
)

// embeddedServer is the HTTP server in this process, with its listener.
type embeddedServer struct {
	url         string             // http://host:port or https://host:port, without a path
	mock        *mockserver.Server // nil: a recording is served
	certificate *tls.Certificate   // nil: no TLS
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
		return nil, usageErrorf(cmd, "--addr %s is not of the form 127.0.0.1:8080", addr)
	}
	listener, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("listen on %s: the port is taken; choose another with --addr, or --addr 127.0.0.1:0 for a free one", addr)
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

// acceptAll serves until the server is closed.
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
