package infer

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// keepAgreeing keeps, of the candidates for each price, those whose values agree with each other: a low is no higher than the high
// and a bid than the ask, the last lies between low and high and near bid and ask. A name alone decides only where values
// do not speak against it. What stays undecided is left out, and told.
func (f fields) keepAgreeing(all []*leaf) (doubts []string) {
	for _, name := range []fieldRole{"open", "high", "low", "volume"} {
		f.dropRivals(name)
	}
	f.keepOrderedPair("low", "high")
	if doubt := f.keepOrderedPair("bid", "ask"); doubt != "" && len(f["last"]) == 0 {
		doubts = append(doubts, doubt)
	}
	if doubt := f.dropRivalQuotes(); doubt != "" {
		doubts = append(doubts, doubt)
	}
	f.takeCloseAsLast()
	if doubt := f.dropFarLetters(all); doubt != "" {
		doubts = append(doubts, doubt)
	}
	if doubt := f.chooseLast(); doubt != "" {
		doubts = append(doubts, doubt)
	}
	if last := f.best("last"); last != nil && f.best("bid") != nil && f.best("ask") != nil && !isNearQuote(last, f.best("bid"), f.best("ask")) {
		doubts = append(doubts, fmt.Sprintf("%s and %s are far from %s: they are not used as bid and ask", f.best("bid").path, f.best("ask").path, last.path))
		delete(f, "bid")
		delete(f, "ask")
	}
	f.dropFarSide()
	f.dropFarClose()
	f.checkChange()
	return doubts
}

// dropFarLetters leaves out a bid and an ask that are hardly called so, where no price is near them: beside a trade they are something
// else, such as the numbers of its orders. Where nothing says trade, a price that is hardly called so goes with them.
func (f fields) dropFarLetters(all []*leaf) (doubt string) {
	last, bid, ask := f.best("last"), f.best("bid"), f.best("ask")
	if last == nil || bid == nil || ask == nil || f["bid"][0].nameRank < weak || f["ask"][0].nameRank < weak ||
		slices.ContainsFunc(f["last"], func(c fieldCandidate) bool { return isNearQuote(c.leaf, bid, ask) }) {
		return ""
	}
	switch {
	case saysTrade(all):
	case f["last"][0].nameRank < weak:
		return "" // told when all is known
	default:
		delete(f, "last")
		doubt = fmt.Sprintf("%s is far from %s and %s, and it is not known which of them are prices: none is shown", last.path, bid.path, ask.path)
	}
	delete(f, "bid")
	delete(f, "ask")
	return doubt
}

// dropFarSide leaves out a bid without an ask that is far from the last price, and the other way round.
func (f fields) dropFarSide() {
	last, bid, ask := f.best("last"), f.best("bid"), f.best("ask")
	if side := cmp.Or(bid, ask); last != nil && side != nil && (bid == nil || ask == nil) && !isNearQuote(last, side, side) {
		delete(f, "bid")
		delete(f, "ask")
	}
}

// dropFarClose leaves out an open and a close before that have nothing to do with the last price: a "pc" is a close or a percentage.
func (f fields) dropFarClose() {
	for _, name := range []fieldRole{"open", "prev_close"} {
		if last, l := f.best("last"), f.best(name); last != nil && l != nil && !isNearQuote(last, l, l) {
			delete(f, name)
		}
	}
}

// dropRivals leaves out a number of which there are several by the same name that differ, but for that of a day.
func (f fields) dropRivals(name fieldRole) {
	all := f[name]
	if i := slices.IndexFunc(all, func(c fieldCandidate) bool { return namesDay(c.leaf.names) }); i >= 0 {
		all = bringFirst(all, all[i])
		f[name] = all
	} else if len(all) > 1 && isRival(all[0], all[1]) {
		delete(f, name)
	}
}

// dropRivalQuotes leaves out bid and ask where there are several by the same name that differ, as of a call and a put, and the last
// price is not near one of them alone.
func (f fields) dropRivalQuotes() (doubt string) {
	for _, name := range []fieldRole{"bid", "ask"} {
		all := f[name]
		if len(all) < 2 || !isRival(all[0], all[1]) || len(f["last"]) > 0 && !isNearQuote(f.best("last"), all[1].leaf, all[1].leaf) {
			continue
		}
		delete(f, "bid")
		delete(f, "ask")
		return fmt.Sprintf("%s and %s may both be the %s, and differ: neither is shown", all[0].leaf.path, all[1].leaf.path, name)
	}
	return ""
}

func namesDay(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return hasWord(name, dayWords) })
}

var dayWords = mapping.WordSet("day daily today")

// isRival reports whether nothing but its values tells one candidate from another.
func isRival(a, b fieldCandidate) bool {
	return a.rank == b.rank && plainName(a.leaf.name()) == plainName(b.leaf.name()) && differ(a.leaf, b.leaf)
}

// takeCloseAsLast takes c for the last price where the letters of a bar stand beside it: a p there is something else.
func (f fields) takeCloseAsLast() {
	open := f.best("open")
	if !f.isBar() || len(f["last"]) == 0 || !isBeside(f.best("last"), open) {
		return
	}
	for _, c := range f["last"] {
		if c.leaf.name() == "c" && open.name() == "o" && isBeside(c.leaf, open) {
			f["last"] = bringFirst(f["last"], c)
			return
		}
	}
}

// keepOrderedPair keeps the first two candidates of which one is never above the other, those first that are named alike: bid and
// bidPrice are two things. Without such, a bid and an ask that cross by little are a market that does.
func (f fields) keepOrderedPair(below, above fieldRole) (doubt string) {
	if len(f[below]) == 0 || len(f[above]) == 0 {
		return ""
	}
	for _, fits := range []func(a, b fieldCandidate) bool{
		func(a, b fieldCandidate) bool {
			return isNeverAbove(a.leaf, b.leaf) && namedAlike(a.leaf, b.leaf, below, above)
		},
		func(a, b fieldCandidate) bool {
			return isNeverAbove(a.leaf, b.leaf) && (below != "bid" || isNearQuote(a.leaf, b.leaf, b.leaf))
		},
		func(a, b fieldCandidate) bool {
			return max(a.nameRank, b.nameRank) < weak && crossesByLittle(a.leaf, b.leaf)
		},
	} {
		for _, a := range f[below] {
			for _, b := range f[above] {
				if a.leaf != b.leaf && fits(a, b) {
					f[below], f[above] = bringFirst(f[below], a), bringFirst(f[above], b)
					return ""
				}
			}
		}
	}
	doubt = fmt.Sprintf("%s is above %s: neither is used as %s or %s", f[below][0].leaf.path, f[above][0].leaf.path, below, above)
	delete(f, below)
	delete(f, above)
	return doubt
}

func namedAlike(a, b *leaf, below, above fieldRole) bool {
	return strings.Replace(plainName(a.path), string(below), "", 1) == strings.Replace(plainName(b.path), string(above), "", 1)
}

func crossesByLittle(bid, ask *leaf) bool {
	return mostRows(func(n []float64) bool { return math.Abs(n[0]-n[1]) <= 0.05*math.Abs(n[0]) }, bid, ask)
}

func bringFirst(all []fieldCandidate, first fieldCandidate) []fieldCandidate {
	rest := slices.DeleteFunc(slices.Clone(all), func(c fieldCandidate) bool { return c.leaf == first.leaf })
	return append([]fieldCandidate{first}, rest...)
}

// chooseLast keeps the candidates for the last price that the other prices do not speak against. The doubt says why none is
// left.
func (f fields) chooseLast() (doubt string) {
	all := f["last"]
	if len(all) == 0 {
		return ""
	}
	low, high, bid, ask, before := f.best("low"), f.best("high"), f.best("bid"), f.best("ask"), f.best("prev_close")
	kept := slices.DeleteFunc(slices.Clone(all), func(c fieldCandidate) bool {
		return low != nil && high != nil && !isBetween(c.leaf, low, high) || bid != nil && ask != nil && !isNearQuote(c.leaf, bid, ask)
	})
	if near := slices.DeleteFunc(slices.Clone(kept), func(c fieldCandidate) bool { return before != nil && !isNearQuote(c.leaf, before, before) }); len(near) > 0 {
		kept = near
	}
	switch {
	case len(kept) == 0 && all[0].nameRank < weak: // plainly named: what speaks against it is something else
		kept = all
		if low != nil && high != nil && !isBetween(all[0].leaf, low, high) {
			delete(f, "low")
			delete(f, "high")
		}
	case len(kept) == 0:
		delete(f, "last")
		return fmt.Sprintf("%s is outside low and high, or far from bid and ask: it is not used as the price", all[0].leaf.path)
	}
	for _, other := range kept[1:] {
		if isRival(kept[0], other) || kept[0].leaf.name() == "p" && other.leaf.name() == "c" && isBeside(kept[0].leaf, other.leaf) && differ(kept[0].leaf, other.leaf) {
			delete(f, "last")
			if kept[0].nameRank >= vague {
				return "" // rather than prices they are readings
			}
			return fmt.Sprintf("%s and %s may both be the price, and differ: neither is shown", kept[0].leaf.path, other.leaf.path)
		}
	}
	if size := f.best("size"); size != nil && len(size.name()) == 1 && !strings.EqualFold(kept[0].leaf.name(), "p") {
		delete(f, "size") // of a bar or a day it is a volume, of a quote a count
	}
	f["last"] = kept
	return ""
}

// checkChange keeps a change that agrees with the change in percent, or adds up against the close or open: one that is the change in
// percent is taken as such, and one of which neither can be told is left out.
func (f fields) checkChange() {
	last, change, pct := f.best("last"), f.best("change"), f.best("change_pct")
	if last == nil || change == nil || plainName(change.name()) == "netchange" {
		return
	}
	if pct != nil && mostRows(func(n []float64) bool {
		real := 100 * n[1] / (n[0] - n[1])
		return areNear(n[2], real) || areNear(100*n[2], real)
	}, last, change, pct) {
		return
	}
	base := cmp.Or(f.best("prev_close"), f.best("open"))
	isChange := func(n []float64) bool {
		off, offPercent := changeErrors(n[0], n[1], n[2])
		return off <= 0.05*math.Abs(n[0]-n[2])+0.0005*math.Abs(n[0]) && off <= offPercent
	}
	isPercent := func(n []float64) bool {
		off, offPercent := changeErrors(n[0], n[1], n[2])
		return offPercent <= (0.006+0.05*math.Abs(n[1]))*math.Abs(n[2])/100 && offPercent < off
	}
	switch {
	case base != nil && (holdsInMost(isChange, last, change, base) || !holdsInMost(func([]float64) bool { return true }, last, change, base)):
		return // it adds up, or is 0 so far
	case base != nil && pct == nil && holdsInMost(isPercent, last, change, base):
		f["change_pct"] = f["change"]
	}
	delete(f, "change")
}

// changeErrors are by how much a number is not the change of a price since a base, and not that in percent, both in units of the price.
func changeErrors(last, change, base float64) (off, offPercent float64) {
	return math.Abs(last - change - base), math.Abs(last - base*(1+change/100))
}

// holdsInMost reports whether test holds of most rows in which leaves have numbers.
func holdsInMost(test func(n []float64) bool, leaves ...*leaf) bool {
	rows, held := countRows(test, leaves...)
	return 2*held > rows
}

// number is the value of a row as a number to compare; ok is false for none, and for what stands for none.
func (l *leaf) number(row int) (n float64, ok bool) {
	v := l.values[row]
	if !v.Exists() {
		return 0, false
	}
	s := strings.TrimSpace(v.String())
	if l.replace != nil {
		s = strings.ReplaceAll(s, l.replace[0], l.replace[1])
	}
	d, err := mapping.ParseNumber(gjson.Result{Type: gjson.String, Str: s})
	if v.IsObject() {
		d, err = mapping.ParseNumber(v) // an amount
	}
	if err != nil || !d.IsSet() {
		return 0, false
	}
	n, err = strconv.ParseFloat(d.String(), 64)
	return n, err == nil && !isSentinel(n)
}

// isSentinel reports whether a number is one that feeds write where they have none, beside numbers that they have.
func isSentinel(n float64) bool { return n == 0 || n == -1 || math.Abs(n) >= 1e300 }

// countRows counts in how many rows leaves have numbers, and in how many of these test holds.
func countRows(test func(n []float64) bool, leaves ...*leaf) (rows, held int) {
	n := make([]float64, len(leaves))
	for i := range leaves[0].values {
		all := true
		for k, l := range leaves {
			var ok bool
			n[k], ok = l.number(i)
			all = all && ok
		}
		if !all {
			continue
		}
		rows++
		if test(n) {
			held++
		}
	}
	return rows, held
}

// mostRows reports whether test holds of nine in ten rows in which leaves have numbers, or there are none.
func mostRows(test func(n []float64) bool, leaves ...*leaf) bool {
	rows, held := countRows(test, leaves...)
	return 10*held >= 9*rows
}

func isNeverAbove(low, high *leaf) bool {
	return mostRows(func(n []float64) bool { return n[0] <= n[1] }, low, high)
}

// isBetween reports whether a leaf lies between two others, but for what a session's range is late.
func isBetween(l, low, high *leaf) bool {
	rows, held := countRows(func(n []float64) bool {
		late := 0.02 * math.Abs(n[0])
		return n[0] >= n[1]-late && n[0] <= n[2]+late
	}, l, low, high)
	return 2*held >= rows
}

// isNearQuote reports whether a last price is of the size of bid and ask.
func isNearQuote(last, bid, ask *leaf) bool {
	rows, held := countRows(func(n []float64) bool {
		if mapping.IsFillerNumber(strconv.FormatFloat(n[0], 'f', -1, 64)) {
			return true // it stands for none, and will be left out
		}
		if n[0] > 0 && n[1] > 0 && n[2] > 0 {
			return n[0] >= n[1]/3 && n[0] <= n[2]*3
		}
		return math.Abs(n[0]-(n[1]+n[2])/2) <= math.Max(math.Abs(n[1]), math.Abs(n[2]))
	}, last, bid, ask)
	return 2*held >= rows
}

// differ reports whether two leaves have different numbers in a row.
func differ(a, b *leaf) bool {
	rows, same := countRows(func(n []float64) bool { return n[0] == n[1] }, a, b)
	return same < rows
}
