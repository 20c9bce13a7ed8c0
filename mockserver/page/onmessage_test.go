package page_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"livetape/mockserver"
)

// TestAPageWithOnlyOnmessageLosesNothingThroughACut reads from another origin, with credentials.
func TestAPageWithOnlyOnmessageLosesNothingThroughACut(t *testing.T) {
	t.Parallel()
	var markup string
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, markup)
	}))
	defer site.Close()
	server := startServer(t, mockserver.Config{Epoch: "e", AllowOrigins: []string{site.URL}})
	markup = fmt.Sprintf(`<!doctype html><link rel="icon" href="data:,"><script>
		window.ids = []; window.types = [];
		const source = new EventSource(%q, { withCredentials: true });
		source.onmessage = (e) => {
			const type = JSON.parse(e.data).type;
			window.types.push(type);
			if (!['snapshot', 'resume'].includes(type)) window.ids.push(e.lastEventId);
		};
	</script>`, server.url()+"events?untyped")
	tab := openTab(t)
	tab.open(site.URL)
	tab.waitUntil(`window.types[0] === 'snapshot'`)
	server.Step(30)
	tab.waitUntil(`window.ids.length === 30`)
	server.inject("drop")
	server.Step(30)
	tab.waitUntil(`window.ids.length === 60`)
	if !eval[bool](tab, `window.types.includes('resume') && window.ids.every((id, n) => id === 'e-' + (n + 1))`) {
		t.Errorf("the page saw %v", eval[[]string](tab, `window.ids`))
	}
}
