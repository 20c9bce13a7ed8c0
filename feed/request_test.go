package feed

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// request is what a server was asked.
type request struct {
	Method, Path, Kind, Body string
}

// reading passes each request on, with its whole body, before h answers.
func reading(seen chan<- request, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			body = []byte(err.Error())
		}
		seen <- request{r.Method, r.Host + r.URL.Path, r.Header.Get("Content-Type"), string(body)}
		h(w, r)
	}
}

func TestAPostCarriesItsBodyOnEveryConnection(t *testing.T) {
	env := map[string]string{"SESSION": `a"b&c`, "WHOLE": `{"ids":[1]}`, "SPACED": " x+y "}
	for _, c := range []struct {
		what, body, kind   string
		wantBody, wantKind string
	}{
		{"JSON", `[{"chain":"ethereum"}]`, "", `[{"chain":"ethereum"}]`, "application/json"},
		{"JSON with a variable", `{"session":"${SESSION}","n":1}`, "", `{"session":"a\"b\u0026c","n":1}`, "application/json"},
		{"a form", "sessionid=${SESSION}&q=${SPACED}&filter=trade", "", "sessionid=a%22b%26c&q=+x%2By+&filter=trade", "application/x-www-form-urlencoded"},
		{"all in a variable", "${WHOLE}", "", `{"ids":[1]}`, "application/json"},
		{"another kind", "<q>${SESSION}</q>", "text/xml", `<q>a"b&c</q>`, "text/xml"},
		{"a kind of JSON", `"${SESSION}"`, "application/vnd.desk+json; v=2", `"a\"b\u0026c"`, "application/vnd.desk+json; v=2"},
		{"no body", "", "", "", ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			seen := make(chan request, 2)
			s := serve(t, reading(seen, turns(endingWith("retry: 10\ndata: 1\n\n"), staying("data: 2\n\n"))))
			config := Config{Name: "f", URL: s.URL + "/stream", Method: "POST", Body: c.body}
			if c.kind != "" {
				config.Header = map[string]string{"content-type": c.kind}
			}
			l := quietEnvironment().with(env).listen(t, config)
			l.wantMessages("1", "2")
			want := request{"POST", strings.TrimPrefix(s.URL, "http://") + "/stream", c.wantKind, c.wantBody}
			for range 2 {
				if diff := cmp.Diff(want, <-seen); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestARedirectKeepsOrDropsThePostAsBrowsersDo(t *testing.T) {
	post, get := "POST application/json {}", "GET  "
	for status, want := range map[int]string{301: get, 302: get, 303: get, 307: post, 308: post} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			seen := make(chan request, 3)
			mux := http.NewServeMux()
			mux.Handle("/old", reading(seen, to(status, "/mid")))
			mux.Handle("/mid", reading(seen, to(307, "/new")))
			mux.Handle("/new", reading(seen, staying("data: 1\n\n")))
			s := serve(t, mux.ServeHTTP)
			l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL + "/old", Method: "POST", Body: "{}"})
			l.wantMessages("1")
			for i, want := range []string{post, want, want} {
				r := <-seen
				if got := r.Method + " " + r.Kind + " " + r.Body; got != want {
					t.Errorf("hop %d: %q, want %q", i, got, want)
				}
			}
		})
	}
}

func TestABodyStaysWithItsOrigin(t *testing.T) {
	seen := make(chan request, 2)
	mux := http.NewServeMux()
	mux.Handle("desk.example/307", to(307, "http://other.example/"))
	mux.Handle("desk.example/303", to(303, "http://other.example/"))
	mux.Handle("other.example/", reading(seen, staying("data: 1\n\n")))
	config := Config{Name: "f", URL: "http://desk.example/307", Method: "POST", Body: "token=s3cr3t", Client: origins(t, mux)}
	l := quietEnvironment().listen(t, config)
	l.status(Connecting)
	if st := l.status(Failed); st.Cause != "redirected to other.example, which is not given the request's body" || st.Advice == "" {
		t.Errorf("cause %q, advice %q", st.Cause, st.Advice)
	}
	l.end()

	config.URL = "http://desk.example/303"
	l = quietEnvironment().listen(t, config)
	l.wantMessages("1")
	if diff := cmp.Diff(request{"GET", "other.example/", "", ""}, <-seen); diff != "" {
		t.Error(diff)
	}
}

func TestAPostWithoutABodyMayBeRedirectedAnywhere(t *testing.T) {
	seen := make(chan request, 1)
	mux := http.NewServeMux()
	mux.Handle("desk.example/", to(308, "http://other.example/"))
	mux.Handle("other.example/", reading(seen, staying("data: 1\n\n")))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Method: "POST", Client: origins(t, mux)})
	l.wantMessages("1")
	if diff := cmp.Diff(request{"POST", "other.example/", "", ""}, <-seen); diff != "" {
		t.Error(diff)
	}
}

func TestSecretsOfABodyAreNotShown(t *testing.T) {
	env := map[string]string{"TOKEN": `s3"cr3t`}
	for what, body := range map[string]string{
		"a variable in JSON":     `{"q":"${TOKEN}"}`,
		"a variable in a form":   `q=${TOKEN}`,
		"a literal in JSON":      `{"a":[{"api_key":"s3\"cr3t"}]}`,
		"a member of a secret":   `{"credentials":{"name":"s3\"cr3t"}}`,
		"a literal in a form":    `sessionid=s3%22cr3t&symbols=A`,
		"a variable is the body": `${TOKEN}`,
	} {
		for _, echoed := range []string{`s3"cr3t`, `s3%22cr3t`, `s3\"cr3t`} {
			s := serve(t, answering(400, nil, "bad request with "+echoed))
			l := quietEnvironment().with(env).listen(t, Config{Name: "f", URL: s.URL, Method: "POST", Body: body})
			if st := l.until(Failed); strings.Contains(st.Cause, "cr3t") || !strings.Contains(st.Cause, "bad request") {
				t.Errorf("%s: %q", what, st.Cause)
			}
			l.end()
		}
	}
}

func TestARefusedVariableOfABodyIsNamed(t *testing.T) {
	s := serve(t, answering(401, nil, ""))
	l := quietEnvironment().with(map[string]string{"SESSION": "s3cr3t"}).listen(t, Config{Name: "f", URL: s.URL, Method: "POST", Body: "sessionid=${SESSION}"})
	if st := l.until(Failed); st.Cause != "401: the token in SESSION was refused" {
		t.Errorf("%q", st.Cause)
	}
}

func TestAnInvalidRequestIsNotStarted(t *testing.T) {
	for _, c := range []struct {
		c    Config
		want string
	}{
		{Config{Method: "PUT"}, `method: "PUT" is neither GET nor POST`},
		{Config{Method: "post"}, `method: "post" is neither GET nor POST`},
		{Config{Body: "q=1"}, "body: needs the method POST"},
		{Config{Method: "POST", Body: "q=${MISSING}"}, "body: environment variable MISSING is not set or empty"},
		{Config{Format: "json"}, `format: "json" is neither sse nor ndjson`},
		{Config{Resume: "since"}, `resume: "since" is neither header, none nor a query parameter like since={id}`},
		{Config{Resume: "={id}"}, `resume: "={id}" is neither`},
		{Config{Resume: "a b={id}"}, `resume: "a b={id}" is neither`},
		{Config{Resume: "none", LastEventID: "7"}, "last event id: is of no use, since resume is none"},
		{Config{RetryMin: 1}, "retry min: 1ns is not between 10 ms and 3600 s"},
		{Config{RetryMax: -1}, "retry max: -1ns is not between 1 s and 3600 s"},
		{Config{RetryMin: 10e9, RetryMax: 5e9}, "retry max: 5s is less than retry min, 10s"},
		{Config{Proxy: "ftp://s3cr3t@proxy"}, "proxy: must be of the form http://host:port"},
		{Config{Proxy: "http://${MISSING}:3128"}, "proxy: environment variable MISSING is not set or empty"},
		{Config{Proxy: "http://proxy:${S}"}, "proxy: must be of the form http://host:port, or with https, socks5 or socks5h once its ${…} are filled in"},
		{Config{Proxy: "http://proxy:1", Client: &http.Client{}}, "client: proxy, CA files and certificates are set on it, not beside it"},
	} {
		c.c.Name, c.c.URL = "desk", "https://desk.example/"
		_, err := quietEnvironment().with(map[string]string{"S": "s3cr3t"}).start(t.Context(), []Config{c.c})
		if err == nil || !strings.Contains(err.Error(), "feed desk: "+c.want) || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%+v: %v, want %s", c.c, err, c.want)
		}
	}
}
