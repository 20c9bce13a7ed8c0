package cli

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"livetape/feed/connection"
	"livetape/feed/decode/configerr"
	"livetape/ui/cli/config"
)

type serverFlags struct {
	addr string
	log  logFlags
	tls  tlsFlags
}

func (f *serverFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.addr, "listen", "127.0.0.1:8080", "listen on this `ADDRESS`; port 0 picks a free one")
	f.log.register(cmd)
	f.tls.register(cmd)
}

type serverSettings struct {
	addr        string
	logger      *slog.Logger
	errorLog    *log.Logger      // of the http.Server
	certificate *tls.Certificate // nil: no TLS
}

func (f *serverFlags) settings(cmd *cobra.Command) (s serverSettings, err error) {
	s.addr = f.addr
	if s.logger, err = f.log.logger(cmd); err != nil {
		return s, err
	}
	s.errorLog = slog.NewLogLogger(s.logger.Handler(), slog.LevelWarn)
	s.certificate, err = f.tls.certificate(cmd, f.addr)
	return s, err
}

// printFooter ends the startup banner: how to watch the stream, and how to stop the server.
func (f *serverFlags) printFooter(out io.Writer, s *embeddedServer) {
	if s.certificate != nil {
		fmt.Fprintf(out, "  SHA-256 %s\n", fingerprint(*s.certificate))
	}
	fmt.Fprintf(out, "\nWatch it:  livetape watch %s%s/events\nStop it:   ctrl+c\n", f.tls.clientFlag(), s.url)
}

type logFlags struct{ format, level string }

func (f *logFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.format, "log-format", "text", "the `FORMAT` of the log on standard error: text or json")
	cmd.Flags().StringVar(&f.level, "log-level", "info", "log from this `LEVEL` up: debug (every client), info, warn or error")
}

func (f *logFlags) logger(cmd *cobra.Command) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.level)); err != nil {
		return nil, usageErrorf(cmd, "--log-level %s is not debug, info, warn or error%s", f.level, configerr.DidYouMean(f.level, []string{"debug", "info", "warn", "error"}, nil))
	}
	options := &slog.HandlerOptions{Level: level}
	switch f.format {
	case "text":
		return slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), options)), nil
	}
	return nil, usageErrorf(cmd, "--log-format %s is not text or json%s", f.format, configerr.DidYouMean(f.format, []string{"text", "json"}, nil))
}

type tlsFlags struct {
	selfSigned bool
	out        string // file for that certificate
	cert, key  string // files
}

func (f *tlsFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.selfSigned, "tls", false, "serve https and HTTP/2, with a certificate made for this run: see --tls-out")
	flags.StringVar(&f.out, "tls-out", "", "write that certificate to `FILE`, for 'livetape watch --ca FILE' or 'curl --cacert FILE'")
	flags.StringVar(&f.cert, "tls-cert", "", "serve https with the certificate in `FILE` (PEM, followed by its intermediate certificates)")
	flags.StringVar(&f.key, "tls-key", "", "the certificate's key, in `FILE`")
}

// certificate is what the flags ask for on an address; nil for none.
func (f *tlsFlags) certificate(cmd *cobra.Command, addr string) (*tls.Certificate, error) {
	switch {
	case (f.cert == "") != (f.key == ""):
		return nil, usageErrorf(cmd, "--tls-cert and --tls-key need each other")
	case f.selfSigned && f.cert != "":
		return nil, usageErrorf(cmd, "--tls makes a certificate and --tls-cert names one: use only one of them")
	case f.out != "" && !f.selfSigned:
		return nil, usageErrorf(cmd, "--tls-out writes the certificate that --tls makes: it needs --tls")
	case f.selfSigned:
		return f.makeCertificate(addr)
	case f.cert == "":
		return nil, nil
	}
	c, err := connection.ReadCertificate(f.cert, f.key)
	if err != nil {
		return nil, fmt.Errorf("read the certificate: %w", err)
	}
	return c, nil
}

func (f *tlsFlags) makeCertificate(addr string) (*tls.Certificate, error) {
	host, _, _ := net.SplitHostPort(addr) // listenHTTP says what is wrong with it
	c, err := selfSignedCertificate(host)
	if err != nil || f.out == "" {
		return &c, err
	}
	if err := os.WriteFile(f.out, encodePEM(c), 0o644); err != nil {
		return nil, fmt.Errorf("write the certificate: %w", err)
	}
	return &c, nil
}

func (f *tlsFlags) clientFlag() string {
	switch {
	case f.out != "":
		return "--ca " + f.out + " "
	case f.selfSigned:
		return "--ca FILE " // its help says where FILE comes from
	}
	return ""
}

// tokenFlags say where the token is that clients need to inject faults.
type tokenFlags struct{ variable, file string }

func (f *tokenFlags) register(cmd *cobra.Command) { registerToken(cmd, &f.variable, &f.file) }

func registerToken(cmd *cobra.Command, variable, file *string) {
	flags := cmd.Flags()
	flags.StringVar(variable, "token", "", "the environment variable with the token that clients must send: `'${NAME}'`, quoted; mock asks for it before it takes faults from other machines, relay before it serves events")
	flags.StringVar(file, "token-file", "", "the same, with the token in `FILE`; relay takes several, each on a line NAME: TOKEN, and reads the file again when it changes")
}

var tokenVariable = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$`)

// read is the token, or empty when there is none. No error repeats what may be a token.
func (f *tokenFlags) read(cmd *cobra.Command) (string, error) {
	given := cmd.Flags().Changed
	switch {
	case given("token") && given("token-file"):
		return "", usageErrorf(cmd, "--token and --token-file do the same: use only one of them")
	case given("token-file"):
		token, err := config.ReadToken(f.file)
		if err != nil {
			return "", fmt.Errorf("--token-file: %w", err)
		}
		return token, nil
	case !given("token"):
		return "", nil
	}
	name := tokenVariable.FindStringSubmatch(f.variable)
	if name == nil {
		return "", usageErrorf(cmd, "--token: a token must not be on the command line, where other users and the shell's history can see it: "+
			"put it into an environment variable and write '${NAME}', quoted, or use --token-file")
	}
	token := strings.TrimSpace(os.Getenv(name[1]))
	if token == "" {
		return "", usageErrorf(cmd, "--token: environment variable %s is not set or empty", name[1])
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", usageErrorf(cmd, "--token: environment variable %s has more than one line, or control characters", name[1])
	}
	return token, nil
}
