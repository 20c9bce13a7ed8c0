// Package sharedlog has the flags with which a server of events keeps them in NATS JetStream, to share them with others.
package sharedlog

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"time"

	"github.com/spf13/pflag"

	"livetape/feed/connection"
	"livetape/feed/decode/preset"
	"livetape/feed/health"
	"livetape/feed/relayed"
	"livetape/mockserver"
	"livetape/mockserver/emulate"
	"livetape/mockserver/hub/jetstream"
	"livetape/ui/cli/flags"
	"livetape/ui/cli/relay"
)

// Flags say where the log is. Without --log, there is none.
type Flags struct {
	url         string
	credentials string // file
	ca          string // file
	cert, key   string // files
	serveOnly   bool
	age         time.Duration
	size        *flags.Size
	events      int64
	copies      int
}

// Register adds the flags.
func (f *Flags) Register(set *pflag.FlagSet) {
	set.StringVar(&f.url, "log", "", "keep the events in a stream of NATS JetStream, shared with others: `nats://host:4222/STREAM` (separate several servers with commas)")
	set.BoolVar(&f.serveOnly, "serve-only", false, "serve what others publish to the --log, and never publish")
	set.StringVar(&f.credentials, "log-credentials", "", "the credentials for NATS, in `FILE` (.creds)")
	set.StringVar(&f.ca, "log-ca", "", "also trust the certificates in `FILE` (PEM) for NATS")
	set.StringVar(&f.cert, "log-cert", "", "show NATS the certificate in `FILE` (PEM)")
	set.StringVar(&f.key, "log-key", "", "the certificate's key, in `FILE`")
	set.DurationVar(&f.age, "stream-age", 0, "keep events in the stream for `DURATION` (default 24h)")
	f.size = flags.NewLimit(preset.SizeRange{Least: 1 << 20, Most: int(min(int64(1)<<40, math.MaxInt)), Name: "1MiB and 1TiB"})
	set.Var(f.size, "stream-size", "keep at most `SIZE` of events in the stream (default 1GiB)")
	set.Int64Var(&f.events, "stream-events", 0, "keep at most `N` events in the stream (default: any number)")
	set.IntVar(&f.copies, "stream-copies", 0, "keep a new stream on `N` servers (default 3 in a cluster, else 1)")
}

// IsSet reports whether there is a shared log.
func (f *Flags) IsSet() bool { return f.url != "" }

// ServeOnly reports whether the server only serves.
func (f *Flags) ServeOnly() bool { return f.url != "" && f.serveOnly }

// Check says what is wrong with the flags.
func (f *Flags) Check() error {
	if f.url == "" {
		if f.serveOnly || f.credentials != "" || f.ca != "" || f.cert != "" || f.key != "" || f.age != 0 || f.size.Bytes != 0 || f.events != 0 || f.copies != 0 {
			return errors.New("--serve-only, --log-… and --stream-… need --log nats://host:4222/STREAM")
		}
		return nil
	}
	if _, _, err := jetstream.ParseURL(f.url); err != nil {
		return fmt.Errorf("--log: %w", err)
	}
	switch {
	case (f.cert == "") != (f.key == ""):
		return errors.New("--log-cert and --log-key need each other")
	case f.age < 0 || f.age > 0 && f.age < time.Second:
		return fmt.Errorf("--stream-age %s is shorter than a second", f.age)
	case f.events < 0:
		return errors.New("--stream-events cannot be below 0")
	case f.copies < 0 || f.copies > 5:
		return fmt.Errorf("--stream-copies %d is not from 1 to 5", f.copies)
	}
	return nil
}

// Open connects to the log, and has a server use it; without --log it does nothing. Ring is how many events are kept in memory;
// 0 for the default.
func (f *Flags) Open(c *mockserver.Config, ring int) error {
	if f.url == "" {
		return nil
	}
	servers, stream, err := jetstream.ParseURL(f.url)
	if err != nil {
		return fmt.Errorf("--log: %w", err)
	}
	trust, err := f.tlsConfig()
	if err != nil {
		return err
	}
	if f.credentials != "" {
		if _, err := os.Stat(f.credentials); err != nil {
			return fmt.Errorf("--log-credentials: %w", err)
		}
	}
	log, err := jetstream.Open(jetstream.Config{
		Servers: servers, Stream: stream, Credentials: f.credentials, TLS: trust, Ring: ring,
		MaxAge: f.age, MaxBytes: f.size.Bytes, MaxEvents: f.events, Replicas: f.copies,
		FirstNumber: emulate.FirstNumber, Logger: loggerOf(c), NoticeData: Report,
		Takeover: func(_, cause string) []byte { return Report("live", cause) },
		Content:  func() jetstream.Content { return relay.NewState(nil, nil) },
	})
	if err != nil {
		return err
	}
	c.Log = log.Log()
	if f.serveOnly {
		c.Source = log.Source(nil)
		return nil
	}
	c.Share = func(s mockserver.Source) mockserver.Source { return log.Source(s) }
	return nil
}

func loggerOf(c *mockserver.Config) *slog.Logger {
	if c.Logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return c.Logger
}

// Report is the data of an event that says how the log is.
func Report(state, cause string) []byte {
	r := health.Report{Feed: relayed.EventLog, Status: health.Status{State: health.Live, Since: time.Now().UTC(), Cause: cause}}
	if state != "live" {
		r.Status.State = health.Quiet
	}
	data, _ := json.Marshal(r) // a time of today cannot fail
	return data
}

// tlsConfig is nil where the flags ask for nothing.
func (f *Flags) tlsConfig() (*tls.Config, error) {
	if f.ca == "" && f.cert == "" {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if f.ca != "" {
		pem, err := os.ReadFile(f.ca)
		if err != nil {
			return nil, fmt.Errorf("--log-ca: %w", err)
		}
		if c.RootCAs, err = x509.SystemCertPool(); err != nil {
			c.RootCAs = x509.NewCertPool()
		}
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--log-ca: there is no certificate in %s", f.ca)
		}
	}
	if f.cert != "" {
		pair, err := connection.ReadCertificate(f.cert, f.key)
		if err != nil {
			return nil, fmt.Errorf("--log-cert: %w", err)
		}
		c.Certificates = []tls.Certificate{*pair}
	}
	return c, nil
}
