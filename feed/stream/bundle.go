package stream

import "strconv"

// Bounds of a bundle: bytes, but for its last event, and events. The parser allocates the data at once, which is cheap up to
// 32 KiB; and whoever keeps the data of one event keeps those of all.
const (
	bundleSize   = 16 << 10
	bundleEvents = 128
)

// aside precedes the mark of an event whose data Config.OnLarge has.
const aside = '>'

// bundle gathers events that came together. Its data: are those of all, one behind the other, and behind them the types and
// ids. Its id: says how many bytes of types and ids there are, and then, of each event, the mark and how many bytes its data,
// type and id have.
type bundle struct {
	text        []byte // the data: lines
	typesAndIDs []byte
	layout      []byte
	events      int
	full        bool
}

// add adds an event that is complete.
func (b *bundle) add(e *pendingEvent) {
	if b.events == 0 {
		b.text = append(b.text[:0], dataField...)
	}
	size := 0
	if large := e.takeLarge(); large != nil {
		e.config.OnLarge(large)
		b.layout, b.full = append(b.layout, aside), true
	} else {
		b.text = append(b.text, e.data[len(dataField):len(e.data)-1]...)
		size = len(e.data) - e.lines*len(dataField) - 1
	}
	b.layout = strconv.AppendInt(append(b.layout, byte(e.mark())), int64(size), 10)
	b.addTypeOrID(e.kind)
	b.addTypeOrID(e.id)
	b.events++
	b.full = b.full || b.events == bundleEvents || len(b.text)+len(b.typesAndIDs) >= bundleSize
}

func (b *bundle) addTypeOrID(text []byte) {
	b.typesAndIDs = append(b.typesAndIDs, text...)
	b.layout = strconv.AppendInt(append(b.layout, ','), int64(len(text)), 10)
}

// take gives the events so far as one, which is valid until the next is added; nil when there are none.
func (b *bundle) take() []byte {
	if b.events == 0 {
		return nil
	}
	out := append(append(b.text, b.typesAndIDs...), "\nid: "...)
	out = append(strconv.AppendInt(out, int64(len(b.typesAndIDs)), 10), b.layout...)
	out = append(out, "\n\n"...)
	*b = bundle{text: reusableBuffer(out, spareBuffer), typesAndIDs: reusableBuffer(b.typesAndIDs, spareBuffer), layout: b.layout[:0]}
	return out
}

// Event is one event of a bundle.
type Event struct {
	Type    string
	Data    []byte
	ID      string // the last event id after it
	Mark    Mark
	IsAside bool // it has no data, since Config.OnLarge has them
}

// Unbundle appends the events of a bundle, of which r3labs/sse has the data and the id in an Event of its own. What it appends
// has parts of data.
func Unbundle(events []Event, data, id []byte) []Event {
	length, at := numberAt(id, 0)
	names := string(data[len(data)-length:])
	next := func(n int) (name string) {
		name, names = names[:n], names[n:]
		return name
	}
	for at < len(id) {
		var e Event
		if e.IsAside = id[at] == aside; e.IsAside {
			at++
		}
		e.Mark = Mark(id[at])
		length, at = numberAt(id, at+1)
		e.Data, data = data[:length:length], data[length:]
		length, at = numberAt(id, at+1)
		e.Type = next(length)
		length, at = numberAt(id, at+1)
		e.ID = next(length)
		events = append(events, e)
	}
	return events
}

// numberAt is the number that begins at text[at], and where it ends.
func numberAt(text []byte, at int) (n, end int) {
	for ; at < len(text) && text[at]-'0' <= 9; at++ {
		n = 10*n + int(text[at]-'0')
	}
	return n, at
}
