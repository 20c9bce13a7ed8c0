package mockserver

import "livetape/mockserver/emulate"

// truth is a copy of all that is public about the market at one moment, to be encoded without holding it up.
type truth struct {
	prices   []instrument
	news     []*headline // never changed once published
	statuses []*status   // likewise
	newsroom newsroom
}

// standing is what f lets through of the market as it stands.
func (m *market) standing(f filter) truth {
	t := truth{newsroom: m.newsroom}
	if f.kind(priceEvent) {
		t.prices = make([]instrument, 0, len(m.instruments))
		for _, i := range m.instruments {
			if f.symbol(i.symbol) {
				t.prices = append(t.prices, *i)
			}
		}
	}
	for _, h := range m.newsroom.latest {
		if f.passes(newsEvent, h.symbols) {
			t.news = append(t.news, h)
		}
	}
	for _, s := range m.statuses {
		if f.kind(statusEvent) && f.symbol(s.symbol) {
			t.statuses = append(t.statuses, s)
		}
	}
	return t
}

// encode is the data of a snapshot event.
func (t truth) encode() []byte {
	const row = 340 // bytes, nearly enough for each
	b := make([]byte, 0, 64+row*(len(t.prices)+len(t.news)+len(t.statuses)))
	b = appendRows(append(b, `{"prices":[`...), t.prices, func(b []byte, i instrument) []byte {
		return appendPrice(b, &i, allFields)
	})
	b = appendRows(append(b, `],"news":[`...), t.news, func(b []byte, h *headline) []byte {
		return appendNews(b, t.newsroom.id(h), h)
	})
	b = appendRows(append(b, `],"status":[`...), t.statuses, appendStatus)
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

// draft is an event before the log has given it an id.
type draft struct {
	kind    kind
	symbols []string // what it is about; never changed
	size    int      // of its data, in bytes
	quote   emulate.Quote
	news    *emulate.Headline
}

// draft appends the data of h to b and describes it.
func (m *market) draft(b []byte, h happening) ([]byte, draft) {
	d, start := draft{}, len(b)
	switch {
	case h.news != nil:
		b = appendNews(b, m.newsroom.id(h.news), h.news)
		d.kind, d.symbols, d.news = newsEvent, h.news.symbols, m.newsroom.tell(h.news)
	case h.status != nil:
		b = appendStatus(b, h.status)
		d.kind, d.symbols = statusEvent, []string{h.status.symbol}
	default:
		b = appendPrice(b, h.price, h.changed)
		d.kind, d.symbols, d.quote = priceEvent, h.price.symbols, h.price.tell(h.changed&fieldLast != 0)
	}
	d.size = len(b) - start
	return b, d
}
