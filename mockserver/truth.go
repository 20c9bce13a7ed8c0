package mockserver

import "livetape/mockserver/market"

// draft is an event before the log has given it an id.
type draft struct {
	kind    market.Kind
	symbols []string // what it is about; never changed
	size    int      // of its data, in bytes
	quote   market.Quote
	news    *market.Headline
}

// appendDraft appends the data of e to b and describes it.
func appendDraft(b []byte, e market.Event) ([]byte, draft) {
	start := len(b)
	b = e.AppendJSON(b)
	d := draft{kind: e.Kind(), symbols: e.Symbols(), size: len(b) - start, news: e.News}
	if e.Quote != nil {
		d.quote = *e.Quote
	}
	return b, d
}
