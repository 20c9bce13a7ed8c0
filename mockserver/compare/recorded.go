package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/r3labs/sse/v2"

	"livetape/mockserver"
)

// recordEvents is the first n events of a market with so many symbols; 0 is as many as a mock server has by itself.
func recordEvents(n, symbols int) ([]*sse.Event, error) {
	mock, err := mockserver.New(mockserver.Config{Epoch: "e", Ring: n, Symbols: symbols})
	if err != nil {
		return nil, err
	}
	mock.Step(n)
	ctx, stop := context.WithCancel(context.Background())
	stop() // nothing is to follow
	request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/events", nil)
	request.Header.Set("Last-Event-ID", "e-0")
	answer := httptest.NewRecorder()
	mock.Handler().ServeHTTP(answer, request)
	var all []*sse.Event
	for block := range bytes.SplitSeq(answer.Body.Bytes(), []byte("\n\n")) {
		if e := parse(block); len(e.ID) > 0 {
			all = append(all, e)
		}
	}
	if len(all) != n {
		return nil, fmt.Errorf("%d of %d events were recorded", len(all), n)
	}
	return all, nil
}

func parse(block []byte) *sse.Event {
	e := &sse.Event{}
	for line := range bytes.SplitSeq(block, []byte("\n")) {
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch string(name) {
		case "event":
			e.Event = value
		case "id":
			e.ID = value
		case "data":
			e.Data = value
		}
	}
	return e
}

func withCurrentTime(e *sse.Event) *sse.Event {
	data := bytes.Clone(e.Data)
	if at := bytes.LastIndex(data, timeKey); at >= 0 {
		time.Now().UTC().AppendFormat(data[at+len(timeKey):at+len(timeKey)], timeForm)
	}
	return &sse.Event{ID: e.ID, Event: e.Event, Data: data}
}

var timeKey = []byte(`"time":"`)

const timeForm = "2006-01-02T15:04:05.000000000Z"
