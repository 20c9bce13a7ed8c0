package config

import (
	"slices"
	"strings"

	"livetape/feed/decode/configerr"
	"livetape/ui"
)

// checkTable reports columns that the table of prices does not have.
func (f *File) checkTable(errs *configerr.List) {
	for i, name := range f.Columns {
		at := configerr.Path{"columns"}.Index(i)
		switch {
		case !slices.Contains(ui.ColumnNames(), name):
			errs.Add(at, "there is no column %q%s: they are %s", name, configerr.DidYouMean(name, ui.ColumnNames(), nil), strings.Join(ui.ColumnNames(), ", "))
		case slices.Contains(f.Columns[:i], name):
			errs.Add(at, "%q is there already", name)
		}
	}
	if name := strings.TrimPrefix(f.Sort, "-"); f.Sort != "" && !slices.Contains(ui.SortNames(), name) {
		errs.Add(configerr.Path{"sort"}, "rows cannot be sorted by %q%s: write one of %s, behind - for the largest first", name, configerr.DidYouMean(name, ui.SortNames(), nil), strings.Join(ui.SortNames(), ", "))
	}
}
