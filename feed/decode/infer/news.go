package infer

import (
	"strings"

	"livetape/feed/decode/mapping"
)

// addHeadline fills in the parts of a headline.
func addHeadline(f fields, all []*leaf, r *mapping.Rule) {
	r.Kind = "news"
	r.Headline, r.Summary, r.Source, r.URL = f.value("headline"), f.value("summary"), f.value("source"), f.value("url")
	r.Importance, r.ID = f.value("importance"), f.value("id")
	if l := f.best("symbols"); l != nil {
		r.Symbols = &mapping.Value{Path: l.path}
		if strings.Contains(l.firstValue().Str, ",") {
			r.Symbols.Split = ","
		}
	}
	if r.ID == nil {
		r.ID = numericHeadlineID(f.best("headline"), all)
	}
	for _, c := range f["symbol"] {
		if c.leaf.name() == "id" && r.ID == nil {
			r.ID = &mapping.Value{Path: c.leaf.path}
		} else if r.Symbols == nil && c.nameRank < weak {
			r.Symbols = &mapping.Value{Path: c.leaf.path}
		}
	}
}

// numericHeadlineID is the id beside a headline, where that is a number.
func numericHeadlineID(headline *leaf, all []*leaf) *mapping.Value {
	for _, l := range all {
		if strings.EqualFold(l.name(), "id") && len(l.names) == len(headline.names) && isBeside(l, headline) && l.everyValue(isWhole) {
			return &mapping.Value{Path: l.path}
		}
	}
	return nil
}
