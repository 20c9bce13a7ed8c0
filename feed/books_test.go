package feed

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/decode/mapping"
	"livetape/feed/market"
)

const (
	bookOfA  = `{"type":"snapshot","s":"A","b":[["9.9","2"],["9.8","1"]],"a":[["10.1","4"]]}`
	bookOfB  = `{"type":"snapshot","s":"B","b":[["5","1"]],"a":[["6","1"]]}`
	changeOf = `{"s":"A","b":[["9.7","1"]],"a":[]}`
)

// bestOf is the best bid and ask that a message tells of each symbol, in order.
func bestOf(m Message) string {
	var all []string
	for _, u := range m.Updates {
		q := u.(market.Quote)
		bid, ask := q.Bid.String(), q.Ask.String()
		if q.NoBid {
			bid = "none"
		}
		if q.NoAsk {
			ask = "none"
		}
		all = append(all, q.Symbol+" "+bid+" "+ask)
	}
	return strings.Join(append(all, m.Unmapped), "; ")
}

func TestABookOfWhichChangesMayHaveBeenMissedIsForgotten(t *testing.T) {
	t.Parallel()
	const lost = "A none none; B none none; "
	numbered := "id: 1\ndata: " + bookOfA + "\n\nid: 2\ndata: " + bookOfB + "\n\nid: 3\ndata: {\"s\":\"A\",\"b\":[],\"a\":[]}\n\n"
	plain := "data: " + bookOfA + "\n\ndata: " + bookOfB + "\n\n"
	for _, c := range []struct {
		what, before, after, whole string
		want                       []string
	}{
		{"without ids", plain, "data: " + changeOf + "\n\ndata: " + changeOf + "\n\ndata: " + bookOfA + "\n\n", "", []string{lost, mapping.ReasonNoSnapshot, "A 9.9 10.1; "}},
		{"a snapshot comes first", plain, "data: " + bookOfA + "\n\ndata: " + changeOf + "\n\n", "", []string{"A 9.9 10.1; B none none; ", "A 9.9 10.1; "}},
		{"a first book is whole again", "data: {\"s\":\"A\",\"b\":[[\"9.9\",1]],\"a\":[[\"10.1\",1]]}\n\n", "data: {\"s\":\"A\",\"b\":[[\"9.8\",1]],\"a\":[[\"10.2\",1]]}\n\n", "first", []string{"A 9.8 10.2; "}},
		{"ids run on by one", numbered, "id: 4\ndata: " + changeOf + "\n\n", "", []string{"A 9.9 10.1; "}},
		{"an event comes again first", numbered, "id: 3\ndata: {\"s\":\"A\",\"b\":[],\"a\":[]}\n\nid: 4\ndata: " + changeOf + "\n\n", "", []string{"A 9.9 10.1; "}},
		{"ids jump", numbered, "id: 9\ndata: " + changeOf + "\n\n", "", []string{lost}},
		{"ids begin anew", numbered, "id: 1\ndata: " + changeOf + "\n\n", "", []string{lost}},
		{"a first book behind an id that proves nothing", "id: x\ndata: " + bookOfA + "\n\n", "id: y\ndata: {\"s\":\"A\",\"b\":[[\"9.8\",1]],\"a\":[[\"10.2\",1]]}\n\n", "first", []string{"A none none; "}},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			decoder, err := mapping.Compile("f", mapping.Spec{Map: []mapping.Rule{{Symbol: &mapping.Value{Path: "s"}, Book: &mapping.Book{Bids: "b", Asks: "a", Deltas: true, Whole: c.whole}}}})
			if err != nil {
				t.Fatal(err)
			}
			s := serve(t, turns(endingWith("retry: 10\n"+c.before), staying(c.after)))
			l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, Decoder: decoder})
			for range strings.Count(c.before, "data: ") {
				l.message()
			}
			var got []string
			for range c.want {
				got = append(got, bestOf(l.message()))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("want (-), got (+):\n%s", diff)
			}
		})
	}
}

func TestABookOfWhichAChangeIsTooLargeIsForgotten(t *testing.T) {
	t.Parallel()
	decoder, err := mapping.Compile("f", mapping.Spec{Map: []mapping.Rule{{Symbol: &mapping.Value{Path: "s"}, Book: &mapping.Book{Bids: "b", Asks: "a", Deltas: true}}}})
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, staying("data: "+bookOfA+"\n\ndata: "+strings.Repeat("x", 2000)+"\n\ndata: "+changeOf+"\n\n"))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, Decoder: decoder, MaxEvent: 1000})
	l.message()
	l.message()
	if got := bestOf(l.message()); got != "A none none; " {
		t.Error(got)
	}
}
