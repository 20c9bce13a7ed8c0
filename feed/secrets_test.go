package feed

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"livetape/feed/decode/infer"
	"livetape/feed/decode/preset"
)

func TestVariablesAreReadFromTheEnvironment(t *testing.T) {
	got := make(chan *http.Request, 1)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got <- r.Clone(context.Background())
		staying("data: 1\n\n")(w, r)
	})
	env := map[string]string{"DESK_TOKEN": "s3c+r3&t", "DESK": s.URL, "ROOM": "fx/spot"}
	l := quietEnvironment().with(env).listen(t, Config{
		Name: "f", URL: "${DESK}/${ROOM}?q=${DESK_TOKEN}",
		Header: map[string]string{"Authorization": "Bearer ${DESK_TOKEN}", "Host": "desk.example"},
	})
	l.wantMessages("1")
	r := <-got
	if r.URL.Path != "/fx/spot" || r.URL.Query().Get("q") != "s3c+r3&t" || r.Header.Get("Authorization") != "Bearer s3c+r3&t" || r.Host != "desk.example" {
		t.Errorf("%s %s %v", r.Host, r.URL, r.Header)
	}
}

func TestWhatCannotBeStartedIsRefusedWithoutASecret(t *testing.T) {
	env := map[string]string{"LINES": "s3cr3t\nX-Evil: 1", "PORT": "s3cr3t", "EMPTY": ""}
	for _, c := range []struct {
		what string
		c    Config
		want []string
	}{
		{"a missing variable in the URL", Config{URL: "https://desk.example/?t=${DESK_TOKEN}"}, []string{"feed desk", "url", "DESK_TOKEN"}},
		{"missing variables in headers", Config{URL: "https://desk.example", Header: map[string]string{"A": "${X}", "B": "${Y}"}}, []string{"feed desk", `header "A"`, "X", `header "B"`, "Y"}},
		{"an empty variable", Config{URL: "https://desk.example", Header: map[string]string{"A": "${EMPTY}"}}, []string{"EMPTY"}},
		{"an open brace", Config{URL: "https://desk.example/", Header: map[string]string{"A": "s3cr3t${OPEN"}}, []string{`header "A"`, "${"}},
		{"a line break in a value", Config{URL: "https://desk.example", Header: map[string]string{"A": "s3cr3t\r\nX-Evil: 1"}}, []string{`header "A"`, "line break"}},
		{"a line break in a variable", Config{URL: "https://desk.example", Header: map[string]string{"A": "${LINES}"}}, []string{`header "A"`, "line break"}},
		{"a line break in a name", Config{URL: "https://desk.example", Header: map[string]string{"A\nB": "s3cr3t"}}, []string{`header "A\nB"`}},
		{"a port that is none", Config{URL: "https://desk.example:${PORT}/"}, []string{"feed desk", "url"}},
		{"a password with a port's colon", Config{URL: "https://user:s3cr3t"}, []string{"feed desk", "url"}},
		{"another scheme", Config{URL: "ftp://user:s3cr3t@desk.example"}, []string{"url"}},
		{"no URL", Config{}, []string{"feed desk", "url"}},
		{"too large an event", Config{URL: "https://desk.example", MaxEvent: 65 << 20}, []string{"max event"}},
		{"a client that gives up", Config{URL: "https://desk.example", Client: &http.Client{Timeout: 1}}, []string{"Timeout"}},
	} {
		c.c.Name = "desk"
		set, err := quietEnvironment().with(env).start(t.Context(), []Config{c.c})
		if err == nil || set != nil {
			t.Errorf("%s: no error", c.what)
			continue
		}
		if strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: %v", c.what, err)
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v: lacks %q", c.what, err, want)
			}
		}
	}
}

func TestAllConfigErrorsAreReportedAtOnce(t *testing.T) {
	ok := Config{Name: "a", URL: "https://desk.example"}
	_, err := Start(t.Context(), ok, ok, Config{URL: "gopher://x"}, Config{Name: "b", URL: "https://desk.example", MaxEvent: -1})
	for _, want := range []string{"feed a: name: is used twice", "feed (unnamed): name: is empty", "feed b: max event"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: lacks %q", err, want)
		}
	}
}

// TestNoCauseHoldsASecret has every place a secret can be in come back in what a server or the network says.
func TestNoCauseHoldsASecret(t *testing.T) {
	env := map[string]string{"TOKEN": "t0k3n+/=", "HOST": "h0stname"}
	secrets := []string{"t0k3n+/=", "t0k3n%2B%2F%3D", "h0stname", "us3r", "p4ssw0rd", "k3y", "h34d3r", "v4lue"}
	c := Config{
		Name: "f", URL: "http://us3r:p4ssw0rd@${HOST}.example/?api_key=k3y&t=${TOKEN}",
		Header: map[string]string{"X-Desk-Tokens": "h34d3r", "Authorization": "Bearer v4lue"},
	}
	everything := strings.Join(secrets, " ")
	for what, answerWith := range map[string]network{
		"a network error": func(r *http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("dial %s: %s", r.URL, everything)
		},
		"a refusal": func(r *http.Request) (*http.Response, error) {
			resp := answer(r, 400, nil)
			resp.Body = readCloser(`{"message":"you sent ` + everything + `"}`)
			return resp, nil
		},
		"a refusal that hides it": func(r *http.Request) (*http.Response, error) {
			resp := answer(r, 400, nil)
			resp.Body = readCloser("you sent v4\x00l\u200bue and \x1b[1mh34\x1b[0md3r")
			return resp, nil
		},
		"a content type": func(r *http.Request) (*http.Response, error) {
			return answer(r, 200, http.Header{"Content-Type": {"text/t0k3n+/="}}), nil
		},
		"an error of the URL": func(r *http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: "Get", URL: r.URL.String(), Err: errors.New("v4lue")}
		},
	} {
		c.Client = answerWith.client()
		l := quietEnvironment().with(env).listen(t, c)
		for e := l.next(); ; e = l.next() {
			if e.Status == nil || e.Status.Cause == "" {
				continue
			}
			for _, s := range secrets {
				if strings.Contains(e.Status.Cause+e.Status.Advice, s) {
					t.Errorf("%s: %q holds %q", what, e.Status.Cause, s)
				}
			}
			break
		}
		l.end()
	}
}

// TestACredentialIsMaskedInEveryFormThatIsSent has a server quote what it was sent, and what it made of it.
func TestACredentialIsMaskedInEveryFormThatIsSent(t *testing.T) {
	for what, c := range map[string]struct {
		c     Config
		says  []string
		shows string
	}{
		"Basic":            {Config{Header: map[string]string{"Authorization": "Basic bWU6aHVudGVyMg=="}}, []string{"bWU6aHVudGVyMg==", "me:hunter2", "hunter2"}, "me"},
		"basic, unpadded":  {Config{Header: map[string]string{"Proxy-Authorization": "basic bWU6aHVudGVyMg"}}, []string{"bWU6aHVudGVyMg", "hunter2"}, "me"},
		"user in the URL":  {Config{URL: "http://me1:hunter2@desk.example/"}, []string{"bWUxOmh1bnRlcjI=", "me1:hunter2", "hunter2"}, "me12"},
		"an escaped one":   {Config{URL: "http://me1:hunt%40r2@desk.example/"}, []string{"bWUxOmh1bnRAcjI=", "hunt@r2", "hunt%40r2"}, ""},
		"Cookie":           {Config{Header: map[string]string{"cookie": `sid=c00kie1; b="c00kie2"; n=1`}}, []string{"c00kie1", "c00kie2"}, "10 of 100 sid"},
		"a value alone":    {Config{URL: "http://desk.example/?b4rev4lue&snapshot"}, []string{"b4rev4lue"}, "snapshot"},
		"after semicolons": {Config{URL: "http://desk.example/?symbols=NVDA;%74oken=s3mi%20colon"}, []string{"s3mi%20colon", "s3mi colon"}, "NVDA"},
	} {
		c.c.Name = "f"
		if c.c.URL == "" {
			c.c.URL = "http://desk.example/"
		}
		c.c.Client = network(func(r *http.Request) (*http.Response, error) {
			resp := answer(r, 400, nil)
			resp.Body = readCloser(strings.Join(append(c.says, c.shows), " / "))
			return resp, nil
		}).client()
		l := quietEnvironment().listen(t, c.c)
		cause := l.until(Failed).Cause
		for _, s := range c.says {
			if strings.Contains(cause, s) {
				t.Errorf("%s: %q holds %q", what, cause, s)
			}
		}
		if !strings.Contains(cause, c.shows) {
			t.Errorf("%s: %q lacks %q", what, cause, c.shows)
		}
		l.end()
	}
}

func TestAnOrdinaryHeaderHidesNoCause(t *testing.T) {
	s := serve(t, answering(200, http.Header{"Content-Type": {"text/html"}}, ""))
	header := map[string]string{"Accept": "text/html", "X-Desk": "stream", "User-Agent": "event"}
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, Header: header})
	if st := l.until(Failed); st.Cause != "200, but text/html instead of an event stream" {
		t.Errorf("cause %q", st.Cause)
	}
}

func TestA401NamesWhatWasRefused(t *testing.T) {
	s := serve(t, answering(401, nil, ""))
	env := map[string]string{"DESK_TOKEN": "s3cr3t", "ACCEPT": "x/y", "HOST": strings.TrimPrefix(s.URL, "http://"), "ROOM": "fx", "ME": "me"}
	for _, c := range []struct {
		what  string
		c     Config
		cause string
	}{
		{"a variable", Config{Header: map[string]string{"Authorization": "Bearer ${DESK_TOKEN}", "X-Accept": "${ACCEPT}"}}, "401: the token in DESK_TOKEN was refused"},
		{"a literal", Config{Header: map[string]string{"authorization": "Bearer s3cr3t"}}, "401: the Authorization header was refused"},
		{"another header", Config{Header: map[string]string{"X-Api-Key": "s3cr3t"}}, "401: the X-Api-Key header was refused"},
		{"a query", Config{URL: s.URL + "/?token=${DESK_TOKEN}"}, "401: the token in DESK_TOKEN was refused"},
		{"a variable in the host", Config{URL: "http://${HOST}/"}, "401: the server wants to know who is asking"},
		{"a variable in the path", Config{URL: s.URL + "/${ROOM}/x"}, "401: the server wants to know who is asking"},
		{"a path beside a query", Config{URL: "http://${HOST}/${ROOM}?token=${DESK_TOKEN}#${ROOM}"}, "401: the token in DESK_TOKEN was refused"},
		{"what is asked for", Config{URL: s.URL + "/?symbols=${ROOM}"}, "401: the server wants to know who is asking"},
		{"what is asked for, and a token", Config{URL: s.URL + "/?symbols=${ROOM};token=${DESK_TOKEN}"}, "401: the token in DESK_TOKEN was refused"},
		{"a password", Config{URL: "http://me:${DESK_TOKEN}@${HOST}/"}, "401: the token in DESK_TOKEN was refused"},
		{"a user and a password", Config{URL: "http://${ME}:${DESK_TOKEN}@${HOST}/"}, "401: the user name or password in the URL was refused"},
		{"an ordinary header", Config{Header: map[string]string{"Accept": "text/html"}}, "401: the server wants to know who is asking"},
		{"a user", Config{URL: strings.Replace(s.URL, "://", "://me:s3cr3t@", 1)}, "401: the user name or password in the URL was refused"},
		{"nothing", Config{}, "401: the server wants to know who is asking"},
	} {
		c.c.Name = "f"
		if c.c.URL == "" {
			c.c.URL = s.URL
		}
		l := quietEnvironment().with(env).listen(t, c.c)
		if st := l.until(Failed); st.Cause != c.cause || st.Advice == "" {
			t.Errorf("%s: %q, advice %q", c.what, st.Cause, st.Advice)
		}
		l.end()
	}
}

// TestACredentialThatAServerRepeatsIsInNoMessage has a server put what it was sent wherever it can; the id goes back as it is.
func TestACredentialThatAServerRepeatsIsInNoMessage(t *testing.T) {
	asked := make(chan string, 9)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Header.Get("Last-Event-ID")
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "retry: 10\nid: id s3cret-s3cret\nevent: s3cret-s3cret\ndata: {\"you\":\"s3cret-s3cret\"}\n\n")
	})
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, Header: map[string]string{"Authorization": "Bearer s3cret-s3cret"}})
	if m := l.message(); string(m.Data) != `{"you":"•••"}` || m.Type != "•••" || m.ID != "id •••" {
		t.Errorf("type %q, id %q, data %s", m.Type, m.ID, m.Data)
	}
	if gap := l.gap(); gap.From != "id •••" {
		t.Errorf("the gap is %+v", gap)
	}
	if first, second := <-asked, <-asked; first != "" || second != "id s3cret-s3cret" {
		t.Errorf("resumed from %q, then %q", first, second)
	}
}

func TestACredentialThatAServerRepeatsIsInNoMapThatIsFound(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		sending("text/event-stream", `data: {"rows":[{"`+token+`":{"symbol":"A","last":1.5,"`+token+`":2},"settle":3}]}`+"\n\n", true)(w, r)
	})
	decoder, err := infer.NewDecoder("f", preset.Definition{})
	if err != nil {
		t.Fatal(err)
	}
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, Header: map[string]string{"Authorization": "Bearer s3cret-token"}, Decoder: decoder})
	l.status(Connecting)
	l.status(Live)
	m := l.message()
	if len(m.Updates) != 1 || m.Map == nil || !strings.Contains(m.Map.YAML, "•••") || strings.Contains(fmt.Sprintf("%+v %+v", m, *m.Map), "s3cret") {
		t.Errorf("%+v, found by the map %+v", m, m.Map)
	}
}
