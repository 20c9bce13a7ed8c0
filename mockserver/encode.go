package mockserver

// encode is a happening as an event of the stream.
func encode(h happening, id string) event {
	e := event{id: id, kind: h.kind}
	b := make([]byte, 0, 384)
	b = append(b, "event: "...)
	b = append(b, h.kind...)
	b = append(b, "\nid: "...)
	b = append(b, id...)
	b = append(b, "\ndata: "...)
	switch h.kind {
	case "price":
		e.symbols = h.symbol.own[:]
		b = appendPrice(b, h.symbol, h.changed)
	case "status":
		e.symbols = h.symbol.own[:]
		b = appendStatus(b, h.symbol)
	case "news":
		e.symbols = h.story.symbols
		b = appendNews(b, h.story)
	}
	e.wire = append(b, "\n\n"...)
	return e
}

// filter is what a client wants to see; nil maps let everything through.
type filter struct {
	kinds   map[string]bool
	symbols map[string]bool
}

// passes reports whether an event is for the client. What is said of the whole market is for everyone.
func (f filter) passes(kind string, symbols []string) bool {
	if f.kinds != nil && !f.kinds[kind] {
		return false
	}
	if f.symbols == nil || len(symbols) == 0 {
		return true
	}
	for _, name := range symbols {
		if f.symbols[name] {
			return true
		}
	}
	return false
}

// appendSnapshot appends the JSON of all that the market is now.
func (m *market) appendSnapshot(b []byte, f filter) []byte {
	var prices, news, status list
	for _, s := range m.symbols {
		if f.passes("price", s.own[:]) {
			prices.add(func(b []byte) []byte { return appendPrice(b, s, whole) })
		}
		if s.state != "open" && f.passes("status", s.own[:]) {
			status.add(func(b []byte) []byte { return appendStatus(b, s) })
		}
	}
	for _, s := range m.stories {
		if f.passes("news", s.symbols) {
			news.add(func(b []byte) []byte { return appendNews(b, s) })
		}
	}
	b = append(b, `{"prices":[`...)
	b = append(b, prices.json...)
	b = append(b, `],"news":[`...)
	b = append(b, news.json...)
	b = append(b, `],"status":[`...)
	b = append(b, status.json...)
	return append(b, `]}`...)
}

// list gathers the members of a JSON array.
type list struct{ json []byte }

func (l *list) add(appendTo func([]byte) []byte) {
	if len(l.json) > 0 {
		l.json = append(l.json, ',')
	}
	l.json = appendTo(l.json)
}
