package emulate_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"livetape/mockserver/emulate"
)

// BenchmarkEncode measures one event for one client.
func BenchmarkEncode(b *testing.B) {
	for _, s := range emulate.Services() {
		b.Run(s.Name, func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, s.Example, nil)
			r.Header.Set("Authorization", "Bearer x")
			r.Header.Set("Accept", "text/event-stream")
			m := snapshot()
			var wanted []emulate.Event
			session, refusal := s.NewSession(r, now)
			if refusal != nil {
				b.Fatal(refusal.Body)
			}
			out, _ := session.Open(nil, m.Quotes, now)
			for i := range m.Quotes {
				if e := (emulate.Event{Number: 1, Quote: &m.Quotes[i]}); session.Wants(e) {
					wanted = append(wanted, e)
				}
			}
			for _, h := range m.News {
				if e := (emulate.Event{Number: 1, News: h}); session.Wants(e) {
					wanted = append(wanted, e)
				}
			}
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				e := wanted[n%len(wanted)]
				if e.Quote != nil {
					e.Quote.Bid ^= 1
				}
				out, _ = session.Encode(out[:0], e, now)
			}
		})
	}
}
