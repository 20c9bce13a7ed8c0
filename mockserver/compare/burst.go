package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
)

// serveBurst is the role of a server that sends so many prices of 200 symbols as fast as they are read. It then ends the
// stream, but for a client that asks it to stay.
func serveBurst(args []string) error {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	body, err := priceBurst(n)
	if err != nil {
		return err
	}
	return serveUntilInputEnds(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = w.Write(body) // a client that has gone is no fault of the server
		_ = http.NewResponseController(w).Flush()
		if r.URL.Query().Has("stay") {
			<-r.Context().Done()
		}
	})
}

// priceBurst is a stream of n prices.
func priceBurst(n int) ([]byte, error) {
	events, err := recordEvents(n+n/20+100, 200) // some are news
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	found := 0
	for _, e := range events {
		if string(e.Event) == "price" && found < n {
			fmt.Fprintf(&b, "id: %s\nevent: price\ndata: %s\n\n", e.ID, e.Data)
			found++
		}
	}
	if found < n {
		return nil, fmt.Errorf("%d of %d prices were recorded", found, n)
	}
	return b.Bytes(), nil
}

// serveUntilInputEnds serves on a free port, the URL of which it prints, until standard input ends.
func serveUntilInputEnds(handler http.HandlerFunc) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s/\n", listener.Addr())
	go func() { _ = http.Serve(listener, handler) }() // it ends with the process
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}
