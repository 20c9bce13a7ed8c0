// Package mapping reads payloads that are not livetape's own, by rules that a configuration gives.
//
// A [Spec] is what a feed's configuration says of its payloads: which event types count, and a list of
// [Rule], each with one [Value] per field. [Compile] checks all of it and returns a decoder, or every mistake
// with its place in the configuration (package configerr). Nothing is guessed: a payload that no rule maps
// yields the reason.
//
// Numbers are exact: digits are taken over, and scaled in decimals, never in binary. A value that is null,
// "", "-" or "NaN" is missing, which is not zero, and a missing value leaves alone what is shown.
package mapping

import (
	"errors"
	"fmt"

	"livetape/feed/decode"
	"livetape/feed/decode/configerr"
	"livetape/feed/market"
)

// Compile makes a decoder of a spec. Feed is the feed's name, which serves as the symbol where a rule has none. The
// error wraps every [configerr.Error], with paths from the spec.
func Compile(feed string, spec Spec) (decode.Decoder, error) {
	c := &compiler{}
	if len(spec.Map) == 0 {
		c.faults.Add(configerr.Path{"map"}, "there is no rule")
	}
	d := &decoder{feed: feed}
	names := newAliases(spec.Aliases)
	for i := range spec.Map {
		at := configerr.Path{"map"}.Index(i)
		r := c.rule(at, &spec.Map[i], names)
		if spec.Patch != "" {
			c.patched(at, &spec.Map[i])
		}
		d.rules = append(d.rules, r)
	}
	if spec.Patch == "firebase" {
		d.document = &document{}
	}
	guarded := c.guard(feed, &spec, d)
	if err := c.faults.Err(); err != nil {
		return nil, err
	}
	return guarded, nil
}

// patched checks a rule that reads a document.
func (c *compiler) patched(at configerr.Path, spec *Rule) {
	if len(spec.JSON) > 0 {
		c.faults.Add(at.Key("json"), "json does not work with patch")
	}
	if spec.Merge != "" {
		c.faults.Add(at.Key("merge"), "merge is not needed with patch, which keeps the whole document")
	}
}

// decoder applies rules to payloads.
type decoder struct {
	feed     string
	rules    []*rule
	document *document // nil: payloads stand alone
}

// Decode implements [decode.Decoder].
func (d *decoder) Decode(eventType string, data []byte) (decode.Message, error) {
	payload, reason, err := parse(string(data))
	if err != nil || reason != "" {
		return decode.Message{Unmapped: reason}, err
	}
	var out outcome
	base := row{payload: payload, event: eventType, feed: d.feed}
	if d.document != nil {
		err = d.patch(base, &out)
	} else {
		for _, r := range d.rules {
			r.apply(base, &out)
		}
	}
	return out.message(len(d.rules)), join(err, out.err())
}

// apply takes every row of a payload.
func (l *rule) apply(base row, out *outcome) {
	for _, p := range l.json {
		base.payload = unpack(base.payload, p)
	}
	before := out.seen
	rows(base, l.walk, l.indexed, func(r row) { l.take(&r, out) })
	if out.seen == before {
		out.unmapped(noRows, l.noRows)
	}
}

func (l *rule) take(r *row, out *outcome) {
	out.seen++
	r.members = l.members
	if c := fails(l.when, r); c != nil {
		out.unmapped(notMeant, c.otherwise)
		return
	}
	if l.merge != nil {
		l.merge.complete(r)
		r.read = false
	}
	u, reason, err := l.update(r)
	if err != nil {
		out.refuse(err)
	}
	if u != nil {
		out.updates = append(out.updates, u)
	} else if err == nil {
		out.unmapped(noValue, reason)
	}
}

// patch changes the document, and takes the rows that the change touches.
func (d *decoder) patch(base row, out *outcome) error {
	changes, err := d.document.apply(base.event, base.payload)
	if err != nil {
		return err
	}
	for _, r := range d.rules {
		before := out.seen
		d.document.rows(base, r.walk, changes, func(at row) { r.take(&at, out) })
		if out.seen == before {
			out.unmapped(noRows, "the change touches no row")
		}
	}
	return nil
}

// rank orders reasons by how near the payload came to an update.
type rank int8

const (
	notMeant rank = iota + 1 // a condition does not hold
	noRows
	noValue
)

// outcome gathers what the rows of one payload yield.
type outcome struct {
	updates []market.Update
	seen    int
	reason  string
	rank    rank
	faults  []error
	further int
}

func (o *outcome) unmapped(k rank, reason string) {
	if k > o.rank {
		o.rank, o.reason = k, reason
	}
}

// maxFaults is how many bad rows of a payload are described; the others are counted.
const maxFaults = 10

func (o *outcome) refuse(err error) {
	if o.seen > 1 {
		err = fmt.Errorf("row %d: %w", o.seen, err)
	}
	if len(o.faults) < maxFaults {
		o.faults = append(o.faults, err)
	} else {
		o.further++
	}
}

func (o *outcome) err() error {
	if o.further > 0 {
		o.faults = append(o.faults, fmt.Errorf("and %d more bad rows", o.further))
	}
	return errors.Join(o.faults...)
}

func (o *outcome) message(rules int) decode.Message {
	m := decode.Message{Updates: o.updates}
	if len(o.updates) == 0 && len(o.faults) == 0 {
		m.Unmapped = o.reason
		if o.rank == notMeant && rules > 1 {
			m.Unmapped = "no rule is for it"
		}
	}
	return m
}
