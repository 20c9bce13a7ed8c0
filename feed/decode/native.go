package decode

import (
	"errors"
	"fmt"

	"livetape/feed/market"
)

// Native decodes livetape's own wire format: price, news, status, snapshot, resume and reset.
//
// Keys that it does not know are ignored, and of a key that comes twice the last counts. A price, headline
// or status with one wrong part is refused as a whole.
type Native struct{}

// Decode implements [Decoder].
func (Native) Decode(eventType string, data []byte) (Message, error) {
	switch eventType {
	case "price", "news", "status", "snapshot", "resume", "reset":
	default:
		return Message{Unmapped: "no rule for event type " + market.PlainText(eventType, market.MaxName)}, nil
	}
	m, err := decodeNative(eventType, string(data))
	if err != nil {
		err = fmt.Errorf("%s: %w", eventType, err)
	}
	return m, err
}

func decodeNative(eventType, data string) (Message, error) {
	switch eventType {
	case "price":
		q, err := price(data)
		return one(q, err)
	case "news":
		h, err := news(data)
		return one(h, err)
	case "status":
		h, err := status(data)
		return one(h, err)
	case "snapshot":
		return snapshot(data)
	}
	c, err := continuity(data, eventType == "reset")
	if err != nil {
		return Message{}, err
	}
	return Message{Continuity: &c}, nil
}

func one(u market.Update, err error) (Message, error) {
	if err != nil {
		return Message{}, err
	}
	return Message{Updates: []market.Update{u}}, nil
}

func price(data string) (market.Quote, error) {
	var q market.Quote
	err := each(data, func(key string, v value) (err error) {
		switch key {
		case "symbol":
			q.Symbol, err = identity(v, market.MaxSymbol)
		case "name":
			q.Name, err = text(v, market.MaxName)
		case "currency":
			q.Currency, err = text(v, market.MaxCurrency)
		case "time":
			q.Time, err = instant(v)
		default:
			if n := quoteNumber(&q, key); n != nil {
				*n, err = number(v)
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

// quoteNumber is the number of a quote that a key names; nil when it names none.
func quoteNumber(q *market.Quote, key string) *market.Decimal {
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
	}
	return nil
}

func news(data string) (market.Headline, error) {
	var h market.Headline
	err := each(data, func(key string, v value) (err error) {
		switch key {
		case "id":
			h.ID, err = identity(v, market.MaxID)
		case "headline":
			h.Title, err = ownText(v, market.MaxHeadline)
		case "summary":
			h.Summary, err = ownText(v, market.MaxSummary)
		case "source":
			h.Source, err = ownText(v, market.MaxSource)
		case "url":
			h.URL, err = link(v)
		case "symbols":
			h.Symbols, err = symbols(v)
		case "importance":
			h.Importance, err = importance(v)
		case "time":
			h.Time, err = instant(v)
		}
		return err
	})
	if err == nil && h.Title == "" {
		err = errors.New("headline is missing")
	}
	return h, err
}

func status(data string) (market.Halt, error) {
	var h market.Halt
	named := false
	err := each(data, func(key string, v value) (err error) {
		switch key {
		case "symbol":
			h.Symbol, err = identity(v, market.MaxSymbol)
			named = v.kind != null
		case "state":
			h.State, err = session(v)
		case "reason":
			h.Reason, err = ownText(v, market.MaxReason)
		case "time":
			h.Time, err = instant(v)
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

func continuity(data string, reset bool) (Continuity, error) {
	c := Continuity{Reset: reset, Missed: Unknown}
	replayed := Unknown
	err := each(data, func(key string, v value) (err error) {
		switch {
		case key == "from":
			c.From, err = text(v, maxFrom)
		case key == "replayed" && !reset:
			replayed, err = count(v)
		case key == "missed" && reset:
			c.Missed, err = count(v)
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
