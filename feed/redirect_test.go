package feed

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func to(status int, location string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", location)
		w.WriteHeader(status)
	}
}

func TestTheFiveRedirectsAreFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		mux := http.NewServeMux()
		mux.Handle("/old", to(status, "/new"))
		mux.Handle("/new", staying("data: 1\n\n"))
		s := serve(t, mux.ServeHTTP)
		l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL + "/old"})
		l.status(Connecting)
		l.status(Live)
		l.wantMessages("1")
		l.end()
	}
}

func TestOtherRedirectsAreNotFollowed(t *testing.T) {
	for _, status := range []int{300, 304, 305, 306} {
		s := serve(t, to(status, "/new"))
		l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
		l.status(Connecting)
		if st := l.status(Failed); !strings.HasPrefix(st.Cause, strconv.Itoa(status)) {
			t.Errorf("%d: cause %q", status, st.Cause)
		}
		l.end()
	}
}

func TestTenRedirectsAreFollowedAndNoMore(t *testing.T) {
	for _, c := range []struct {
		redirects int
		want      State
	}{{10, Live}, {11, Failed}} {
		var hops atomic.Int32
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			n, _ := strconv.Atoi(r.URL.Query().Get("n"))
			if n == c.redirects {
				staying("")(w, r)
				return
			}
			hops.Add(1)
			to(302, "/?n="+strconv.Itoa(n+1))(w, r)
		})
		l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
		l.status(Connecting)
		st := l.status(c.want)
		if c.want == Failed && (!strings.HasPrefix(st.Cause, "redirect loop") || st.Advice == "") {
			t.Errorf("cause %q, advice %q", st.Cause, st.Advice)
		}
		if got := int(hops.Load()); got != c.redirects {
			t.Errorf("%d hops, want %d", got, c.redirects)
		}
		l.end()
	}
}

func TestARedirectElsewhereThanToHTTPIsRefused(t *testing.T) {
	for location, want := range map[string]string{
		"ftp://desk.example/": "redirected to an address that is neither http nor https",
		"http://[::1":         "redirected to an address that is not valid",
	} {
		s := serve(t, to(302, location))
		l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
		l.status(Connecting)
		if st := l.status(Failed); st.Cause != want {
			t.Errorf("%s: cause %q", location, st.Cause)
		}
		l.end()
	}
}

// dressed is what of a request could hold a secret.
func dressed(r *http.Request) map[string]string {
	seen := map[string]string{}
	for _, name := range []string{"Authorization", "Cookie", "X-Api-Key", "Referer"} {
		if v := r.Header.Get(name); v != "" {
			seen[name] = v
		}
	}
	return seen
}

// origins serves every host name from one listener, so that a test can tell origins apart.
func origins(t *testing.T, h http.Handler) *http.Client {
	s := serve(t, h.ServeHTTP)
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, s.Listener.Addr().String())
	}
	transport := &http.Transport{DialContext: dial}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestSecretsStayWithTheirOrigin(t *testing.T) {
	type hop struct {
		Host string
		Seen map[string]string
	}
	hops := make(chan hop, 4)
	note := func(h http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { hops <- hop{r.Host, dressed(r)}; h(w, r) }
	}
	mux := http.NewServeMux()
	mux.Handle("desk.example/", note(to(302, "http://other.example/there")))
	mux.Handle("other.example/there", note(to(302, "http://desk.example:8080/port")))
	mux.Handle("desk.example/port", note(to(302, "http://desk.example/home")))
	mux.Handle("desk.example/home", note(staying("data: 1\n\n")))
	client := origins(t, mux)

	secrets := map[string]string{"Authorization": "Bearer s3cr3t", "Cookie": "sid=s3cr3t", "x-api-key": "s3cr3t"}
	l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/?token=s3cr3t", Header: secrets, Client: client})
	l.wantMessages("1")
	all := map[string]string{"Authorization": "Bearer s3cr3t", "Cookie": "sid=s3cr3t", "X-Api-Key": "s3cr3t"}
	for _, want := range []hop{
		{"desk.example", all},
		{"other.example", map[string]string{}},
		{"desk.example:8080", map[string]string{}},
		{"desk.example", all},
	} {
		if diff := cmp.Diff(want, <-hops); diff != "" {
			t.Error(diff)
		}
	}
}

func TestUserAndPasswordOfTheURLStayWithTheirOrigin(t *testing.T) {
	seen := make(chan string, 2)
	note := func(h http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { seen <- r.Header.Get("Authorization"); h(w, r) }
	}
	mux := http.NewServeMux()
	mux.Handle("desk.example/", note(to(307, "http://other.example/")))
	mux.Handle("other.example/", note(staying("data: 1\n\n")))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://user:s3cr3t@desk.example/", Client: origins(t, mux)})
	l.wantMessages("1")
	if first, second := <-seen, <-seen; first == "" || second != "" {
		t.Errorf("the first origin got %q, the second %q", first, second)
	}
}

func TestA401AfterARedirectSaysThatTheSecretsWereNotSent(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("desk.example/", to(307, "http://other.example/"))
	mux.Handle("other.example/", answering(401, nil, ""))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Header: map[string]string{"Authorization": "s3cr3t"}, Client: origins(t, mux)})
	l.status(Connecting)
	if st := l.status(Failed); st.Cause != "401 from other.example, which is not given the secrets for desk.example" {
		t.Errorf("cause %q", st.Cause)
	}
}

func TestTheCallersClientIsNotChanged(t *testing.T) {
	var asked atomic.Int32
	mux := http.NewServeMux()
	mux.Handle("desk.example/", to(307, "/home"))
	mux.Handle("desk.example/home", staying("data: 1\n\n"))
	client := origins(t, mux)
	transport := client.Transport
	client.CheckRedirect = func(*http.Request, []*http.Request) error { asked.Add(1); return nil }
	l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: client})
	l.wantMessages("1")
	l.end()
	if client.Transport != transport || asked.Load() != 1 {
		t.Errorf("transport changed: %t; its CheckRedirect was asked %d times", client.Transport != transport, asked.Load())
	}
}
