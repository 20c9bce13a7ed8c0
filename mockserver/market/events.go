package market

import "slices"

// The types of events on the wire.
const (
	PriceType  = "price"
	NewsType   = "news"
	StatusType = "status"
)

// EventTypes are all types of events that a market makes.
func EventTypes() []string { return []string{PriceType, NewsType, StatusType} }

// Event is one thing that happened in a market: a change of a quote, a headline or a status. The zero Event is nothing.
type Event struct {
	Quote   *Quote
	Changed Fields // of Quote
	News    *Headline
	Status  *Status

	symbols []string // of Quote
}

// IsZero reports whether nothing happened.
func (e Event) IsZero() bool { return e.Quote == nil && e.News == nil && e.Status == nil }

// Type is that of an event that is not zero.
func (e Event) Type() string {
	switch {
	case e.News != nil:
		return NewsType
	case e.Status != nil:
		return StatusType
	}
	return PriceType
}

// Symbols are those that e is about; the empty one is the whole market. They are not to be changed.
func (e Event) Symbols() []string {
	switch {
	case e.News != nil:
		return e.News.Symbols
	case e.Status != nil:
		return []string{e.Status.Symbol}
	}
	return e.symbols
}

// AppendJSON appends e as the data of an event on the wire.
func (e Event) AppendJSON(b []byte) []byte {
	switch {
	case e.News != nil:
		return appendNews(b, e.News)
	case e.Status != nil:
		return appendStatus(b, e.Status)
	}
	return appendPrice(b, e.Quote, e.Changed)
}

// Snapshot is a copy of what is public about a market at one moment.
type Snapshot struct {
	Quotes   []Quote
	News     []*Headline // the oldest first; never changed once published
	Statuses []*Status   // likewise
}

// Snapshot is what wanted lets through of the market as it stands.
func (m *Market) Snapshot(wanted func(eventType string, symbols []string) bool) (all Snapshot) {
	for _, s := range m.instruments {
		if wanted(PriceType, s.symbols) {
			q := s.Quote
			q.Traded = false
			all.Quotes = append(all.Quotes, q)
		}
	}
	for _, h := range m.news.latest {
		if wanted(NewsType, h.Symbols) {
			all.News = append(all.News, h)
		}
	}
	for _, s := range m.statuses {
		if wanted(StatusType, []string{s.Symbol}) {
			all.Statuses = append(all.Statuses, s)
		}
	}
	return all
}

// AppendJSON appends s as the data of a snapshot event.
func (s Snapshot) AppendJSON(b []byte) []byte {
	const row = 340 // bytes, nearly enough for each
	b = slices.Grow(b, 64+row*(len(s.Quotes)+len(s.News)+len(s.Statuses)))
	b = appendRows(append(b, `{"prices":[`...), s.Quotes, func(b []byte, q Quote) []byte {
		return appendPrice(b, &q, allFields)
	})
	b = appendRows(append(b, `],"news":[`...), s.News, appendNews)
	b = appendRows(append(b, `],"status":[`...), s.Statuses, appendStatus)
	return append(b, `]}`...)
}

func appendRows[T any](b []byte, rows []T, appendRow func([]byte, T) []byte) []byte {
	for n, row := range rows {
		if n > 0 {
			b = append(b, ',')
		}
		b = appendRow(b, row)
	}
	return b
}
