package config

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"livetape/feed/decode/configerr"
	"livetape/feed/redact"
)

// show writes faults with the lines that they are in.
func show(faults error, name string, source []byte) string {
	all := configerr.All(configerr.Locate(faults, source))
	slices.SortStableFunc(all, func(a, b *configerr.Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	var placed error
	for _, f := range all {
		placed = errors.Join(placed, f)
	}
	return strings.TrimRight(configerr.Annotate(placed, name, []byte(redact.YAML(string(source)))), "\n")
}
