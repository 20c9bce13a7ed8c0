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

// venue is a server and the listener on which it is served.
type venue struct {
	url      string             // http://host:port, without a path
	mock     *mockserver.Server // nil where a recording is served
	listener net.Listener
	server   *http.Server
}

// openVenue makes the mock server and takes the address; nothing is served yet.
func openVenue(cmd *cobra.Command, addr string, config mockserver.Config, errorLog *log.Logger) (*venue, error) {
	mock, err := mockserver.New(config)
	if err != nil {
		return nil, usageError{err, hint(cmd)}
	}
	v, err := takeAddress(cmd, addr, mock.Handler(), errorLog)
	if err != nil {
		return nil, err
	}
	v.mock, v.listener = mock, mock.Listener(v.listener)
	return v, nil
}

// takeAddress makes a venue without a market of its own.
func takeAddress(cmd *cobra.Command, addr string, handler http.Handler, errorLog *log.Logger) (*venue, error) {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return nil, misused(cmd, "--addr %s is not of the form 127.0.0.1:8080", addr)
	}
	listener, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("listen on %s: the port is taken; choose another with --addr, or --addr 127.0.0.1:0 for a free one", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	return &venue{
		url:      "http://" + reachable(addr, listener.Addr().String()),
		listener: listener,
		server:   newHTTPServer(handler, errorLog),
	}, nil
}

// reachable is where a client on this machine finds a listener: by the name that was asked for, and not by the address
// of all interfaces, for which no certificate is.
func reachable(asked, bound string) string {
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

// newHTTPServer is a server that a client can neither hold nor fill: headers come soon and are short, and a connection
// is not kept for nothing. Reading and writing have no time-out here, for a stream has no end; the handler bounds
// every write.
func newHTTPServer(handler http.Handler, errorLog *log.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          errorLog,
	}
}

// secure makes the venue speak TLS alone, if there is a certificate, and HTTP/2 with those who can (RFC 7301). A browser may then have a hundred
// streams open over one connection, where it has six of HTTP/1.1 to a host.
func (v *venue) secure(c *tls.Certificate) {
	if c == nil {
		return
	}
	v.url = "https" + strings.TrimPrefix(v.url, "http")
	v.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*c}, MinVersion: tls.VersionTLS12}
}

// accept serves until the server is closed.
func (v *venue) accept() error {
	if v.server.TLSConfig != nil {
		return v.server.ServeTLS(v.listener, "", "")
	}
	return v.server.Serve(v.listener)
}

// serve runs the market and its listener until ctx ends, then ends every stream cleanly. It returns when
// all is closed; the error is nil unless serving itself broke.
func (v *venue) serve(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() {
		defer stop()
		served <- v.accept()
	}()

	var runErr error
	if v.mock != nil {
		runErr = v.mock.Run(ctx)
	}
	<-ctx.Done()
	closeErr := v.close()
	serveErr := <-served
	if errors.Is(serveErr, http.ErrServerClosed) {
		serveErr = nil
	}
	return errors.Join(runErr, closeErr, serveErr)
}

// close waits a moment for answers under way, then cuts what is left.
func (v *venue) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := v.server.Shutdown(ctx); err != nil {
		return v.server.Close()
	}
	return nil
}
