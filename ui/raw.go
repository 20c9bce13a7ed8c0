package ui

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/pretty"

	"livetape/feed"
	"livetape/feed/decode"
	"livetape/feed/market"
	"livetape/ui/humanize"
)

const (
	maxRaw      = 64       // events kept
	maxRawData  = 16 << 10 // bytes of a payload kept
	maxRawLines = 8        // of an event that is not selected

	maxRawSymbols = 64 // of an event
)

type rawEvent struct {
	feed string
	size int // of the payload, of which Data is the begin

	symbols []string // of the rows that it changed, the first maxRawSymbols
	decode.Event
}

// rawEvents is a ring of the last events of all feeds. It is shared by copies of the model.
type rawEvents struct {
	ring  [maxRaw]rawEvent
	count uint64 // events so far
}

func (r *rawEvents) add(ev feed.Event) {
	r.ring[r.count%maxRaw] = newRawEvent(ev)
	r.count++
}

func newRawEvent(ev feed.Event) rawEvent {
	m := ev.Message
	data := m.Data
	if len(data) > maxRawData { // a slice would keep the whole payload in memory
		data = slices.Clone(data[:maxRawData])
	}
	var symbols []string
	for _, u := range m.Updates[:min(len(m.Updates), maxRawSymbols)] {
		symbols = append(symbols, rowSymbol(u))
	}
	return rawEvent{ev.Feed, len(m.Data), symbols, decode.Event{Type: m.Type, ID: m.ID, Data: data, At: ev.At}}
}

func (r *rawEvents) len() int { return int(min(r.count, maxRaw)) }

func (r *rawEvents) at(i int) *rawEvent { return &r.ring[(r.count-1-uint64(i))%maxRaw] }

func (r *rawEvents) ofFeed(name string) []decode.Event {
	var events []decode.Event
	for i := range r.len() {
		if e := r.at(r.len() - 1 - i); e.feed == name {
			events = append(events, e.Event)
		}
	}
	return events
}

// rawPane shows events as they arrived, newest first. The selected one is on top: with the cursor on the first, the pane
// follows the newest.
type rawPane struct {
	list
	count uint64 // rawEvents.count when last arranged
}

func (p rawPane) arrange(r *rawEvents) rawPane {
	if p.cursor > 0 {
		p.list = p.shift(int(min(r.count-p.count, maxRaw)))
	}
	p.count = r.count
	p.list = p.fit(1, r.len())
	return p
}

// view draws the pane in exactly area.height lines, with an explanation above the events.
func (p rawPane) view(area drawContext, r *rawEvents, explanation []span) []string {
	w := newLineWriter(area.theme, area.width)
	lines := make([]string, 0, area.height)
	if area.height > 2 {
		where, right := strconv.Itoa(r.len()), "newest first"
		if p.cursor > 0 {
			where, right = fmt.Sprintf("%d of %d", p.cursor+1, r.len()), "scrolled back, g follows again"
		}
		lines = append(lines, paneTitleLine(w, area, "Raw events", where, right))
	}
	if room := area.height / 3; len(explanation) > 0 && room > 0 {
		lines = append(lines, w.wrapped(explanation, room)...)
		if area.height >= minTitled {
			lines = append(lines, "")
		}
	}
	for i := p.cursor; i < r.len() && len(lines) < area.height; i++ {
		w.selected = area.focused && i == p.cursor
		lines = append(lines, rawHead(w, area, r.at(i)))
		most := area.height - len(lines)
		if i > p.cursor {
			most = min(most, maxRawLines)
		}
		lines = append(lines, rawBody(w, r.at(i), most)...)
	}
	return padLines(lines, area.height)
}

func rawHead(w *lineWriter, area drawContext, e *rawEvent) string {
	drawCursorMark(w)
	w.write(muted, e.At.Local().Format("15:04:05.000 "))
	w.write(strong, market.PlainText(e.Type, 32))
	if e.ID != "" {
		w.write(muted, " #"+market.PlainText(e.ID, 40))
	}
	if area.manyFeeds {
		w.write(muted, " "+e.feed)
	}
	if e.size > maxRawLines*w.width {
		w.write(muted, " "+humanize.Bytes(e.size))
	}
	return w.endLine()
}

func rawBody(w *lineWriter, e *rawEvent, most int) []string {
	all := payloadLines(e.Data, w.width-2*gutter)
	if e.size > len(e.Data) {
		all = append(all, "…")
	}
	var lines []string
	for i, text := range all {
		if len(lines) == most {
			break
		}
		w.writeBlanks(2 * gutter)
		if rest := len(all) - i; i == most-1 && rest > 1 {
			w.write(muted, "… "+humanize.Plural(rest, "more line"))
		} else {
			drawPayloadLine(w, text)
		}
		lines = append(lines, w.endLine())
	}
	return lines
}

func drawPayloadLine(w *lineWriter, text string) {
	if name, value, found := strings.Cut(text, `": `); found && strings.HasPrefix(strings.TrimLeft(name, " "), `"`) {
		w.write(muted, name+`": `)
		text = value
	}
	w.write(plain, text)
}

// payloadLines is a payload made readable: JSON that does not fit on a line is indented. Everything else stays as it is.
func payloadLines(data []byte, width int) []string {
	if json.Valid(data) && (len(data) > width || strings.Contains(string(data), "\n")) {
		data = pretty.PrettyOptions(data, &pretty.Options{Width: width, Indent: "  "})
	}
	lines := strings.Split(strings.TrimRight(string(data), "\r\n"), "\n")
	for i, line := range lines {
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		lines[i] = indent + market.PlainText(line[len(indent):], maxRawData)
	}
	return lines
}

func (m Model) eventContent() []string {
	area := m.overlayArea(0)
	w := newLineWriter(m.theme, m.width)
	return append([]string{rawHead(w, area, &m.rawEvent)}, rawBody(w, &m.rawEvent, maxRawData)...)
}

// showsRaw reports whether the main pane shows the events as they arrived: because the user wants it, or because nothing
// else can be made of them.
func (m Model) showsRaw(t *shownData) bool {
	return m.showRaw || !t.priced && !t.read && len(t.stories) == 0 && t.raw.len() > 0
}

// viewRaw shows raw events, and why they are where prices should be, unless the user asked for them.
func (m Model) viewRaw(area drawContext, t *shownData) []string {
	var explanation []span
	if len(m.feeds) > 0 && (!m.showRaw || t.raw.len() == 0) {
		explanation = m.noPricesText()
	}
	return m.rawPane.view(area, t.raw, explanation)
}
