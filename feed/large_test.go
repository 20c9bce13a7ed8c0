package feed

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestLargeEventsComeInTheirPlaceWithTheirIDsAndTypes(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("0123456789", 30_000)
	body := "id: 1\ndata: one\n\nid: 2\nevent: snapshot\ndata: " + large + "2\n\ndata: " + large + "\ndata: 3\n\nid: 4\ndata: " + large + "4\n\ndata: five\n\n"
	web := network(func(r *http.Request) (*http.Response, error) {
		return streamOf(r, io.MultiReader(strings.NewReader(body), untilDone{r.Context()})), nil
	})
	l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client()})
	for _, want := range []Message{
		{Type: "message", ID: "1", Data: []byte("one")},
		{Type: "snapshot", ID: "2", Data: []byte(large + "2")},
		{Type: "message", ID: "2", Data: []byte(large + "\n3")},
		{Type: "message", ID: "4", Data: []byte(large + "4")},
		{Type: "message", ID: "4", Data: []byte("five")},
	} {
		if got := l.message(); got.Type != want.Type || got.ID != want.ID || string(got.Data) != string(want.Data) {
			t.Errorf("%s %s with %d bytes, want %s %s with %d", got.Type, got.ID, len(got.Data), want.Type, want.ID, len(want.Data))
		}
	}
}

// untilDone is a body that sends nothing more.
type untilDone struct{ ctx context.Context }

func (u untilDone) Read([]byte) (int, error) {
	<-u.ctx.Done()
	return 0, u.ctx.Err()
}
