package config

import (
	"cmp"
	"maps"
	"slices"

	"livetape/feed/decode/configerr"
	"livetape/ui"
)

// Looks is how the screen looks and which keys it takes, as far as the file says.
func (f *File) Looks() ui.Looks {
	return ui.Looks{Theme: f.Theme, Themes: f.themes(nil), Keys: f.Keys, ASCII: f.ASCII, ReducedMotion: f.ReducedMotion}
}

func (f *File) checkLooks(errs *configerr.List) {
	themes := f.themes(errs)
	if known := ui.ThemeNames(themes); f.Theme != "" && !slices.Contains(known, f.Theme) {
		errs.Add(configerr.Path{"theme"}, "there is no theme %q%s", f.Theme, configerr.DidYouMean(f.Theme, known, nil))
	}
	known := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(f.Keys)) {
		if slices.Contains(ui.ActionNames(), name) {
			known[name] = f.Keys[name]
			continue
		}
		errs.Add(configerr.Path{"keys", name}, "nothing is called %q%s", name, configerr.DidYouMean(name, ui.ActionNames(), nil))
	}
	problems := ui.KeyProblems(known)
	for _, name := range slices.Sorted(maps.Keys(problems)) {
		errs.Add(configerr.Path{"keys", name}, "%s", problems[name])
	}
}

// themes are the themes of the file. What is wrong with them is added to errs, unless that is nil.
func (f *File) themes(errs *configerr.List) []ui.Theme {
	if errs == nil {
		errs = new(configerr.List)
	}
	var all []ui.Theme
	for _, name := range slices.Sorted(maps.Keys(f.Themes)) {
		at, given := configerr.Path{"themes", name}, f.Themes[name]
		builtIn := ui.BuiltInThemes()
		base := slices.IndexFunc(builtIn, func(t ui.Theme) bool { return t.Name == cmp.Or(given["base"], "dark") })
		if base < 0 {
			errs.Add(at.Key("base"), "there is no built-in theme %q%s", given["base"], configerr.DidYouMean(given["base"], ui.ThemeNames(nil), nil))
			continue
		}
		t := builtIn[base]
		t.Name = name
		for _, style := range slices.Sorted(maps.Keys(given)) {
			var err error
			switch {
			case style == "base":
			case !slices.Contains(ui.StyleNames(), style):
				errs.Add(at.Key(style), "unknown key %q%s", style, configerr.DidYouMean(style, ui.StyleNames(), nil))
			default:
				t, err = t.With(style, given[style])
				errs.Join(at.Key(style), err)
			}
		}
		all = append(all, t)
	}
	return all
}
