// Package mapping decodes payloads that are not in livetape's own format, by rules from a configuration.
//
// A [Spec] is what the configuration of a feed says about its payloads: which event types count, and a list of
// [Rule], each with a [Value] per field. [Compile] checks it and returns a decoder, or every error with its path in
// the configuration (package configerr). [WithStreamRules] applies the part of a spec that is not about rows to any
// decoder, and [PerValue] decodes events that hold one payload a line. Nothing is guessed: when no rule maps a payload,
// the message says why.
//
// Numbers are exact: their digits are kept, and scaled in decimal, never in binary. A value that is null, "", "-" or
// "NaN" is missing. Missing is not zero: it leaves the shown value alone.
package mapping

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"livetape/feed/decode"
	"livetape/feed/decode/configerr"
	"livetape/feed/market"
	"livetape/feed/memory"
)

// Compile returns a decoder that applies the rules of a spec. The feed's name is the symbol of rules that have none.
// The error wraps a [configerr.Error] for each mistake, with paths from the top of the spec.
func Compile(feed string, spec Spec) (decode.Decoder, error) {
	kept := &keptByteCount{budget: memory.NewBudget(memory.Default)}
	c := &compiler{kept: kept}
	if len(spec.Map) == 0 {
		c.errs.Add(configerr.Path{"map"}, "there is no rule")
	}
	d := &decoder{feed: feed, kept: kept}
	symbols := newAliases(spec.Aliases)
	for i := range spec.Map {
		at := configerr.Path{"map", i}
		d.rules = append(d.rules, c.rule(at, &spec.Map[i], symbols))
		if spec.Patch != "" {
			c.checkPatchRule(at, &spec.Map[i])
		}
	}
	if spec.Patch == "firebase" {
		d.document = &firebaseDocument{kept: kept}
	}
	if tellsExcluded(spec.Map) && spec.Patch == "" {
		d.excluded = &excludedRows{}
	}
	d.readsText = c.readsText
	return c.withStreamRules(feed, &spec, d)
}

// decoder applies rules to payloads.
type decoder struct {
	feed     string
	rules    []*compiledRule
	document *firebaseDocument // nil: payloads stand alone

	excluded *excludedRows // nil: they are not told

	readsText bool // a rule takes the data as text: it need not be JSON

	kept      *keptByteCount
	row       row // that is being read
	budget    eventBudget
	isStarted bool // by startEvent, for every event
}

// Decode implements [decode.Decoder].
func (d *decoder) Decode(eventType string, data []byte) (decode.Message, error) {
	text := decode.Text(data)
	payload, reason, err := ParsePayload(text)
	if err != nil && d.readsText {
		payload, err = stringResult(strings.TrimSpace(text)), nil
	}
	if err != nil || reason != "" {
		return decode.Message{Unmapped: reason}, err
	}
	if !d.isStarted {
		d.budget = newEventBudget(len(text))
	}
	if d.budget.isSpent() {
		return decode.Message{Unmapped: errTooMuch.Error()}, nil
	}
	out := payloadResult{budget: &d.budget, excluded: d.excluded}
	if d.excluded != nil {
		d.excluded.reset()
	}
	d.row = row{payload: payload, event: eventType, feed: d.feed}
	if d.document != nil {
		err = d.applyFirebaseChange(d.row, &out)
	} else {
		for _, r := range d.rules {
			r.readPayload(&d.row, &out)
		}
	}
	d.row = row{} // or it would hold a large payload in memory
	for _, r := range d.rules {
		if r.book != nil {
			out.updates = r.book.clearGone(out.updates)
		}
	}
	err = joinErrors(err, out.err("bad rows"))
	if looksLikePython(text) {
		err = joinErrors(err, errPythonDict)
	}
	if d.budget.isSpent() {
		err = joinErrors(err, errTooMuch)
	}
	if over := d.kept.err(); over != nil {
		err = joinErrors(err, over)
	}
	return out.message(len(d.rules)), err
}

// ForgetBooks implements [decode.ForgetBooks].
func (d *decoder) ForgetBooks(anew bool) {
	for _, r := range d.rules {
		if r.book != nil {
			r.book.forgetAll()
			if anew {
				r.book.startAnew()
			}
		}
	}
}

// applyFirebaseChange changes the document and reads the rows that the change touches.
func (d *decoder) applyFirebaseChange(base row, out *payloadResult) error {
	changes, err := d.document.apply(base.event, base.payload)
	if err != nil {
		return err
	}
	for _, r := range d.rules {
		before := out.rows
		base.payloadCache = r.payloadCache.reset()
		d.document.walkRows(base, r.rowPath, changes, out.budget, func(at row) { r.readRow(&at, out) })
		if out.rows == before {
			out.addReason(rowsMissing, "the change touches no row")
		}
	}
	return nil
}

// readPayload reads every row of a payload.
func (ru *compiledRule) readPayload(r *row, out *payloadResult) {
	payload := r.payload
	defer func() { r.payload = payload }()
	for _, p := range ru.inlined {
		out.budget.scan -= len(r.payload.Raw)
		if out.budget.isSpent() {
			return
		}
		r.payload = inlineJSON(r.payload, p)
	}
	r.standBefore(ru)
	before, first := out.rows, len(out.updates)
	out.rowsBefore = before
	take := func(r *row) { ru.readRow(r, out) }
	if ru.columns != nil {
		walkColumns(r, ru.columns.get(r), out.budget, take)
	} else {
		walkRows(r, ru.rowPath, ru.indexesList, take)
	}
	if ru.order != "" {
		out.updates = append(out.updates[:first], orderRows(ru.order, out.updates[first:], time.Now())...)
	}
	if out.rows == before {
		out.addReason(rowsMissing, ru.noRowsReason)
	}
}

func (ru *compiledRule) readRow(r *row, out *payloadResult) {
	out.rows++
	if out.budget.isSpent() {
		return
	}
	out.budget.scan -= ru.rowCost * (len(r.value.Raw) + 64)
	if ru.book != nil && ru.book.deltas {
		out.budget.scan -= bookCost
	}
	r.cache = ru.cache
	c := firstUnmet(ru.conditions, r)
	if out.excluded != nil {
		out.excluded.note(out.rows-out.rowsBefore-1, c, r)
	}
	if c != nil {
		if out.reasonRank < conditionUnmet {
			out.addReason(conditionUnmet, c.reason(r))
		}
		return
	}
	if ru.merger != nil {
		ru.merger.completeRow(r)
		r.cached = false
		out.budget.scan -= (ru.rowCost + mergeCost) * len(r.value.Raw)
	}
	if ru.kind == "reading" {
		f := fieldReader{compiledRule: ru}
		readings, reason := f.readings(r)
		out.add(readings, reason, f.err)
		return
	}
	u, reason, err := ru.update(r)
	if u != nil {
		out.budget.produce -= market.Size(u)
		out.updates = append(out.updates, u)
	}
	out.add(nil, reason, err)
}

// payloadResult gathers what the rows of one payload yield.
type payloadResult struct {
	updates    []market.Update
	rows       int // read so far
	rowsBefore int // the rule
	excluded   *excludedRows
	reason     string
	reasonRank reasonRank
	budget     *eventBudget
	errorList
}

// reasonRank orders the reasons for no update by how near the payload came to one.
type reasonRank int8

const (
	conditionUnmet reasonRank = iota + 1
	rowsMissing
	valueMissing
)

// add takes in what a row yields: updates, or the reason why there are none, or an error, which may stand beside updates.
func (o *payloadResult) add(updates []market.Update, reason string, err error) {
	for _, u := range updates {
		o.budget.produce -= market.Size(u)
	}
	o.updates = append(o.updates, updates...)
	if err != nil {
		if o.rows > 1 {
			err = fmt.Errorf("row %d: %w", o.rows, err)
		}
		o.addError(err)
	} else if reason != "" {
		o.addReason(valueMissing, reason)
	}
}

// addReason keeps the reason of the highest rank.
func (o *payloadResult) addReason(rank reasonRank, reason string) {
	if rank > o.reasonRank {
		o.reasonRank, o.reason = rank, reason
	}
}

// maxErrors is how many errors of one event are described. The others are counted.
const maxErrors = 10

// errorList gathers the errors of the parts of an event.
type errorList struct {
	errs []error
	more int // beyond maxErrors
}

func (l *errorList) addError(err error) {
	if len(l.errs) < maxErrors {
		l.errs = append(l.errs, err)
	} else {
		l.more++
	}
}

// err wraps the errors; the parts that were not described are called what.
func (l *errorList) err(what string) error {
	if l.more > 0 {
		l.errs = append(l.errs, fmt.Errorf("and %d more %s", l.more, what))
	}
	return errors.Join(l.errs...)
}

func (o *payloadResult) message(rules int) decode.Message {
	m := decode.Message{Updates: o.updates}
	if len(o.updates) == 0 && len(o.errs) == 0 {
		m.Unmapped = o.reason
		if o.reasonRank == conditionUnmet && rules > 1 {
			m.Unmapped = "no rule is for it"
		}
	} else if len(o.updates) > 0 && o.excluded != nil {
		m.Unmapped = o.excluded.text()
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
