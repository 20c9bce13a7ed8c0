package market

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// How many headlines a snapshot holds.
const (
	firstHeadlines = 5  // of a new server
	keptHeadlines  = 40 // at most
)

// minRepeatGap is how many headlines come before the same text may come again.
const minRepeatGap = 50

// Headline is one piece of news. One with the ID of another corrects it.
type Headline struct {
	ID, Title, Summary, Source, URL string
	Importance                      string // high, normal or low
	Symbols                         []string
	Time                            time.Time // UTC

	number int // of all headlines; a correction has that of the one that it corrects
}

// DefaultSource is where headlines come from that do not say it.
const DefaultSource = "Tape Wire"

// generatedHeadline is a headline that the market made up.
type generatedHeadline struct {
	*Headline
	template headlineTemplate
	about    []*instrumentState
	impact   int64 // on the prices at first, in parts per billion
}

// newsWriter writes headlines and remembers the latest, oldest first.
type newsWriter struct {
	epoch   string // of ids
	written int
	latest  []*Headline
	titles  []string // the latest, also of headlines that are forgotten, for not to be repeated
}

// generate makes up a headline about s, or about its whole sector, that is news. Every sector has templates with a
// figure, and so more headlines than are remembered.
func (w *newsWriter) generate(s *instrumentState, m *Market, now time.Time) generatedHeadline {
	h := newGeneratedHeadline(s, m, now)
	for tries := 1; slices.Contains(w.titles, h.Title); tries++ {
		if tries%20 != 0 {
			h.fillTemplate(m.random) // so that every kind of news stays as frequent
		} else {
			h = newGeneratedHeadline(s, m, now)
		}
	}
	w.publish(h.Headline)
	return h
}

func newGeneratedHeadline(s *instrumentState, m *Market, now time.Time) generatedHeadline {
	t := pickRandom(m.random, headlineTemplates[s.sector])
	h := generatedHeadline{
		Headline: &Headline{Source: pickRandom(m.random, sources), Importance: t.importance, Time: now},
		template: t, about: []*instrumentState{s},
		impact: t.impact * basisPoint * (60 + m.random.Int64N(80)) / 100,
	}
	if t.sectorWide {
		h.about = m.sectorPeers(s)
	}
	for _, about := range h.about {
		h.Symbols = append(h.Symbols, about.Symbol)
	}
	h.fillTemplate(m.random)
	return h
}

// publish makes h the latest.
func (w *newsWriter) publish(h *Headline) {
	w.written++
	h.number = w.written
	w.setID(h)
	w.latest = append(w.latest, h)
	w.keepLatest(keptHeadlines)
	w.rememberTitle(h.Title)
}

// setID gives h the id that belongs to its number.
func (w *newsWriter) setID(h *Headline) {
	h.ID = w.epoch + "-n" + strconv.Itoa(h.number)
	h.URL = "https://example.com/tape/" + h.ID
}

// rememberTitle keeps a title from being made up again soon.
func (w *newsWriter) rememberTitle(title string) {
	w.titles = append(w.titles, title)
	w.titles = slices.Delete(w.titles, 0, max(0, len(w.titles)-minRepeatGap))
}

// keepLatest forgets all but the latest n headlines.
func (w *newsWriter) keepLatest(n int) {
	w.latest = slices.Delete(w.latest, 0, max(0, len(w.latest)-n))
}

// correct repeats a headline with other figures, under the same id. The old one is not changed.
func (w *newsWriter) correct(old generatedHeadline, m *Market, now time.Time) *Headline {
	h, corrected := old, *old.Headline
	h.Headline = &corrected
	h.Time = now
	for h.fillTemplate(m.random); h.Title == old.Title || slices.Contains(w.titles, h.Title); {
		h.fillTemplate(m.random)
	}
	w.rememberTitle(h.Title)
	h.Title += " (corrects figure)"
	w.replaceCorrected(h.Headline)
	return h.Headline
}

// replaceCorrected puts a headline in the place of the one that it corrects, if that is still kept.
func (w *newsWriter) replaceCorrected(corrected *Headline) {
	w.setID(corrected)
	if at := slices.IndexFunc(w.latest, func(h *Headline) bool { return h.number == corrected.number }); at >= 0 {
		w.latest[at] = corrected
	}
}

// sectorPeers are a few instruments of the sector of s, with s first.
func (m *Market) sectorPeers(s *instrumentState) []*instrumentState {
	const most = 4
	all := []*instrumentState{s}
	for _, other := range m.instruments {
		if other != s && other.sector == s.sector && len(all) < most {
			all = append(all, other)
		}
	}
	return all
}

// fillTemplate writes the text of a headline's template.
func (h *generatedHeadline) fillTemplate(r *rand.Rand) {
	about := h.about[0]
	figure := 1 + r.Int64N(19)
	words := strings.NewReplacer(
		"{name}", about.Name,
		"{symbol}", about.Symbol,
		"{percent}", strconv.FormatInt(figure, 10)+"."+strconv.FormatInt(r.Int64N(10), 10)+"%",
		"{number}", strconv.FormatInt(20*figure+r.Int64N(20), 10),
		"{broker}", pickRandom(r, brokers),
		"{place}", pickRandom(r, places),
		"{product}", pickRandom(r, products[about.sector]),
	)
	h.Title = words.Replace(h.template.text)
	h.Summary = "Made up by the simulator: " + about.Symbol + " last traded at " +
		string(appendDecimal(nil, about.Last, about.Decimals)) + " " + about.Currency + "."
}

func pickRandom[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }
