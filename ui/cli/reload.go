package cli

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"

	"livetape/ui"
	"livetape/ui/cli/config"
	"livetape/ui/cli/notify"
)

// configReloader has the running feeds follow the configuration. A mistake in a changed one is shown, and what runs stays
// as it is.
type configReloader struct {
	selection *targetSelection
	feeds     *runningFeeds
	looks     lookFlags
	targets   []feedTarget // that run
	asks      chan symbolAsk
	reloads   chan<- ui.Reload
}

// symbolAsk is what the user changes in what a feed is asked for.
type symbolAsk struct {
	feed, symbol string
	wanted       bool
}

// followConfig watches the configuration for changes, if there is one, and lets the user change what feeds are asked for,
// if one can be asked. The channel says what the screen shows from then on. It is closed when ctx has ended and nothing is
// left running; where nothing can change it is nil.
func followConfig(ctx context.Context, options screenOptions, feeds *runningFeeds) (reloads <-chan ui.Reload, ask func(feed, symbol string, wanted bool), err error) {
	selection := options.selection
	if selection == nil {
		return nil, nil, nil
	}
	var changes <-chan config.Change
	if selection.file != nil {
		if changes, err = config.Watch(ctx, selection.file); err != nil {
			return nil, nil, err
		}
	}
	if changes == nil && !slices.ContainsFunc(options.targets, selection.canAsk) {
		return nil, nil, nil
	}
	out := make(chan ui.Reload, 1)
	r := &configReloader{selection, feeds, options.looks, options.targets, make(chan symbolAsk), out}
	go r.run(ctx, changes)
	return out, func(feed, symbol string, wanted bool) { r.ask(ctx, symbolAsk{feed, symbol, wanted}) }, nil
}

func (r *configReloader) ask(ctx context.Context, a symbolAsk) {
	select {
	case r.asks <- a:
	case <-ctx.Done():
	}
}

func (r *configReloader) run(ctx context.Context, changes <-chan config.Change) {
	defer close(r.reloads)
	for {
		var reload ui.Reload
		select {
		case change, open := <-changes:
			if !open { // ctx has ended
				return
			}
			reload = r.apply(change)
		case a := <-r.asks:
			r.selection.asked.set(a.feed, a.symbol, a.wanted)
			reload = r.apply(config.Change{File: r.selection.file})
		case <-ctx.Done():
			if changes != nil {
				for range changes { // closed soon
				}
			}
			return
		}
		select {
		case r.reloads <- reload:
		case <-ctx.Done():
		}
	}
}

// canAsk reports whether the user can change what a feed is asked for.
func (s *targetSelection) canAsk(t feedTarget) bool {
	return t.origin.CanAskForSymbols() && len(t.origin.Symbols) > 0 && s.options.Watchlist == ""
}

func (r *configReloader) apply(change config.Change) ui.Reload {
	if change.File == nil && change.Err != nil {
		return failedReload(change.Err)
	}
	next := *r.selection
	next.file = change.File
	targets, err := next.targets()
	if err == nil {
		err = next.checkOwner()
	}
	if err == nil {
		err = requireUniqueNames(targets)
	}
	var alerts notify.Alerts
	if err == nil {
		alerts, err = next.alerts()
	}
	if err == nil && next.file != nil {
		err = next.symbols.Load(next.file, next.options)
	}
	looks, looksErr := r.looks.looks(next.cmd, next.file)
	if err = cmp.Or(err, looksErr); err != nil {
		return failedReload(err)
	}
	r.selection.file = next.file
	reload := ui.Reload{Looks: &looks, Feeds: screenSources(targets, r.selection), Lists: r.selection.lists(), Alerts: alerts.Rules, Positions: r.selection.positions(), Notice: r.selection.newSecretsSent(r.targets, targets)}
	if err := errors.Join(r.replaceFeeds(targets), change.Err); err != nil {
		reload.Problem = firstLine(err)
	}
	return reload
}

// replaceFeeds stops the feeds that are no longer asked for, and starts new ones. Feeds that stay the same are left alone.
func (r *configReloader) replaceFeeds(targets []feedTarget) error {
	var errs []error
	var kept []feedTarget
	for _, old := range r.targets {
		if slices.ContainsFunc(targets, old.equal) {
			kept = append(kept, old)
		} else {
			errs = append(errs, r.feeds.set.Remove(old.config.Name))
		}
	}
	r.targets = kept
	maskInLog(targets)
	for _, t := range targets {
		if slices.ContainsFunc(kept, t.equal) {
			continue
		}
		err := r.feeds.recorded.addTarget(t)
		if err == nil {
			err = r.feeds.state.Apply(&t.config, t.idFile)
		}
		if err == nil {
			err = r.feeds.set.Add(t.config)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		r.targets = append(r.targets, t)
	}
	return errors.Join(errs...)
}

// equal reports whether two targets are the same feed, reached and decoded alike.
func (t feedTarget) equal(other feedTarget) bool {
	return t.config.Name == other.config.Name && t.config.URL == other.config.URL &&
		maps.Equal(t.config.Header, other.config.Header) && reflect.DeepEqual(t.origin, other.origin)
}

func requireUniqueNames(targets []feedTarget) error {
	seen := map[string]bool{}
	for _, t := range targets {
		if seen[t.config.Name] {
			return errors.New("two feeds are called " + t.config.Name)
		}
		seen[t.config.Name] = true
	}
	return nil
}

func failedReload(err error) ui.Reload {
	return ui.Reload{Problem: firstLine(err) + " · the settings before it hold"}
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// askedSymbols are the symbols that the user has added to what a feed is asked for (true), or removed from it (false), by
// feed. They go over the configuration.
type askedSymbols map[string]map[string]bool

// keptAskedSymbols are those that the settings of the screen have.
func keptAskedSymbols(settings map[string]string) askedSymbols {
	asked := askedSymbols{}
	for key, value := range settings {
		if parts := strings.SplitN(key, "\t", 3); len(parts) == 3 && parts[0] == "feed" {
			asked.set(parts[1], parts[2], value == "added")
		}
	}
	return asked
}

func (a askedSymbols) set(feed, symbol string, wanted bool) {
	if a[feed] == nil {
		a[feed] = map[string]bool{}
	}
	for known := range a[feed] {
		if strings.EqualFold(known, symbol) {
			delete(a[feed], known)
		}
	}
	a[feed][symbol] = wanted
}

// added are the symbols that a feed is asked for besides those of the configuration.
func (a askedSymbols) added(feed string) (symbols []string) {
	for _, symbol := range slices.Sorted(maps.Keys(a[feed])) {
		if a[feed][symbol] {
			symbols = append(symbols, symbol)
		}
	}
	return symbols
}

// over is what a feed is asked for, where the configuration says symbols. A feed that is asked for symbols needs one: if
// all are removed, it is asked as before.
func (a askedSymbols) over(feed string, symbols []string) []string {
	kept := slices.DeleteFunc(slices.Clone(symbols), func(s string) bool {
		for edited, wanted := range a[feed] {
			if !wanted && strings.EqualFold(edited, s) {
				return true
			}
		}
		return false
	})
	for _, symbol := range a.added(feed) {
		if !slices.ContainsFunc(kept, func(s string) bool { return strings.EqualFold(s, symbol) }) {
			kept = append(kept, symbol)
		}
	}
	if len(kept) == 0 {
		return symbols
	}
	return kept
}
