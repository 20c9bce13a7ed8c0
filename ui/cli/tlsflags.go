package cli

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"

	"github.com/spf13/cobra"
)

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
