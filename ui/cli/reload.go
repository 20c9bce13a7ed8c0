package cli

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"

	"livetape/feed"
	"livetape/ui"
	"livetape/ui/cli/config"
)

// reloader has the running feeds follow the configuration. What is wrong with a new one is told, and what runs is left
// as it is.
type reloader struct {
	choice  *choice
	set     *feed.Set
	roster  *roster
	running []target
	setups  chan<- ui.Reload
}

// follow begins to watch the file of the choice, if there is one. The channel that it returns says what is watched from then on; it is
// closed when ctx has ended and nothing is left running. Without a file it is nil.
func follow(ctx context.Context, w watching, set *feed.Set, roster *roster) (<-chan ui.Reload, error) {
	c := w.choice
	if c == nil || c.file == nil {
		return nil, nil
	}
	changes, err := config.Watch(ctx, c.file)
	if err != nil {
		return nil, err
	}
	setups := make(chan ui.Reload, 1)
	r := &reloader{c, set, roster, w.feeds, setups}
	go r.run(ctx, changes)
	return setups, nil
}

func (r *reloader) run(ctx context.Context, changes <-chan config.Change) {
	defer close(r.setups)
	for change := range changes {
		setup := r.take(change)
		select {
		case r.setups <- setup:
		case <-ctx.Done(): // changes is closed soon
		}
	}
}

// take makes the feeds those of a new file, and says what there is to show.
func (r *reloader) take(change config.Change) ui.Reload {
	if change.File == nil {
		return trouble(change.Err)
	}
	next := *r.choice
	next.file = change.File
	targets, err := next.targets()
	if err == nil {
		err = next.stillOurs()
	}
	if err == nil {
		err = sameName(targets)
	}
	if err == nil {
		err = next.book.Load(next.file, next.options)
	}
	if err != nil {
		return trouble(err)
	}
	r.choice.file = next.file
	setup := ui.Reload{Feeds: sources(configs(targets)), Notice: r.choice.newlyDisclosed(r.running, targets)}
	if err := errors.Join(r.replace(targets), change.Err); err != nil {
		setup.Problem = oneLine(err)
	}
	return setup
}

// replace stops what is not asked for any more, and starts what is new. Feeds that stay the same are not touched.
func (r *reloader) replace(targets []target) error {
	var errs []error
	var kept []target
	for _, old := range r.running {
		if slices.ContainsFunc(targets, old.same) {
			kept = append(kept, old)
		} else {
			errs = append(errs, r.set.Remove(old.config.Name))
		}
	}
	r.running = kept
	for _, t := range targets {
		if slices.ContainsFunc(kept, t.same) {
			continue
		}
		err := r.roster.join(t)
		if err == nil {
			err = r.set.Add(t.config)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		r.running = append(r.running, t)
	}
	return errors.Join(errs...)
}

// same reports whether two targets are one feed, reached and read alike.
func (t target) same(other target) bool {
	return t.config.Name == other.config.Name && t.config.URL == other.config.URL &&
		maps.Equal(t.config.Header, other.config.Header) && reflect.DeepEqual(t.origin, other.origin)
}

func sameName(targets []target) error {
	seen := map[string]bool{}
	for _, t := range targets {
		if seen[t.config.Name] {
			return errors.New("two feeds are called " + t.config.Name)
		}
		seen[t.config.Name] = true
	}
	return nil
}

// trouble is what is shown of a configuration that cannot be used.
func trouble(err error) ui.Reload {
	return ui.Reload{Problem: oneLine(err) + " · the settings before it hold"}
}

func oneLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
