package infer

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// kindNames are names of members that say what kind of row it is.
var kindNames = strings.Fields("type event ev e msg_type msgtype messagetype message_type kind op action channel topic stream t table")

// kindOf are rows of one kind.
type kindOf struct {
	name  string
	place *place
}

// maxKinds bounds the kinds of rows in one place.
const maxKinds = 8

// split finds the member that tells kinds of rows apart, and the rows of each kind; nil when all are alike.
func (p *place) split() (*leaf, []kindOf) {
	all := leaves(p.values())
	for _, name := range kindNames {
		for _, l := range all {
			if len(l.names) != 1 || l.names[0] != name {
				continue
			}
			if kinds := p.kinds(l); kinds != nil {
				return l, kinds
			}
		}
	}
	return nil, nil
}

// kinds are the rows by what l says; nil when that does not go with which members they have.
func (p *place) kinds(l *leaf) []kindOf {
	at := map[string]*place{}
	var kinds []kindOf
	for i, v := range l.values {
		if v.Type != gjson.String || !sayable(v.Str) {
			return nil
		}
		k := at[v.Str]
		if k == nil {
			if len(kinds) >= maxKinds {
				return nil
			}
			k = &place{names: p.names, keyed: p.keyed, kind: true}
			at[v.Str] = k
			kinds = append(kinds, kindOf{v.Str, k})
		}
		k.rows = append(k.rows, p.rows[i])
	}
	if len(kinds) < 2 {
		return nil
	}
	members := map[string]bool{}
	for _, k := range kinds {
		members[k.place.members()] = true
	}
	if len(members) < 2 {
		return nil
	}
	return kinds
}

// members are the names of all members that the rows have.
func (p *place) members() string {
	var names []string
	for _, l := range leaves(p.values()) {
		names = append(names, l.path)
	}
	slices.Sort(names)
	return strings.Join(names, "\x00")
}
