package cli

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"log/slog"

	"github.com/spf13/cobra"
)

// venueFlags say where and how to serve, whatever is served.
type venueFlags struct {
	addr   string
	logs   logFlags
	secure tlsFlags
}

func (f *venueFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.addr, "addr", "127.0.0.1:8080", "address to listen on; port 0 picks a free one")
	f.logs.register(cmd)
	f.secure.register(cmd)
}

// settled is what the flags of a venue come to.
type settled struct {
	logger      *slog.Logger
	certificate *tls.Certificate // nil: no TLS
}

func (f *venueFlags) settle(cmd *cobra.Command) (s settled, err error) {
	if s.logger, err = f.logs.logger(cmd); err != nil {
		return s, err
	}
	s.certificate, err = f.secure.certificate(cmd, f.addr)
	return s, err
}

// errorLog is where an http.Server complains.
func (s settled) errorLog() *log.Logger {
	return slog.NewLogLogger(s.logger.Handler(), slog.LevelWarn)
}

// advise tells how to watch what is served at a URL, and how to end it.
func (f *venueFlags) advise(out io.Writer, url string, c *tls.Certificate) {
	if c != nil {
		fmt.Fprintf(out, "  SHA-256 %s\n", fingerprint(*c))
	}
	fmt.Fprintf(out, "\nWatch it:  livetape watch %s%s/events\nStop it:   ctrl+c\n", f.secure.trust(), url)
}
