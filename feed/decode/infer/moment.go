package infer

import (
	"time"

	"livetape/feed/decode/auto"
	"livetape/feed/decode/mapping"
)

// How far from its arrival the time of a price or a headline lies at most: the last price before a long weekend, and
// clocks that are set to another zone.
const (
	longPast   = 7 * 24 * time.Hour
	nearFuture = 24 * time.Hour
)

// instant is where rows have their time: in what is called one, else in the only thing that, by its value, can be one.
func (w *writer) instant(f, outer fields, p *place, read []payload) *mapping.Value {
	if v := timeOf(f.best("time"), ""); v != nil {
		return v
	}
	if v := timeOf(outer.best("time"), "$."); v != nil {
		return v
	}
	v := timeOf(current(leaves(p.values()), p.arrivals(read)), "")
	if v == nil && len(p.names) > 0 {
		all, arrivals := p.above(read)
		v = timeOf(current(all, arrivals), "$.")
	}
	if v != nil {
		w.note("%s is taken for the time, for it is always close to when it came", v.Path)
	}
	return v
}

// arrivals are when rows came.
func (p *place) arrivals(read []payload) []time.Time {
	all := make([]time.Time, len(p.rows))
	for i, f := range p.rows {
		all[i] = read[f.payload].at
	}
	return all
}

// current is the only leaf without a name that means something, of which all that it says is a time close to when it
// came; nil when there is none, or several.
func current(all []*leaf, arrivals []time.Time) (found *leaf) {
	for _, l := range all {
		if _, known := auto.Spelled(l.name()); known || !l.current(arrivals) {
			continue
		}
		if found != nil {
			return nil
		}
		found = l
	}
	return found
}

func (l *leaf) current(arrivals []time.Time) bool {
	said := false
	for i, v := range l.values {
		if !v.Exists() {
			continue
		}
		at, err := mapping.ParseTime(v)
		ago := arrivals[i].Sub(at)
		if err != nil || at.IsZero() || arrivals[i].IsZero() || ago > longPast || ago < -nearFuture {
			return false
		}
		said = true
	}
	return said
}
