package decode

import (
	"errors"
	"fmt"

	"livetape/feed/market"
)

// Native decodes livetape's own format: price, news, status, snapshot, resume and reset.
//
// Unknown keys are ignored, and the last of a repeated key counts. A price, headline or status with one wrong field is
// refused as a whole.
type Native struct{}

// Decode implements [Decoder].
func (Native) Decode(eventType string, data []byte) (Message, error) {
	switch eventType {
	case "price", "news", "status", "snapshot", "resume", "reset":
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
	case "snapshot":
		return parseSnapshot(data)
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
		case "report":
			q.Report, err = parseReport(v)
		default:
			if n := numberField(&q, key); n != nil {
				*n, err = parseNumber(v)
			}
		}
		return err
	})
	switch {
	case err != nil:
	case q.Symbol == "":
		err = errors.New("symbol is missing")
	case !q.Last.IsSet() && !q.Bid.IsSet() && !q.Ask.IsSet():
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
	}
	return nil
}

func parseNews(data string) (market.Headline, error) {
	var h market.Headline
	err := eachMember(data, func(key string, v jsonValue) (err error) {
		switch key {
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
	if err == nil && h.Title == "" {
		err = errors.New("headline is missing")
	}
	return h, err
}

func parseHalt(data string) (market.Halt, error) {
	var h market.Halt
	named := false
	err := eachMember(data, func(key string, v jsonValue) (err error) {
		switch key {
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
	switch {
	case err != nil:
	case !named:
		err = errors.New(`symbol is missing; "" is the whole market`)
	case h.State == "":
		err = errors.New("state is missing")
	}
	return h, err
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
