package connection

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
)

// trustedAuthorities are the system's certificate authorities and those of the files; nil without files.
func trustedAuthorities(files []string) (*x509.CertPool, error) {
	if len(files) == 0 {
		return nil, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // a system without any is no obstacle
	}
	var faults []error
	for _, file := range files {
		if err := trustFile(pool, file); err != nil {
			faults = append(faults, fmt.Errorf("ca file: %w", err))
		}
	}
	return pool, errors.Join(faults...)
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
