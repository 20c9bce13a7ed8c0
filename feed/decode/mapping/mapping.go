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
		c.errs.Add(configerr.Path{"map"}, "there is no rule")
	}
	d := &decoder{feed: feed}
	names := newAliases(spec.Aliases)
	for i := range spec.Map {
		at := configerr.Path{"map"}.Index(i)
		r := c.rule(at, &spec.Map[i], names)
		if spec.Patch != "" {
			c.checkPatched(at, &spec.Map[i])
		}
		d.rules = append(d.rules, r)
	}
	if spec.Patch == "firebase" {
		d.document = &document{}
	}
	guarded := c.streamRules(feed, &spec, d)
	if err := c.errs.Err(); err != nil {
		return nil, err
	}
	return guarded, nil
}

// WithStreamRules puts what a spec says of the stream itself (Events, Errors, End, Notice, ResumeID) before a decoder that does
// not come from the spec's map. Its error is like that of [Compile].
func WithStreamRules(feed string, spec Spec, next decode.Decoder) (decode.Decoder, error) {
	c := &compiler{}
	guarded := c.streamRules(feed, &spec, next)
	if spec.Patch != "" {
		c.errs.Add(configerr.Path{"patch"}, "patch needs a map, which says where in the document the rows are")
	}
	if err := c.errs.Err(); err != nil {
		return nil, err
	}
	return guarded, nil
}

// decoder applies rules to payloads.
type decoder struct {
	feed     string
	rules    []*rule
	document *document // nil: payloads stand alone
}

// Decode implements [decode.Decoder].
func (d *decoder) Decode(eventType string, data []byte) (decode.Message, error) {
	payload, reason, err := parsePayload(string(data))
	if err != nil || reason != "" {
		return decode.Message{Unmapped: reason}, err
	}
	var out payloadResult
	base := row{payload: payload, event: eventType, feed: d.feed}
	if d.document != nil {
		err = d.applyChange(base, &out)
	} else {
		for _, r := range d.rules {
			r.readPayload(base, &out)
		}
	}
	return out.message(len(d.rules)), joinErrors(err, out.err())
}

// applyChange changes the document, and takes the rows that the change touches.
func (d *decoder) applyChange(base row, out *payloadResult) error {
	changes, err := d.document.apply(base.event, base.payload)
	if err != nil {
		return err
	}
	for _, r := range d.rules {
		before := out.rows
		d.document.walkRows(base, r.rowPath, changes, func(at row) { r.readRow(&at, out) })
		if out.rows == before {
			out.addReason(rowsMissing, "the change touches no row")
		}
	}
	return nil
}

// readPayload takes every row of a payload.
func (l *rule) readPayload(base row, out *payloadResult) {
	for _, p := range l.inlined {
		base.payload = inlineJSON(base.payload, p)
	}
	before := out.rows
	walkRows(base, l.rowPath, l.indexesList, func(r row) { l.readRow(&r, out) })
	if out.rows == before {
		out.addReason(rowsMissing, l.noRowsReason)
	}
}

func (l *rule) readRow(r *row, out *payloadResult) {
	out.rows++
	r.cache = l.cache
	if c := firstUnmet(l.conditions, r); c != nil {
		out.addReason(conditionUnmet, c.unmetReason)
		return
	}
	if l.merger != nil {
		l.merger.complete(r)
		r.cached = false
	}
	u, reason, err := l.update(r)
	if err != nil {
		out.addError(err)
	}
	if u != nil {
		out.updates = append(out.updates, u)
	} else if err == nil {
		out.addReason(valueMissing, reason)
	}
}

// reasonRank orders reasons by how near the payload came to an update.
type reasonRank int8

const (
	conditionUnmet reasonRank = iota + 1 // a condition does not hold
	rowsMissing
	valueMissing
)

// payloadResult gathers what the rows of one payload yield.
type payloadResult struct {
	updates    []market.Update
	rows       int
	reason     string
	reasonRank reasonRank
	errs       []error
	uncounted  int
}

func (o *payloadResult) addReason(k reasonRank, reason string) {
	if k > o.reasonRank {
		o.reasonRank, o.reason = k, reason
	}
}

// maxRowErrors is how many bad rows of a payload are described; the others are counted.
const maxRowErrors = 10

func (o *payloadResult) addError(err error) {
	if o.rows > 1 {
		err = fmt.Errorf("row %d: %w", o.rows, err)
	}
	if len(o.errs) < maxRowErrors {
		o.errs = append(o.errs, err)
	} else {
		o.uncounted++
	}
}

func (o *payloadResult) err() error {
	if o.uncounted > 0 {
		o.errs = append(o.errs, fmt.Errorf("and %d more bad rows", o.uncounted))
	}
	return errors.Join(o.errs...)
}

func (o *payloadResult) message(rules int) decode.Message {
	m := decode.Message{Updates: o.updates}
	if len(o.updates) == 0 && len(o.errs) == 0 {
		m.Unmapped = o.reason
		if o.reasonRank == conditionUnmet && rules > 1 {
			m.Unmapped = "no rule is for it"
		}
	}
	return m
}

// joinErrors is errors.Join without its cost where there is nothing to join.
func joinErrors(all, one error) error {
	if all == nil {
		return one
	}
	return errors.Join(all, one)
}
