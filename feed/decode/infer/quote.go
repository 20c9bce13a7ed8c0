package infer

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// quote fills in the numbers of a rule.
func (w *ruleWriter) quote(f fields, all []*leaf, r *mapping.Rule) {
	for field, to := range map[fieldRole]**mapping.Value{
		"last": &r.Last, "bid": &r.Bid, "ask": &r.Ask, "bid_size": &r.BidSize, "ask_size": &r.AskSize, "size": &r.Size, "volume": &r.Volume,
		"open": &r.Open, "high": &r.High, "low": &r.Low, "prev_close": &r.PrevClose, "vwap": &r.VWAP, "change": &r.Change, "name": &r.Name, "currency": &r.Currency,
	} {
		*to = f.value(field)
	}
	if last := f["last"]; len(last) > 0 && last[0].nameRank >= vague {
		w.note("%s is used as the price", last[0].leaf.path)
	}
	if last := f.best("last"); last != nil && strings.Contains(last.path, newestItem) {
		w.note("%s: the last item of the list is used as the newest", last.path)
	}
	w.addScale(all, r)
	w.percent(f, r)
}

// addScale adds the power of ten that stands beside prices.
func (w *ruleWriter) addScale(all []*leaf, r *mapping.Rule) {
	values := []*mapping.Value{r.Last, r.Bid, r.Ask, r.Open, r.High, r.Low, r.PrevClose, r.VWAP, r.Change}
	var prices []*leaf
	for _, v := range values {
		if v != nil && byPath(all, v.Path) != nil {
			prices = append(prices, byPath(all, v.Path))
		}
	}
	for _, v := range values {
		if v == nil || v.Path == "" {
			continue
		}
		price := byPath(all, v.Path)
		for _, l := range all {
			if price == nil || !isBeside(l, price) {
				continue
			}
			switch strings.ToLower(l.name()) {
			case "expo", "exponent", "exp":
				if price.isAmount() && l.everyValue(isPositive) {
					v.Decimals = l.path // of the currency: {"amount": 4150, "currency": "USD", "exponent": 2}
					continue
				}
				v.Exp = l.path
				if !l.mostValues(isWhole) {
					w.doubt("%s is scaled by %s, which is not a whole number: it is not shown", v.Path, l.path)
				}
			case "precision", "fractiondigits", "decimalplaces", "minorunits":
				if price.isAmount() && l.everyValue(isPositive) {
					v.Decimals = l.path
					w.note("%s is divided by 10^%s, because an amount of money counts the smallest unit: check this", v.Path, l.path)
				}
			case "decimals", "pricedecimals", "price_decimals", "scale", "pricescale", "price_scale":
				if l.everyValue(isWhole) && !slices.ContainsFunc(prices, func(p *leaf) bool { return !p.everyValue(isWhole) }) {
					v.Decimals = l.path
					w.note("%s is divided by 10^%s, for both are whole numbers: check this", v.Path, l.path)
				}
			}
		}
	}
}

// isAmount reports whether a leaf is the amount of a map that holds money.
func (l *leaf) isAmount() bool {
	return plainName(l.name()) == "amount" && len(l.names) > 1 && l.everyValue(isWhole)
}

func isPositive(v gjson.Result) bool { return isWhole(v) && !strings.HasPrefix(v.String(), "-") }

// scaleNames are names of numbers of digits behind the point, of which nothing says whether the price has a point.
var scaleNames = mapping.WordSet("decimals digits precision priceprecision")

// factorNames are names of what prices are scaled by: a number of digits, unless it is too large for one.
var factorNames = mapping.WordSet("decimals pricedecimals scale pricescale")

// exponentNames are names of powers of ten that prices are multiplied by.
var exponentNames = mapping.WordSet("expo exponent exp")

func isFactor(v gjson.Result) bool {
	const mostDigits = 18
	return isPositive(v) && v.Float() > mostDigits
}

// unclearScale says why a price is not shown that is a small whole number beside a number of decimals: they may be those of a token;
// empty where all is clear.
func (f fields) unclearScale(all []*leaf) string {
	last := f.best("last")
	for _, name := range []fieldRole{"bid", "ask", "open", "high", "low", "prev_close"} {
		if l := f.best(name); l != nil && !l.everyValue(isWhole) {
			return "" // written with a point: none is divided
		}
	}
	for _, l := range all {
		price, name := cmp.Or(last, f.best("bid"), f.best("ask")), plainName(l.name())
		if price != nil && factorNames[name] && isBeside(l, price) && price.everyValue(isWhole) && slices.ContainsFunc(l.values, isFactor) {
			return fmt.Sprintf("%s may be divided by %s, or not: it is not shown", price.path, l.path)
		}
		if price == nil || !scaleNames[name] || !isBeside(l, price) || price.isAmount() || !price.everyValue(isWhole) || !l.everyValue(isPositive) {
			continue
		}
		// Decimals are those of the price unless it is too small for it; digits may be those to show unless it is.
		small := func(n []float64) bool { return n[0] < math.Pow10(int(min(n[1], 300))) }
		unclear := small
		if name != "decimals" {
			unclear = func(n []float64) bool { return !small(n) && n[1] > 0 }
		}
		if rows, held := countRows(unclear, price, l); rows > 0 && held == rows && (last != nil || name != "decimals") {
			return fmt.Sprintf("%s may be divided by 10^%s, or not: it is not shown", price.path, l.path)
		}
	}
	return ""
}

func byPath(all []*leaf, path string) *leaf {
	for _, l := range all {
		if l.path == path {
			return l
		}
	}
	return nil
}

// percent takes a change in percent when the change, or what it is counted from, shows whether it is one, or a fraction.
func (w *ruleWriter) percent(f fields, r *mapping.Rule) {
	pct, last := f.best("change_pct"), f.best("last")
	if pct == nil {
		return
	}
	for i := range pct.values {
		p, ok := pct.number(i)
		real, known := f.percentOf(last, i)
		if !ok || !known || p == 0 {
			continue
		}
		switch {
		case areNear(p, real):
			r.ChangePct = &mapping.Value{Path: pct.path}
			return
		case areNear(100*p, real):
			r.ChangePct = &mapping.Value{Path: pct.path, Mul: "100"}
			return
		}
	}
	w.note("%s is left out: it may be per cent or a fraction (then add mul: 100)", pct.path)
}

// percentOf is the change of a row in percent, by its change or by what that is counted from.
func (f fields) percentOf(last *leaf, row int) (percent float64, ok bool) {
	if last == nil {
		return 0, false
	}
	now, ok := last.number(row)
	if !ok {
		return 0, false
	}
	for _, name := range []fieldRole{"change", "prev_close", "open"} {
		l := f.best(name)
		if l == nil {
			continue
		}
		base, ok := l.number(row)
		if name == "change" {
			base = now - base
		}
		if ok && base != 0 {
			return 100 * (now - base) / base, true
		}
	}
	return 0, false
}

// areNear reports whether two numbers differ by less than a fifth.
func areNear(a, b float64) bool { return a/b > 0.8 && a/b < 1.25 }
