package infer

import (
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
	"livetape/feed/market"
)

// quote fills in the numbers of a rule.
func (w *writer) quote(f fields, all []*leaf, r *mapping.Rule) {
	for field, to := range map[field]**mapping.Value{
		"last": &r.Last, "bid": &r.Bid, "ask": &r.Ask, "bid_size": &r.BidSize, "ask_size": &r.AskSize, "size": &r.Size, "volume": &r.Volume,
		"open": &r.Open, "high": &r.High, "low": &r.Low, "prev_close": &r.PrevClose, "change": &r.Change, "name": &r.Name, "currency": &r.Currency,
	} {
		*to = f.value(field)
	}
	if last := f["last"]; len(last) > 0 && last[0].nameRank >= vague {
		w.note("%s is taken for the price", last[0].leaf.path)
	}
	w.scale(all, r)
	w.percent(f, r)
}

// scale adds the power of ten that stands beside prices.
func (w *writer) scale(all []*leaf, r *mapping.Rule) {
	for _, v := range []*mapping.Value{r.Last, r.Bid, r.Ask, r.Open, r.High, r.Low, r.PrevClose, r.Change} {
		if v == nil || v.Path == "" {
			continue
		}
		price := byPath(all, v.Path)
		for _, l := range all {
			if price == nil || !isBeside(l, price) || !l.every(isWhole) {
				continue
			}
			switch strings.ToLower(l.name()) {
			case "expo", "exponent", "exp":
				v.Exp = l.path
			case "decimals", "pricedecimals", "price_decimals":
				if price.every(isWhole) {
					v.Decimals = l.path
					w.note("%s is divided by 10^%s, for both are whole numbers: check this", v.Path, l.path)
				}
			}
		}
	}
}

func byPath(all []*leaf, path string) *leaf {
	for _, l := range all {
		if l.path == path {
			return l
		}
	}
	return nil
}

// percent takes a change in percent when the change itself shows whether it is one, or a fraction.
func (w *writer) percent(f fields, r *mapping.Rule) {
	pct, last, change := f.best("change_pct"), f.best("last"), f.best("change")
	if pct == nil {
		return
	}
	if last != nil && change != nil {
		for i := range pct.values {
			mul, ok := percentOf(pct.values[i], last.values[i], change.values[i])
			if ok {
				r.ChangePct = &mapping.Value{Path: pct.path, Mul: mul}
				return
			}
		}
	}
	w.note("%s is left out: it may be per cent or a fraction (then add mul: 100)", pct.path)
}

// percentOf compares what a row calls its change in percent with its change; mul is "" for percent and "100" for
// a fraction.
func percentOf(pct, last, change gjson.Result) (mul string, ok bool) {
	p, err1 := mapping.ParseNumber(pct)
	l, err2 := mapping.ParseNumber(last)
	c, err3 := mapping.ParseNumber(change)
	if err1 != nil || err2 != nil || err3 != nil || p.Sign() == 0 || c.Sign() == 0 {
		return "", false
	}
	real := l.Percent(l.Sub(c))
	switch {
	case isClose(p, real):
		return "", true
	case isClose(shifted(p, 2), real):
		return "100", true
	}
	return "", false
}

func shifted(d market.Decimal, n int) market.Decimal {
	s, err := d.Shift(n)
	if err != nil {
		return market.Decimal{}
	}
	return s
}

// isClose reports whether two numbers differ by less than a fifth.
func isClose(a, b market.Decimal) bool {
	q := a.Quo(b)
	low, _ := market.ParseDecimal("0.8")
	high, _ := market.ParseDecimal("1.25")
	return q.IsSet() && q.Cmp(low) > 0 && q.Cmp(high) < 0
}
