package decode

import (
	"errors"
	"fmt"
	"time"

	"livetape/feed/health"
	"livetape/feed/market"
)

// Native decodes livetape's own format: price, news, status, reading, snapshot, resume, reset and feed.
//
// Unknown keys are ignored, and the last of a repeated key counts. A price, headline or status with one wrong field is
// refused as a whole.
type Native struct{}

// Decode implements [Decoder].
func (Native) Decode(eventType string, data []byte) (Message, error) {
	switch eventType {
	case "price", "news", "status", "reading", "snapshot", "resume", "reset", "feed":
	default:
		return Message{Unmapped: "no rule for event type " + market.PlainText(eventType, market.MaxName)}, nil
	}
	m, err := decodeNative(eventType, Text(data))
	if err != nil {
		err = fmt.Errorf("%s: %w", eventType, err)
	}
	return m, err
}

func decodeNative(eventType, data string) (Message, error) {
	switch eventType {
	case "price":
		q, err := parsePrice(data)
		return singleUpdateMessage(q, err)
	case "news":
		h, err := parseNews(data)
		return singleUpdateMessage(h, err)
	case "status":
		h, err := parseHalt(data)
		return singleUpdateMessage(h, err)
	case "reading":
		r, err := parseReading(data)
		return singleUpdateMessage(r, err)
	case "snapshot":
		return parseSnapshot(data)
	case "feed":
		r, err := parseReport(data)
		if err != nil {
			return Message{}, err
		}
		return Message{Reports: []health.Report{r}}, nil
	}
	c, err := parseContinuity(data, eventType == "reset")
	if err != nil {
		return Message{}, err
	}
	return Message{Continuity: &c}, nil
}

func singleUpdateMessage(u market.Update, err error) (Message, error) {
	if err != nil {
		return Message{}, err
	}
	return Message{Updates: []market.Update{u}}, nil
}

func parsePrice(data string) (market.Quote, error) {
	var q market.Quote
	var received time.Time
	err := eachMember(data, func(key string, v jsonValue) (err error) {
		switch key {
		case "symbol":
			q.Symbol, err = parseIdentifier(v, market.MaxSymbol)
		case "name":
			q.Name, err = parsePlainText(v, market.MaxName)
		case "currency":
			q.Currency, err = parsePlainText(v, market.MaxCurrency)
		case "time":
			q.Time, err = parseTime(v)
		case "received":
			received, err = parseTime(v)
		case "feed":
			q.Feed, err = parseFeedName(v)
		case "report":
			q.Report, err = parseTradeReport(v)
		case "no_bid":
			q.NoBid = v.raw == "true"
		case "no_ask":
			q.NoAsk = v.raw == "true"
		case "standing":
			q.FromSnapshot = v.raw == "true"
		default:
			if n := numberField(&q, key); n != nil {
				*n, err = parseNumber(v)
			}
		}
		return err
	})
	q.Time = firstTime(q.Time, received)
	switch {
	case err != nil:
	case q.Symbol == "":
		err = errors.New("symbol is missing")
	case !q.Last.IsSet() && !q.Bid.IsSet() && !q.Ask.IsSet() && !q.NoBid && !q.NoAsk:
		err = errors.New("none of last, bid and ask is given")
	}
	return q, err
}

// numberField is the number of a quote for a key; nil when there is none.
func numberField(q *market.Quote, key string) *market.Decimal {
	switch key {
	case "last":
		return &q.Last
	case "bid":
		return &q.Bid
	case "ask":
		return &q.Ask
	case "size":
		return &q.Size
	case "volume":
		return &q.Volume
	case "open":
		return &q.Open
	case "high":
		return &q.High
	case "low":
		return &q.Low
	case "prev_close":
		return &q.PrevClose
	case "vwap":
		return &q.VWAP
	case "bid_size":
		return &q.BidSize
	case "ask_size":
		return &q.AskSize
	case "change":
		return &q.Change
	case "change_pct":
		return &q.ChangePct
	}
	return nil
}

func parseNews(data string) (market.Headline, error) {
	var h market.Headline
	var received time.Time
	err := eachMember(data, func(key string, v jsonValue) (err error) {
		switch key {
		case "feed":
			h.Feed, err = parseFeedName(v)
		case "received":
			received, err = parseTime(v)
		case "id":
			h.ID, err = parseIdentifier(v, market.MaxID)
		case "headline":
			h.Title, err = parsePlainText(v, market.MaxHeadline)
		case "summary":
			h.Summary, err = parsePlainText(v, market.MaxSummary)
		case "source":
			h.Source, err = parsePlainText(v, market.MaxSource)
		case "url":
			h.URL, err = parseURL(v)
		case "symbols":
			h.Symbols, err = parseSymbols(v)
		case "importance":
			h.Importance, err = parseImportance(v)
		case "time":
			h.Time, err = parseTime(v)
		}
		return err
	})
	h.Time = firstTime(h.Time, received)
	if err == nil && h.Title == "" {
		err = errors.New("headline is missing")
	}
	return h, err
}

func parseHalt(data string) (market.Halt, error) {
	var h market.Halt
	var received time.Time
	named := false
	err := eachMember(data, func(key string, v jsonValue) (err error) {
		switch key {
		case "feed":
			h.Feed, err = parseFeedName(v)
		case "received":
			received, err = parseTime(v)
		case "symbol":
			h.Symbol, err = parseIdentifier(v, market.MaxSymbol)
			named = v.kind != kindNull
		case "state":
			h.State, err = parseSession(v)
		case "reason":
			h.Reason, err = parsePlainText(v, market.MaxReason)
		case "time":
			h.Time, err = parseTime(v)
		}
		return err
	})
	h.Time = firstTime(h.Time, received)
	switch {
	case err != nil:
	case !named:
		err = errors.New(`symbol is missing; "" is the whole market`)
	case h.State == "":
		err = errors.New("state is missing")
	}
	return h, err
}

func parseReading(data string) (market.Reading, error) {
	var r market.Reading
	var received time.Time
	err := eachMember(data, func(key string, v jsonValue) (err error) {
		switch key {
		case "feed":
			r.Feed, err = parseFeedName(v)
		case "name":
			r.Name, err = parseIdentifier(v, market.MaxSymbol)
		case "value":
			r.Value, err = parseNumber(v)
		case "time":
			r.Time, err = parseTime(v)
		case "received":
			received, err = parseTime(v)
		}
		return err
	})
	r.Time = firstTime(r.Time, received)
	if err == nil && (r.Name == "" || !r.Value.IsSet()) {
		err = errors.New("name or value is missing")
	}
	return r, err
}

// parseReport reads how a feed behind a relay is. All of the data is checked first, as that of other events is.
func parseReport(data string) (r health.Report, err error) {
	if err := eachMember(data, func(string, jsonValue) error { return nil }); err != nil {
		return r, err
	}
	if err = r.UnmarshalJSON([]byte(data)); err != nil {
		return r, fmt.Errorf("%s", market.PlainText(err.Error(), market.MaxReason))
	}
	return r, nil
}

// firstTime is the feed's own time, or else when the relay received the event: it is older than its arrival here says.
func firstTime(own, received time.Time) time.Time {
	if own.IsZero() {
		return received
	}
	return own
}

func parseContinuity(data string, reset bool) (Continuity, error) {
	c := Continuity{Reset: reset, Missed: Unknown}
	replayed := Unknown
	err := eachMember(data, func(key string, v jsonValue) (err error) {
		switch {
		case key == "from":
			c.From, err = parsePlainText(v, maxLastEventID)
		case key == "replayed" && !reset:
			replayed, err = parseCount(v)
		case key == "missed" && reset:
			c.Missed, err = parseCount(v)
		}
		return err
	})
	if reset || err != nil {
		return c, err
	}
	if replayed == Unknown {
		return c, errors.New("replayed is missing")
	}
	c.Replayed, c.Missed = replayed, 0
	return c, nil
}
