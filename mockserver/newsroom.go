package mockserver

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// How many headlines a snapshot holds.
const (
	firstHeadlines = 5  // of a new server
	keptNews       = 40 // at most
)

// unrepeated is how many headlines come before the same text may come again.
const unrepeated = 50

// headline is one story. A correction replaces it under the same number.
type headline struct {
	number     int
	title      string
	summary    string
	source     string
	symbols    []string
	importance string
	time       time.Time

	template template
	concerns []*instrument
	impact   int64 // on the prices, in parts per billion
}

// newsroom writes headlines and remembers the latest, oldest first.
type newsroom struct {
	prefix  string // of ids
	written int
	latest  []*headline
	titles  []string // the latest, also of stories that are forgotten, for not to be repeated
}

// write makes up a story about i, or about its whole sector, that is news. Every sector has templates with a figure, and
// so more headlines than are remembered.
func (r *newsroom) write(i *instrument, m *market, now time.Time) *headline {
	h := makeUp(i, m, now)
	for tries := 1; slices.Contains(r.titles, h.title); tries++ {
		if tries%20 != 0 {
			h.fill(m.dice) // so that every kind of news stays as frequent
		} else {
			h = makeUp(i, m, now)
		}
	}
	return r.announce(h)
}

func makeUp(i *instrument, m *market, now time.Time) *headline {
	t := choose(m.dice, templates[i.sector])
	h := &headline{
		source: choose(m.dice, sources), importance: t.importance, time: now,
		template: t, concerns: []*instrument{i},
		impact: t.move * (60 + m.dice.below(80)) / 100,
	}
	if t.wide {
		h.concerns = m.peers(i)
	}
	for _, about := range h.concerns {
		h.symbols = append(h.symbols, about.symbol)
	}
	h.fill(m.dice)
	return h
}

// announce makes h the latest.
func (r *newsroom) announce(h *headline) *headline {
	r.written++
	h.number = r.written
	r.latest = append(r.latest, h)
	r.forget(keptNews)
	r.remember(h.title)
	return h
}

// remember keeps a title from being made up again too soon.
func (r *newsroom) remember(title string) {
	r.titles = append(r.titles, title)
	r.titles = slices.Delete(r.titles, 0, max(0, len(r.titles)-unrepeated))
}

// forget leaves the given number of headlines.
func (r *newsroom) forget(leave int) {
	r.latest = slices.Delete(r.latest, 0, max(0, len(r.latest)-leave))
}

// correct tells a story again with other figures, under the same id. Old news stays as it was printed.
func (r *newsroom) correct(old *headline, m *market, now time.Time) *headline {
	h := *old
	h.time = now
	for h.fill(m.dice); h.title == old.title || slices.Contains(r.titles, h.title); {
		h.fill(m.dice)
	}
	r.remember(h.title)
	h.title += " (corrects figure)"
	r.replace(old, &h)
	return &h
}

// replace puts a story in the place of the one that it corrects, if that is still kept.
func (r *newsroom) replace(old, corrected *headline) {
	if at := slices.Index(r.latest, old); at >= 0 {
		r.latest[at] = corrected
	}
}

// newsPrefix keeps the headlines of two epochs apart.
func newsPrefix(epoch string) string { return epoch + "-n" }

func (r *newsroom) id(h *headline) string { return r.prefix + strconv.Itoa(h.number) }

// peers are a few symbols of the sector of i, with i first.
func (m *market) peers(i *instrument) []*instrument {
	const most = 4
	all := []*instrument{i}
	for _, other := range m.instruments {
		if other != i && other.sector == i.sector && len(all) < most {
			all = append(all, other)
		}
	}
	return all
}

// fill writes the text of a headline's template.
func (h *headline) fill(d *dice) {
	about := h.concerns[0]
	figure := 1 + d.below(19)
	words := strings.NewReplacer(
		"{name}", about.name,
		"{symbol}", about.symbol,
		"{percent}", strconv.FormatInt(figure, 10)+"."+strconv.FormatInt(d.below(10), 10)+"%",
		"{number}", strconv.FormatInt(20*figure+d.below(20), 10),
		"{house}", choose(d, houses),
		"{place}", choose(d, places),
		"{thing}", choose(d, things[about.sector]),
	)
	h.title = words.Replace(h.template.text)
	h.summary = "Made up by the simulator: " + about.symbol + " last traded at " +
		string(appendDecimal(nil, about.last, about.decimals)) + " " + about.currency + "."
}

func choose[T any](d *dice, from []T) T { return from[d.below(int64(len(from)))] }
