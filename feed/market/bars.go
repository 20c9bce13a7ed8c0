package market

import (
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/govalues/decimal"
)

// Bar is the course of a price over one second or minute.
type Bar struct {
	Start                  time.Time // UTC
	Open, High, Low, Close Decimal   // cut after 18 digits; a price of more whole digits makes no bar
	Volume                 Decimal   // sum of the sizes given; absent when none was, or it is too large for a bar
	Count                  int       // prices seen
}

// Bars is a bounded ring of bars, oldest first. A second or minute without a price has no bar.
type Bars struct {
	length int64 // of a bar, in seconds
	limit  int   // bars kept
	epoch  int64 // number of the bar from which the bars in ring count, so that they fit 32 bits

	ring []packedBar
	head int // where the oldest is, once the ring is full
	kept *keptBytes
}

// packedBar is a bar without pointers and in 56 bytes: of a large market there are hundreds of thousands.
type packedBar struct {
	index int32 // number of the bar since Bars.epoch
	count uint32
	coef  [5]int64
	scale [5]int8
}

// The numbers of a packedBar.
const (
	open = iota
	high
	low
	closing
	volume
)

// Scales of numbers that a packedBar does not have.
const (
	absent   = -1
	tooLarge = -2
)

func newBars(length time.Duration, limit int, kept *keptBytes) Bars {
	return Bars{length: int64(length / time.Second), limit: limit, kept: kept}
}

// keptSize is what is counted for the bars apart from their row.
func (b *Bars) keptSize() int { return max(cap(b.ring)-freeBars, 0) * barSize }

// Clone is a copy that stays as it is when b goes on.
func (b *Bars) Clone() Bars {
	copied := *b
	copied.ring = slices.Clone(b.ring)
	return copied
}

// Len is the number of bars kept.
func (b *Bars) Len() int { return len(b.ring) }

// At is the i-th bar, 0 being the oldest.
func (b *Bars) At(i int) Bar {
	s := b.bar(i)
	return Bar{
		Start: b.startOf(b.number(i)),
		Open:  s.number(open), High: s.number(high), Low: s.number(low), Close: s.number(closing),
		Volume: s.number(volume),
		Count:  int(s.count),
	}
}

func (b *Bars) bar(i int) *packedBar {
	if i += b.head; i >= len(b.ring) {
		i -= len(b.ring)
	}
	return &b.ring[i]
}

// add takes one price, and the size of its trade if that is known. A late price joins its bar, or
// makes it, while that is not older than the oldest kept.
func (b *Bars) add(t time.Time, price, size Decimal) {
	coef, scale, ok := price.pack()
	if !ok {
		return
	}
	if s := b.find(b.barNumber(t)); s != nil {
		s.addPrice(coef, scale, price)
		s.addVolume(size)
	}
}

// barNumber is the number of the bar of a time. All bars are dropped after a jump that true times cannot make: then the
// clock was set.
func (b *Bars) barNumber(t time.Time) int32 {
	at := t.Unix()
	if len(b.ring) == 0 {
		b.epoch = floorDiv(at, b.length)
		return 0
	}
	newest := b.bar(len(b.ring) - 1).index
	number := b.epoch + int64(newest)
	if since := at - number*b.length; since >= 0 && since < b.length { // nearly always, and cheaper than a division
		return newest
	}
	n := floorDiv(at, b.length)
	if number-n > 2*int64(maxClockSkew/time.Second)/b.length || n-b.epoch > math.MaxInt32 {
		b.kept.give(b.keptSize())
		b.ring, b.head, b.epoch = nil, 0, n
	}
	return int32(n - b.epoch)
}

func floorDiv(n, by int64) int64 {
	if n < 0 {
		n -= by - 1
	}
	return n / by
}

// find is the bar of a number, made if need be; nil when the bar is older than all that are kept.
func (b *Bars) find(index int32) *packedBar {
	n := len(b.ring)
	if n > 0 && b.bar(n-1).index == index { // nearly always
		return b.bar(n - 1)
	}
	at := sort.Search(n, func(i int) bool { return b.bar(i).index >= index })
	if at < n && b.bar(at).index == index {
		return b.bar(at)
	}
	return b.insert(at, index)
}

// insert makes room for a bar before the at-th.
func (b *Bars) insert(at int, index int32) *packedBar {
	if !b.grow() {
		if at == 0 {
			return nil
		}
		// The oldest leaves, and its place becomes the newest.
		b.head = (b.head + 1) % len(b.ring)
		at--
	}
	for i := len(b.ring) - 1; i > at; i-- {
		*b.bar(i) = *b.bar(i - 1)
	}
	s := b.bar(at)
	*s = packedBar{index: index, scale: [5]int8{absent, absent, absent, absent, absent}}
	return s
}

// grow adds a place at the end, if there is room for one, and the oldest is still at 0.
func (b *Bars) grow() bool {
	n := len(b.ring)
	if b.head != 0 || n >= b.limit {
		return false
	}
	if n == cap(b.ring) {
		larger := min(max(2*n, freeBars), b.limit)
		if n >= freeBars && !b.kept.take((larger-n)*barSize, forHistory) {
			return false
		}
		ring := make([]packedBar, n, larger)
		copy(ring, b.ring)
		b.ring = ring
	}
	b.ring = b.ring[:n+1]
	return true
}

func (s *packedBar) number(i int) Decimal {
	if s.scale[i] < 0 {
		return Decimal{}
	}
	num, err := decimal.New(s.coef[i], int(s.scale[i]))
	if err != nil {
		return Decimal{}
	}
	return Decimal{num, notWide}
}

func (s *packedBar) set(i int, coef int64, scale int8) { s.coef[i], s.scale[i] = coef, scale }

func (s *packedBar) addPrice(coef int64, scale int8, price Decimal) {
	if s.count == 0 {
		s.set(open, coef, scale)
	}
	if s.count == 0 || s.compare(coef, scale, price, high) > 0 {
		s.set(high, coef, scale)
	}
	if s.count == 0 || s.compare(coef, scale, price, low) < 0 {
		s.set(low, coef, scale)
	}
	s.set(closing, coef, scale)
	s.count++
}

// compare compares a price with the i-th number.
func (s *packedBar) compare(coef int64, scale int8, price Decimal, i int) int {
	if scale != s.scale[i] {
		return price.Cmp(s.number(i))
	}
	switch {
	case coef > s.coef[i]:
		return 1
	case coef < s.coef[i]:
		return -1
	}
	return 0
}

func (s *packedBar) addVolume(size Decimal) {
	if !size.IsSet() || s.scale[volume] == tooLarge {
		return
	}
	coef, scale, ok := size.pack()
	if s.scale[volume] != absent && ok {
		sum, over := addInt64(s.coef[volume], coef)
		if scale == s.scale[volume] && !over {
			coef = sum
		} else {
			coef, scale, ok = s.number(volume).Add(size).pack()
		}
	}
	if !ok {
		coef, scale = 0, tooLarge
	}
	s.set(volume, coef, scale)
}

func addInt64(a, b int64) (sum int64, over bool) {
	sum = a + b
	return sum, (sum > a) != (b > 0) && b != 0
}

// pack is d as coef × 10^-scale, cut to what 63 bits hold; it is not ok when d is absent or its
// whole part alone is too large.
func (d Decimal) pack() (coef int64, scale int8, ok bool) {
	if !d.IsSet() {
		return 0, 0, false
	}
	num := d.num
	if d.wide != notWide {
		if num, ok = truncateWide(d.wide.Value()); !ok {
			return 0, 0, false
		}
	}
	if num.Coef() > math.MaxInt64 {
		if num.Scale() == 0 {
			return 0, 0, false
		}
		num = num.Trunc(num.Scale() - 1)
	}
	coef = int64(num.Coef())
	if num.IsNeg() {
		coef = -coef
	}
	return coef, int8(num.Scale()), true
}

// Approx is the number to about 15 digits, for comparing sizes; NaN when absent. It is never what is shown.
func (d Decimal) Approx() float64 {
	coef, scale, ok := d.pack()
	if ok {
		return float64(coef) / math.Pow10(int(scale))
	}
	n, err := strconv.ParseFloat(d.String(), 64)
	if err != nil {
		return math.NaN()
	}
	return n
}

// truncateWide is the number of the first 18 digits, if the point is not beyond them.
func truncateWide(text string) (decimal.Decimal, bool) {
	end := 18
	if text[0] == '-' {
		end++
	}
	if point := strings.IndexByte(text, '.'); point < 0 || point > end {
		return decimal.Decimal{}, false
	}
	num, err := decimal.Parse(text[:min(end+1, len(text))])
	return num, err == nil
}
