package infer

import (
	"slices"

	"github.com/tidwall/gjson"

	"livetape/feed/decode"
)

// nativeDetector knows a stream of livetape's own. Until one has begun as only these do, its types may be another's.
type nativeDetector struct {
	decoder decode.Native

	opened  bool // as only livetape's own streams begin: with a snapshot of prices, or word of what follows an id
	decoded bool // then something else was read as livetape's own
	foreign bool // something of another format was read
	prices  int  // events called price so far, up to learnedAfter

	first []decode.Event // the first prices, until another's show that they may be another's, too
}

var nativeTypes = []string{"price", "news", "status", "reading", "snapshot", "resume", "reset", "feed"}

// Bounds on the first prices that are kept.
const (
	maxFirstPrices = 8
	maxFirstBytes  = 1 << 10
)

// certain reports whether nothing but livetape's own is to be expected.
func (n *nativeDetector) certain() bool { return n.opened && n.decoded && !n.foreign }

// reads reports whether an event is one of livetape's own.
func (n *nativeDetector) reads(e decode.Event) bool {
	if !slices.Contains(nativeTypes, e.Type) {
		return false
	}
	m, err := n.decoder.Decode(e.Type, e.Data)
	return err == nil && hasContent(m) && !(!n.opened && isAnothersPrice(e))
}

// isAnothersPrice reports whether a price has a member beside its symbol by which rows are told apart, as options are by their
// strikes: livetape's own have none.
func isAnothersPrice(e decode.Event) (found bool) {
	if e.Type != "price" {
		return false
	}
	gjson.ParseBytes(e.Data).ForEach(func(key, v gjson.Result) bool {
		name := plainName(key.Str)
		found = name != "currency" && (termNames[name] && (name != "type" || isOptionRight(v)) || venueNames[name]) && v.Type != gjson.Null
		return !found
	})
	return found
}

// hasContent reports whether livetape's own format finds something in an event: what another format calls a snapshot is empty.
func hasContent(m decode.Message) bool {
	return len(m.Updates)+len(m.Reports) > 0 || m.Continuity != nil
}

// decode reads an event of livetape's own; ok is false for one that may be another's, with what livetape's own format
// makes of it.
func (n *nativeDetector) decode(eventType string, data []byte) (m decode.Message, ok bool, err error) {
	if !slices.Contains(nativeTypes, eventType) {
		if n.certain() {
			m, err = n.decoder.Decode(eventType, data)
			return m, true, err
		}
		return m, false, nil
	}
	if eventType == "price" && !n.opened && n.prices < learnedAfter {
		n.prices++
		e := decode.Event{Type: eventType, Data: data}
		if isAnothersPrice(e) {
			return m, false, nil
		}
		if len(n.first) < maxFirstPrices && len(data) <= maxFirstBytes {
			n.first = append(n.first, decode.Event{Type: eventType, Data: slices.Clone(data)})
		}
	}
	m, err = n.decoder.Decode(eventType, data)
	if err == nil {
		n.decoded = n.decoded || n.opened && len(m.Updates)+len(m.Reports) > 0 && eventType != "snapshot"
		n.opened = n.opened || eventType == "snapshot" && len(m.Updates)+len(m.Reports) > 0 || m.Continuity != nil && m.Continuity.From != ""
	}
	readable := hasContent(m) && (err == nil || eventType == "snapshot") // which has rows that could be read
	return m, readable || n.opened && !n.foreign, err
}
