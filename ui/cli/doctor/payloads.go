package doctor

import (
	"fmt"
	"slices"
	"strings"

	"livetape/feed/decode/infer"
	"livetape/feed/market"
	"livetape/ui/humanize"
)

func (e *examination) payloadSection() Section {
	s := Section{Title: "payloads"}
	r := &e.reading
	total := len(e.first.stats.kept)
	if total == 0 {
		return s
	}
	events := humanize.Plural(total, "event")
	share := ""
	if r.result.Mapped < total {
		share = fmt.Sprintf(", %d %%", 100*r.result.Mapped/total)
	}
	switch name := r.result.Definition.Preset; {
	case r.given && r.found:
		s.add(Good, "reading", fmt.Sprintf("the feed's own settings read %d of %s%s", r.result.Mapped, events, share), "")
	case r.suggested != nil:
		s.add(Bad, "reading", "the feed's own settings read none of "+events, fmt.Sprintf("the definition below reads %d of them", r.suggested.Mapped))
	case r.given:
		s.add(Bad, "reading", "the feed's own settings read none of "+events, "check its map, or leave it out to see what fits")
	case r.found && name != "" && r.result.Definition.Map == nil:
		s.add(Good, "reading", fmt.Sprintf("the preset %s fits: it reads %d of %s%s", name, r.result.Mapped, events, share), "")
	case r.found && r.isMostlyUnread():
		s.add(Warning, "reading", fmt.Sprintf("a map was found that reads %d of %s%s", r.result.Mapped, events, share), "see below why the others are not read, and add rules for those that matter")
	case r.found:
		s.add(Good, "reading", fmt.Sprintf("a map was found that reads %d of %s%s", r.result.Mapped, events, share), "")
	case len(r.presets) > 0:
		s.add(Warning, "reading", fmt.Sprintf("the preset %s fits, but nothing in %s is a price or a headline", r.presets[0], events), "listen for longer, or write a map for your own payloads")
	case r.result.Problem != "":
		s.add(Bad, "reading", e.endpoint.Clean(r.result.Problem, 200)+": no price is shown", "name what tells rows apart in a map: symbol: …")
	case len(r.decodeErrors) > 0 && len(r.ignored) == 0:
		s.add(Bad, "reading", "nothing in "+events+" can be read", "no map helps: the server has to send other data, see below")
	case len(r.notices) > 0 && len(r.ignored) == 0:
		s.add(Bad, "reading", "nothing but what the server says of itself came in "+events, "")
	case r.mapHelps:
		s.add(Bad, "reading", "nothing in "+events+" looks like a price or a headline", "write a map for these payloads: the samples below show what they contain")
	default:
		s.add(Bad, "reading", "nothing in "+events+" is a price or a headline", "no map helps: they hold no current price, no reading and no headline")
	}
	e.addContents(&s)
	e.addUnread(&s)
	return s
}

// isMostlyUnread reports whether more events than are read should be, and are not.
func (r *decodedPayloads) isMostlyUnread() bool { return r.unread > r.result.Mapped }

// unreadWords says how many of the events should be read and are not, for the end of a verdict; empty when all are.
func (r *decodedPayloads) unreadWords(total int) string {
	if r.unread == 0 {
		return ""
	}
	return fmt.Sprintf(", but %d of %s not read", r.unread, humanize.Plural(total, "event"))
}

// addContents shows what was read, so that people see whether it is right.
func (e *examination) addContents(s *Section) {
	var shown []string
	for _, p := range e.prices() {
		shown = append(shown, p.String())
	}
	if len(shown) > 0 {
		s.add(Good, "prices", strings.Join(shown, " · "), "")
	}
	if jumps := e.priceJumps(); len(jumps) > 0 {
		s.add(Warning, "jumps", strings.Join(jumps, " · "), "if a row mixes two things, name what tells them apart as symbol: in the map")
	}
	if readings := e.readings(); len(readings) > 0 {
		s.add(Good, "readings", strings.Join(readings, " · "), "")
	}
	if news := e.headlines(); len(news) > 0 {
		s.add(Good, "news", strings.Join(news, " · "), "")
	}
	if unused := e.reading.result.UnusedWords(); unused != "" {
		s.add(Good, "not used", e.endpoint.Clean(unused, 400), "")
	}
	e.addLatency(s)
	for _, notice := range e.reading.notices {
		s.add(Warning, "server", "it says: "+e.endpoint.Clean(notice, 160), "")
	}
}

func (e *examination) addUnread(s *Section) {
	for _, f := range e.reading.decodeErrors {
		s.add(Bad, "decode errors", fmt.Sprintf("%s: %s", timesText(f.Count), e.endpoint.Clean(f.Reason, 160)), "what cannot be read of these events is skipped, and they are counted")
	}
	mark, advice := Good, ""
	if !e.reading.found && e.reading.result.Problem == "" {
		if mark = Warning; e.reading.mapHelps {
			advice = "if they matter, write a map that reads them"
		}
	}
	for _, i := range e.reading.ignored {
		s.add(mark, "ignored", fmt.Sprintf("%s: %s", timesText(i.Count), e.endpoint.Clean(i.Reason, 160)), advice)
	}
}

// String is a price on one line.
func (p Price) String() string {
	switch {
	case p.Last != "":
		return p.Symbol + " " + p.Last
	case p.Bid != "" && p.Ask != "":
		return p.Symbol + " " + p.Bid + " / " + p.Ask
	case p.Bid != "":
		return p.Symbol + " bid " + p.Bid
	}
	return p.Symbol + " ask " + p.Ask
}

const maxShown = 6

func (e *examination) prices() []Price {
	all := []Price{}
	for _, u := range e.reading.updates {
		q, ok := u.Update.(market.Quote)
		if !ok || !q.Last.IsSet() && !q.Bid.IsSet() && !q.Ask.IsSet() {
			continue
		}
		symbol := e.endpoint.Clean(q.Symbol, 40)
		if slices.ContainsFunc(all, func(p Price) bool { return p.Symbol == symbol }) {
			continue
		}
		if all = append(all, Price{symbol, q.Last.String(), q.Bid.String(), q.Ask.String()}); len(all) == maxShown {
			break
		}
	}
	return all
}

// priceJumps are the first places where two prices in a row of one symbol have nothing to do with each other.
func (e *examination) priceJumps() (all []string) {
	last := map[string]market.Decimal{}
	for _, u := range e.reading.updates {
		q, ok := u.Update.(market.Quote)
		if !ok || !q.Last.IsSet() {
			continue
		}
		if before := last[q.Symbol]; before.IsSet() && infer.IsJump(before.Approx(), q.Last.Approx()) && len(all) < maxShown {
			all = append(all, fmt.Sprintf("%s %s → %s in event %d", e.endpoint.Clean(q.Symbol, 40), before, q.Last, u.event+1))
		}
		last[q.Symbol] = q.Last
	}
	return all
}

func (e *examination) readings() (all []string) {
	named := map[string]bool{}
	for _, u := range e.reading.updates {
		r, ok := u.Update.(market.Reading)
		if ok && !named[r.Name] && len(all) < maxShown {
			named[r.Name] = true
			all = append(all, e.endpoint.Clean(r.Name, 40)+" "+r.Value.String())
		}
	}
	return all
}

func (e *examination) headlines() []string {
	all := []string{}
	for _, u := range e.reading.updates {
		if h, ok := u.Update.(market.Headline); ok && len(all) < 3 {
			all = append(all, e.endpoint.Clean(h.Title, 80))
		}
	}
	return all
}
