package page_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"livetape/mockserver"
)

// ownPage is the simplest page that somebody writes: a stream, how it listens to it, and a button that ends it.
const ownPage = `<!doctype html><link rel="icon" href="data:,"><button id="stop">Stop</button><script>
	const ids = [], types = [];
	const take = (type, event) => {
		types.push(type);
		if (!['snapshot', 'resume'].includes(type)) ids.push(event.lastEventId);
	};
	const source = new EventSource(%q, { withCredentials: true });
	%s
	document.querySelector('#stop').onclick = () => source.close();
</script>`

// listeners are the two ways in which a page listens, and the stream that each needs.
var listeners = map[string]struct{ stream, script string }{
	"onmessage": {"events?untyped", `source.onmessage = (event) => take(JSON.parse(event.data).type, event);`},
	"addEventListener": {"events", `for (const type of ['snapshot', 'resume', 'price', 'news', 'status'])
		source.addEventListener(type, (event) => take(type, event));`},
}

func TestAPageOfSomebodysOwnLosesNothingThroughACutAndCanStop(t *testing.T) {
	t.Parallel()
	for listener, l := range listeners {
		for _, origin := range []string{"the same origin", "another origin"} {
			t.Run(listener+" from "+origin, func(t *testing.T) {
				t.Parallel()
				var markup string
				page := func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "text/html")
					fmt.Fprint(w, markup)
				}
				site := httptest.NewServer(http.HandlerFunc(page))
				defer site.Close()
				server := startServer(t, mockserver.Config{Epoch: "e", AllowOrigins: []string{site.URL}})
				markup = fmt.Sprintf(ownPage, server.url()+l.stream, l.script)
				address := site.URL
				if origin == "the same origin" {
					address = server.url() + "own"
					server.stop()
					server.wrap = func(h http.Handler) http.Handler {
						mux := http.NewServeMux()
						mux.HandleFunc("/own", page)
						mux.Handle("/", h)
						return mux
					}
					server.start()
				}
				requireNothingLost(t, server, address)
			})
		}
	}
}

func requireNothingLost(t *testing.T, server *testServer, address string) {
	t.Helper()
	tab := openTab(t)
	tab.open(address)
	tab.waitUntil(`types[0] === 'snapshot'`)
	server.Step(30)
	tab.waitUntil(`ids.length === 30`)
	server.inject("drop")
	server.Step(30)
	tab.waitUntil(`ids.length === 60`)
	if !eval[bool](tab, `types.includes('resume') && ids.every((id, n) => id === 'e-' + (n + 1))`) {
		t.Errorf("the page saw %v", eval[[]string](tab, `ids`))
	}
	tab.click("#stop")
	tab.waitForNoClients(server)
	server.Step(30)
	if got := eval[int](tab, `ids.length`); got != 60 {
		t.Errorf("the stopped page saw %d events, want 60", got)
	}
}
