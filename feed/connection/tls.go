package connection

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
)

// fillTLS sets roots to the system's certificate authorities and those of the configured files; nil without files.
func (e *Endpoint) fillTLS(*environment) error {
	if len(e.config.CAFiles) == 0 {
		return nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // a system without any is no obstacle
	}
	var errs []error
	for _, file := range e.config.CAFiles {
		if err := trustFile(pool, file); err != nil {
			errs = append(errs, fmt.Errorf("ca file: %w", err))
		}
	}
	e.roots = pool
	return errors.Join(errs...)
}

func trustFile(pool *x509.CertPool, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err // it names the file
	}
	found := 0
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		found++
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return fmt.Errorf("%s: certificate %d: %w", file, found, err)
		}
		pool.AddCert(cert)
	}
	if found == 0 {
		return fmt.Errorf("%s: holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)", file)
	}
	return nil
}
