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

	"livetape/ui/cli/config"
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

// logFlags say how a server logs to standard error.
type logFlags struct{ format, level string }

func (f *logFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.format, "log-format", "text", "how to log on standard error: text or json")
	cmd.Flags().StringVar(&f.level, "log-level", "info", "what to log: debug, which tells of every client, info, warn or error")
}

func (f *logFlags) logger(cmd *cobra.Command) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.level)); err != nil {
		return nil, misused(cmd, "--log-level %s is not debug, info, warn or error", f.level)
	}
	options := &slog.HandlerOptions{Level: level}
	switch f.format {
	case "text":
		return slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), options)), nil
	}
	return nil, misused(cmd, "--log-format %s is not text or json", f.format)
}

// tlsFlags say whether and with which certificate a server speaks TLS.
type tlsFlags struct {
	selfMade  bool
	out       string // file for the self-made certificate
	cert, key string // files
}

func (f *tlsFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.selfMade, "tls", false, "serve https, with HTTP/2, by a certificate made for this run: see --tls-out")
	flags.StringVar(&f.out, "tls-out", "", "write that certificate to `FILE`, for 'livetape watch --ca FILE' or 'curl --cacert FILE'")
	flags.StringVar(&f.cert, "tls-cert", "", "serve https by the certificate in `FILE` (PEM, with those that vouch for it behind it)")
	flags.StringVar(&f.key, "tls-key", "", "the certificate's key, in `FILE`")
}

// certificate is what the flags ask for on an address; nil for none.
func (f *tlsFlags) certificate(cmd *cobra.Command, addr string) (*tls.Certificate, error) {
	switch {
	case (f.cert == "") != (f.key == ""):
		return nil, misused(cmd, "--tls-cert and --tls-key belong together")
	case f.selfMade && f.cert != "":
		return nil, misused(cmd, "--tls makes a certificate, where --tls-cert brings one: say one of them")
	case f.out != "" && !f.selfMade:
		return nil, misused(cmd, "--tls-out writes the certificate that --tls makes: say --tls, too")
	case f.selfMade:
		return f.makeOne(addr)
	case f.cert == "":
		return nil, nil
	}
	c, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return nil, fmt.Errorf("read the certificate: %w", err)
	}
	return &c, nil
}

func (f *tlsFlags) makeOne(addr string) (*tls.Certificate, error) {
	host, _, _ := net.SplitHostPort(addr) // takeAddress says what is wrong with it
	c, err := selfMade(host)
	if err != nil || f.out == "" {
		return &c, err
	}
	if err := os.WriteFile(f.out, asPEM(c), 0o644); err != nil {
		return nil, fmt.Errorf("write the certificate: %w", err)
	}
	return &c, nil
}

// trust is how a client is told to trust the certificate.
func (f *tlsFlags) trust() string {
	switch {
	case f.out != "":
		return "--ca " + f.out + " "
	case f.selfMade:
		return "--ca FILE " // its help says where FILE comes from
	}
	return ""
}

// tokenFlags say where the token is that whoever injects faults must send.
type tokenFlags struct{ variable, file string }

func (f *tokenFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.variable, "token", "", "let those inject faults, from anywhere, who send the token in the environment: `'${NAME}'`, quoted")
	flags.StringVar(&f.file, "token-file", "", "the same, with the token in `FILE`")
}

var tokenVariable = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$`)

// token is the token, or empty when there is none. No error repeats what may be one.
func (f *tokenFlags) token(cmd *cobra.Command) (string, error) {
	given := cmd.Flags().Changed
	switch {
	case given("token") && given("token-file"):
		return "", misused(cmd, "--token and --token-file are two ways to say the same: say one of them")
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
		return "", misused(cmd, "--token: a token does not stand on the command line, where all users of the machine and the shell's history see it: "+
			"write '${NAME}', quoted, and put it into that environment variable, or use --token-file")
	}
	token := strings.TrimSpace(os.Getenv(name[1]))
	if token == "" {
		return "", misused(cmd, "--token: environment variable %s is not set or empty", name[1])
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", misused(cmd, "--token: environment variable %s has more than one line, or control characters in it", name[1])
	}
	return token, nil
}
