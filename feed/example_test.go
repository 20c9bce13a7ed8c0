package feed_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"livetape/feed"
)

// Raw events need no decoder: type, data and last event id are as a browser's EventSource would give them.
func ExampleStart() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "data: {\"value\": 42}\n\nevent: price\nid: 7\ndata: 181.46\n\n")
	}))
	defer server.Close()

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	set, err := feed.Start(ctx, feed.Config{Name: "desk", URL: server.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	for e := range set.Events() {
		switch {
		case e.Message != nil:
			fmt.Printf("%s: %s %q id %q\n", e.Feed, e.Message.Type, e.Message.Data, e.Message.ID)
		case e.Status != nil && e.Status.State == feed.Waiting:
			fmt.Println(e.Status.Cause)
			cancel() // the channel is closed when everything has ended
		}
	}
	// Output:
	// desk: message "{\"value\": 42}" id ""
	// desk: price "181.46" id "7"
	// the server ended the stream
}
