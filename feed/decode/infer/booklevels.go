package infer

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// sidedLists are the paths of lists whose items are levels of a book, each with its side: [["buy", "40.98", "12"], …]. A * stands for
// the items of a list. What one payload shows of a path holds of all.
type sidedLists [][]string

// maxSidedDepth is how deep in payloads such lists are looked for.
const maxSidedDepth = 5

func findSidedLists(read []payload) (found sidedLists) {
	var look func(names []string, v gjson.Result)
	look = func(names []string, v gjson.Result) {
		switch {
		case len(names) > maxSidedDepth:
		case v.IsArray() && mayHoldSides(v):
			if !found.has(names) && provesLevels(lastName(names), v) {
				found = append(found, slices.Clone(names))
			}
		case v.IsArray() || v.IsObject():
			n := 0
			v.ForEach(func(key, below gjson.Result) bool {
				name := key.Str
				if v.IsArray() {
					name = "*"
				}
				if below.Type == gjson.JSON && !hasWord(name, pastWords) {
					look(append(slices.Clip(names), name), below)
				}
				n++
				return below.Type == gjson.JSON && n < maxLevels || v.IsObject() && n < maxRows
			})
		}
	}
	for _, p := range read {
		look(nil, p.json)
	}
	return found
}

func lastName(names []string) string {
	name := ""
	if len(names) > 0 {
		name = names[len(names)-1]
	}
	return name
}

func (l sidedLists) has(names []string) bool {
	return slices.ContainsFunc(l, func(path []string) bool { return slices.Equal(path, names) })
}

// below is the path, below rows at names, of a list of levels; ok is false where there is none.
func (l sidedLists) below(names []string, areItems bool) (path []string, ok bool) {
	for _, full := range l {
		if areItems && len(full) > 0 && full[0] == "*" {
			full = full[1:] // the payload is a list, whose items are the rows
		}
		if len(full) < len(names) || !slices.EqualFunc(names, full[:len(names)], func(x, y string) bool { return x == y || x == "*" }) {
			continue
		}
		if rest := full[len(names):]; !slices.Contains(rest, "*") && len(rest) <= maxBookDepth+1 {
			return rest, true
		}
	}
	return nil, false
}

// changesOfBook are words in the names of lists of changes to a book.
var changesOfBook = wordSet("changes change updates update deltas delta diffs diff")

// levelForm says where side, price and size are in levels that say their side.
type levelForm struct{ side, price, size string }

// mayHoldSides reports whether the first item of a list may be a level that says its side.
func mayHoldSides(list gjson.Result) bool {
	_, ok := sidedForm(firstItem(list))
	return ok
}

// sidedForm finds side, price and size in a level.
func sidedForm(level gjson.Result) (form levelForm, ok bool) {
	switch {
	case level.IsArray():
		items := level.Array()
		if len(items) < 3 || len(items) > 4 {
			return form, false
		}
		for i, item := range items {
			switch _, isSide := mapping.SideOfBook(item.Str); {
			case isSide && form.side == "":
				form.side = strconv.Itoa(i)
			case isNumber(item) && form.price == "":
				form.price = strconv.Itoa(i)
			case isNumber(item) && form.size == "":
				form.size = strconv.Itoa(i)
			}
		}
	case level.IsObject():
		level.ForEach(func(key, v gjson.Result) bool {
			name, at := plainName(key.Str), pathOf([]string{key.Str})
			_, isSide := mapping.SideOfBook(v.Str)
			switch m, known := matchName(key.Str); {
			case !isWritable(key.Str):
			case isSide && sideNames[name] && form.side == "":
				form.side = at
			case !isNumber(v):
			case (known && m.field == "last" || levelPriceNames[name]) && form.price == "":
				form.price = at
			case (known && (m.field == "size" || m.field == "volume") || levelSizeNames[name]) && form.size == "":
				form.size = at
			}
			return true
		})
	}
	return form, form.side != "" && form.price != "" && form.size != ""
}

// Names of members of levels that say their side.
var (
	sideNames       = wordSet("side type s bs direction takerside bidask")
	levelPriceNames = wordSet("pricelevel level")
	levelSizeNames  = wordSet("newquantity newqty newsize remaining remainingsize liquidity sz")
)

// listOfTrades are words in the names of lists of what was traded.
var listOfTrades = wordSet("trade trades match matches fill fills execution executions deal deals transactions prints")

// provesLevels reports whether the items of a list of that name are levels of a book: by the name, by their sides, or as all bids are
// below all asks, where trades were bought above what others were sold at.
func provesLevels(name string, list gjson.Result) bool {
	form, _ := sidedForm(firstItem(list))
	best := [2]float64{math.Inf(-1), math.Inf(1)}
	symbol, quoted, n := "", true, 0
	isBook := true
	list.ForEach(func(_, level gjson.Result) bool {
		word := level.Get(form.side).Str
		side, known := mapping.SideOfBook(word)
		isBook = known && !isTradeRow(level)
		own := symbolOfLevel(level)
		isBook = isBook && (n == 0 || own == symbol)
		price := level.Get(form.price)
		if !isNumber(price) || !isBook {
			return isBook
		}
		symbol, quoted = own, quoted && strings.ContainsAny(strings.ToLower(word[:1]), "ao") || quoted && strings.HasPrefix(strings.ToLower(word), "bid")
		if side == 0 {
			best[0] = max(best[0], price.Float())
		} else {
			best[1] = min(best[1], price.Float())
		}
		n++
		return n < maxLevels
	})
	hasBoth := !math.IsInf(best[0]-best[1], 0)
	switch {
	case !isBook || n == 0 || hasWord(name, listOfTrades) || hasBoth && best[0] > 1.05*best[1]:
		return false
	case hasWord(name, changeListWords) || hasWord(name, levelWords) || hasWord(name, bookWords) || quoted && n > 1:
		return true
	}
	return hasBoth && best[0] < best[1]
}

// isTradeRow reports whether a level says that it is a trade, by its kind or by the number of one.
func isTradeRow(level gjson.Result) (found bool) {
	level.ForEach(func(key, v gjson.Result) bool {
		name := plainName(key.Str)
		found = level.IsObject() && (slices.Contains(kindNames, name) && hasWord(v.Str, tradeWords) || tradeNumbers[name])
		return !found
	})
	return found
}

// tradeNumbers are names of members that number trades and orders.
var tradeNumbers = wordSet("tradeid tid tradeno tradeseq matchid execid fillid orderid hash")

// symbolOfLevel is the symbol that a level names; empty for none.
func symbolOfLevel(level gjson.Result) (symbol string) {
	level.ForEach(func(key, v gjson.Result) bool {
		if m, ok := matchName(key.Str); level.IsObject() && ok && m.field == "symbol" && m.rank < weak && len(key.Str) > 1 {
			symbol = v.String()
		}
		return symbol == ""
	})
	return symbol
}

// sidedLevels is where rows have levels that each say their side, as a rule writes it; nil where there are none. They are changes to a
// book where their list is called so, one has the size 0, or all of a list are of one side.
func (s *rowSet) sidedLevels() (levels *mapping.Levels, areChanges bool) {
	if s.sided == nil {
		return nil, false
	}
	at := pathOf(s.sided)
	areChanges = hasWord(lastName(s.sided), changesOfBook)
	for _, row := range s.rowValues() {
		list := row
		if at != "" {
			list = row.Get(at)
		}
		sides := [2]bool{}
		list.ForEach(func(_, level gjson.Result) bool {
			if form, ok := sidedForm(level); ok && levels == nil {
				levels = &mapping.Levels{Path: at, Side: form.side, Price: form.price, Size: form.size}
			}
			if levels != nil {
				size, err := mapping.ParseNumber(level.Get(levels.Size))
				areChanges = areChanges || err == nil && size.IsSet() && size.Sign() == 0
				if side, ok := mapping.SideOfBook(level.Get(levels.Side).Str); ok {
					sides[side] = true
				}
			}
			return true
		})
		areChanges = areChanges || sides[0] != sides[1]
	}
	if levels == nil {
		return nil, false
	}
	if at == "" {
		levels.Path = "$value"
	}
	for i, to := range []*string{&levels.Side, &levels.Price, &levels.Size} {
		if *to == strconv.Itoa(i) {
			*to = "" // as it is when left out
		}
	}
	return levels, areChanges
}

// addLevelSymbol takes in the symbol that all levels of a row name.
func (c *leafCollector) addLevelSymbol(path []string, row gjson.Result, i int) {
	list, at := row, "0"
	if len(path) > 0 {
		list, at = row.Get(pathOf(path)), pathOf(path)+".0"
	}
	first := firstItem(list)
	first.ForEach(func(key, v gjson.Result) bool {
		if m, ok := matchName(key.Str); first.IsObject() && ok && m.field == "symbol" && m.rank < weak && len(key.Str) > 1 && isWritable(key.Str) {
			c.addAt(at+"."+pathOf([]string{key.Str}), []string{key.Str}, i, v)
		}
		return true
	})
}
