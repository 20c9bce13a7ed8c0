package mapping

import (
	"reflect"
	"slices"
)

// Spec says how the payloads of one feed are to be read. It is the part of a feed's configuration that
// [Compile] and [WithStreamRules] turn into a decoder; the tags are its keys.
type Spec struct {
	Events   []string          `yaml:"events,omitempty,flow"` // event types to decode; empty for all that are not in Errors
	Errors   []string          `yaml:"errors,omitempty,flow"` // event types whose data, text or JSON, is a message for the status line
	End      When              `yaml:"end,omitempty"`         // what a payload says that means: connect again now
	ResumeID string            `yaml:"resume_id,omitempty"`   // path to the id to resume from, for feeds without id: lines
	Notice   string            `yaml:"notice,omitempty"`      // path to a message for the status line that a payload may carry
	Patch    string            `yaml:"patch,omitempty"`       // "firebase": events are changes to one document, which is kept
	Aliases  map[string]string `yaml:"aliases,omitempty"`     // the feed's symbols → the names to show
	Map      []Rule            `yaml:"map,omitempty"`         // applied one after the other to each payload
}

// Rule turns the rows of a payload into updates. A path in it starts at the row; see [Value].
type Rule struct {
	When When   `yaml:"when,omitempty"` // the rule is for rows of which all of this holds
	JSON Paths  `yaml:"json,omitempty"` // members of the payload that hold JSON in a string: read it in place
	Each string `yaml:"each,omitempty"` // path to the list or map of rows; empty: the payload is the row
	// Columns is, in place of each, the path of a map of lists of one length: row i has the item i of each list under its name,
	// and what else is short in the map. $ is the payload.
	Columns string `yaml:"columns,omitempty"`

	Merge string `yaml:"merge,omitempty"` // "true", or a path to the key of a row: complete it from its predecessor
	Kind  string `yaml:"kind,omitempty"`  // quote (default), trade, correction, cancel, news, status or reading
	Only  string `yaml:"only,omitempty"`  // "alias": drop symbols that no alias names
	Rows  string `yaml:"rows,omitempty"`  // of one symbol in one event: "by_time" sorts them, "latest" takes the newest that is not in the future
	Book  *Book  `yaml:"book,omitempty"`  // where the order book is

	// Fillers is "missing" where 0, -1, nines and the largest integers beside a price mean that there is none.
	Fillers string `yaml:"fillers,omitempty"`

	// Values are, in a rule of kind reading, the paths of numbers that are no prices. Each is shown in a row of its own, by
	// the last name of its path behind that of the symbol, if there is one.
	Values Paths `yaml:"values,omitempty,flow"`

	// Symbol is, when left out, the name of the feed.
	Symbol *Value `yaml:"symbol,omitempty"`

	Name      *Value `yaml:"name,omitempty"`
	Currency  *Value `yaml:"currency,omitempty"`
	Last      *Value `yaml:"last,omitempty"`
	Bid       *Value `yaml:"bid,omitempty"`
	Ask       *Value `yaml:"ask,omitempty"`
	BidSize   *Value `yaml:"bid_size,omitempty"`
	AskSize   *Value `yaml:"ask_size,omitempty"`
	Size      *Value `yaml:"size,omitempty"`
	Volume    *Value `yaml:"volume,omitempty"`
	Open      *Value `yaml:"open,omitempty"`
	High      *Value `yaml:"high,omitempty"`
	Low       *Value `yaml:"low,omitempty"`
	PrevClose *Value `yaml:"prev_close,omitempty"`
	VWAP      *Value `yaml:"vwap,omitempty"`
	Change    *Value `yaml:"change,omitempty"`
	ChangePct *Value `yaml:"change_pct,omitempty"`

	ID         *Value `yaml:"id,omitempty"`
	Headline   *Value `yaml:"headline,omitempty"`
	Summary    *Value `yaml:"summary,omitempty"`
	Source     *Value `yaml:"source,omitempty"`
	URL        *Value `yaml:"url,omitempty"`
	Symbols    *Value `yaml:"symbols,omitempty"`
	Importance *Value `yaml:"importance,omitempty"`

	State  *Value `yaml:"state,omitempty"`
	Reason *Value `yaml:"reason,omitempty"`

	Time *Value `yaml:"time,omitempty"`
}

// Value says where one field comes from. In YAML it is a path, a list (the first of several), or a map of the
// members below, of which exactly one is a source: path, first, max, num with den, const or text.
//
// A path is a gjson path that starts at the row; a[0] is the same as a.0. Besides:
//
//	$.a.b    starts at the payload instead
//	$parent.a  starts at the map in which the list of the row is: the last * of each, or the payload
//	$key     the row's key in the map that `each` walks, or its place in a list
//	$value   the row itself, when it is a number or text
//	$event   the event's type
//	$feed    the feed's name
//	$data    the event's data as text, also when it is not JSON
type Value struct {
	Path  string   `yaml:"path,omitempty"`
	First []Value  `yaml:"first,omitempty"`    // the first that is there
	Max   []string `yaml:"max,omitempty,flow"` // the largest number or the latest time of several paths
	Num   string   `yaml:"num,omitempty"`      // path to the numerator
	Den   string   `yaml:"den,omitempty"`      // path to the denominator
	Const string   `yaml:"const,omitempty"`    // the same for every row
	Text  string   `yaml:"text,omitempty"`     // text with paths in it: "{base|XLM}/{counter|XLM}"

	Exp      string `yaml:"exp,omitempty"`      // × 10^exp: a whole number, or a path to one
	Decimals string `yaml:"decimals,omitempty"` // / 10^decimals: a whole number, or a path to one
	Mul      string `yaml:"mul,omitempty"`      // × a number

	Replace []string          `yaml:"replace,omitempty,flow"` // [old, new]: every old becomes new
	Alias   map[string]string `yaml:"alias,omitempty"`        // what the feed says → what is meant; the case of letters is minor
	Split   string            `yaml:"split,omitempty"`        // symbols: what stands between two
	Unit    string            `yaml:"unit,omitempty"`         // times: s, ms, us, ns, rfc3339, date (without a time of day) or auto (default)
}

type valueWithoutMethods Value

// UnmarshalYAML reads a path, a list or a map.
func (v *Value) UnmarshalYAML(unmarshal func(any) error) error {
	var form any
	if err := unmarshal(&form); err != nil {
		return err
	}
	switch form.(type) {
	case map[string]any:
		return unmarshal((*valueWithoutMethods)(v))
	case []any:
		return unmarshal(&v.First)
	}
	return unmarshal(&v.Path)
}

// MarshalYAML writes the shortest form that UnmarshalYAML reads.
func (v Value) MarshalYAML() (any, error) {
	switch {
	case v.isPathOnly() && v.Path != "":
		return v.Path, nil
	case v.isFirstOnly() && v.First != nil:
		return v.First, nil
	}
	return valueWithoutMethods(v), nil
}

// isFirstOnly reports whether YAML writes the value as a list.
func (v Value) isFirstOnly() bool {
	rest := v
	rest.First = nil
	return reflect.ValueOf(rest).IsZero()
}

// isPathOnly reports whether YAML writes the value as a path alone.
func (v Value) isPathOnly() bool {
	rest := v
	rest.Path = ""
	return reflect.ValueOf(rest).IsZero()
}

// Paths are one path or several; in YAML text or a list.
type Paths []string

// UnmarshalYAML reads one path or a list.
func (p *Paths) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if err := unmarshal(&one); err == nil {
		*p = Paths{one}
		return nil
	}
	return unmarshal((*[]string)(p))
}

// MarshalYAML writes one path as text.
func (p Paths) MarshalYAML() (any, error) {
	if len(p) == 1 {
		return p[0], nil
	}
	return []string(p), nil
}

// When is a set of conditions on paths, which all have to hold.
type When map[string]Condition

// Condition is what has to hold of one path: in YAML a value that it equals, a list of which it equals one, the word
// exists or absent, or a map with `not`. Numbers and true or false are compared as they are written. What is
// null counts as absent.
type Condition struct {
	Exists, Absent bool
	Is             []string // one of them
	Not            []string // none of them; an absent value is none of them
}

// UnmarshalYAML reads the forms that the type describes.
func (c *Condition) UnmarshalYAML(unmarshal func(any) error) error {
	var form any
	if err := unmarshal(&form); err != nil {
		return err
	}
	switch form.(type) {
	case map[string]any:
		var m struct {
			Not Paths `yaml:"not"`
		}
		err := unmarshal(&m)
		c.Not = m.Not
		return err
	case []any:
		return unmarshal(&c.Is)
	case nil:
		return nil // Compile reports it, with its place
	}
	var word string
	if err := unmarshal(&word); err != nil {
		return err
	}
	switch word {
	case "exists":
		c.Exists = true
	case "absent":
		c.Absent = true
	default:
		c.Is = []string{word}
	}
	return nil
}

// MarshalYAML writes the shortest form that UnmarshalYAML reads.
func (c Condition) MarshalYAML() (any, error) {
	switch {
	case c.Exists:
		return "exists", nil
	case c.Absent:
		return "absent", nil
	case c.Not != nil:
		return map[string]Paths{"not": c.Not}, nil
	case len(c.Is) == 1 && !slices.Contains([]string{"exists", "absent"}, c.Is[0]):
		return c.Is[0], nil
	}
	return c.Is, nil
}
