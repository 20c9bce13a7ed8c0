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
// the items of a list. What one payload shows of a path holds of all, unless another shows that the list may hold something else.
type sidedLists [][]string

// maxSidedDepth is how deep in payloads such lists are looked for.
const maxSidedDepth = 5

func findSidedLists(read []payload) (found sidedLists) {
	var others sidedLists
	var look func(names, kinds []string, v gjson.Result)
	look = func(names, kinds []string, v gjson.Result) {
		switch {
		case len(names) > maxSidedDepth:
		case v.IsArray() && mayHoldSides(v):
			switch areLevels, areOthers := judgeLevels(names, kinds, v); {
			case areOthers:
				others = append(others, slices.Clone(names))
			case areLevels && !found.has(names):
				found = append(found, slices.Clone(names))
			}
		case v.IsArray() || v.IsObject():
			kinds = append(slices.Clip(kinds), messageKinds(v)...)
			n := 0
			v.ForEach(func(key, below gjson.Result) bool {
				name := key.Str
				if v.IsArray() {
					name = "*"
				}
				if below.Type == gjson.JSON && !hasWord(name, pastWords) {
					look(append(slices.Clip(names), name), kinds, below)
				}
				n++
				return below.Type == gjson.JSON && n < maxLevels || v.IsObject() && n < maxRows
			})
		}
	}
	for _, p := range read {
		look(nil, []string{p.event}, p.json)
	}
	return slices.DeleteFunc(found, others.has)
}

func lastName(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[len(names)-1]
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
	sideNames       = mapping.WordSet("side type s bs direction takerside bidask")
	levelPriceNames = mapping.WordSet("pricelevel level")
	levelSizeNames  = mapping.WordSet("newquantity newqty newsize remaining remainingsize liquidity sz")
)

// Words in the names of lists, in kinds of messages and in types of events: of what was traded, of other rows with a side and a price
// that are no levels, and of books.
var (
	listOfTrades  = mapping.WordSet("trade trades aggtrade match matches matched fill fills execution executions executed deal deals transaction transactions print prints tick ticks sale sales timesales")
	otherSided    = mapping.WordSet("order orders position positions portfolio holding holdings signal signals idea ideas alert alerts leg legs")
	bookListWords = mapping.WordSet("book books orderbook orderbooks level levels depth l2 l2update level2")
)

// judgeLevels tells what the items of a list with sides are, by the names of its path and the kinds of the maps and the event around
// it. They are levels of a book where a word says so, or the list is one of changes to a book, or all say bid or ask, as trades and
// orders seldom do. Prices prove nothing: bids below asks may be trades in a falling market. They are others where a word says so,
// they have times or numbers of trades, or bids far above asks.
func judgeLevels(names, kinds []string, list gjson.Result) (areLevels, areOthers bool) {
	words := slices.Concat(names, kinds)
	saysBook := slices.ContainsFunc(words, func(word string) bool { return hasWord(word, bookListWords) })
	l := surveyLevels(list)
	switch {
	case slices.ContainsFunc(words, saysOtherRows) || l.areOthers || l.best[0] > 1.05*l.best[1] || l.areTimed && !saysBook:
		return false, true
	case !l.areLevels:
		return false, false
	}
	name := lastName(names)
	isChange := hasWord(name, changeListWords) && firstItem(list).IsArray() || namesChanges(name) && l.isRemoval
	return saysBook || isChange || l.areQuoted && l.n > 1, false
}

// saysOtherRows reports whether a word says of a list that its rows are no levels of a book. An order book is no order.
func saysOtherRows(name string) bool {
	words := nameWords(name)
	for i, w := range words {
		isBook := i+1 < len(words) && strings.HasPrefix(words[i+1], "book")
		if listOfTrades[w] || otherSided[w] && !isBook {
			return true
		}
	}
	return false
}

// levelSurvey is what the items of a list with sides show.
type levelSurvey struct {
	n         int
	best      [2]float64 // the highest bid and the lowest ask; infinite where there is none
	areLevels bool       // all have a side
	areOthers bool       // some say that they are trades, or there are several symbols
	areQuoted bool       // all sides are called bid or ask, rather than buy or sell
	areTimed  bool       // some have a time of their own
	isRemoval bool       // some have the size 0
}

func surveyLevels(list gjson.Result) levelSurvey {
	form, _ := sidedForm(firstItem(list))
	l := levelSurvey{best: [2]float64{math.Inf(-1), math.Inf(1)}, areLevels: true, areQuoted: true}
	symbol := symbolOfLevel(firstItem(list))
	list.ForEach(func(_, level gjson.Result) bool {
		word := strings.ToLower(level.Get(form.side).Str)
		side, known := mapping.SideOfBook(word)
		l.areLevels = l.areLevels && known
		l.areOthers = l.areOthers || isTradeRow(level) || symbolOfLevel(level) != symbol
		l.areTimed = l.areTimed || hasTime(level)
		l.areQuoted = l.areQuoted && (strings.HasPrefix(word, "bid") || strings.HasPrefix(word, "ask") || strings.HasPrefix(word, "offer"))
		isRemoval := isZero(level.Get(form.size))
		l.isRemoval = l.isRemoval || isRemoval
		if price := level.Get(form.price); known && isNumber(price) && !isRemoval {
			l.best[side] = []float64{max(l.best[0], price.Float()), min(l.best[1], price.Float())}[side]
		}
		l.n++
		return l.n < maxLevels
	})
	return l
}

// hasTime reports whether a member or an item of a level is a time.
func hasTime(level gjson.Result) (found bool) {
	level.ForEach(func(key, v gjson.Result) bool {
		m, known := matchName(key.Str)
		found = isTime(v) || level.IsObject() && known && m.field == "time" && v.Type != gjson.Null
		return !found
	})
	return found
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
var tradeNumbers = mapping.WordSet("tradeid tid tradeno tradeseq matchid execid fillid orderid hash")

// symbolOfLevel is the symbol that a level names; empty for none.
func symbolOfLevel(level gjson.Result) (symbol string) {
	level.ForEach(func(key, v gjson.Result) bool {
		if level.IsObject() && isPlainSymbolName(key.Str) {
			symbol = v.String()
		}
		return symbol == ""
	})
	return symbol
}

// isPlainSymbolName reports whether a member is plainly called a symbol.
func isPlainSymbolName(name string) bool {
	m, ok := matchName(name)
	return ok && m.field == "symbol" && m.rank < weak && len(name) > 1
}

// sidedLevels is where rows have levels that each say their side, as a rule writes it; nil where there are none. They are changes to a
// book where their list is called so, one has the size 0, or all of a list are of one side.
func (s *rowSet) sidedLevels() (levels *mapping.Levels, areChanges bool) {
	if s.sided == nil {
		return nil, false
	}
	at := pathOf(s.sided)
	areChanges = namesChanges(lastName(s.sided))
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
				areChanges = areChanges || isZero(level.Get(levels.Size))
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
		if first.IsObject() && isPlainSymbolName(key.Str) && isWritable(key.Str) {
			c.addAt(at+"."+pathOf([]string{key.Str}), []string{key.Str}, i, v)
		}
		return true
	})
}
