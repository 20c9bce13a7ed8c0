package decode

import (
	"errors"
	"fmt"

	"livetape/feed/health"
	"livetape/feed/market"
)

// maxRowErrors is how many bad rows of a snapshot are described; the others are counted.
const maxRowErrors = 10

// parseSnapshot takes every good row. The error describes the bad ones.
func parseSnapshot(data string) (Message, error) {
	var prices, stories, states, readings, feeds jsonValue
	err := eachMember(data, func(key string, v jsonValue) error {
		switch key {
		case "prices":
			prices = v
		case "news":
			stories = v
		case "status":
			states = v
		case "readings":
			readings = v
		case "feeds":
			feeds = v
		}
		return nil
	})
	if err != nil {
		return Message{}, err
	}
	all := snapshotRows{room: market.MaxProduced}
	all.addList("prices", prices, parseStandingPrice)
	all.addList("news", stories, func(data string) (market.Update, error) { return parseNews(data) })
	all.addList("status", states, func(data string) (market.Update, error) { return parseHalt(data) })
	all.addList("readings", readings, func(data string) (market.Update, error) { return parseReading(data) })
	reports := all.reports(feeds)
	return Message{Updates: all.updates, Reports: reports}, all.err()
}

func parseStandingPrice(data string) (market.Update, error) {
	q, err := parsePrice(data)
	q.FromSnapshot = true
	return q, err
}

// snapshotRows gathers the updates of a snapshot, and the errors of the rows that give none.
type snapshotRows struct {
	updates    []market.Update
	errs       []error
	moreErrors int
	room       int // bytes of updates
	full       bool
}

func (r *snapshotRows) addList(name string, v jsonValue, row func(data string) (market.Update, error)) {
	if v.kind == kindNull {
		return
	}
	n := 0
	err := eachItem(v.raw, func(v jsonValue) bool {
		if r.room < 0 {
			r.full = true
			return false
		}
		n++
		u, err := row(v.raw)
		if err != nil {
			r.addError(fmt.Errorf("%s row %d: %w", name, n, err))
			return true
		}
		r.room -= market.Size(u)
		r.updates = append(r.updates, u)
		return true
	})
	if err != nil {
		r.addError(fmt.Errorf("%s: %w", name, err))
	}
}

// maxReports bounds the feeds behind a relay.
const maxReports = 1000

func (r *snapshotRows) reports(v jsonValue) (all []health.Report) {
	if v.kind == kindNull {
		return nil
	}
	err := eachItem(v.raw, func(v jsonValue) bool {
		report, err := parseReport(v.raw)
		if err != nil {
			r.addError(fmt.Errorf("feeds row %d: %w", len(all)+1, err))
			return true
		}
		all = append(all, report)
		return len(all) < maxReports
	})
	if err != nil {
		r.addError(fmt.Errorf("feeds: %w", err))
	}
	return all
}

func (r *snapshotRows) addError(err error) {
	if len(r.errs) < maxRowErrors {
		r.errs = append(r.errs, err)
	} else {
		r.moreErrors++
	}
}

func (r *snapshotRows) err() error {
	if r.moreErrors > 0 {
		r.errs = append(r.errs, fmt.Errorf("and %d more bad rows", r.moreErrors))
	}
	if r.full {
		r.errs = append(r.errs, fmt.Errorf("the snapshot is too large: what follows its first %d rows is left out", len(r.updates)))
	}
	return errors.Join(r.errs...)
}
