package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"livetape/feed/decode/configerr"
	"livetape/feed/market"
	"livetape/ui/alert"
)

// Alert is a rule of [alert.Rule] as it is written in the file: one of the keys from above to not_live says what it waits
// for.
type Alert struct {
	Name   string `yaml:"name,omitempty"`   // what the user calls it
	Symbol string `yaml:"symbol,omitempty"` // left out: any
	Feed   string `yaml:"feed,omitempty"`   // left out: any

	Above   string `yaml:"above,omitempty"`    // a price
	Below   string `yaml:"below,omitempty"`    // a price
	Crosses string `yaml:"crosses,omitempty"`  // a price
	Moves   string `yaml:"moves,omitempty"`    // percent, up or down, in the time that within says: "2%"
	Halted  bool   `yaml:"halted,omitempty"`   // trading is halted
	News    string `yaml:"news,omitempty"`     // a word in a headline
	Silent  string `yaml:"silent,omitempty"`   // a time without an event, while the feed is connected: "30s"
	Gap     string `yaml:"gap,omitempty"`      // the shortest time without a stream, told when it is back: "10s"
	NotLive string `yaml:"not_live,omitempty"` // a time in which the feed is not live: "1m"

	Within string   `yaml:"within,omitempty"`      // of moves: "5m"
	Rearm  string   `yaml:"rearm,omitempty"`       // how far a price must go back before the next alert: default "0.1%"
	Notify []string `yaml:"notify,omitempty,flow"` // bell, terminal, desktop, besides the screen
	Exec   []string `yaml:"exec,omitempty,flow"`   // a program and its arguments; no shell
}

// Alerts are the rules of the file, in its order.
func (f *File) Alerts() []alert.Rule {
	rules := make([]alert.Rule, 0, len(f.AlertRules))
	for _, a := range f.AlertRules {
		r, err := a.rule()
		if err == nil { // Parse has refused the others
			rules = append(rules, r)
		}
	}
	return rules
}

func (f *File) checkAlerts(errs *configerr.List) {
	for i, a := range f.AlertRules {
		at := configerr.Path{"alerts", i}
		_, err := a.rule()
		errs.Join(at, err)
		if _, known := f.Feeds[a.Feed]; a.Feed != "" && !known {
			errs.Add(at.Key("feed"), "there is no feed %q%s", a.Feed, configerr.DidYouMean(a.Feed, f.order, nil))
		}
	}
}

// waits are the keys that say what an alert waits for, and how their values are read.
var waits = []struct {
	key  string
	kind alert.Kind
	text func(*Alert) string
	read func(r *alert.Rule, text string) error
}{
	{"above", alert.Above, func(a *Alert) string { return a.Above }, setRuleLimit},
	{"below", alert.Below, func(a *Alert) string { return a.Below }, setRuleLimit},
	{"crosses", alert.Crosses, func(a *Alert) string { return a.Crosses }, setRuleLimit},
	{"moves", alert.Moves, func(a *Alert) string { return a.Moves }, func(r *alert.Rule, s string) (err error) {
		if r.Percent, err = parsePercent(s); err == nil && r.Percent == 0 {
			err = errors.New("a move of 0% is none")
		}
		return err
	}},
	{"halted", alert.Halted, func(a *Alert) string { return strings.TrimPrefix(strconv.FormatBool(a.Halted), "false") }, func(*alert.Rule, string) error { return nil }},
	{"news", alert.News, func(a *Alert) string { return a.News }, func(r *alert.Rule, s string) error { r.Keyword = s; return nil }},
	{"silent", alert.Silent, func(a *Alert) string { return a.Silent }, setRuleWithin},
	{"gap", alert.Gap, func(a *Alert) string { return a.Gap }, setRuleWithin},
	{"not_live", alert.NotLive, func(a *Alert) string { return a.NotLive }, setRuleWithin},
}

func (a Alert) rule() (alert.Rule, error) {
	var errs configerr.List
	r := alert.Rule{Name: a.Name, Feed: a.Feed, Symbol: a.Symbol, Rearm: alert.DefaultRearm}
	var given []string
	for _, w := range waits {
		if text := w.text(&a); text != "" {
			given, r.Kind = append(given, w.key), w.kind
			if err := w.read(&r, text); err != nil {
				errs.Add(configerr.Path{w.key}, "%s", err)
			}
		}
	}
	switch {
	case len(given) == 0:
		errs.Add(nil, "says nothing to wait for: above, below, crosses, moves, halted, news, silent, gap or not_live")
		return r, errs.Err()
	case len(given) > 1:
		errs.Add(configerr.Path{given[1]}, "%s and %s exclude each other: write two alerts", given[0], given[1])
	case a.Symbol == "" && r.Kind <= alert.Crosses:
		errs.Add(nil, "a price needs its symbol: add symbol: NAME")
	case a.Symbol != "" && r.Kind >= alert.Silent:
		errs.Add(configerr.Path{"symbol"}, "%s is about a feed, not about a symbol", given[0])
	}
	a.setRuleOptions(&r, &errs)
	return r, errs.Err()
}

// setRuleOptions reads what every alert may say.
func (a Alert) setRuleOptions(r *alert.Rule, errs *configerr.List) {
	switch {
	case r.Kind == alert.Moves && a.Within == "":
		errs.Add(configerr.Path{"moves"}, "a move needs a time: add within: 5m")
	case r.Kind != alert.Moves && a.Within != "":
		errs.Add(configerr.Path{"within"}, "within belongs to moves")
	case a.Within != "":
		if err := setRuleWithin(r, a.Within); err != nil {
			errs.Add(configerr.Path{"within"}, "%s", err)
		}
	}
	if a.Rearm != "" {
		rearm, err := parsePercent(a.Rearm)
		if err != nil {
			errs.Add(configerr.Path{"rearm"}, "%s", err)
		}
		r.Rearm = rearm
	}
	for i, way := range a.Notify {
		switch way {
		case "bell":
			r.Actions.Bell = true
		case "terminal":
			r.Actions.Terminal = true
		case "desktop":
			r.Actions.Desktop = true
		default:
			errs.Add(configerr.Path{"notify", i}, "%q is not bell, terminal or desktop", way)
		}
	}
	if r.Actions.Exec = slices.Clone(a.Exec); a.Exec != nil && (len(a.Exec) == 0 || a.Exec[0] == "") {
		errs.Add(configerr.Path{"exec"}, "names no program: write [PROGRAM, ARGUMENT, …]")
	}
}

func setRuleLimit(r *alert.Rule, s string) error {
	d, err := market.ParseDecimal(strings.ReplaceAll(s, ",", ""))
	if err != nil {
		return fmt.Errorf("%q is not a price", s)
	}
	r.Limit = d
	return nil
}

func parsePercent(s string) (float64, error) {
	x, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(s, "%")), 64)
	if err != nil || !(x >= 0 && x <= alert.MaxPercent) {
		return 0, fmt.Errorf("%q is not a percentage from 0%% to %d%%", s, alert.MaxPercent)
	}
	return x, nil
}

func setRuleWithin(r *alert.Rule, s string) (err error) {
	r.Within, err = alert.ParseWithin(s)
	return err
}
