package infer

import (
	"math"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// termNames are names of members that tell contracts on one symbol, or prices in several currencies, apart; venueNames those
// that do where prices have nothing to do with each other.
var (
	termNames  = mapping.WordSet("strike strikeprice expiry expiration expirationdate expirydate maturity right optiontype putcall cp callput type tenor month contractmonth deliverymonth series currency ccy quotecurrency")
	venueNames = mapping.WordSet("exchange exchangename exchangeid exch venue venuename venueid mic bookmaker sportsbook broker dealer provider platform")
)

// isVenue reports whether a leaf names the venue of a row: {"exchange": "kraken"}, {"market": {"name": "kraken"}}.
func isVenue(l *leaf) bool {
	if len(l.names) == 2 {
		above, name := plainName(l.names[0]), plainName(l.name())
		return (venueNames[above] || above == "market") && (name == "name" || name == "id" || name == "code" || name == "identifier")
	}
	return venueNames[plainName(l.name())]
}

// isVenueName reports whether a venue has a name, and not the letter of a consolidated tape, whose prices are those of one market.
func isVenueName(v gjson.Result) bool { return isWordy(v) && len(v.Str) > 2 }

// separatesPrices reports whether a leaf names the venue of every row, and one symbol has prices at several, to which it comes back.
func (l *leaf) separatesPrices(of []string, prices []float64) bool {
	if !isVenue(l) || !l.everyValue(isVenueName) || slices.Contains(l.texts(), "") || !l.recurs(of) {
		return false
	}
	texts, first := l.texts(), map[string]int{}
	for i, p := range prices {
		before, ok := first[of[i]]
		if !ok {
			first[of[i]] = i
		} else if texts[i] != texts[before] && p != prices[before] && !math.IsNaN(p-prices[before]) {
			return true
		}
	}
	return false
}

func isTerm(l *leaf) bool {
	name := plainName(l.name())
	return termNames[name] && (name != "type" || l.everyValue(isOptionRight))
}

// distinguishingLeaves are the leaves that may tell rows apart beside what names them: not those that are fields, nor
// those by which messages are counted or described.
func distinguishingLeaves(all []*leaf, f fields, id rowIdentity) (free []*leaf) {
	used := map[*leaf]bool{}
	for _, candidates := range f {
		for _, c := range candidates {
			used[c.leaf] = true
		}
	}
	for _, l := range all {
		name := plainName(l.name())
		switch {
		case slices.Contains(id.leaves, l) || namesPast(l.names):
		case isTerm(l), isNaming(l), isVenue(l):
			free = append(free, l)
		case !used[l] && !notTickerNames[name] && !isCounterName(l.name()) && l.mostValues(canBeSymbol) && !l.everyValue(isTime):
			free = append(free, l)
		}
	}
	return free
}

// hasUnused reports whether something beside the identity differs between its rows, and may be what tells them apart.
func hasUnused(all []*leaf, f fields, id rowIdentity) bool {
	return slices.ContainsFunc(distinguishingLeaves(all, f, id), func(l *leaf) bool {
		return l.differs(id.of) && (l.recurs(id.of) || isTerm(l) || isVenue(l) || l.everyValue(isWordy) && !(id.strong && isID(l.name())))
	})
}

// differs reports whether a leaf has several values in rows of one identity.
func (l *leaf) differs(of []string) bool {
	first := map[string]string{}
	for i, s := range l.texts() {
		if before, ok := first[of[i]]; ok && s != "" && s != before {
			return true
		} else if s != "" && of[i] != "" {
			first[of[i]] = s
		}
	}
	return false
}

func countDistinct(texts []string) int {
	seen := map[string]bool{}
	for _, s := range texts {
		if s != "" {
			seen[s] = true
		}
	}
	return len(seen)
}

// recurs reports whether a leaf has several values in rows of one identity, and one that has gone comes again.
func (l *leaf) recurs(of []string) bool { return recurs(l.texts(), of) }

func recurs(texts, of []string) bool {
	last := map[string]int{}
	for i, s := range texts {
		key := of[i] + "\x00" + s
		if before, ok := last[key]; ok && s != "" {
			for k := before + 1; k < i; k++ {
				if of[k] == of[i] && texts[k] != "" && texts[k] != s {
					return true
				}
			}
		}
		last[key] = i
	}
	return false
}

// maxParts bounds the leaves that are joined to one identity.
const maxParts = 3

// extend joins leaves to an identity: the terms of contracts that differ, the venues of one symbol, then what keeps prices apart that have nothing to
// do with each other, or that flip between a few values in turn, as those of options on one symbol do.
func (id rowIdentity) extend(all []*leaf, f fields, prices []float64) rowIdentity {
	joined, besideUnderlying := id, id.standBesideUnderlying(all)
	for _, l := range distinguishingLeaves(all, f, id) {
		isPart := (isTerm(l) || !id.strong && len(id.paths) > 0 && isNaming(l)) && l.differs(joined.of) ||
			besideUnderlying && isTerm(l) && !isNamedCurrency(l) && l.standsBeside(strikeOf(all)) || l.separatesPrices(joined.of, prices)
		if isPart && len(joined.leaves) <= maxParts {
			joined = joinLeaf(" ", joined, l)
		}
	}
	const flips, calmer = 0.005, 5
	joined = joined.joinWhile(all, f, func(of []string) float64 { return float64(countJumps(of, prices)) }, 0, 1.001)
	joined = joined.joinWhile(all, f, func(of []string) float64 { return priceVariation(of, prices) }, flips, calmer)
	if besideUnderlying {
		return joined.orPlain(id, all)
	}
	return joined
}

func isNamedCurrency(l *leaf) bool {
	m, _ := matchName(l.name())
	return m.field == "currency"
}

// standBesideUnderlying reports whether rows are options, and the symbol that they are on has prices of its own, in rows without a
// strike.
func (id rowIdentity) standBesideUnderlying(all []*leaf) bool {
	if !id.strong || id.value == nil || !areOptions(all) || id.namesContract(all) {
		return false
	}
	isOption, isOther := map[string]bool{}, map[string]bool{}
	for i, strike := range strikeOf(all).texts() {
		isOption[id.of[i]], isOther[id.of[i]] = isOption[id.of[i]] || strike != "", isOther[id.of[i]] || strike == ""
	}
	return slices.ContainsFunc(id.of, func(of string) bool { return of != "" && isOption[of] && isOther[of] })
}

// orPlain is an identity that has the terms of options in it, and is the plain one in rows without a strike.
func (id rowIdentity) orPlain(plain rowIdentity, all []*leaf) rowIdentity {
	id.value = &mapping.Value{First: []mapping.Value{*id.value, *plain.value}}
	for i, strike := range strikeOf(all).texts() {
		if strike == "" {
			id.of[i] = plain.of[i]
		}
	}
	return id
}

// standsBeside reports whether a leaf has a value in every row in which another has.
func (l *leaf) standsBeside(other *leaf) bool {
	for i, v := range other.values {
		if v.Exists() && !l.values[i].Exists() {
			return false
		}
	}
	return true
}

// equalTerms are the names of the terms of options by which an identity does not tell them apart, since they are equal in all rows of
// a symbol so far, and of what names the symbol.
func (id rowIdentity) equalTerms(all []*leaf) (names []string) {
	if !id.strong || !areOptions(all) || id.namesContract(all) {
		return nil
	}
	for _, l := range all {
		if isTerm(l) && !isNamedCurrency(l) && !slices.Contains(id.leaves, l) {
			names = append(names, l.name())
		}
	}
	if len(names) > 0 {
		for _, l := range id.leaves {
			names = append(names, l.name())
		}
	}
	return names
}

// areOptions reports whether rows are options: beside a strike they name the right or the day on which it ends.
func areOptions(all []*leaf) bool {
	return strikeOf(all) != nil && slices.ContainsFunc(all, func(l *leaf) bool {
		return len(l.names) == 1 && isTerm(l) && !isNamedCurrency(l) && !isStrike(l)
	})
}

func isStrike(l *leaf) bool {
	name := plainName(l.name())
	return (name == "strike" || name == "strikeprice") && len(l.names) == 1 && l.everyValue(isNumber)
}

// strikeOf is the strike of rows; nil where they have none.
func strikeOf(all []*leaf) *leaf {
	for _, l := range all {
		if isStrike(l) {
			return l
		}
	}
	return nil
}

// namesContract reports whether an identity has the strike in it, as the symbols of options do.
func (id rowIdentity) namesContract(all []*leaf) bool {
	strikes := strikeOf(all).texts()
	for i, of := range id.of {
		if strike, _, _ := strings.Cut(strikes[i], "."); !strings.Contains(of, strike) {
			return false
		}
	}
	return true
}

// joinWhile joins leaves that come again for as long as each makes a measure of prices smaller by a factor.
func (id rowIdentity) joinWhile(all []*leaf, f fields, measure func(of []string) float64, enough, factor float64) rowIdentity {
	joined := id
	for before := measure(id.of); before > enough && len(joined.leaves) <= maxParts; before = measure(joined.of) {
		best, least := rowIdentity{}, before/factor
		for _, l := range distinguishingLeaves(all, f, joined) {
			if !l.recurs(joined.of) && !(enough == 0 && (isVenue(l) || isNaming(l))) {
				continue
			}
			next := joinLeaf(" ", joined, l)
			if m := measure(next.of); m <= least {
				best, least = next, m
			}
		}
		if best.of == nil {
			break
		}
		joined = best
	}
	return joined
}
