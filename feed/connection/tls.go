package connection

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// fillTLS sets roots and certificate from the configured files.
func (e *Endpoint) fillTLS(*environment) (err error) {
	if len(e.config.CAFiles) > 0 {
		if e.roots, err = ReadAuthorities(e.config.CAFiles...); err != nil {
			return fmt.Errorf("ca file: %w", err)
		}
	}
	if e.config.CertFile != "" {
		if e.certificate, err = ReadCertificate(e.config.CertFile, e.config.KeyFile); err != nil {
			return fmt.Errorf("client certificate: %w", err)
		}
	}
	return nil
}

// ReadAuthorities reads files of certificates in PEM form. The pool has the system's, too.
func ReadAuthorities(files ...string) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // a system without any is no obstacle
	}
	var errs []error
	for _, file := range files {
		errs = append(errs, trustFile(pool, file))
	}
	return pool, errors.Join(errs...)
}

func trustFile(pool *x509.CertPool, file string) error {
	text, err := readPEM(file)
	if err != nil {
		return err
	}
	found := 0
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != pemCertificate {
			continue
		}
		found++
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return fmt.Errorf("%s: certificate %d is damaged", file, found)
		}
		pool.AddCert(cert)
	}
	if found == 0 {
		return fmt.Errorf("%s: holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)", file)
	}
	return nil
}

// ReadCertificate reads the certificate, with its chain, by which livetape says who it is, and the key of it.
func ReadCertificate(certFile, keyFile string) (*tls.Certificate, error) {
	cert, err := readPEM(certFile)
	if err != nil {
		return nil, err
	}
	key, err := readPEM(keyFile)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	switch {
	case err == nil:
		return &pair, nil
	case !bytes.Contains(cert, []byte("-----BEGIN "+pemCertificate)):
		return nil, fmt.Errorf("%s: holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)", certFile)
	case bytes.Contains(key, []byte("ENCRYPTED")):
		return nil, fmt.Errorf("%s: the key is encrypted, and livetape asks for no passphrase: decrypt it with openssl pkey -in KEY -out PLAIN", keyFile)
	case !bytes.Contains(key, []byte("PRIVATE KEY-----")):
		return nil, fmt.Errorf("%s: holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)", keyFile)
	case strings.Contains(err.Error(), "does not match"):
		return nil, fmt.Errorf("%s: is not the key of the certificate in %s", keyFile, certFile)
	}
	return nil, fmt.Errorf("%s, %s: the certificate or its key is damaged", certFile, keyFile)
}

const (
	pemCertificate = "CERTIFICATE"
	maxPEM         = 4 << 20 // bytes: a system's whole list of authorities takes 0.3 MiB
)

func readPEM(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err // it names the file
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxPEM+1))
	if err == nil && len(text) > maxPEM {
		err = fmt.Errorf("%s: is over %d MiB, too large for a file of certificates", file, maxPEM>>20)
	}
	return text, err
}
