package sharedlog_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"

	"livetape/mockserver"
)

// waitLimit bounds every wait, as machines are slow.
const waitLimit = 2 * time.Minute

// TestTheLogIsReachedOverTLSWithCredentials has a NATS server that lets only those in who have credentials, behind a certificate
// that only a file vouches for, and to what the manual says. The stream is as the flags say.
func TestTheLogIsReachedOverTLSWithCredentials(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	certificate, ca := newCertificate(t, dir)
	addr, credentials := startGuardedNATS(t, dir, certificate)
	limits := "--stream-age=1h --stream-size=2MiB --stream-events=100"
	follow(t, "--log=tls://"+addr+"/DESK --log-ca="+ca+" --log-credentials="+credentials+" "+limits)

	pool := x509.NewCertPool()
	pem, err := os.ReadFile(ca)
	if err != nil || !pool.AppendCertsFromPEM(pem) {
		t.Fatal(err)
	}
	trust := nats.Secure(&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12})
	if _, err := nats.Connect("tls://"+addr, trust); err == nil {
		t.Error("NATS lets everybody in")
	}
	conn, err := nats.Connect("tls://"+addr, trust, nats.UserCredentials(credentials))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := natsjs.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(t.Context(), "DESK")
	if err != nil {
		t.Fatal(err)
	}
	if c := stream.CachedInfo().Config; c.MaxAge != time.Hour || c.MaxBytes != 2<<20 || c.MaxMsgs != 100 {
		t.Errorf("the stream keeps %s, %d bytes, %d events", c.MaxAge, c.MaxBytes, c.MaxMsgs)
	}
}

// follow runs a server with flags, and returns when it follows its log.
func follow(t *testing.T, args string) {
	t.Helper()
	c := mockserver.Config{Rate: 50}
	if err := parse(t, strings.Fields(args)...).Open(&c, 0); err != nil {
		t.Fatal(err)
	}
	s, err := mockserver.New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := s.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { stop(); running.Wait() })
	for deadline := time.Now().Add(waitLimit); ; {
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		if strings.Contains(w.Body.String(), "\nlivetape_log_lease 1\n") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the log is not followed:\n%s", w.Body)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// newCertificate is one for 127.0.0.1, and the file with it.
func newCertificate(t *testing.T, dir string) (_ tls.Certificate, file string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

// startGuardedNATS runs a server with an operator, whose account has one user.
func startGuardedNATS(t *testing.T, dir string, certificate tls.Certificate) (addr, credentials string) {
	t.Helper()
	operatorKey, operator := newKey(t, nkeys.CreateOperator)
	accountKey, account := newKey(t, nkeys.CreateAccount)
	_, system := newKey(t, nkeys.CreateAccount)
	userKey, user := newKey(t, nkeys.CreateUser)
	operatorClaims := jwt.NewOperatorClaims(operator)
	operatorClaims.SystemAccount = system
	sign(t, operatorClaims, operatorKey)
	accountClaims := jwt.NewAccountClaims(account)
	accountClaims.Limits.JetStreamLimits = jwt.JetStreamLimits{MemoryStorage: jwt.NoLimit, DiskStorage: jwt.NoLimit, Streams: jwt.NoLimit, Consumer: jwt.NoLimit}
	resolver := &server.MemAccResolver{}
	for name, claims := range map[string]jwt.Claims{account: accountClaims, system: jwt.NewAccountClaims(system)} {
		if err := resolver.Store(name, sign(t, claims, operatorKey)); err != nil {
			t.Fatal(err)
		}
	}
	seed, err := userKey.Seed()
	if err != nil {
		t.Fatal(err)
	}
	userClaims := jwt.NewUserClaims(user)
	userClaims.Pub.Allow, userClaims.Sub.Allow = permissionsOfTheManual(t)
	text, err := jwt.FormatUserConfig(sign(t, userClaims, accountKey), seed)
	if err != nil {
		t.Fatal(err)
	}
	credentials = filepath.Join(dir, "desk.creds")
	if err := os.WriteFile(credentials, text, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: dir, NoLog: true, NoSigs: true, SystemAccount: system,
		TrustedOperators: []*jwt.OperatorClaims{operatorClaims}, AccountResolver: resolver,
		TLS: true, TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(waitLimit) {
		t.Fatal("NATS does not start")
	}
	return s.Addr().String(), credentials
}

// permissionsOfTheManual are the subjects that the manual says credentials must allow, for the stream DESK.
func permissionsOfTheManual(t *testing.T) (publish, subscribe []string) {
	t.Helper()
	page, err := os.ReadFile("../../../docs/relay.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(page), "The credentials must allow publishing to ")
	text, _, _ = strings.Cut(text, "\n\n")
	toPublish, toSubscribe, found := strings.Cut(text, "and subscribing to ")
	if !found {
		t.Fatal("the manual does not say what credentials must allow")
	}
	subjects := func(text string) (all []string) {
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(text, -1) {
			all = append(all, strings.ReplaceAll(m[1], "STREAM", "DESK"))
		}
		return all
	}
	return subjects(toPublish), subjects(toSubscribe)
}

func newKey(t *testing.T, create func() (nkeys.KeyPair, error)) (key nkeys.KeyPair, public string) {
	t.Helper()
	key, err := create()
	if err == nil {
		public, err = key.PublicKey()
	}
	if err != nil {
		t.Fatal(err)
	}
	return key, public
}

func sign(t *testing.T, claims jwt.Claims, key nkeys.KeyPair) string {
	t.Helper()
	text, err := claims.Encode(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
