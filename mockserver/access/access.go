// Package access decides who may read a server's streams: those who show a token, of which [Readers] holds one or many, each
// with a name and with what it is good for. A browser's page, which can set no header, shows it once to POST /session, and gets
// a cookie for it. A token is never in a URL.
package access

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Reader is whoever shows one of the tokens. Nil lists are all.
type Reader struct {
	Name    string
	Symbols []string
	Feeds   []string
}

// Readers are those who may read. Its methods may be called from any goroutine.
type Readers struct {
	file   string // empty: the token is not from a file
	log    *slog.Logger
	limits limiter

	mu     sync.RWMutex
	tokens []*token
	read   fileVersion
}

// token is what is kept of one: no token is compared byte by byte with what a client shows.
type token struct {
	Reader
	hash, session [sha256.Size]byte // of the token, and of its cookie
	cookie        string
	revoked       context.Context
	revoke        context.CancelFunc
}

// fileVersion tells whether a file has changed.
type fileVersion struct {
	changed time.Time
	size    int64
}

// One is for the one reader with a token.
func One(secret string) *Readers {
	return &Readers{tokens: []*token{newToken(Reader{Name: "reader"}, secret)}, log: slog.New(slog.DiscardHandler)}
}

// Open reads the tokens of a file: one alone, or many, each as name: token, or with token, symbols and feeds below its name.
// The error repeats no token.
func Open(file string, log *slog.Logger) (*Readers, error) {
	r := &Readers{file: file, log: log}
	if _, err := r.reload(); err != nil {
		return nil, err
	}
	return r, nil
}

func newToken(r Reader, secret string) *token {
	t := &token{Reader: r, hash: sha256.Sum256([]byte(secret))}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("livetape session"))
	t.cookie = base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	t.session = sha256.Sum256([]byte(t.cookie))
	t.revoked, t.revoke = context.WithCancel(context.Background())
	return t
}

// Watch reads the file again whenever it changes, until ctx ends. The streams of a token that is gone, or is good for something
// else now, end. A file with a mistake changes nothing.
func (r *Readers) Watch(ctx context.Context) {
	if r.file == "" {
		return
	}
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	said := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		changed, err := r.reload()
		problem := ""
		if err != nil {
			problem = err.Error()
		}
		switch {
		case problem != "" && problem != said: // once, not each second
			r.log.Error("the tokens stay as they were", "error", problem)
		case changed:
			r.log.Info("tokens read again", "tokens", r.count())
		}
		said = problem
	}
}

func (r *Readers) count() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return len(r.tokens)
}

// reload reads the file if it has changed since it was read last, well or not.
func (r *Readers) reload() (changed bool, err error) {
	info, err := os.Stat(r.file)
	if err != nil {
		return false, fmt.Errorf("read the tokens: %w", err)
	}
	now := fileVersion{info.ModTime(), info.Size()}
	if now == r.version() {
		return false, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.read = now
	text, err := os.ReadFile(r.file)
	if err != nil {
		return false, fmt.Errorf("read the tokens: %w", err)
	}
	next, err := parse(text)
	if err != nil {
		return false, fmt.Errorf("%s: %w", r.file, err)
	}
	r.replace(next)
	return true, nil
}

func (r *Readers) version() fileVersion {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.read
}

// replace keeps the tokens that are as before, and revokes the others.
func (r *Readers) replace(next []*token) {
	for _, old := range r.tokens {
		kept := false
		for i, t := range next {
			if t.hash == old.hash && equalReaders(t.Reader, old.Reader) {
				next[i], kept = old, true
			}
		}
		if !kept {
			old.revoke()
		}
	}
	r.tokens = next
}

// cookieName is that of the session of a browser's page.
const cookieName = "livetape_session"

// readerKey is the key of the Reader in a request's context.
type readerKey struct{}

// Of is whoever makes a request that Guard let through; ok is false where anybody may read.
func Of(r *http.Request) (reader Reader, ok bool) {
	reader, ok = r.Context().Value(readerKey{}).(Reader)
	return reader, ok
}

// Guard lets only requests with a token, or the cookie for one, through to next. All others get the same answer, whatever is
// wrong with them, and who was refused too often has to wait.
func (r *Readers) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodOptions { // a preflight has no credentials (Fetch §4.8)
			next.ServeHTTP(w, req)
			return
		}
		t := r.admit(w, req, bearer(req), session(req))
		if t == nil {
			return
		}
		ctx, cancel := context.WithCancel(context.WithValue(req.Context(), readerKey{}, t.Reader))
		defer cancel()
		defer context.AfterFunc(t.revoked, cancel)()
		next.ServeHTTP(w, req.WithContext(ctx))
	})
}

// HandleSession answers POST /session: for a token in the body's form, or in the header, it sets the cookie of a page.
func (r *Readers) HandleSession(w http.ResponseWriter, req *http.Request) {
	req.Body = http.MaxBytesReader(w, req.Body, 4<<10)
	if http.NewCrossOriginProtection().Check(req) != nil {
		http.Error(w, "pages of other sites may not do this", http.StatusForbidden)
		return
	}
	shown := bearer(req)
	if shown == "" {
		shown = strings.TrimSpace(req.PostFormValue("token"))
	}
	t := r.admit(w, req, shown, "")
	if t == nil {
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: t.cookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: req.TLS != nil || strings.EqualFold(req.Header.Get("X-Forwarded-Proto"), "https"),
	})
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
}

// admit finds the token of a request, or refuses it. Only who showed something wrong is counted.
func (r *Readers) admit(w http.ResponseWriter, req *http.Request, shown, cookie string) *token {
	address := ClientAddress(req)
	if wait := r.limits.wait(address, time.Now()); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
		http.Error(w, "refused too often; try again later", http.StatusTooManyRequests)
		return nil
	}
	t := r.find(shown, cookie)
	if t != nil {
		return t
	}
	if shown != "" || cookie != "" {
		r.limits.count(address, time.Now())
	}
	w.Header().Set("WWW-Authenticate", "Bearer")
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, "a token is needed: Authorization: Bearer …", http.StatusUnauthorized)
	return nil
}

// find looks at all tokens, so that the time that it takes says nothing of them.
func (r *Readers) find(shown, cookie string) (found *token) {
	hash, session := sha256.Sum256([]byte(shown)), sha256.Sum256([]byte(cookie))
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, t := range r.tokens {
		if subtle.ConstantTimeCompare(hash[:], t.hash[:])|subtle.ConstantTimeCompare(session[:], t.session[:]) == 1 {
			found = t
		}
	}
	return found
}

// bearer is the token in a request's header (RFC 6750 §2.1).
func bearer(r *http.Request) string {
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(value)
}

func session(r *http.Request) string {
	c, err := r.Cookie(cookieName)
	if errors.Is(err, http.ErrNoCookie) {
		return ""
	}
	return c.Value
}
