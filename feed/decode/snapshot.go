package decode

import (
	"errors"
	"fmt"

	"github.com/tidwall/gjson"

	"livetape/feed/market"
)

// maxFaults is how many bad rows of a snapshot are described; the others are counted.
const maxFaults = 10

// snapshot takes every good row; the error tells of the bad ones.
func snapshot(object gjson.Result) (Message, error) {
	var rows rows
	err := each(object, func(key string, v gjson.Result) error {
		switch key {
		case "prices":
			return rows.list(v, standing)
		case "news":
			return rows.list(v, func(o gjson.Result) (market.Update, error) { return news(o) })
		case "status":
			return rows.list(v, func(o gjson.Result) (market.Update, error) { return status(o) })
		}
		return nil
	})
	return Message{Updates: rows.updates}, errors.Join(err, rows.fault())
}

func standing(object gjson.Result) (market.Update, error) {
	q, err := price(object)
	q.Standing = true
	return q, err
}

// rows gathers the updates of a snapshot and what is wrong with the rows that give none.
type rows struct {
	updates []market.Update
	faults  []error
	further int
}

func (r *rows) list(list gjson.Result, row func(gjson.Result) (market.Update, error)) error {
	if list.Type == gjson.Null {
		return nil
	}
	if !list.IsArray() {
		return wrong(list, "a list")
	}
	n := 0
	list.ForEach(func(_, v gjson.Result) bool {
		u, err := row(v)
		r.add(u, err, n)
		n++
		return true
	})
	return nil
}

func (r *rows) add(u market.Update, err error, n int) {
	switch {
	case err == nil:
		r.updates = append(r.updates, u)
	case len(r.faults) < maxFaults:
		r.faults = append(r.faults, fmt.Errorf("row %d: %w", n+1, err))
	default:
		r.further++
	}
}

func (r *rows) fault() error {
	if r.further > 0 {
		return errors.Join(append(r.faults, fmt.Errorf("and %d more bad rows", r.further))...)
	}
	return errors.Join(r.faults...)
}
