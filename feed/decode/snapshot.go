package decode

import (
	"errors"
	"fmt"

	"livetape/feed/market"
)

// maxFaults is how many bad rows of a snapshot are described; the others are counted.
const maxFaults = 10

// snapshot takes every good row; the error tells of the bad ones.
func snapshot(data string) (Message, error) {
	var prices, stories, states value
	err := each(data, func(key string, v value) error {
		switch key {
		case "prices":
			prices = v
		case "news":
			stories = v
		case "status":
			states = v
		}
		return nil
	})
	if err != nil {
		return Message{}, err
	}
	var all rows
	all.list("prices", prices, standing)
	all.list("news", stories, func(data string) (market.Update, error) { return news(data) })
	all.list("status", states, func(data string) (market.Update, error) { return status(data) })
	return Message{Updates: all.updates}, all.fault()
}

func standing(data string) (market.Update, error) {
	q, err := price(data)
	q.Standing = true
	return q, err
}

// rows gathers the updates of a snapshot and what is wrong with the rows that give none.
type rows struct {
	updates []market.Update
	faults  []error
	further int
}

func (r *rows) list(name string, v value, row func(data string) (market.Update, error)) {
	if v.kind == null {
		return
	}
	n := 0
	err := items(v.raw, func(v value) {
		n++
		u, err := row(v.raw)
		if err == nil {
			r.updates = append(r.updates, u)
		} else {
			r.refuse(fmt.Errorf("%s row %d: %w", name, n, err))
		}
	})
	if err != nil {
		r.refuse(fmt.Errorf("%s: %w", name, err))
	}
}

func (r *rows) refuse(err error) {
	if len(r.faults) < maxFaults {
		r.faults = append(r.faults, err)
	} else {
		r.further++
	}
}

func (r *rows) fault() error {
	if r.further > 0 {
		return errors.Join(append(r.faults, fmt.Errorf("and %d more bad rows", r.further))...)
	}
	return errors.Join(r.faults...)
}
