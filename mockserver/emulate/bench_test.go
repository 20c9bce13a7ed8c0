package emulate_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"livetape/mockserver/emulate"
)

// BenchmarkTell is what one event costs one client of a service.
func BenchmarkTell(b *testing.B) {
	for _, s := range emulate.Services() {
		b.Run(s.Name, func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, s.Example, nil)
			r.Header.Set("Authorization", "Bearer x")
			r.Header.Set("Accept", "text/event-stream")
			m := market()
			var wanted []emulate.Event
			talk, no := s.NewSession(r, now)
			if no != nil {
				b.Fatal(no.Body)
			}
			out, _ := talk.Open(nil, m, now)
			for i := range m.Quotes {
				if e := (emulate.Event{Number: 1, Quote: &m.Quotes[i]}); talk.Wants(e) {
					wanted = append(wanted, e)
				}
			}
			for _, h := range m.News {
				if e := (emulate.Event{Number: 1, News: h}); talk.Wants(e) {
					wanted = append(wanted, e)
				}
			}
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				e := wanted[n%len(wanted)]
				if e.Quote != nil {
					e.Quote.Bid ^= 1
				}
				out, _ = talk.Encode(out[:0], e, now)
			}
		})
	}
}
