package mapping

import (
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/market"
)

// list is the value as a list of texts.
func (v *value) list(r *row) ([]string, error) {
	if v.source == ofPath {
		if at := v.path.get(r); at.IsArray() {
			return v.items(at), nil
		}
	}
	s, ok, err := v.raw(r)
	if err != nil || !ok {
		return nil, err
	}
	if v.split == "" {
		return []string{v.alias.or(s)}, nil
	}
	var items []string
	for item := range strings.SplitSeq(s, v.split) {
		if item = strings.TrimSpace(item); item != "" && len(items) < market.MaxSymbols {
			items = append(items, v.alias.or(item))
		}
	}
	return items, nil
}

func (v *value) items(list gjson.Result) (items []string) {
	list.ForEach(func(_, item gjson.Result) bool {
		if s, ok, err := scalar(item); ok && err == nil {
			items = append(items, v.alias.or(s))
		}
		return len(items) < market.MaxSymbols
	})
	return items
}
